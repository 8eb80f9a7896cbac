//! A graph whose nodes have names, while it is read: what formats of nodes and links have in common.

use super::account::Account;
use super::format::Format;
use super::graph::Graph;
use super::ids::{Ids, WordList};
use super::{Imported, Limits};
use crate::error::ImportError;
use crate::input::{Meter, excerpt};
use std::collections::HashMap;

/// What a name takes besides its letters, twice: an entry of the table, and where its word stops.
const ENTRY: u64 = 96;

/// What a link takes.
const LINK: u64 = 8;

/// Nodes and links as they come.
pub(super) struct Named<'a> {
    file: String,
    format: Format,
    limits: &'a Limits,
    meter: Meter,
    numbers: HashMap<Box<str>, u32>,
    words: WordList,
    links: Vec<(u32, u32)>,
    held: u64,
    /// How much may be held until the meter is asked again.
    asked: u64,
    pub(super) account: Account,
}

impl<'a> Named<'a> {
    /// For a file of which `text` bytes are held.
    pub(super) fn new(format: Format, meter: &Meter, text: usize, limits: &'a Limits) -> Self {
        Self {
            file: meter.name(),
            format,
            limits,
            meter: meter.clone(),
            numbers: HashMap::new(),
            words: WordList::default(),
            links: Vec::new(),
            held: text as u64,
            asked: text as u64,
            account: Account::default(),
        }
    }

    /// An error at a line.
    pub(super) fn wrong(&self, line: u64, message: impl Into<String>) -> ImportError {
        ImportError::Malformed {
            file: self.file.clone(),
            line,
            format: self.format.title(),
            message: message.into(),
        }
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> u32 {
        self.words.len()
    }

    /// The number of the node called `name`, if there is one.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The number of the node called `name`, which is new if there was none.
    pub(super) fn node(&mut self, name: &str, line: u64) -> Result<u32, ImportError> {
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        if name.is_empty() {
            return Err(self.wrong(line, "a node without an id; give each a name or a number"));
        }
        if name.contains(char::is_control) {
            return Err(ImportError::Binary {
                file: self.file.clone(),
                line,
                text: excerpt(name.as_bytes()),
            });
        }
        let number = self.words.len();
        if number >= self.limits.max_nodes {
            self.limits.nodes_within(&self.file, u64::from(number) + 1)?;
        }
        self.hold(ENTRY + 2 * name.len() as u64)?;
        self.numbers.insert(name.into(), number);
        self.words.push(name);
        Ok(number)
    }

    /// Adds a node that is declared, which must be new.
    pub(super) fn declare(&mut self, name: &str, line: u64) -> Result<u32, ImportError> {
        if self.numbers.contains_key(name) {
            let message = format!(
                "the node \"{}\" is there twice; give each an id of its own",
                excerpt(name.as_bytes())
            );
            return Err(self.wrong(line, message));
        }
        self.node(name, line)
    }

    /// The number of a node that must have been declared.
    pub(super) fn declared(&self, name: &str, line: u64) -> Result<u32, ImportError> {
        self.find(name).ok_or_else(|| {
            let name = excerpt(name.as_bytes());
            self.wrong(
                line,
                format!("an end \"{name}\" that is no node of the file; add the node, or correct the end"),
            )
        })
    }

    /// Adds a link.
    pub(super) fn link(&mut self, one: u32, other: u32) -> Result<(), ImportError> {
        self.hold(LINK)?;
        self.links.push((one, other));
        Ok(())
    }

    fn hold(&mut self, bytes: u64) -> Result<(), ImportError> {
        self.held += bytes;
        if self.held > self.asked {
            self.asked = self.held + (self.held >> 3).max(1 << 20);
            self.meter.allow(self.held, self.asked - self.held)?;
        }
        Ok(())
    }

    /// Gives the nodes other names, if each has one of its own.
    pub(super) fn rename(&mut self, names: &[Option<String>]) {
        let all: Option<Vec<&str>> = names
            .iter()
            .map(|name| name.as_deref().filter(|name| !name.is_empty()))
            .collect();
        let Some(all) = all.filter(|all| all.len() == self.words.len() as usize) else {
            return;
        };
        let distinct: std::collections::HashSet<&str> = all.iter().copied().collect();
        if distinct.len() == all.len() && !all.iter().any(|name| name.contains(char::is_control)) {
            self.words = WordList::default();
            all.iter().for_each(|name| self.words.push(name));
        }
    }

    /// The graph.
    pub(super) fn finish(self) -> Result<Imported, ImportError> {
        let nodes = self.words.len();
        drop(self.numbers);
        let built = Graph::from_links(nodes, &self.links).map_err(|source| ImportError::Graph {
            file: self.file.clone(),
            source,
        })?;
        let read = self.links.len() as u64;
        drop(self.links);
        self.account.weighed(&self.file, self.limits)?;
        Imported::new(self.file, built, plain(self.words), self.format, read, self.account)
    }
}

/// Words that only count from 0 or 1 need not be kept.
fn plain(words: WordList) -> Ids {
    let nodes = words.len();
    let counts_from = |first: u64| (0..nodes).all(|i| words.get(i) == (u64::from(i) + first).to_string());
    match nodes {
        1.. if words.get(0) == "0" && counts_from(0) => Ids::Same { nodes },
        1.. if words.get(0) == "1" && counts_from(1) => Ids::OneBased { nodes },
        _ => Ids::Words(words),
    }
}
