//! A scenario's text as a tree whose every value knows where it was written: what arguments override, and what error
//! messages point at.

use super::check;
use super::{Registry, Scenario};
use crate::error::{Error, Place};
use crate::input::Input;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// Where tasks come from, of which a scenario has one.
const SOURCES: [&str; 2] = ["arrivals", "trace"];

/// The longest text of a scenario, in bytes.
const LONGEST: usize = 1 << 24;

/// The most that a message takes of what the parser says, in characters.
const LONGEST_WORD_OF_PARSER: usize = 300;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub place: Place,
    /// Where the key stands; errors about the key itself point there.
    pub key_place: Place,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    Table(Vec<(String, Node)>),
    Array(Vec<Node>),
    Leaf(Value),
}

impl Node {
    /// The value under a key, or the item of a list at an index.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Array(items) => items.get(key.parse::<usize>().ok()?),
            NodeKind::Table(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, n)| n),
            _ => None,
        }
    }

    pub fn is_from_argument(&self) -> bool {
        matches!(self.place, Place::Argument(_))
    }

    pub fn value(&self) -> Value {
        match &self.kind {
            NodeKind::Leaf(value) => value.clone(),
            NodeKind::Array(items) => Value::Array(items.iter().map(Node::value).collect()),
            NodeKind::Table(entries) => {
                Value::Table(entries.iter().map(|(k, n)| (k.clone(), n.value())).collect::<Table>())
            }
        }
    }
}

impl Node {
    /// Whether an argument gave it, or any part of it.
    pub fn is_touched(&self) -> bool {
        let in_parts = match &self.kind {
            NodeKind::Table(entries) => entries.iter().any(|(_, node)| node.is_touched()),
            NodeKind::Array(items) => items.iter().any(Node::is_touched),
            NodeKind::Leaf(_) => false,
        };
        self.is_from_argument() || in_parts
    }

    /// Of two keys of a section that exclude each other, the one that an argument gave takes the place of the one in the text.
    /// Gives the one that it replaces.
    fn prefer(&mut self, section: &str, keys: [&'static str; 2]) -> Option<&'static str> {
        let NodeKind::Table(sections) = &mut self.kind else {
            return None;
        };
        let section = sections.iter_mut().find(|(name, _)| name == section);
        let Some(NodeKind::Table(entries)) = section.map(|(_, node)| &mut node.kind) else {
            return None;
        };
        let given = |key: &str| {
            entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, node)| node.is_touched())
        };
        let dropped = match keys.map(given) {
            [Some(true), Some(false)] => keys[1],
            [Some(false), Some(true)] => keys[0],
            _ => return None,
        };
        entries.retain(|(name, _)| name != dropped);
        Some(dropped)
    }
}

/// A scenario's text, parsed, and the arguments that override it.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) root: Node,
    pub(super) folder: PathBuf,
}

impl Document {
    /// Parses TOML; `name` stands for the text in error messages.
    ///
    /// # Errors
    /// [`Error::Syntax`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        Self::parse_at(Places::new(name, text))
    }

    /// Parses the text of an embedded scenario, where a line would tell a user nothing.
    pub(super) fn parse_embedded(name: &str, text: &str) -> Result<Self, Error> {
        Self::parse_at(Places {
            is_embedded: true,
            ..Places::new(name, text)
        })
    }

    fn parse_at(places: Places<'_>) -> Result<Self, Error> {
        let table = DeTable::parse(places.text).map_err(|e| syntax(&places, &e))?;
        let place = places.at(0);
        Ok(Self {
            root: Node {
                key_place: place.clone(),
                place,
                kind: places.table(table.get_ref()),
            },
            folder: PathBuf::new(),
        })
    }

    /// Reads a scenario's file, gzipped or not; relative file names in it start at its folder. `-` is standard input.
    ///
    /// # Errors
    /// [`Error::Input`] or [`Error::Syntax`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = Input::open(path, None)?.text()?;
        if text.bytes().len() > LONGEST {
            return Err(Error::Syntax {
                place: Place::Text {
                    name: text.name(),
                    line: 1,
                    column: 1,
                },
                message: format!(
                    "is {} bytes long, but a scenario at most {LONGEST}; is it one?",
                    text.bytes().len()
                ),
            });
        }
        let mut document = Self::parse(&text.name(), text.utf_8()?)?;
        document.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(document)
    }

    /// Where relative file names start.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What of the text is not used, since an argument gives something in its place that excludes it, a line each.
    #[must_use]
    pub fn replaced(&self, registry: &Registry) -> Vec<String> {
        let mut root = self.root.clone();
        let dropped = root.prefer("work", SOURCES);
        let mut all: Vec<String> = dropped
            .and_then(|dropped| {
                let by = SOURCES.into_iter().find(|&key| key != dropped)?;
                Some(format!(
                    "work.{dropped} of the scenario: an argument gives work.{by} in its place"
                ))
            })
            .into_iter()
            .collect();
        let before = root.clone();
        // What is wrong is told where the scenario is made.
        if check::check(&mut root, registry.schema(), "").is_ok() {
            name_dropped(&before, &root, "", &mut all);
        }
        all
    }

    /// Checks the whole and turns it into a scenario of the library's parts.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the place of the key or value at fault.
    pub fn scenario(&self) -> Result<Scenario, Error> {
        self.scenario_with(Registry::ours())
    }

    /// Checks the whole and turns it into a scenario of the parts that are registered.
    ///
    /// # Errors
    /// As [`Document::scenario`].
    pub fn scenario_with(&self, registry: &Registry) -> Result<Scenario, Error> {
        let mut root = self.root.clone();
        root.prefer("work", SOURCES);
        check::check(&mut root, registry.schema(), "")?;
        match root.value() {
            Value::Table(sections) => registry.read(sections).map_err(|error| self.locate(error)),
            _ => registry.read(Table::new()),
        }
    }

    /// Adds the place of its key to an error that was found after parsing.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        match error {
            Error::Invalid {
                place: None,
                key,
                message,
            } => {
                let mut node = &self.root;
                for part in key.split(['.', '[']) {
                    match node.get(part.trim_end_matches(']')) {
                        Some(next) => node = next,
                        // A key that is missing belongs to what it should stand in.
                        None => break,
                    }
                }
                let place = Some(node.place.clone());
                Error::Invalid { place, key, message }
            }
            other => other,
        }
    }
}

