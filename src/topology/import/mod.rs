//! Reading graph files: who may talk to whom, as others have written it down.
//!
//! [`read`] takes a file, [`read_bytes`] a buffer. What a file is, is told by its content, never by its name ([`detect`]), or said
//! by [`Limits::format`], which allows what must not be guessed. Read are [edge lists](edge_list), [adjacency lists](adjacency)
//! and [multiline] ones, [METIS](metis), [Matrix Market](matrix_market), [GraphML](graphml), [GML](gml),
//! [Pajek](pajek), [DIMACS](dimacs) and [node-link JSON](node_link); others are refused by their names. The table is in
//! `format.rs`.
//!
//! Each may be gzipped; how files are opened, and how much of them is held, is a matter of [`input`](crate::input).
//!
//! Every format ends in the same [`Graph`]: undirected and unweighted, without self-loops and repetitions, which are dropped and
//! counted; what else is left out is in [`Imported::notes`]. The result does not depend on the number of threads. Nothing is
//! allocated on the word of a header: memory follows the data that is really there.

mod account;
pub mod adjacency;
mod census;
pub mod detect;
pub mod dimacs;
pub mod edge_list;
pub mod format;
pub mod gml;
mod graph;
pub mod graphml;
mod ids;
mod lines;
pub mod matrix_market;
pub mod metis;
pub mod multiline;
mod named;
pub mod node_link;
mod numbering;
pub mod pajek;
mod plain;
mod refused;
mod rows;
mod shape;
mod size;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::error::{GraphError, ImportError};
pub use format::Format;
pub use graph::{Built, Graph};
pub use ids::{Ids, WordList};

use crate::input::{Input, Text};
use account::Account;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Column {
    /// Its number, from 1.
    Number(#[schemars(range(min = 1, max = 1_000_000))] u32),
    /// Its name in the first row.
    Name(#[schemars(length(min = 1, max = 1000))] String),
}

/// What becomes of weights, for which links have no place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// They are not used, and a note says so.
    #[default]
    Ignore,
    /// A file with weights is refused.
    Error,
}

/// What to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of memory that the file's text may take, after decompression. Left out it is 64 MiB and 32 times the bytes
    /// of the file, or what [`limit_memory`](crate::input::limit_memory) says.
    pub memory: Option<u64>,
    /// The most nodes. 2³² − 2 by default, the most there can be.
    pub max_nodes: u32,
    /// Whether a Matrix Market size line may claim more than 2²⁰ nodes and more than 64 times as many nodes as there
    /// are entries. Not by default.
    pub mostly_isolated: bool,
    /// The format, if it is not to be told by content.
    pub format: Option<Format>,
    /// The columns of the two ends of a link, of an edge list.
    pub columns: Option<[Column; 2]>,
    /// What becomes of weights.
    pub weights: Weights,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: None,
            max_nodes: u32::MAX - 1,
            mostly_isolated: false,
            format: None,
            columns: None,
            weights: Weights::default(),
        }
    }
}

impl Limits {
    fn nodes_within(&self, file: &str, nodes: u64) -> Result<(), ImportError> {
        let limit = self.max_nodes.min(u32::MAX - 1);
        if nodes > u64::from(limit) {
            return Err(ImportError::TooManyNodes {
                file: file.to_owned(),
                nodes,
                limit,
            });
        }
        Ok(())
    }
}

/// A graph file, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The graph: at least two nodes, at least one link.
    pub graph: Graph,
    /// What the file called each node.
    pub ids: Ids,
    /// The format that the file was in.
    pub format: Format,
    /// The links that the file lists: lines of an edge list, entries of a matrix, half the neighbours of METIS rows.
    /// For the former two, `graph.links() + self_loops + duplicates`.
    pub links_read: u64,
    /// Links from a node to itself, dropped.
    pub self_loops: u64,
    /// Repetitions of a link, in either direction, dropped. The two listings of a link in METIS rows are one.
    pub duplicates: u64,
    /// The header of an edge list, skipped; an excerpt.
    pub header: Option<String>,
    /// What else was left out, or what the file said beside the links; each a clause.
    pub notes: Vec<String>,
}

/// What was read from a file and what was left out, without the graph itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// As [`Imported::format`].
    pub format: Format,
    /// As [`Imported::links_read`].
    pub links_read: u64,
    /// As [`Imported::self_loops`].
    pub self_loops: u64,
    /// As [`Imported::duplicates`].
    pub duplicates: u64,
    /// As [`Imported::header`].
    pub header: Option<String>,
    /// As [`Imported::notes`].
    pub notes: Vec<String>,
}

impl Import {
    /// The account of what was read.
    #[must_use]
    pub fn of(imported: &Imported) -> Self {
        Self {
            format: imported.format,
            links_read: imported.links_read,
            self_loops: imported.self_loops,
            duplicates: imported.duplicates,
            header: imported.header.clone(),
            notes: imported.notes.clone(),
        }
    }
}

impl Imported {
    fn new(
        file: String,
        built: Built,
        ids: Ids,
        format: Format,
        links_read: u64,
        account: Account,
    ) -> Result<Self, ImportError> {
        let Built {
            graph,
            self_loops,
            duplicates,
        } = built;
        let (nodes, links) = (u64::from(graph.nodes()), u64::from(graph.links()));
        if nodes < 2 || links == 0 {
            return Err(ImportError::EmptyGraph { file, nodes, links });
        }
        Ok(Imported {
            graph,
            ids,
            format,
            links_read,
            self_loops,
            duplicates,
            header: account.header.clone(),
            notes: account.clauses(),
        })
    }
}

/// Reads the graph file at `path`.
///
/// # Errors
/// [`ImportError`] says what is wrong, in which line, and what to do about it.
pub fn read(path: &Path, limits: Limits) -> Result<Imported, ImportError> {
    parse(Input::open(path, limits.memory)?.text()?, &limits)
}

/// Reads a graph from the content of a file, gzipped or not. `name` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(name: &str, bytes: &[u8], limits: Limits) -> Result<Imported, ImportError> {
    parse(Input::of_bytes(name, bytes, limits.memory)?.text()?, &limits)
}

fn parse(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    if text.bytes().trim_ascii().is_empty() {
        return Err(nothing(&text));
    }
    let named = limits.format.or(limits.columns.is_some().then_some(Format::EdgeList));
    let format = match named.map_or_else(|| detect::tell(text.bytes()), detect::Told::Read) {
        detect::Told::Read(format) => format,
        detect::Told::Refused(name, remedy) => {
            return Err(ImportError::Foreign {
                file: text.name(),
                name,
                remedy,
            });
        }
    };
    if limits.columns.is_some() && format != Format::EdgeList {
        return Err(ImportError::Columns {
            file: text.name(),
            line: 1,
            message: format!(
                "columns chosen of what is read as {}, which has none; leave topology.columns out",
                format.title()
            ),
        });
    }
    (format.known().read)(text, limits)
}

/// The error for a text with nothing in it but blanks and comments.
fn nothing(text: &Text<'_>) -> ImportError {
    let file = text.name();
    if text.bytes().iter().all(u8::is_ascii_whitespace) {
        return ImportError::Empty { file };
    }
    let ends_open = !text.bytes().ends_with(b"\n");
    let lines = text.line(text.bytes().len()) - 1 + u64::from(ends_open);
    ImportError::OnlyComments { file, lines }
}
