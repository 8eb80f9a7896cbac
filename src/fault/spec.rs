//! The scenario's `[faults]`.

use super::honesty::{Honesty, Lying};
use super::lie::Behaviour;
use super::select::Selection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What goes wrong: standing rates, liars, and a list of events.
///
/// Where the nodes are cells of four agents, it is agents that crash, are killed, revived, and lie: who they are, is said by
/// the ids of agents. A cell is down while fewer than two of its agents are up. Messages are lost, and partitions fall, between
/// cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// The probability that what two nodes would exchange in a tick is lost, both ways, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub loss: f64,
    /// The probability that a node that is up crashes in a tick. A crashed node neither moves nor exchanges anything, and keeps
    /// its state. In cells it is agents that crash, each by itself.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub crash: f64,
    /// The probability that a crashed node comes back in a tick.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.999_999))]
    pub recovery: f64,
    /// What a node that comes back still knows, whether it had crashed or was killed.
    #[serde(default)]
    pub state: Recovery,
    /// Who lies, and what they tell. A liar's own state never changes. In cells liars execute wrongly and vote against the truth,
    /// which is the kind `against`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
    /// Recovered from an event means a spread of at most this. Left out: the bound at which the run stops, or else what the
    /// spread was before the event. In cells, left out: 1.25 times the mean spread measured in the 100 ticks before the event, or in
    /// the last three measurements before it if those are fewer, rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<u32>,
    /// What happens when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// What a node that comes back still knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// All that it knew.
    #[default]
    Kept,
    /// Nothing: its belief is 0, it has no opinion, it has heard of nothing. The ledger counts what was destroyed.
    Reset,
}

/// The liars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Liars {
    /// Who they are from the start. Left out, nobody: only events of the kind `lie` make liars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
    /// What they tell.
    pub tell: Behaviour,
}

/// Something that happens at the beginning of a tick; of several in one tick, in the order in which they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// Nodes go down until they are revived.
    Kill(Kill),
    /// Nodes that were killed, or have crashed, are up again.
    Revive(Revival),
    /// The swarm falls apart: nodes on different sides do not reach each other.
    Partition(Split),
    /// Partitions end.
    Heal(End),
    /// Nodes begin to lie, as `liars` says.
    Lie(Lying),
    /// Nodes lie no longer.
    Honest(Honesty),
}

/// Whom a kill falls on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes.
    pub who: Selection,
    /// A name, for `revive`; what is drawn depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// Who comes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revival {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes, of which those that are down come back. Left out, all that are down, killed or crashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Whom>,
    /// A name; what is drawn depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// Those whom an event fell on, or a selection of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Whom {
    /// Those whom an event fell on.
    Of(OfEvent),
    /// A selection.
    Some(Selection),
}

/// Those whom an earlier event fell on, as in { event = "storm" }: a kill, or of `honest` one of the kind `lie`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfEvent {
    /// The event's name.
    #[schemars(length(min = 1, max = 64))]
    pub event: String,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// Where it falls apart.
    pub along: Cut,
    /// A name, for `heal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The end of partitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// Which partition ends. Left out, all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Event {
    /// In which tick it happens.
    #[must_use]
    pub fn tick(&self) -> u32 {
        match self {
            Self::Kill(kill) => kill.tick,
            Self::Revive(revival) => revival.tick,
            Self::Partition(split) => split.tick,
            Self::Heal(end) => end.tick,
            Self::Lie(lying) => lying.tick,
            Self::Honest(honesty) => honesty.tick,
        }
    }

    /// Its name, if it is one that names nodes.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Kill(kill) => kill.name.as_deref(),
            Self::Revive(revival) => revival.name.as_deref(),
            Self::Lie(lying) => lying.name.as_deref(),
            Self::Honest(honesty) => honesty.name.as_deref(),
            Self::Partition(_) | Self::Heal(_) => None,
        }
    }

    /// The kind, as it is written.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Kill(_) => "kill",
            Self::Revive(_) => "revive",
            Self::Partition(_) => "partition",
            Self::Heal(_) => "heal",
            Self::Lie(_) => "lie",
            Self::Honest(_) => "honest",
        }
    }

    /// The kind and the tick.
    pub(super) fn what(&self) -> String {
        format!("{},{}", self.kind(), self.tick())
    }
}

/// Where a swarm falls apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cut {
    /// Into ranges of indices, of cells where the nodes are cells.
    Ranges(Ranges),
    /// By a plane through the network's natural shape.
    Plane(Plane),
    /// The links of one dimension are cut: of a lattice those along one axis, of a hypercube those of one bit, of a Hamming
    /// network those of one digit, of a circulant network those of one length.
    Dimension(Dimension),
}

/// Ranges of indices; of cells where the nodes are cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ranges {
    /// The first node of each side but the first, which begins at node 0; ascending.
    #[schemars(length(min = 1, max = 255))]
    pub starts: Vec<u32>,
}

/// A plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plane {
    /// The direction that is at right angles to it.
    pub normal: [f64; 3],
    /// Where it cuts the way from the first to the last node in that direction, from 0 to 1.
    #[serde(default = "half")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub at: f64,
}

fn half() -> f64 {
    0.5
}

/// A dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Counted from 0.
    pub dimension: u32,
}
