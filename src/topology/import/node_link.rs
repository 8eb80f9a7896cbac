//! Node-link JSON, as NetworkX (`node_link_data`) and D3 write it: an object with `nodes`, and `links` (or `edges`) between them.
//!
//! Ends are the nodes' `id`s (of Sigma's files `key`s, of D3's `name`s), or where nodes have none or only words, their numbers in
//! the list, from 0.

use super::format::Format;
use super::named::Named;
use super::{Imported, Limits};
use crate::error::ImportError;
use crate::input::{Text, excerpt};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, Visitor};
use std::fmt;

pub(super) fn told(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{") && {
        // DOT and others have no quoted key after the brace.
        let rest = bytes.trim_ascii_start()[1..].trim_ascii_start();
        matches!(rest.first(), Some(b'"' | b'}'))
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    directed: Option<bool>,
    #[serde(default)]
    nodes: Option<Vec<Node>>,
    #[serde(default, alias = "edges")]
    links: Option<Vec<Link>>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(default, alias = "key")]
    id: Option<Id>,
    #[serde(default)]
    name: Option<Id>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(alias = "from")]
    source: Id,
    #[serde(alias = "to")]
    target: Id,
    #[serde(default)]
    weight: Option<IgnoredAny>,
    #[serde(default)]
    value: Option<IgnoredAny>,
}

/// What a node is called.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    Number(i128),
    Word(Box<str>),
}

impl Id {
    fn name(&self) -> String {
        match self {
            Id::Number(number) => number.to_string(),
            Id::Word(word) => word.to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, a whole number or a word")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id::Number(number.into()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
                Ok(Id::Number(number.into()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Id, E> {
                Ok(Id::Word(number.to_string().into()))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Id, E> {
                Ok(Id::Word(word.into()))
            }
        }
        deserializer.deserialize_any(Name)
    }
}

/// Reads node-link JSON.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let mut named = Named::new(Format::NodeLink, text.meter(), text.bytes().len(), limits);
    // Nodes and links are objects, and take 64 bytes at most while the text is there too.
    let objects = memchr::memchr_iter(b'{', text.bytes()).count() as u64;
    text.meter()
        .allow(text.bytes().len() as u64 + 64 * objects, 64 * objects)?;
    let document: Document = serde_json::from_slice(text.bytes()).map_err(|error| {
        let line = error.line().max(1) as u64;
        let said = error.to_string();
        named.wrong(
            line,
            format!("{}; it is an object with `nodes` and `links`", excerpt_of(&said)),
        )
    })?;
    let (Some(nodes), Some(links)) = (document.nodes, document.links) else {
        let message = "no `nodes`, or neither `links` nor `edges`; write it with networkx.node_link_data";
        return Err(named.wrong(1, message));
    };
    drop(text);
    if document.directed == Some(true) {
        named.account.directed();
    }
    let numbered = nodes.iter().all(|node| node.id.is_none());
    let words = nodes.iter().all(|node| matches!(&node.id, Some(Id::Word(_))));
    let mut names = Vec::new();
    for (k, node) in nodes.iter().enumerate() {
        match &node.id {
            _ if numbered => {
                named.declare(&k.to_string(), 1)?;
                names.push(node.name.as_ref().map(Id::name));
            }
            Some(id) => drop(named.declare(&id.name(), 1)?),
            None => return Err(named.wrong(1, format!("node {k} without an id"))),
        }
    }
    let ends = || links.iter().flat_map(|link| [&link.source, &link.target]);
    // Words that are numbers may be meant by the links' numbers; else those are places in the list.
    let places =
        words && ends().all(|end| matches!(end, Id::Number(_))) && ends().any(|end| named.find(&end.name()).is_none());
    // D3's ends may also be the names.
    let by_name: std::collections::HashMap<String, u32> = if numbered && ends().any(|end| matches!(end, Id::Word(_))) {
        (0..)
            .zip(&names)
            .filter_map(|(k, name)| Some((name.clone()?, k)))
            .collect()
    } else {
        Default::default()
    };
    for (k, link) in links.iter().enumerate() {
        let end = |id: &Id| -> Result<u32, ImportError> {
            let found = match id {
                Id::Number(number) if places => u32::try_from(*number).ok().filter(|&node| node < named.nodes()),
                Id::Word(word) if numbered => by_name.get(&**word).copied(),
                id => named.find(&id.name()),
            };
            found.ok_or_else(|| {
                let name = excerpt(id.name().as_bytes());
                named.wrong(
                    1,
                    format!("link {k} (from 0) ends at \"{name}\", which is no node; add the node, or correct the end"),
                )
            })
        };
        let ends = (end(&link.source)?, end(&link.target)?);
        named.link(ends.0, ends.1)?;
        if link.weight.is_some() || link.value.is_some() {
            named.account.weighted(|| "the links".to_owned());
        }
    }
    if numbered {
        named.rename(&names);
    }
    named.finish()
}

/// A parser's word, printable; it is longer than an excerpt.
fn excerpt_of(said: &str) -> String {
    said.chars().filter(|c| !c.is_control()).take(120).collect()
}
