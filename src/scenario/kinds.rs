//! Networks and timings of users' own, as a registry has them.

use super::registry::{Registry, is_key, part_of, with_word};
use crate::error::Error;
use crate::own::Own;
use crate::timing::Timing;
use crate::timing::TimingKind;
use crate::topology::NetworkKind;
use crate::topology::{Build, Kind, NetworkSpec, TopologySpec};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;
use std::sync::Arc;

/// A kind, and how it is read.
#[derive(Debug)]
struct OwnKind<T: ?Sized> {
    kind: &'static str,
    read: fn(toml::Value) -> Result<Arc<T>, toml::de::Error>,
    schema: fn() -> Value,
}

impl<T: ?Sized> Clone for OwnKind<T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnKinds {
    networks: Vec<OwnKind<dyn NetworkKind>>,
    timings: Vec<OwnKind<dyn TimingKind>>,
}

/// What a scenario has of them, while the rest is read.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// By their places in an overlay.
    networks: Vec<(usize, Own<dyn NetworkKind>)>,
    timing: Option<Own<dyn TimingKind>>,
}

/// The kinds of ours that stand in for them meanwhile.
const STAND_INS: [&str; 2] = ["ring", "synchronous"];

impl Registry {
    /// Registers a kind of network: `topology.kind = "…"`, alone or in an overlay.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the kind if it is taken, or is no word that a scenario can have.
    pub fn topology<T>(&mut self, kind: &'static str) -> Result<(), Error>
    where
        T: Build + Clone + PartialEq + Debug + Send + Sync + Serialize + DeserializeOwned + JsonSchema + 'static,
    {
        let own = &self.own.networks;
        check(
            "topology",
            kind,
            Kind::of(kind).is_some(),
            own.iter().map(|own| own.kind),
        )?;
        self.own.networks.push(OwnKind {
            kind,
            read: |keys| Ok(Arc::new(T::deserialize(keys)?)),
            schema: part_of::<T>,
        });
        self.forget_schema();
        Ok(())
    }

    /// The registered kinds of network: the word of each, and what its type's documentation says.
    pub fn networks(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.own.networks.iter().map(|own| {
            let about = (own.schema)()["description"].as_str().unwrap_or_default().to_owned();
            (own.kind, about)
        })
    }

    /// Registers a kind of timing: `timing.kind = "…"`.
    ///
    /// # Errors
    /// As [`Registry::topology`].
    pub fn timing<T>(&mut self, kind: &'static str) -> Result<(), Error>
    where
        T: TimingKind + DeserializeOwned + JsonSchema,
    {
        let is_ours = Timing::KINDS.contains(&kind);
        check("timing", kind, is_ours, self.own.timings.iter().map(|own| own.kind))?;
        self.own.timings.push(OwnKind {
            kind,
            read: |keys| Ok(Arc::new(T::deserialize(keys)?)),
            schema: part_of::<T>,
        });
        self.forget_schema();
        Ok(())
    }
}

fn check(
    section: &str,
    kind: &str,
    is_ours: bool,
    mut others: impl Iterator<Item = &'static str>,
) -> Result<(), Error> {
    let message = if !is_key(kind) {
        format!("has {kind:?} as its name; take 1 to 64 letters, digits, '-' and '_'")
    } else if is_ours {
        "is one of the library's; choose another word".to_owned()
    } else if others.any(|other| other == kind) {
        "is registered already; choose another word".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("the kind {section}.kind = \"{kind}\""), message))
}

impl OwnKinds {
    /// Adds their schemas beside those of ours.
    pub fn add_to(&self, properties: &mut serde_json::Map<String, Value>) {
        let networks = self
            .networks
            .iter()
            .map(|own| ("topology", STAND_INS[0], own.kind, own.schema));
        let timings = self
            .timings
            .iter()
            .map(|own| ("timing", STAND_INS[1], own.kind, own.schema));
        for (section, beside, kind, schema) in networks.chain(timings) {
            if let Some(section) = properties.get_mut(section) {
                put_beside(section, beside, &with_word(schema(), "kind", kind));
            }
        }
    }

    /// Takes those that a scenario has out of its sections, and puts one of ours in the place of each.
    pub fn take(&self, sections: &mut toml::Table) -> Result<Taken, Error> {
        let mut taken = Taken::default();
        match sections.get_mut("topology") {
            Some(toml::Value::Array(parts)) => {
                for (k, part) in parts.iter_mut().enumerate() {
                    let key = format!("topology[{k}]");
                    let own = take(&self.networks, part, &key, STAND_INS[0])?;
                    taken.networks.extend(own.map(|own| (k, own)));
                }
            }
            Some(part) => {
                let own = take(&self.networks, part, "topology", STAND_INS[0])?;
                taken.networks.extend(own.map(|own| (0, own)));
            }
            None => {}
        }
        if let Some(timing) = sections.get_mut("timing") {
            taken.timing = take(&self.timings, timing, "timing", STAND_INS[1])?;
        }
        Ok(taken)
    }
}

impl Taken {
    /// Puts them back.
    pub fn put(self, topology: &mut NetworkSpec, timing: &mut Timing) {
        for (k, own) in self.networks {
            let own = TopologySpec::Own(own);
            match topology {
                NetworkSpec::One(one) => *one = own,
                NetworkSpec::Overlay(parts) => {
                    if let Some(part) = parts.get_mut(k) {
                        *part = own;
                    }
                }
            }
        }
        if let Some(own) = self.timing {
            *timing = Timing::Own(own);
        }
    }
}

fn take<T: ?Sized>(
    all: &[OwnKind<T>],
    section: &mut toml::Value,
    key: &str,
    stand_in: &str,
) -> Result<Option<Own<T>>, Error> {
    let kind = section.get("kind").and_then(toml::Value::as_str);
    let Some(own) = all.iter().find(|own| Some(own.kind) == kind) else {
        return Ok(None);
    };
    let mut placed = toml::Table::new();
    placed.insert("kind".to_owned(), stand_in.into());
    let mut keys = std::mem::replace(section, placed.into());
    if let Some(keys) = keys.as_table_mut() {
        keys.remove("kind");
    }
    let read = (own.read)(keys).map_err(|error| Error::invalid(key, error.message()))?;
    Ok(Some(Own::new(own.kind, read)))
}

/// Puts a kind's schema into each list of kinds that has that of `beside`.
fn put_beside(schema: &mut Value, beside: &str, kind: &Value) {
    match schema {
        Value::Object(keys) => {
            let kinds = keys.get_mut("oneOf").and_then(Value::as_array_mut);
            if let Some(kinds) = kinds.filter(|kinds| {
                kinds
                    .iter()
                    .any(|kind| kind["properties"]["kind"]["const"].as_str() == Some(beside))
            }) {
                kinds.push(kind.clone());
                return;
            }
            keys.iter_mut().for_each(|(_, value)| put_beside(value, beside, kind));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| put_beside(value, beside, kind)),
        _ => {}
    }
}
