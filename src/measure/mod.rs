//! The figures read off the swarm at a tick, and the audit of what must not change.
//!
//! A device adds up a [`Tally`] over all nodes: integers only, so that the parts may be added in any order. What a node
//! contributes, the rule's [`Gauge`] says; what the tally means, its [`Reading`].

mod asking;
mod belief;
mod component;
mod figure;
mod fingerprint;
mod gauge;
mod opinion;
mod phase;
mod rounds;
mod row;
mod talk;
mod tally;
mod work;

pub use asking::{AskingGauge, Calls};
pub use belief::{BeliefGauge, Beliefs};
pub(crate) use component::largest_component;
pub use figure::{Figure, Number, Value};
pub use fingerprint::Fingerprint;
pub use gauge::{Gauge, Talk};
pub use opinion::{Asked, DECIDED, OPINION, OpinionGauge, Opinions};
pub use phase::{PhaseGauge, Phases, SECTORS};
pub use rounds::Rounds;
pub(crate) use talk::count as count_talk;
pub use tally::{Tally, count, sum};
pub use work::{TierWork, Times, Work, WorkGauge};

use crate::plan::Plan;
use serde::Serialize;

/// Why the swarm was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It was due, as it is every so many ticks; stop conditions look at these rows alone.
    Every,
    /// Something happens in the next tick, or happened in the last.
    Event,
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
            Self::End => "end",
        }
    }
}

/// One row of measurements: the state after `tick` ticks. What it serialises to, and its [figures](Measurement::figures), are named
/// alike, and of cells that work otherwise than of nodes that agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// How many ticks were done.
    pub tick: u32,
    /// Why it was measured.
    pub reason: Reason,
    /// How far the swarm is from agreement; what that means the rule says: of beliefs the greatest less the least. Of cells that work:
    /// outstanding tasks. Nothing where nobody counts: no honest node is up.
    pub spread: Option<u32>,
    /// What the rule's nodes hold.
    pub reading: Reading,
    /// Nodes that are up; of cells, those with two agents up or more.
    pub up: u64,
    /// Nodes that acted in the last tick; 0 before the first.
    pub active: u64,
    /// Links over which an exchange took place in the last tick, or pairs of nodes of which one asked the other; 0 before the first.
    /// Of cells that work 0: they count in [`Work`].
    pub exchanges: u64,
    /// Messages sent in the last tick, whether they arrived or not: an acting node sends one over each of its links, and any
    /// node one back; whoever asks counts for two. 0 before the first. Of cells that work 0: they count in [`Work`].
    pub messages: u64,
    /// The number of nodes in the largest part of the swarm that is connected by links that carry messages between nodes that
    /// are up, if that was asked for.
    pub component: Option<u64>,
    /// 64 bits that identify the whole state.
    pub fingerprint: u64,
}

/// What the rule's nodes hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reading {
    /// Numbers.
    Belief(Beliefs),
    /// Opinions.
    Opinion(Opinions),
    /// Phases.
    Phase(Phases),
    /// Tasks.
    Work(Box<Work>),
}

impl Measurement {
    /// The row of a tally after `tick` ticks of a plan.
    #[must_use]
    pub fn of(plan: &Plan, tick: u32, tally: &Tally) -> Self {
        let mut reading = plan.gauge.reading(tally);
        if let Reading::Work(work) = &mut reading {
            work.after(tick);
        }
        Self {
            tick,
            reason: plan.reason(tick).unwrap_or(Reason::End),
            spread: tally.counted().map(|_| plan.gauge.spread(tally)),
            reading,
            up: tally.counts[count::UP],
            active: tally.counts[count::ACTIVE],
            exchanges: tally.counts[count::USED] / 2,
            messages: tally.counts[count::MESSAGES],
            component: None,
            fingerprint: tally.fingerprint.bits(),
        }
    }

    /// The beliefs' figures, where nodes hold beliefs.
    #[must_use]
    pub fn beliefs(&self) -> Option<&Beliefs> {
        match &self.reading {
            Reading::Belief(beliefs) => Some(beliefs),
            _ => None,
        }
    }

    /// The opinions' figures, where nodes hold opinions.
    #[must_use]
    pub fn opinions(&self) -> Option<&Opinions> {
        match &self.reading {
            Reading::Opinion(opinions) => Some(opinions),
            _ => None,
        }
    }

    /// The phases' figures, where nodes hold phases.
    #[must_use]
    pub fn phases(&self) -> Option<&Phases> {
        match &self.reading {
            Reading::Phase(phases) => Some(phases),
            _ => None,
        }
    }

    /// The tasks' figures, where cells work.
    #[must_use]
    pub fn work(&self) -> Option<&Work> {
        match &self.reading {
            Reading::Work(work) => Some(work),
            _ => None,
        }
    }

    /// Whether the plan's stop condition holds; nobody is not agreed.
    #[must_use]
    pub fn stops(&self, plan: &Plan) -> bool {
        let holds = |bound| self.spread.is_some_and(|spread| spread <= bound);
        plan.may_stop(self.tick) && plan.stop_spread.is_some_and(holds)
    }
}
