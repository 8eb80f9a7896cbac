//! What scenarios have in common, whatever their parts: who there are, who may talk to whom, who acts when, what goes wrong, what is read.

use super::Scenario;
use crate::fault::FaultSpec;
use crate::part::Parts;
use crate::timing::Timing;
use crate::topology::NetworkSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A whole run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Scenario")]
pub(super) struct Ground {
    /// A short name; the run directory is called after it.
    #[serde(default = "unnamed")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$"))]
    name: String,
    /// How many agents there are. Left out when the topology comes from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 4_294_967_294u32))]
    agents: Option<u32>,
    /// How many ticks to run unless a stop condition holds earlier.
    #[schemars(range(min = 0, max = 4_294_967_295u32))]
    ticks: u32,
    /// What all random numbers depend on.
    #[serde(default = "one")]
    seed: u32,
    /// Who may talk to whom.
    topology: NetworkSpec,
    /// Who acts when.
    #[serde(default)]
    timing: Timing,
    /// What goes wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    faults: Option<FaultSpec>,
    /// What is read off the swarm.
    #[serde(default)]
    measure: Measure,
    /// When to stop early.
    #[serde(default)]
    stop: Stop,
}

/// The last key of the ground before the sections of the parts, in the schema and in what is written.
pub(super) const BEFORE_PARTS: &str = "timing";

impl Ground {
    /// The scenario with these parts.
    pub fn with(self, parts: Parts) -> Scenario {
        let Self {
            name,
            agents,
            ticks,
            seed,
            topology,
            timing,
            faults,
            measure,
            stop,
        } = self;
        Scenario {
            name,
            agents,
            ticks,
            seed,
            topology,
            timing,
            parts,
            faults,
            measure,
            stop,
        }
    }
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
    /// After which ticks to keep what of the nodes' state means something, for the pictures of a report: of at most 20,000 nodes, with
    /// the links among them. A run that ends before some of them keeps its last state in their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub snapshots: Vec<u32>,
    /// Waits, responses, throughput, utilisation, hops and messages a task are of what happens from this tick on: what was counted up to
    /// there is taken off. Left out, from tick 0 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub from: Option<u32>,
}

fn ten() -> u32 {
    10
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            every: ten(),
            component: false,
            snapshots: Vec::new(),
            from: None,
        }
    }
}

/// The scenario's `[stop]`: looked at whenever a measurement is due, every so many ticks. All that it says is to hold at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Stop when the spread is at most this, and all events of `[faults]`, all signals and all arrivals that ever end are over. The
    /// spread is, among honest nodes that are up: of beliefs the greatest less the least; of opinions how many do not hold the leading
    /// one; of phases how many are outside the fullest half turn. Of cells that work it is how many tasks are outstanding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<u32>,
    /// Stop when all of these hold: comparisons of an integer of the swarm with a number, as in `"work.committed >= 1000"` or
    /// `"consensus.spread < 100"`, by <=, <, >=, >, == or !=. Of what is of nobody none holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<String>,
}
