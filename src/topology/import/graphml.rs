//! GraphML (Brandes et al. 2002): XML with `node`s, and `edge`s between them.

use super::format::Format;
use super::named::Named;
use super::{Imported, Limits};
use crate::error::ImportError;
use crate::input::Text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashSet;

/// The local name of the root element, if the text is XML.
pub(super) fn root(bytes: &[u8]) -> Option<String> {
    if !bytes.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let mut reader = Reader::from_reader(bytes);
    for _ in 0..100 {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                return Some(start.local_name().as_ref().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
    None
}

pub(super) fn told(bytes: &[u8]) -> bool {
    root(bytes).as_deref() == Some("graphml")
}

/// Where lines are counted from, so that no byte is counted twice.
struct Place {
    at: usize,
    line: u64,
}

impl Place {
    fn line(&mut self, bytes: &[u8], at: usize) -> u64 {
        let at = at.min(bytes.len());
        self.line += memchr::memchr_iter(b'\n', &bytes[self.at.min(at)..at]).count() as u64;
        self.at = self.at.max(at);
        self.line
    }
}

/// Reads a GraphML graph.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let bytes = text.bytes();
    let mut graph = Document {
        named: Named::new(Format::Graphml, text.meter(), bytes.len(), limits),
        waiting: Vec::new(),
        weights: HashSet::new(),
        in_edge: false,
        graphs: 0,
        depth: 0,
    };
    let mut reader = Reader::from_reader(bytes);
    let mut place = Place { at: 0, line: 1 };
    loop {
        let event = reader.read_event();
        let line = place.line(bytes, usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        match event.map_err(|error| {
            graph
                .named
                .wrong(line, crate::error::excerpt(error.to_string().as_bytes()))
        })? {
            Event::Start(start) => graph.begin(&start, line, false)?,
            Event::Empty(start) => graph.begin(&start, line, true)?,
            Event::End(end) => graph.end(end.local_name().as_ref()),
            Event::Eof => break,
            _ => {}
        }
    }
    if graph.depth > 0 {
        let line = place.line(bytes, bytes.len());
        return Err(graph
            .named
            .wrong(line, "an element that is not closed; is the file cut?"));
    }
    let Document { mut named, waiting, .. } = graph;
    // Edges may stand before their nodes.
    for (source, target, line) in waiting {
        let ends = (named.declared(&source, line)?, named.declared(&target, line)?);
        named.link(ends.0, ends.1)?;
    }
    drop(text);
    named.finish()
}

/// A document while it is read.
struct Document<'a> {
    named: Named<'a>,
    /// Edges of which an end is yet to come.
    waiting: Vec<(String, String, u64)>,
    /// The ids of keys that are weights of edges.
    weights: HashSet<String>,
    in_edge: bool,
    graphs: u32,
    depth: u64,
}

impl Document<'_> {
    fn begin(&mut self, start: &BytesStart<'_>, line: u64, empty: bool) -> Result<(), ImportError> {
        self.depth += u64::from(!empty);
        match start.local_name().as_ref() {
            "graph" => {
                self.graphs += 1;
                if self.graphs > 1 {
                    let message = "a second graph, or one inside a node; write each to a file, without nesting";
                    return Err(self.named.wrong(line, message));
                }
                if self.attribute(start, "edgedefault", line)?.as_deref() == Some("directed") {
                    self.named.account.directed();
                }
            }
            "node" => {
                let id = self.needed(start, "id", line)?;
                self.named.declare(&id, line)?;
            }
            "edge" => {
                let (source, target) = (self.needed(start, "source", line)?, self.needed(start, "target", line)?);
                if self.attribute(start, "directed", line)?.as_deref() == Some("true") {
                    self.named.account.directed();
                }
                match (self.named.find(&source), self.named.find(&target)) {
                    (Some(one), Some(other)) => self.named.link(one, other)?,
                    _ => self.waiting.push((source, target, line)),
                }
                self.in_edge = !empty;
            }
            "hyperedge" => {
                let message = "a hyperedge, but links join two nodes; write it as edges between its nodes";
                return Err(self.named.wrong(line, message));
            }
            "key" => {
                let name = self
                    .attribute(start, "attr.name", line)?
                    .unwrap_or_default()
                    .to_lowercase();
                let of = self.attribute(start, "for", line)?.unwrap_or_default();
                if matches!(&*of, "edge" | "all")
                    && matches!(&*name, "weight" | "value")
                    && let Some(id) = self.attribute(start, "id", line)?
                {
                    self.weights.insert(id);
                }
            }
            "data" if self.in_edge && !self.weights.is_empty() => {
                let key = self.attribute(start, "key", line)?;
                if key.is_some_and(|key| self.weights.contains(&key)) {
                    self.named.account.weighted(|| "the edges".to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        if name == "edge" {
            self.in_edge = false;
        }
    }

    /// An attribute's value, what it stands for undone.
    fn attribute(&self, start: &BytesStart<'_>, name: &str, line: u64) -> Result<Option<String>, ImportError> {
        let wrong = |error: String| self.named.wrong(line, crate::error::excerpt(error.as_bytes()));
        let Some(found) = start
            .try_get_attribute(name)
            .map_err(|error| wrong(error.to_string()))?
        else {
            return Ok(None);
        };
        match quick_xml::escape::unescape(&found.value) {
            Ok(value) => Ok(Some(value.into_owned())),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    fn needed(&self, start: &BytesStart<'_>, name: &str, line: u64) -> Result<String, ImportError> {
        self.attribute(start, name, line)?.ok_or_else(|| {
            let element = start.local_name().as_ref().to_owned();
            self.named.wrong(line, format!("a {element} without {name}"))
        })
    }
}
