//! What goes wrong, and for whom: links that lose messages, nodes that crash, are killed or lie, swarms that fall apart.
//!
//! Who is down, who lies and which side of a partition a node is on stands in one packed column, [`bits`], which the step
//! [`crate::part::faults::FaultStep`] keeps; everything else is a stateless function of nodes and tick. What a rule needs of it,
//! [`crate::hear::Traffic`] answers.
//!
//! Where a node is a cell of four agents, faults fall on agents: who of them is down or lies stands in a second column, four words
//! a cell, which [`crate::part::faults::MembersStep`] keeps. A cell's status says that it has crashed while fewer than two of its agents are
//! up, so that nothing else needs to know of agents.

mod build;
mod cells;
mod chosen;
mod draw;
mod honesty;
mod kin;
mod liars;
mod lie;
mod select;
mod shown;
mod spec;
mod strike;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use build::{FirstWords, Setting};
pub use cells::{FEWEST_LIARS, FEWEST_UP, MEMBERS};
pub use chosen::Chosen;
pub(crate) use draw::places;
pub use draw::{Draw, Tie};
pub use honesty::{About, Honesty, Lying};
pub use kin::{Kin, OfDepth, OfFamily, Relations, WithFamily};
pub use lie::{Behaviour, Domain, Lie};
pub(crate) use select::Crowd;
pub use select::Selection;
pub use spec::{Cut, Event, FaultSpec, Kill, Liars, OfEvent, Recovery, Revival, Whom};
pub(crate) use strike::RECORD;
pub use strike::{Effect, Strike};

use crate::column::{Column, ColumnId, Extent};
use crate::number::{Stream, happens, stream_key};
use crate::words::Words;
use std::ops::Range;

/// The bits of the status column and, of cells, of their agents' words. A cell's status has no bit of nodes that have come back, and that of
/// liars while two members that are up lie about what the cell tells others; its agents' words have no bits of sides.
pub mod bits {
    /// The node has crashed, and may come back by itself.
    pub const CRASHED: u32 = 1;
    /// The node was killed, and stays down until it is revived.
    pub const KILLED: u32 = 2;
    /// The node tells its neighbours what it does not believe. Of an agent of a cell: it lies about work.
    pub const LIAR: u32 = 4;
    /// Of an agent of a cell alone: it lies about what its cell tells others.
    pub const FALSE: u32 = 16;
    /// Of an agent of a cell alone: nobody is at this place, where cells come and go. It is killed, too, and no event falls on it.
    pub const GONE: u32 = 32;
    /// The node has come back in this tick.
    pub const FRESH: u32 = 8;
    /// Either way of being down.
    pub const DOWN: u32 = CRASHED | KILLED;
    /// The first of the bits that hold sides of partitions.
    pub const FIRST_SIDE: u32 = 4;
    /// How many of those there are.
    pub const SIDES: u32 = 32 - FIRST_SIDE;
}

/// The faults of a run with their numbers worked out.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// The column that says who is down, lies, and is on which side.
    pub status: ColumnId,
    /// Where nodes are cells, the column that says who of their agents is down and lies: four words a cell.
    pub members: Option<ColumnId>,
    /// The probability, in 2^-32, that an exchange is lost.
    pub loss: u32,
    /// The probability, in 2^-32, that a node that is up crashes in a tick.
    pub crash: u32,
    /// The probability, in 2^-32, that a crashed node comes back in a tick.
    pub recovery: u32,
    /// Whether a node that comes back has forgotten everything.
    pub forgets: bool,
    /// What liars tell, if there are any.
    pub lie: Option<Lie>,
    /// What happens when, in the order of ticks.
    pub events: Vec<Happening>,
    /// Those of them that name nodes, which they kill, revive, or let lie or be honest, in the same order.
    pub strikes: Vec<Strike>,
    /// The columns of those, where there are any.
    pub struck: Option<Struck>,
    /// How many lie at the start, if any lie at some time.
    pub liars: Option<u32>,
    /// Of cells, how many of their agents lie at the start about what cells tell each other, if any do at some time.
    pub false_members: Option<u32>,
    /// Whether nodes begin or cease to lie.
    pub lies_change: bool,
    /// Of how many, as in "of 1,000 nodes".
    pub all: String,
    /// When the swarm counts as recovered from an event: its spread is at most this. Nothing: at most what it was before.
    pub recovered: Option<u32>,
    /// What the draws of losses depend on.
    pub loss_key: u32,
    /// What the draws of crashes depend on.
    pub crash_key: u32,
}

/// The columns of kills and revivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    /// What each of them is and whom it names: what the step reads.
    pub events: ColumnId,
    /// How many each of them has changed: were up and are killed, were down and are revived, were honest and lie, or lied and are honest. A
    /// word each.
    pub changed: ColumnId,
}

/// An event with its numbers worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// At the beginning of this tick.
    pub tick: u32,
    /// What changes.
    pub change: Change,
    /// What it will do, as in "kill 300 of 1,000 nodes".
    pub text: String,
}

