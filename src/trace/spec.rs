//! The scenario's `[work.log]`: how the job log that `work.trace` names is read.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

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
    /// Which columns of a CSV or Parquet log hold what. Those left out are found by their standard names.
    #[serde(default, skip_serializing_if = "Columns::is_default")]
    pub columns: Columns,
    /// Jobs that need fewer seconds of the log's time than this count as if they needed so many when their slowdown is taken: of
    /// very short jobs the quotient says nothing (Feitelson et al. 1997).
    #[serde(default = "ten", skip_serializing_if = "is_ten")]
    #[schemars(range(min = 0, max = 1e9))]
    pub slowdown_bound: f64,
    /// Whether lines without a usable job are skipped and counted; otherwise they are errors.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lenient: bool,
}

fn one() -> f64 {
    1.0
}

fn ten() -> f64 {
    10.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_ten(bound: &f64) -> bool {
    *bound == ten()
}

impl Default for LogSpec {
    fn default() -> Self {
        Self {
            format: TraceFormat::default(),
            tick_seconds: one(),
            cells: Placement::default(),
            tier: TierBy::default(),
            columns: Columns::default(),
            slowdown_bound: ten(),
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
    /// Values between commas, semicolons, tabs or bars, with a line of names at the top or without.
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
    /// rest and the jobs without a queue. Of CSV and Parquet the column tier, which counts from 0, or holds words: in the order of
    /// their first appearance they are tiers 0, 1 and so on, and the last tier takes the rest. Without one all are 0.
    #[default]
    Queue,
    /// How many processors it takes: 1 is tier 0, 2 to 4 are tier 1, 5 to 16 tier 2 and so on by powers of 4; the last tier takes
    /// the rest.
    Size,
}

/// Which columns of a CSV or Parquet log hold what: each by its name, by its number counted from 1, or false if there is none. One
/// that is left out is found by its standard names, whatever their case, blanks, hyphens and underscores.
///
/// How long a job runs is `need`; without one it is `end` less `start`, or without a start `end` less `arrival`. Without an `arrival`
/// jobs arrive when they start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// When a job arrives, in seconds of at least 0 or as a date; arrival, submit, submit time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<ColumnName>,
    /// How long it runs, in seconds of at least 0 or as D-HH:MM:SS; need, run time, elapsed, elapsed raw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<ColumnName>,
    /// When it begins, as `arrival`; start, start time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<ColumnName>,
    /// When it ends, as `arrival`; end, end time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<ColumnName>,
    /// Its tier: numbers counted from 0, or words; tier. Without one all are of tier 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<ColumnName>,
    /// How many processors it takes, at least 1; processors, alloc cpus, cpus, cores. Without one all take 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processors: Option<ColumnName>,
    /// Whose it is: numbers or words; user, user id. Without one all are of user 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ColumnName>,
    /// What became of it; status, state. Jobs that are cancelled (a word that begins so, or 5) or pending, and never ran, are skipped
    /// and counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ColumnName>,
    /// What the log calls it; job id, job. Rows of a name with a point, as in 17.batch, are steps of a job whose row stands too (17),
    /// and are counted as such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<ColumnName>,
}

impl Columns {
    /// Whether all are left out.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnName {
    /// By its name.
    Name(String),
    /// By its number, counted from 1.
    Number(u32),
    /// Not there, if false; by its standard names, if true.
    Used(bool),
}

impl JsonSchema for ColumnName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ColumnName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "minLength": 1, "maxLength": 1000 },
                { "type": "integer", "minimum": 1, "maximum": 1_000_000 },
                { "type": "boolean" }
            ]
        })
    }
}
