//! The scenario's `[work]`.

use super::arrivals::{ArrivalEvent, Place};
use super::{Agreement, Policy, Retry};
use crate::timing::Timing;
use crate::trace::LogSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Cells of four agents take in tasks, order, execute, verify and commit them, and pass them to neighbours. The nodes of the
/// network are the cells, a quarter as many as there are agents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkSpec {
    /// How many tasks a cell holds at most, the one under execution among them: a power of two.
    #[serde(default = "sixteen")]
    #[schemars(range(min = 2, max = 256))]
    pub queue: u32,
    /// After so many ticks the roles move on by one member. If that is sooner than a task is tried again, another member executes it.
    #[serde(default = "eighty_nine")]
    #[schemars(range(min = 1))]
    pub epoch: u32,
    /// After so many ticks a cell's neighbours take over all that it holds if it has fewer than two members up, or two that hold a
    /// result, which takes three to commit.
    #[serde(default = "thirty_four")]
    #[schemars(range(min = 1, max = 65_535))]
    pub lease: u32,
    /// Which of the waiting tasks is next.
    #[serde(default)]
    pub order: Order,
    /// After how many ticks a source offers a task again that was refused for the n-th time.
    #[serde(default)]
    pub retry: Retry,
    /// The share of the results that are verified, from 0 to 1; the others are committed as they are.
    #[serde(default = "whole")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub verify: f64,
    /// By whose word a verified result counts as right.
    #[serde(default)]
    pub agreement: Agreement,
    /// The probability that an honest executor's result is wrong.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub error: f64,
    /// A task that has been rejected so often, and is rejected again, has failed.
    #[serde(default = "three")]
    #[schemars(range(min = 0, max = 15))]
    pub max_tries: u32,
    /// What share of the tasks is of each tier, the most urgent first; they sum to 1. Of jobs from a log only the number of tiers
    /// counts.
    #[serde(default = "one_tier")]
    #[schemars(length(min = 1, max = 8))]
    pub tiers: Vec<f64>,
    /// How many ticks of execution a task needs. Jobs from a log bring their own.
    #[serde(default)]
    pub need: Need,
    /// Tasks that are drawn; either this or `trace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// The file of a job log: Standard Workload Format, CSV or Parquet; texts may be gzipped. A relative name starts at the scenario's
    /// folder, or else at the current one. Either this or `arrivals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<PathBuf>,
    /// How the job log is read.
    #[serde(default, skip_serializing_if = "LogSpec::is_default")]
    pub log: LogSpec,
    /// How waiting tasks move to neighbours.
    #[serde(default)]
    pub balance: Balance,
}

fn sixteen() -> u32 {
    16
}

fn eighty_nine() -> u32 {
    89
}

fn thirty_four() -> u32 {
    34
}

fn three() -> u32 {
    3
}

fn eight() -> u32 {
    8
}

fn whole() -> f64 {
    1.0
}

fn one_tier() -> Vec<f64> {
    vec![1.0]
}

/// Which of the waiting tasks is next; of equals the one that has waited longest. Where tasks rise with waiting, those of tier 0 rise,
/// too, and without an end: one that has waited long comes before one that has just come, whatever their tiers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// The one that has waited longest, whatever its tier.
    Fifo,
    /// The one of the most urgent tier.
    Strict,
    /// As strict, but a task rises by one tier, and beyond tier 0, after 1, 2, 3, 5, 8, … ticks of waiting.
    #[default]
    Fibonacci,
    /// As strict, but a task rises by one tier, and beyond tier 0, after 1, 2, 4, 8, 16, … ticks of waiting.
    Binary,
    /// As strict, but a task rises by one tier, and beyond tier 0, after every so many ticks of waiting.
    Linear(Linear),
    /// Of tiers with waiting tasks each is served in its share, by a golden Weyl sequence: 0.618, 0.236, 0.090, …
    /// (φ⁻¹, φ⁻³, φ⁻⁵, …, φ the golden ratio), the last has the rest.
    Golden,
    /// Shares as golden, but all are equal.
    Equal,
    /// Shares as golden, but given.
    Weighted(Weighted),
    /// Shares as golden, but by the square-root rule (Kleinrock, *Communication Nets*, 1964): each tier's own load, and of what is
    /// left a part in proportion to the root of its load.
    SquareRoot,
}

/// How fast a task rises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Linear {
    /// In ticks.
    #[serde(default = "eight")]
    #[schemars(range(min = 1))]
    pub step: u32,
}

/// The tiers' shares of service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// One for each tier; they sum to 1.
    #[schemars(length(min = 1, max = 8))]
    pub weights: Vec<f64>,
}

/// How many ticks of execution a task needs, at least 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Need {
    /// Always the same.
    Constant(Constant),
    /// Each number of a range as likely.
    Uniform(Span),
    /// Done in each tick with the same probability.
    Geometric(Mean),
    /// Each of a list in its share: heavy tails, measured distributions.
    Table(Table),
}

impl Default for Need {
    fn default() -> Self {
        Self::Constant(Constant { ticks: 1 })
    }
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// In ticks.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub ticks: u32,
}

/// A range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The least, in ticks.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub low: u32,
    /// The greatest, in ticks.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub high: u32,
}

/// A mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// In ticks.
    #[schemars(range(min = 1.0, max = 10_000.0))]
    pub mean: f64,
}

/// A distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// In ticks.
    #[schemars(length(min = 1, max = 65_536), inner(range(min = 1, max = 2_147_483_647)))]
    pub ticks: Vec<u32>,
    /// How often each of them, in proportion: whole numbers.
    #[schemars(length(min = 1, max = 65_536))]
    pub weights: Vec<u32>,
}

/// Tasks that are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// How arrivals fall in time.
    #[serde(default)]
    pub process: Process,
    /// Work that arrives a cell and tick on average, as a share of what a cell can execute: 0.7 is 70 %; either this or `rate`, which
    /// also asks for more than twice what can be executed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2.0), extend("x-remedy" = "More than twice what cells can execute is asked for by rate, in tasks a cell and tick"))]
    pub load: Option<f64>,
    /// Tasks that arrive a cell and tick on average; either this or `load`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub rate: Option<f64>,
    /// At which cells tasks arrive.
    #[serde(default)]
    pub place: Place,
    /// They end after so many ticks. Left out, they do not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub until: Option<u32>,
    /// When more or fewer arrive for a while.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<ArrivalEvent>,
}

/// How arrivals fall in time, each cell for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Process {
    /// The whole part of the rate in every tick, and one more with the probability of its fraction.
    #[default]
    Bernoulli,
    /// A Poisson number in every tick; the rate of no cell may be above 1000.
    Poisson,
    /// Several at once, as much more rarely.
    Bursts(Burst),
}

/// Several at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// How many.
    #[schemars(range(min = 1, max = 65_536))]
    pub size: u32,
}

/// How waiting tasks move to neighbours: by which policy, and in which ticks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// How many tasks go where.
    #[serde(default)]
    pub policy: Policy,
    /// In which ticks a cell acts for balance; over a link tasks move if one of its ends acts.
    #[serde(default)]
    pub timing: Timing,
}

impl Default for Balance {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            timing: Timing::Synchronous,
        }
    }
}
