//! Pajek's .net (Batagelj and Mrvar 1998): `*Vertices n`, a line `number "label" …` for each node that has one, then `*Edges` and
//! `*Arcs` with lines `one other [weight]`, `*Edgeslist` and `*Arcslist` with lines `one other other …`. Comments start with `%`.

use super::account::Account;
use super::format::Format;
use super::graph::Graph;
use super::ids::{Ids, WordList};
use super::lines::{Whole, lines, whole};
use super::table::{Separator, rows_of};
use super::{Imported, Limits, matrix_market};
use crate::error::ImportError;
use crate::input::{Text, excerpt};
use std::collections::HashSet;

/// What the lines of a section are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Nodes,
    /// Two ends and a weight a line; or an end and all others.
    Links {
        list: bool,
    },
    /// Of something else.
    Other,
}

pub(super) fn told(bytes: &[u8]) -> bool {
    let mut all = lines(bytes, 0..bytes.len()).map(|(_, line)| line.trim_ascii());
    let first = all.find(|line| !matches!(line.first(), None | Some(b'%')));
    first.is_some_and(|line| {
        let lower = line[..line.len().min(16)].to_ascii_lowercase();
        [&b"*vertices"[..], b"*network", b"*arcs", b"*edges", b"*matrix"]
            .iter()
            .any(|start| lower.starts_with(start))
    })
}

/// A network while it is read.
struct Net<'t> {
    text: &'t Text<'t>,
    limits: &'t Limits,
    /// How many nodes it says there are, and where.
    nodes: Option<(u64, u64)>,
    section: Section,
    labels: Vec<(u32, String)>,
    links: Vec<(u32, u32)>,
    held: u64,
    account: Account,
}

/// Reads a Pajek network.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let mut net = Net {
        text: &text,
        limits,
        nodes: None,
        section: Section::Other,
        labels: Vec::new(),
        links: Vec::new(),
        held: text.bytes().len() as u64,
        account: Account::default(),
    };
    rows_of(&text.name(), text.bytes(), Separator::Blank, &mut |line, cells| {
        match cells {
            [first, ..] if first.starts_with(b"*") => net.begin(line, cells)?,
            _ => net.take(line, cells)?,
        }
        Ok(true)
    })?;
    net.finish()
}

impl Net<'_> {
    fn wrong(&self, line: u64, message: impl Into<String>) -> ImportError {
        ImportError::Malformed {
            file: self.text.name(),
            line,
            format: Format::Pajek.title(),
            message: message.into(),
        }
    }

    fn begin(&mut self, line: u64, cells: &[&[u8]]) -> Result<(), ImportError> {
        let name = cells[0].to_ascii_lowercase();
        let name = name.split(|&byte| byte == b':').next().unwrap_or(b"");
        self.section = match name {
            b"*network" => Section::Other,
            b"*vertices" if self.nodes.is_some() => {
                return Err(self.wrong(line, "a second `*Vertices`; write each network to a file"));
            }
            b"*vertices" => {
                let Some(Whole::Value(nodes)) = cells.get(1).map(|cell| whole(cell)) else {
                    return Err(self.wrong(line, "`*Vertices` without the number of nodes"));
                };
                self.limits.nodes_within(&self.text.name(), nodes)?;
                self.nodes = Some((nodes, line));
                if cells.len() > 2 {
                    self.account.note("which of the two sides a node is on is not used");
                }
                Section::Nodes
            }
            b"*edges" => Section::Links { list: false },
            b"*arcs" | b"*arcslist" => {
                self.account.directed();
                Section::Links {
                    list: name == b"*arcslist",
                }
            }
            b"*edgeslist" => Section::Links { list: true },
            b"*matrix" => {
                let message = "a dense `*Matrix` lists values, not links; save the network as arcs and edges";
                return Err(self.wrong(line, message));
            }
            other => {
                self.account.note(format!("the section {} is not used", excerpt(other)));
                Section::Other
            }
        };
        if matches!(self.section, Section::Links { .. }) && self.nodes.is_none() {
            return Err(self.wrong(line, "links before `*Vertices`"));
        }
        Ok(())
    }

    fn node(&self, line: u64, cell: &[u8]) -> Result<u32, ImportError> {
        let nodes = self.nodes.map_or(0, |(nodes, _)| nodes);
        match whole(cell) {
            Whole::Value(node) if (1..=nodes).contains(&node) => Ok((node - 1) as u32),
            Whole::Not => Err(self.wrong(line, format!("\"{}\" is no number of a node", excerpt(cell)))),
            _ => Err(ImportError::NodeOutOfRange {
                file: self.text.name(),
                line,
                text: excerpt(cell),
                nodes,
            }),
        }
    }

    fn take(&mut self, line: u64, cells: &[&[u8]]) -> Result<(), ImportError> {
        match self.section {
            Section::Other => {}
            Section::Nodes => {
                let node = self.node(line, cells[0])?;
                if let Some(label) = cells.get(1).and_then(|label| std::str::from_utf8(label).ok()) {
                    self.held += 40 + label.len() as u64;
                    self.labels.push((node, label.to_owned()));
                }
            }
            Section::Links { list } => {
                let one = self.node(line, cells[0])?;
                let others = if list {
                    &cells[1..]
                } else {
                    cells.get(1..2).unwrap_or(&[])
                };
                if others.is_empty() && !list {
                    return Err(self.wrong(line, "one end where a link has two"));
                }
                for other in others {
                    let other = self.node(line, other)?;
                    self.links.push((one, other));
                    self.held += 8;
                }
                let is_one = |cell: &[u8]| matches!(cell, b"1" | b"1.0" | b"1.00" | b"1.000" | b"1.000000");
                if !list && cells.get(2).is_some_and(|weight| !is_one(weight)) {
                    self.account.weighted(|| "the third column".to_owned());
                }
            }
        }
        if line.is_multiple_of(1 << 16) {
            self.text.meter().allow(self.held, 0)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Imported, ImportError> {
        let file = self.text.name();
        let Some((nodes, line)) = self.nodes else {
            return Err(self.wrong(1, "no `*Vertices` line"));
        };
        let found = self.links.len() as u64;
        matrix_market::believe(nodes, found.max(self.labels.len() as u64), (&file, line), self.limits)?;
        self.account.weighed(&file, self.limits)?;
        let nodes = nodes as u32; // within limits.max_nodes
        let ids = ids(nodes, self.labels);
        let built = Graph::from_links(nodes, &self.links).map_err(|source| ImportError::Graph {
            file: file.clone(),
            source,
        })?;
        Imported::new(file, built, ids, Format::Pajek, found, self.account)
    }
}

/// The labels, if each node has one of its own; else their numbers.
fn ids(nodes: u32, mut labels: Vec<(u32, String)>) -> Ids {
    labels.sort_by_key(|(node, _)| *node);
    let distinct: HashSet<&str> = labels.iter().map(|(_, label)| &**label).collect();
    let whole =
        labels.len() == nodes as usize && (0..nodes).zip(&labels).all(|(node, (labelled, _))| node == *labelled);
    let fit = |label: &str| !label.is_empty() && !label.contains(char::is_control);
    if !whole || distinct.len() != labels.len() || !labels.iter().all(|(_, label)| fit(label)) {
        return Ids::OneBased { nodes };
    }
    let mut words = WordList::default();
    labels.iter().for_each(|(_, label)| words.push(label));
    Ids::Words(words)
}