fn syntax(places: &Places<'_>, error: &toml::de::Error) -> Error {
    let text = places.text;
    let start = error.span().map_or(0, |s| s.start);
    // The parser's words for what it would have accepted may take several lines.
    let mut message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = message.char_indices().nth(LONGEST_WORD_OF_PARSER) {
        message.truncate(at);
        message.push('…');
    }
    if let (true, Some(key)) = (message == "duplicate key", error.span().and_then(|span| text.get(span))) {
        message = format!(
            "the key {} is there twice; leave one of the two out",
            crate::escaped(key.trim())
        );
    }
    if message.contains("escape") || is_in_path(text, start) {
        message += "; in double quotes a backslash begins an escape: write a Windows path in single quotes, as in 'C:\\nets\\new.txt', or \
                    double each backslash";
    }
    Error::Syntax {
        place: places.at(start),
        message,
    }
}

/// Whether what is at fault follows a backslash in a quoted text that looks like a path of Windows.
fn is_in_path(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let quoted = line.rsplit('"').next().unwrap_or("");
    line.contains('"') && quoted.contains('\\') && quoted.as_bytes().get(1) == Some(&b':')
}

/// Turns byte offsets of a text into lines and columns.
struct Places<'a> {
    name: &'a str,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    /// Then a column need not be counted.
    ascii: bool,
    /// Whether it comes with the program.
    is_embedded: bool,
}

impl<'a> Places<'a> {
    fn new(name: &'a str, text: &'a str) -> Self {
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        Self {
            name,
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
            ascii: text.is_ascii(),
            is_embedded: false,
        }
    }

    fn at(&self, offset: usize) -> Place {
        if self.is_embedded {
            return Place::Embedded(self.name.into());
        }
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        let before = self.text.get(start..offset).unwrap_or("");
        Place::Text {
            name: self.name.into(),
            line,
            column: 1 + if self.ascii {
                before.len()
            } else {
                before.chars().count()
            },
        }
    }

    fn table(&self, table: &DeTable<'_>) -> NodeKind {
        let mut entries: Vec<(usize, String, Node)> = table
            .iter()
            .map(|(key, value)| {
                let mut node = self.node(value);
                node.key_place = self.at(key.span().start);
                (key.span().start, key.get_ref().to_string(), node)
            })
            .collect();
        // In the order of the text, so that the first fault is reported first.
        entries.sort_by_key(|(at, ..)| *at);
        NodeKind::Table(entries.into_iter().map(|(_, k, n)| (k, n)).collect())
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = self.at(value.span().start);
        let kind = match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => NodeKind::Array(items.iter().map(|v| self.node(v)).collect()),
            other => NodeKind::Leaf(leaf(other)),
        };
        Node {
            key_place: place.clone(),
            place,
            kind,
        }
    }
}

pub(super) fn from_argument(place: &Place, value: &DeValue<'_>) -> Node {
    let kind = match value {
        DeValue::Table(table) => NodeKind::Table(
            table
                .iter()
                .map(|(k, v)| (k.get_ref().to_string(), from_argument(place, v.get_ref())))
                .collect(),
        ),
        DeValue::Array(items) => NodeKind::Array(items.iter().map(|v| from_argument(place, v.get_ref())).collect()),
        other => NodeKind::Leaf(leaf(other)),
    };
    Node {
        place: place.clone(),
        key_place: place.clone(),
        kind,
    }
}

/// A scalar. Integers beyond 64 bits become floats: they are out of every range, which the check then says.
fn leaf(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(s) => Value::String(s.to_string()),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).map_or_else(
            |_| {
                i.as_str()
                    .parse()
                    .map_or_else(|_| Value::String(i.as_str().to_owned()), Value::Float)
            },
            Value::Integer,
        ),
        DeValue::Float(f) => f
            .as_str()
            .parse()
            .map_or_else(|_| Value::String(f.as_str().to_owned()), Value::Float),
        DeValue::Boolean(b) => Value::Boolean(*b),
        DeValue::Datetime(d) => Value::Datetime(*d),
        DeValue::Array(_) | DeValue::Table(_) => Value::String(String::new()),
    }
}

/// The keys that are in one tree and not in the other: those of a kind that an argument has changed.
fn name_dropped(before: &Node, after: &Node, key: &str, all: &mut Vec<String>) {
    let NodeKind::Table(entries) = &before.kind else { return };
    for (name, node) in entries {
        let whole = if key.is_empty() {
            name.clone()
        } else {
            format!("{key}.{name}")
        };
        match after.get(name) {
            Some(after) => name_dropped(node, after, &whole, all),
            None => all.push(format!(
                "{whole} of the scenario: the kind that an argument gives has no such key"
            )),
        }
    }
}
