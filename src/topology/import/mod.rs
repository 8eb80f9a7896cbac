//! Reading graph files: who may talk to whom, as others have written it down.
//!
//! [`read`] takes a file, [`read_bytes`] a buffer. What a file is, is told by its content, never by its name:
//!
//! * [edge lists](edge_list), such as those of SNAP: a link per line, ids are integers or words;
//! * [METIS](metis) adjacency files: a row of neighbours per node;
//! * [Matrix Market](matrix_market) coordinate files: the entries of a square matrix.
//!
//! Each may be gzipped, in one member or several. A byte order mark and CR LF line ends are tolerated. How formats are
//! told apart is written down in [`detect`]; [`Limits::format`] overrides it.
//!
//! Every format ends in the same [`Graph`]: undirected, without self-loops and repetitions, which are dropped and
//! counted. The result does not depend on the number of threads. Nothing is allocated on the word of a header: memory
//! follows the data that is really there.

mod census;
pub mod detect;
pub mod edge_list;
mod error;
mod graph;
mod ids;
mod lines;
pub mod matrix_market;
pub mod metis;
mod numbering;
mod rows;
#[cfg(test)]
mod tests;

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use crate::input::excerpt;
pub use error::ImportError;
pub use graph::{Built, Graph, GraphError};
pub use ids::{Ids, Words};

use crate::input::{Input, Text};

/// A format of graph files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A link per line: two ids, which may be integers or words.
    EdgeList,
    /// A row of neighbours per node.
    Metis,
    /// The entries of a square matrix in coordinate form.
    MatrixMarket,
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
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: None,
            max_nodes: u32::MAX - 1,
            mostly_isolated: false,
            format: None,
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
        header: Option<String>,
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
            header,
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
    match limits.format.unwrap_or_else(|| detect::format(text.bytes())) {
        Format::EdgeList => edge_list::read(text, limits),
        Format::Metis => metis::read(text, limits),
        Format::MatrixMarket => matrix_market::read(text, limits),
    }
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