/// What an event does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nodes are killed or revived, lie or are honest, as the strike of this number says.
    Strike(usize),
    /// Until this tick, nodes that differ in any of these bits do not reach each other.
    Wall {
        /// The bits.
        mask: u32,
        /// The first tick in which they do again.
        until: u32,
    },
    /// Until this tick, the links over these slots (a bit each) carry nothing.
    Cut {
        /// The slots.
        slots: u32,
        /// The first tick in which they do again.
        until: u32,
    },
    /// Walls and cuts end here; they know themselves.
    Heal,
}

/// What holds in one tick. The layout is part of `Clock` in `shaders/lib/clock.wgsl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Bits in which two nodes must agree to reach each other.
    pub walls: u32,
    /// Slots whose links carry nothing, a bit each.
    pub cuts: u32,
    /// The number of the first strike of this tick.
    pub strike: u32,
    /// How many there are in this tick.
    pub strikes: u32,
}

impl Faults {
    /// The keys of a seed, and nothing that goes wrong.
    #[must_use]
    pub fn none(seed: u32) -> Self {
        Self {
            loss_key: stream_key(seed, Stream::Loss),
            crash_key: stream_key(seed, Stream::Crash),
            ..Self::default()
        }
    }

    /// What holds in a tick.
    #[must_use]
    pub fn now(&self, tick: u32) -> Now {
        let strikes = self.strikes_in(tick);
        let mut now = Now {
            strike: strikes.start as u32,
            strikes: strikes.len() as u32,
            ..Now::default()
        };
        for event in self.events.iter().take_while(|event| event.tick <= tick) {
            match event.change {
                Change::Wall { mask, until } if tick < until => now.walls |= mask,
                Change::Cut { slots, until } if tick < until => now.cuts |= slots,
                _ => {}
            }
        }
        now
    }

    /// The numbers of the strikes of a tick.
    #[must_use]
    pub fn strikes_in(&self, tick: u32) -> Range<usize> {
        let first = self.strikes.partition_point(|strike| strike.tick < tick);
        let here = self.strikes[first..].iter().take_while(|strike| strike.tick == tick);
        first..first + here.count()
    }

    /// Whether the nodes' status is the same before and after `tick`.
    #[must_use]
    pub fn rest(&self, tick: u32) -> bool {
        let comes_back = |tick| {
            self.strikes[self.strikes_in(tick)]
                .iter()
                .any(|strike| strike.effect == Effect::Revive)
        };
        // Who came back in the tick before is no longer fresh.
        self.crash == 0 && self.strikes_in(tick).is_empty() && tick.checked_sub(1).is_none_or(|last| !comes_back(last))
    }

    /// Adds the columns of kills and revivals, if there are any; returned is the one that is not zero at tick 0.
    pub(crate) fn add_columns(&mut self, table: Words, columns: &mut Vec<Column>) -> Option<(ColumnId, Words)> {
        if self.strikes.is_empty() {
            return None;
        }
        let mut column = |name, extent| {
            columns.push(Column {
                name,
                extent,
                doubled: false,
                fixed: true,
            });
            ColumnId(columns.len() - 1)
        };
        let events = column("faults.events", Extent::Table(table.len() as u32));
        let changed = column("faults.changed", Extent::Swarm(self.strikes.len() as u32));
        self.struck = Some(Struck { events, changed });
        Some((events, table))
    }

    /// Whether an event of a run of so many ticks happens in the tick after so many, or has happened in the one before.
    #[must_use]
    pub fn is_beside_event(&self, tick: u32, ticks: u32) -> bool {
        let first = self.events.partition_point(|event| event.tick < tick.saturating_sub(1));
        let near = self.events[first..].iter().take_while(|event| event.tick <= tick);
        near.into_iter().any(|event| event.tick < ticks)
    }

    /// Whether an event lets somebody lie or be honest.
    #[must_use]
    pub fn has_lie_events(&self) -> bool {
        let is_lie = |strike: &Strike| matches!(strike.effect, Effect::Lie | Effect::Honest);
        self.strikes.iter().any(is_lie)
    }

    /// The tick of the last event; no stop condition is looked at before.
    #[must_use]
    pub fn last_event(&self) -> Option<u32> {
        self.events.last().map(|event| event.tick)
    }

    /// Whether what `low` and `high` would exchange in `tick` is lost.
    #[inline(always)]
    #[must_use]
    pub fn is_lost(&self, low: u32, high: u32, tick: u32) -> bool {
        self.loss != 0 && happens([self.loss_key, high - low], low, tick, self.loss)
    }

    /// Whether a node that is up crashes in `tick`, or one that has crashed comes back: one draw for either.
    #[inline(always)]
    #[must_use]
    pub fn turns(&self, node: u32, has_crashed: bool, tick: u32) -> bool {
        let threshold = if has_crashed { self.recovery } else { self.crash };
        threshold != 0 && happens([self.crash_key, 0], node, tick, threshold)
    }
}
