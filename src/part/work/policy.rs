//! The policies that a cell works by: when a refused task comes again, whose word counts, how many tasks go where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// After how many ticks a refused task is offered again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// 1, 1, 2, 3, 5, 8, …, up to 987.
    #[default]
    Fibonacci,
    /// 1, 2, 4, 8, …, up to 1024.
    Binary,
    /// 1, 4, 9, 16, …, up to 961.
    Quadratic,
    /// 1: in every tick.
    None,
}

/// By whose word a verified result counts as right. Lying members vote against the truth, and a lying executor's results are
/// wrong; an executor stands by its own result, right or wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// The referee's alone.
    Trust,
    /// Three votes of the members that are up, which are four or three.
    #[default]
    Quorum,
    /// As quorum, but the executor tells each member its result, and each tells the others what it heard: oral messages with one
    /// round of relays, OM(1) (Lamport, Shostak, Pease 1982). A lying executor tells one
    /// member, another each time, the right result, and the others the wrong one.
    Oral,
}

/// How many tasks go where. A cell's load is what it holds: waiting and under execution. It offers at most four tasks a tick, and
/// only to cells whose load is less by two or more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Policy {
    /// None moves but what a cell that is down holds, four tasks a tick.
    None,
    /// As beliefs in the rule `average`: of the difference of the two loads one part in 1 + the greater number of neighbours, at most
    /// four tasks a cell and tick.
    Flow(Flow),
    /// A cell with more waiting tasks than a bound offers what is above it, at most four a tick, one to each neighbour that holds
    /// less than the bound.
    Threshold(Threshold),
    /// Of two neighbours drawn at random the one with the lesser load gets half the difference, at most four tasks (Mitzenmacher 2001).
    TwoChoices,
}

impl Default for Policy {
    fn default() -> Self {
        Self::Flow(Flow::default())
    }
}

/// How flows become whole tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The rounding.
    #[serde(default)]
    pub rounding: FlowRounding,
}

/// How flows become whole tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlowRounding {
    /// The fractions of a cell's flows add up from a random start, and every whole that is passed is a task.
    #[default]
    Random,
    /// As random, from a start by a golden Weyl sequence.
    Golden,
    /// Fractions are dropped.
    Trunc,
}

/// A bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// In tasks.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 255))]
    pub bound: u32,
}

/// As many as a cell offers in a tick.
fn four() -> u32 {
    4
}
