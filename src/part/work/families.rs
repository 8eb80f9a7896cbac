//! How a cell with children hands tasks on to them: what the part `growth` asks of work.

use crate::column::ColumnId;
use crate::counters::read64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// To which of its four children a cell hands a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// To one after the other.
    #[default]
    Rotate,
    /// By two bits of a hash of the task's identity, others at each depth: a task goes the same way whenever it comes.
    Hash,
}

/// The families of a swarm of cells.
#[derive(Clone, Copy, Debug)]
pub struct Families {
    /// To which child a task goes.
    pub share: Share,
    /// The column of each cell's depth: 0 of those that are there from the start, one more of their children.
    pub depth: ColumnId,
    /// The column of what is counted of growth.
    pub ledger: ColumnId,
}

impl Share {
    /// Which of four children gets a task of this identity, the `offer`-th that a cell at this depth offers in a tick.
    #[inline(always)]
    #[must_use]
    pub const fn child(self, identity: u32, depth: u32, tick: u32, offer: u32) -> u32 {
        match self {
            Self::Rotate => tick.wrapping_add(offer) & 3,
            Self::Hash => identity >> (2 * (depth & 15)) & 3,
        }
    }
}

/// The counters of growth: how many there are, and which of them adds up the cells that were there, over all ticks.
pub(crate) const COUNTERS: usize = 7;
pub(crate) const CELL_TICKS: usize = 6;

/// How many cells were there, added up over all ticks, by the words of the column of these counters.
pub(super) fn cell_ticks(words: &[u32]) -> u64 {
    read64(words, COUNTERS, CELL_TICKS)
}
