//! The figures read off the swarm at a tick, and the audit of what must not change.
//!
//! A device adds up the [accumulators](Accumulator) of each [`Gauge`] of the plan over all nodes: integers only, so that the parts may be
//! added in any order. What the sums mean, the gauge's [`Reading`] says; what stop conditions look at, its [indicators](Indicator).

mod accumulator;
mod asking;
mod bounds;
mod component;
mod figure;
mod fingerprint;
mod ground;
mod indicator;
mod lines;
mod nodes;
#[cfg(feature = "gpu")]
mod places;
mod reading;
mod recovery;
mod rounds;
mod row;
mod stop;
mod tally;

pub use accumulator::{Accumulator, Op};
pub use asking::{Asking, Calls, Talk};
pub(crate) use component::largest_component;
pub use figure::{Figure, Number, Value};
pub use fingerprint::Fingerprint;
pub(crate) use ground::Given;
pub use indicator::{Condition, Form, Indicator, Relation, Term};
pub(crate) use lines::NOBODY;
pub use lines::{Line, Told};
pub use nodes::{Gauge, Seen};
#[cfg(feature = "gpu")]
pub(crate) use places::Places;
pub use reading::{Figures, Reading};
pub use recovery::{Aftermath, Sightings, SightingsMemory, aftermath};
pub use rounds::Rounds;
pub(crate) use row::Naming;
pub(crate) use stop::conditions;
pub use tally::{Tallies, Tally};

use serde::Serialize;

/// Why the swarm was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It was due, as it is every so many ticks; stop conditions look at these rows alone.
    #[default]
    Every,
    /// Something happens in the next tick, or happened in the last.
    Event,
    /// From then on times are told.
    From,
    /// The run ended there, or was ended.
    End,
}

impl Reason {
    /// As rows say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Event => "event",
            Self::From => "from",
            Self::End => "end",
        }
    }
}

/// One row of measurements: the state after `tick` ticks. What it serialises to, and its [figures](Measurement::figures), are named
/// alike, and of cells otherwise than of nodes that are agents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// How many ticks were done.
    pub tick: u32,
    /// Why it was measured.
    pub reason: Reason,
    /// How far the swarm is from its aim, by the first part that says so: of beliefs the greatest less the least, of opinions and phases
    /// how many disagree; of cells that work alone: outstanding tasks. Nothing where nobody counts: no honest node is up. Beyond 2^32 − 1
    /// it is that.
    pub spread: Option<u32>,
    /// What the parts' nodes hold, one a gauge.
    pub readings: Vec<Reading>,
    /// The integers that stop conditions look at, of each gauge; nothing where one is of nobody.
    pub indicators: Vec<Vec<Option<i64>>>,
    /// Nodes that are up; of cells, those with two agents up or more.
    pub up: u64,
    /// Nodes that acted in the last tick; 0 before the first.
    pub active: u64,
    /// Links over which an exchange took place in the last tick, or pairs of nodes of which one asked the other; 0 before the first.
    /// What cells do to share work counts in [`Work`](crate::part::work::Work).
    pub exchanges: u64,
    /// Messages sent in the last tick, whether they arrived or not: an acting node sends one over each of its links, and any
    /// node one back; whoever asks counts for two. 0 before the first. Those about work count in [`Work`](crate::part::work::Work).
    pub messages: u64,
    /// The number of nodes in the largest part of the swarm that is connected by links that carry messages between nodes that
    /// are up, if that was asked for.
    pub component: Option<u64>,
    /// 64 bits that identify the whole state.
    pub fingerprint: u64,
    /// What its figures are called.
    pub(crate) naming: Naming,
}

impl Measurement {
    /// The figures of a part, in the part's own type, if it has a part of that.
    #[must_use]
    pub fn get<T: Figures>(&self) -> Option<&T> {
        self.readings.iter().find_map(Reading::get)
    }
}
