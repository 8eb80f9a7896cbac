//! The TOML file that describes a run completely, as plain validated data.
//!
//! One schema, derived from these types, serves three purposes: `tetraswarm schema` exports it, every scenario is checked
//! against it (which is where unknown keys, wrong types and values out of range get their line, column and remedy), and its
//! descriptions are the reference of the format. What concerns several keys at once is checked when the swarm is built.

mod check;
mod document;
mod embedded;
mod schema;
mod setting;

pub use document::Document;
pub use embedded::{EMBEDDED, Embedded};

use crate::error::Error;
pub use crate::rule::{Average, BELIEF_LIMIT, Consensus, Interval, Point, Rounding, Start, StartFile};

use crate::fault::FaultSpec;
use crate::timing::Timing;
use crate::topology::NetworkSpec;
use crate::work::WorkSpec;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// A short name; the run directory is called after it.
    #[serde(default = "unnamed")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$"))]
    pub name: String,
    /// How many agents there are. Left out when the topology comes from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 4_294_967_294u32))]
    pub agents: Option<u32>,
    /// How many ticks to run unless a stop condition holds earlier.
    #[schemars(range(min = 0, max = 4_294_967_295u32))]
    pub ticks: u32,
    /// What all random numbers depend on.
    #[serde(default = "one")]
    pub seed: u32,
    /// Who may talk to whom.
    pub topology: NetworkSpec,
    /// Who acts when.
    #[serde(default)]
    pub timing: Timing,
    /// How nodes come to agree; either this or `work`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<Consensus>,
    /// What cells of four agents work at; either this or `consensus`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<WorkSpec>,
    /// What goes wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<FaultSpec>,
    /// What is read off the swarm.
    #[serde(default)]
    pub measure: Measure,
    /// When to stop early.
    #[serde(default)]
    pub stop: Stop,
}

fn unnamed() -> String {
    "unnamed".into()
}

fn one() -> u32 {
    1
}

/// The scenario's `[measure]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Measure every so many ticks; tick 0 and the last are always measured, and so is the swarm just before and just after an event.
    #[serde(default = "ten")]
    #[schemars(range(min = 1))]
    pub every: u32,
    /// Whether to count the nodes of the largest connected part of those that are up, each time; it takes a walk over all links.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub component: bool,
}

fn ten() -> u32 {
    10
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            every: ten(),
            component: false,
        }
    }
}

/// The scenario's `[stop]`: looked at whenever a measurement is due, every so many ticks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Stop when the spread is at most this, and all events of `[faults]` have happened. The spread is, among honest nodes that
    /// are up: of beliefs the greatest less the least; of opinions how many do not hold the leading one; of phases how many are
    /// outside the fullest half turn. Of cells that work it is how many tasks are outstanding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<u32>,
}

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(|| {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<Scenario>().to_value();
    schema::tidy(&mut schema);
    schema
});

impl Scenario {
    /// The JSON Schema of a scenario.
    #[must_use]
    pub fn schema() -> &'static serde_json::Value {
        &SCHEMA
    }

    /// Parses a scenario.
    ///
    /// # Errors
    /// [`Error::Syntax`] or [`Error::Invalid`] with line and column; `name` stands for the text in them.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        Document::parse(name, text)?.scenario()
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

    /// How many events of `[faults]`, and how many signals of `[consensus]`, come only after so many ticks, so that a run that ends
    /// then does not see them.
    #[must_use]
    pub fn later(&self, ticks: u32) -> (usize, usize) {
        let events = self.faults.iter().flat_map(|faults| &faults.events);
        let events = events.filter(|event| event.tick() >= ticks).count();
        let signals = self
            .consensus
            .as_ref()
            .map_or(0, |consensus| consensus.rule().later(ticks));
        (events, signals)
    }

    /// Replaces relative file names by absolute ones, so that the scenario means the same in any folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] if such a name is no UTF-8, so that no scenario can hold it.
    pub fn with_absolute_files(mut self, folder: &Path) -> Result<Self, Error> {
        for (key, file) in self.topology.files() {
            *file = absolute(folder, file, &key)?;
        }
        if let Some(consensus) = &mut self.consensus {
            for (key, file) in consensus.rule_mut().files() {
                *file = absolute(folder, file, &key)?;
            }
        }
        if let Some(file) = self.work.as_mut().and_then(|work| work.trace.as_mut()) {
            *file = absolute(folder, file, "work.trace")?;
        }
        Ok(self)
    }
}

/// The file that a scenario in `folder` means by `file`: beside the scenario if it is there, else from the current folder.
pub(crate) fn locate(folder: &Path, file: &Path) -> PathBuf {
    let beside = folder.join(file);
    if beside.exists() { beside } else { file.to_owned() }
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
