//! GML, the graph modelling language (Himsolt 1996): keys and values, in brackets lists of them:
//! `graph [ directed 0 node [ id 1 label "a" ] edge [ source 1 target 2 ] ]`.
//!
//! Nodes are called by their labels if each has one of its own, else by their ids.

use super::format::Format;
use super::named::Named;
use super::{Imported, Limits};
use crate::error::ImportError;
use crate::input::{Text, excerpt};

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    String(&'t str),
    Open,
    Close,
}

/// Cuts a text into tokens.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The next token; a string that does not end is an error.
    fn next(&mut self) -> Result<Option<Token<'t>>, &'static str> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                None => return Ok(None),
                Some(b'\n') => {
                    self.line += 1;
                    self.at += 1;
                }
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                Some(b'#') => {
                    self.at = memchr::memchr(b'\n', &bytes[self.at..]).map_or(bytes.len(), |more| self.at + more)
                }
                Some(b'[') => {
                    self.at += 1;
                    return Ok(Some(Token::Open));
                }
                Some(b']') => {
                    self.at += 1;
                    return Ok(Some(Token::Close));
                }
                Some(b'"') => {
                    let start = self.at + 1;
                    let end = memchr::memchr(b'"', &bytes[start..]).ok_or("a string that does not end")? + start;
                    self.line += memchr::memchr_iter(b'\n', &bytes[start..end]).count() as u64;
                    self.at = end + 1;
                    return Ok(Some(Token::String(&self.text[start..end])));
                }
                Some(_) => {
                    let ends = |&byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b'"');
                    let length = bytes[self.at..].iter().position(ends).unwrap_or(bytes.len() - self.at);
                    let word = &self.text[self.at..self.at + length];
                    self.at += length;
                    return Ok(Some(Token::Word(word)));
                }
            }
        }
    }
}

/// Whether a `graph [` stands at the top, after comments and other keys with a value each.
pub(super) fn told(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1 << 16)];
    let text = String::from_utf8_lossy(head);
    let mut tokens = Tokens::new(&text);
    let known = [
        "creator", "version", "comment", "directed", "label", "graph", "comments", "name",
    ];
    for _ in 0..100 {
        let Ok(Some(Token::Word(key))) = tokens.next() else {
            return false;
        };
        if !known.contains(&&*key.to_ascii_lowercase()) {
            return false;
        }
        match tokens.next() {
            Ok(Some(Token::Open)) => return key.eq_ignore_ascii_case("graph"),
            Ok(Some(Token::Word(_) | Token::String(_))) => {}
            _ => return false,
        }
    }
    false
}

/// What a list in the graph says.
#[derive(Default)]
struct Item<'t> {
    node: bool,
    id: Option<&'t str>,
    label: Option<&'t str>,
    source: Option<&'t str>,
    target: Option<&'t str>,
    weighted: bool,
    line: u64,
}

/// Reads a GML graph.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let mut named = Named::new(Format::Gml, text.meter(), text.bytes().len(), limits);
    let mut labels = Vec::new();
    let mut edges = Vec::new();
    let mut tokens = Tokens::new(text.utf_8()?);
    // How deep brackets are open, and at which depth the graph's own keys stand.
    let (mut depth, mut graph) = (0_u64, false);
    let mut item: Option<Item<'_>> = None;
    loop {
        let token = tokens.next().map_err(|message| named.wrong(tokens.line, message))?;
        let Some(token) = token else { break };
        let line = tokens.line;
        let key = match token {
            Token::Close => {
                if depth == 0 {
                    return Err(named.wrong(line, "a bracket `]` that none opened"));
                }
                depth -= 1;
                if depth == 1
                    && graph
                    && let Some(item) = item.take()
                {
                    end(item, &mut named, &mut labels, &mut edges)?;
                }
                continue;
            }
            Token::Word(key) => key,
            _ => return Err(named.wrong(line, "a value without a key; write `key value`")),
        };
        let value = tokens.next().map_err(|message| named.wrong(tokens.line, message))?;
        match value {
            Some(Token::Open) => {
                depth += 1;
                if depth == 1 && key.eq_ignore_ascii_case("graph") {
                    if graph {
                        return Err(named.wrong(line, "a second graph; write each to a file"));
                    }
                    graph = true;
                } else if depth == 2 && graph && matches!(key, "node" | "edge") {
                    item = Some(Item {
                        node: key == "node",
                        line,
                        ..Item::default()
                    });
                }
            }
            Some(Token::Word(value) | Token::String(value)) => {
                if depth == 1 && key == "directed" && value == "1" {
                    named.account.directed();
                }
                if let (2, Some(item)) = (depth, &mut item) {
                    match key {
                        "id" if item.id.is_none() => item.id = Some(value),
                        "label" => item.label = Some(value),
                        "source" => item.source = Some(value),
                        "target" => item.target = Some(value),
                        "weight" | "value" => item.weighted |= value.parse::<f64>() != Ok(1.0),
                        _ => {}
                    }
                }
            }
            Some(Token::Close) | None => {
                return Err(named.wrong(line, format!("the key \"{}\" without a value", excerpt(key.as_bytes()))));
            }
        }
    }
    if depth > 0 || !graph {
        let message = if graph {
            "a bracket `[` that is not closed; is the file cut?"
        } else {
            "no `graph [ … ]`"
        };
        return Err(named.wrong(tokens.line, message));
    }
    for (source, target, line) in edges {
        let ends = (named.declared(source, line)?, named.declared(target, line)?);
        named.link(ends.0, ends.1)?;
    }
    named.rename(&labels);
    drop(text);
    named.finish()
}

/// Takes a node or an edge. Edges wait, as nodes may follow them.
fn end<'t>(
    item: Item<'t>,
    named: &mut Named<'_>,
    labels: &mut Vec<Option<String>>,
    edges: &mut Vec<(&'t str, &'t str, u64)>,
) -> Result<(), ImportError> {
    let line = item.line;
    if item.node {
        let id = item.id.ok_or_else(|| named.wrong(line, "a node without an id"))?;
        named.declare(id, line)?;
        labels.push(item.label.map(|label| match quick_xml::escape::unescape(label) {
            Ok(plain) => plain.into_owned(),
            Err(_) => label.to_owned(),
        }));
        return Ok(());
    }
    let (Some(source), Some(target)) = (item.source, item.target) else {
        return Err(named.wrong(line, "an edge without a source and a target"));
    };
    if item.weighted {
        named.account.weighted(|| "the edges".to_owned());
    }
    edges.push((source, target, line));
    Ok(())
}
