//! The TOML file that describes a run completely, as plain validated data.
//!
//! One schema, derived from these types, serves three purposes: `tetraswarm schema` exports it, every scenario is checked
//! against it (which is where unknown keys, wrong types and values out of range get their line, column and remedy), and its
//! descriptions are the reference of the format. What concerns several keys at once is checked when the swarm is built.

mod check;
mod document;
mod embedded;
mod schema;

pub use document::Document;
pub use embedded::{EMBEDDED, Embedded};

use crate::error::Error;
use crate::timing::Timing;
use crate::topology::NetworkSpec;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The largest magnitude of a belief in a start state: 2^28.
pub const BELIEF_LIMIT: i32 = 1 << 28;

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
    /// How beliefs meet.
    pub consensus: Consensus,
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

/// The scenario's `[consensus]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Consensus {
    /// Linked nodes move towards each other by a fixed share of their difference; the sum never changes.
    Average(Average),
}

/// Parameters of the rule `average`: diffusion with Metropolis weights in integers.
///
/// Over a link with D = x_i − x_j, i < j, flows about D/q with q = 1 + the larger degree of the two ends (Xiao and Boyd
/// 2004): x_i loses exactly what x_j gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Average {
    /// How D/q becomes an integer.
    #[serde(default)]
    pub rounding: Rounding,
    /// The beliefs at tick 0.
    pub start: Start,
}

/// How a flow becomes an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Towards zero (Rabani, Sinclair, Wanka 1998). Cheapest; stops at differences of up to q − 1 a link.
    Trunc,
    /// ⌊(D + ρ)/q⌋ with ρ drawn from 0..q−1 for each link and tick (Berenbrink et al. 2011).
    #[default]
    Random,
    /// As random, but ρ follows a golden-ratio (Weyl) sequence over the ticks, from a phase hashed for each link: no draw and
    /// no memory.
    Golden,
    /// An accumulator for each link carries the remainder on (Friedrich, Gairing, Sauerwald 2012). Costs 4 bytes a link end.
    Quasi,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Trunc, Self::Random, Self::Golden, Self::Quasi];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trunc => "trunc",
            Self::Random => "random",
            Self::Golden => "golden",
            Self::Quasi => "quasi",
        }
    }
}

/// The beliefs at tick 0, each within ±2^28.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Start {
    /// Drawn evenly from low..=high.
    Uniform(Interval),
    /// One node has `value`, all others 0.
    Point(Point),
    /// Rising evenly from low at node 0 to high at the last.
    Ramp(Interval),
    /// The first half of the nodes has low, the second high.
    TwoBlocks(Interval),
    /// From a file: one number a line (`#` comments allowed), or a one-dimensional .npy array of integers.
    File(StartFile),
}

/// Two beliefs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lower belief.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub low: i32,
    /// The upper belief, at least the lower.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub high: i32,
}

/// One node apart from the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Which node.
    #[serde(default)]
    pub node: u32,
    /// What it believes.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub value: i32,
}

/// Beliefs from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartFile {
    /// The file, with exactly one number for each node. A relative name starts at the scenario's folder, or else at the
    /// current one.
    pub file: PathBuf,
}

/// The scenario's `[measure]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Measure every so many ticks; tick 0 and the last are always measured.
    #[serde(default = "ten")]
    #[schemars(range(min = 1))]
    pub every: u32,
}

fn ten() -> u32 {
    10
}

impl Default for Measure {
    fn default() -> Self {
        Self { every: ten() }
    }
}

/// The scenario's `[stop]`: looked at whenever the swarm is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Stop when the largest belief exceeds the smallest by at most this.
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
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a scenario holds only what TOML can express")
    }

    /// Replaces relative file names by absolute ones, so that the scenario means the same in any folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] if such a name is no UTF-8, so that no scenario can hold it.
    pub fn with_absolute_files(mut self, folder: &Path) -> Result<Self, Error> {
        for (key, file) in self.topology.files() {
            *file = absolute(folder, file, &key)?;
        }
        let Consensus::Average(average) = &mut self.consensus;
        if let Start::File(start) = &mut average.start {
            start.file = absolute(folder, &start.file, "consensus.start.file")?;
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
            found.display()
        );
        return Err(Error::invalid(key, message));
    }
    Ok(found)
}
