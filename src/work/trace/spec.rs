//! The scenario's `[work.log]`: how the job log that `work.trace` names is read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a job log is read: who submitted how much, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogSpec {
    /// What the log is written in.
    #[serde(default)]
    pub format: TraceFormat,
    /// How many seconds of the log a tick stands for, in steps of a microsecond.
    #[serde(default = "one")]
    #[schemars(range(min = 0.000_001, max = 1_000_000))]
    pub tick_seconds: f64,
    /// Which cell a job arrives at.
    #[serde(default)]
    pub cells: Placement,
    /// What decides a job's tier.
    #[serde(default)]
    pub tier: TierBy,
    /// What the columns of a CSV or Parquet log are called. Left out: arrival and need, and tier, processors and user where
    /// they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
    /// Whether lines without a usable job are skipped and counted; otherwise they are errors.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lenient: bool,
}

fn one() -> f64 {
    1.0
}

impl Default for LogSpec {
    fn default() -> Self {
        Self {
            format: TraceFormat::default(),
            tick_seconds: one(),
            cells: Placement::default(),
            tier: TierBy::default(),
            columns: None,
            lenient: false,
        }
    }
}

impl LogSpec {
    /// Whether everything is left out.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A format of job logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TraceFormat {
    /// Told by the content.
    #[default]
    Auto,
    /// The Standard Workload Format of the Parallel Workloads Archive: 18 columns, comments start with a semicolon.
    Swf,
    /// Values between commas, with a line of names at the top.
    Csv,
    /// A Parquet table.
    Parquet,
}

impl TraceFormat {
    /// As in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Swf => "swf",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Which cell a job arrives at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// One drawn for each job.
    #[default]
    Hash,
    /// One drawn for each user: all jobs of a user arrive there.
    User,
    /// The cells take turns.
    RoundRobin,
}

/// What decides a job's tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TierBy {
    /// The queue that it was submitted to: the log's queues in ascending order are tiers 0, 1 and so on, the last tier takes the
    /// rest and the jobs without a queue. Of CSV and Parquet the column tier, which counts from 0; without one all are 0.
    #[default]
    Queue,
    /// How many processors it takes: 1 is tier 0, 2 to 4 are tier 1, 5 to 16 tier 2 and so on by powers of 4; the last tier takes
    /// the rest.
    Size,
}

/// What the columns of a CSV or Parquet log are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// When a job arrives, in seconds of at least 0.
    #[schemars(length(min = 1, max = 1000))]
    pub arrival: String,
    /// How long it runs, in seconds of at least 0.
    #[schemars(length(min = 1, max = 1000))]
    pub need: String,
    /// Its tier, counted from 0. Left out, all are 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub tier: Option<String>,
    /// How many processors it takes, at least 1. Left out, all take 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub processors: Option<String>,
    /// Whose it is, a number. Left out, all are of user 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub user: Option<String>,
}
