//! The TOML file that describes a run completely, as plain validated data.
//!
//! A scenario is ground that all share, and parts. Which parts there are, a [`Registry`] says: ours, and those of users.
//!
//! One schema, composed from the ground's and the parts' types, serves three purposes: `tetraswarm schema` exports it, every scenario
//! is checked against it (which is where unknown keys, wrong types and values out of range get their line, column and remedy), and
//! its descriptions are the reference of the format. What concerns several keys at once is checked when the swarm is built.

mod check;
mod document;
mod embedded;
mod ground;
mod inline;
mod kinds;
mod registry;
mod scalar;
mod schema;
mod setting;

pub use document::Document;
pub use embedded::{EMBEDDED, Embedded};
pub use ground::{Measure, Stop};
pub use registry::{Registered, Registry};

use crate::error::Error;
use crate::input::locate;
use crate::part::Parts;

use crate::fault::FaultSpec;
use crate::part::Part;
use crate::timing::Timing;
use crate::topology::NetworkSpec;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::{Path, PathBuf};

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// A short name; the run directory is called after it.
    pub name: String,
    /// How many agents there are. Left out when the topology comes from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents: Option<u32>,
    /// How many ticks to run unless a stop condition holds earlier.
    pub ticks: u32,
    /// What all random numbers depend on.
    pub seed: u32,
    /// Who may talk to whom.
    pub topology: NetworkSpec,
    /// Who acts when.
    pub timing: Timing,
    /// What the swarm does, a section each.
    #[serde(flatten)]
    pub parts: Parts,
    /// What goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<FaultSpec>,
    /// What is read off the swarm.
    pub measure: Measure,
    /// When to stop early.
    pub stop: Stop,
}

/// With the parts that the library has.
impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sections = toml::Table::deserialize(deserializer)?;
        Registry::ours().read(sections).map_err(serde::de::Error::custom)
    }
}

impl Scenario {
    /// The JSON Schema of a scenario of the library's parts; that of others has [`Registry::schema`].
    #[must_use]
    pub fn schema() -> &'static serde_json::Value {
        Registry::ours().schema()
    }

    /// Parses a scenario of the library's parts.
    ///
    /// # Errors
    /// [`Error::Syntax`] or [`Error::Invalid`] with line and column; `name` stands for the text in them.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        Self::from_toml_with(Registry::ours(), name, text)
    }

    /// Parses a scenario of the parts that are registered.
    ///
    /// # Errors
    /// As [`Scenario::from_toml`].
    pub fn from_toml_with(registry: &Registry, name: &str, text: &str) -> Result<Self, Error> {
        Document::parse(name, text)?.scenario_with(registry)
    }

    /// The part of this type, if the scenario has it.
    #[must_use]
    pub fn part<T: Part>(&self) -> Option<&T> {
        self.parts.get()
    }

    /// The part of this type, to change it.
    #[must_use]
    pub fn part_mut<T: Part>(&mut self) -> Option<&mut T> {
        self.parts.get_mut()
    }

    /// The whole scenario as TOML, defaults included: parsing it gives the same scenario.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a file's path is no UTF-8, as every text in TOML is.
    pub fn to_toml(&self) -> Result<String, Error> {
        toml::to_string(self).map_err(|error| {
            let message =
                format!("cannot be written as TOML, whose texts are UTF-8: {error}; rename the file or folder");
            Error::invalid(format!("the scenario '{}'", self.name), message)
        })
    }

    /// How many events, of `[faults]` and of the parts, and how many changes that the parts ask for, as signals, come only after so many
    /// ticks, so that a run that ends then does not see them.
    #[must_use]
    pub fn later(&self, ticks: u32) -> (usize, usize) {
        let events = self.faults.iter().flat_map(|faults| &faults.events);
        let events = events.filter(|event| event.tick() >= ticks).count();
        let of_parts: usize = self.parts.iter().map(|part| part.later_events(ticks)).sum();
        let signals = self.parts.iter().map(|part| part.later(ticks)).sum();
        (events + of_parts, signals)
    }

    /// The files that it names, with their keys.
    #[cfg(feature = "checkpoint")]
    pub(crate) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        let mut all = self.topology.files();
        for part in self.parts.iter_mut() {
            all.extend(part.files());
        }
        all
    }

    /// Replaces relative file names by absolute ones, so that the scenario means the same in any folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] if such a name is no UTF-8, so that no scenario can hold it.
    pub fn with_absolute_files(mut self, folder: &Path) -> Result<Self, Error> {
        for (key, file) in self.topology.files() {
            *file = absolute(folder, file, &key)?;
        }
        for part in self.parts.iter_mut() {
            for (key, file) in part.files() {
                *file = absolute(folder, file, &key)?;
            }
        }
        Ok(self)
    }
}

fn absolute(folder: &Path, file: &Path, key: &str) -> Result<PathBuf, Error> {
    if file.as_os_str().is_empty() {
        // Left for the reader to refuse: the folder itself is not what is meant.
        return Ok(PathBuf::new());
    }
    let found = locate(folder, file);
    let found = std::path::absolute(&found).unwrap_or(found);
    if found.to_str().is_none() {
        let message = format!(
            "means {}, which is no UTF-8 text; rename the file or its folder",
            crate::error::shown(&found)
        );
        return Err(Error::invalid(key, message));
    }
    Ok(found)
}
