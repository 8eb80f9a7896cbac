//! When more or fewer of the tasks that are drawn arrive. Twin: `shaders/part/work/events.wgsl`.
//!
//! What changes is the rate that the tick's word is compared with, never the word: with a greater rate no word means fewer tasks, so
//! that those of the lesser are among them, by the same numbers. All is a stateless function of cell and tick, as arrivals are.

use super::source::{Counts, Stretch};
use crate::fault::Chosen;
use crate::part::faults::named;
use crate::part::work::chance::outcome;
use crate::shader::{Module, module};

/// The most events that hold in one tick.
pub const MOST_AT_ONCE: usize = 4;

/// The events, as stretches of ticks in which the same ones hold.
#[derive(Clone, Debug)]
pub struct Events {
    /// In the column `workload`: the first ticks of all stretches but the first, ascending.
    pub starts: Stretch,
    /// There, too, [`Events::WORDS`] words a stretch: where its rates begin, how many events hold, and where each says whom it falls on.
    pub records: Stretch,
    /// What of a stretch the CPU reads.
    pub stretches: Vec<InForce>,
    /// How many tasks arrive at a cell in a tick at the most, of all stretches.
    pub most: u64,
    /// How many cells there are.
    pub cells: u32,
}

/// What holds in a stretch of ticks.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Where in the column `workload` its rates begin: two words each, for each set of events that fall on a cell (a bit each, the first
    /// lowest) the one of ordinary cells and the one of hot spots.
    pub rates: usize,
    /// Whom its events fall on.
    pub who: Vec<Chosen>,
}

impl Events {
    /// Words of a stretch.
    pub const WORDS: usize = 2 + MOST_AT_ONCE;

    /// The words that say how many tasks arrive at a cell in a tick; `class` is 0 for ordinary cells, 1 for hot spots.
    #[inline]
    pub(super) fn rate(&self, tables: &[u32], class: usize, cell: u32, tick: u32) -> [u32; 2] {
        let now = &self.stretches[outcome(&tables[self.starts.clone()], tick)];
        let bits = (0..).zip(&now.who).map(|(k, who)| usize::from(who.contains(cell)) << k);
        let at = now.rates + 2 * (2 * bits.sum::<usize>() + class);
        [tables[at], tables[at + 1]]
    }

    /// The shader's side.
    pub(super) fn modules(&self) -> [Module; 3] {
        let events = module!("part/work/events")
            .with("STARTS_AT", self.starts.start as u32)
            .with("STARTS", self.starts.len() as u32)
            .with("STRETCHES_AT", self.records.start as u32)
            .with("STRETCH_WORDS", Self::WORDS as u32);
        // Families name nobody here: what arrives is a function of cell and tick.
        [named(self.cells), module!("part/faults/kin-none"), events]
    }
}

impl Counts {
    /// How many tasks arrive by the two words of a rate, for which this word was drawn.
    #[inline(always)]
    pub(super) fn by(&self, tables: &[u32], [first, second]: [u32; 2], draw: u32) -> u32 {
        match self {
            Self::Whole { size, .. } => size * (first + u32::from(draw < second)),
            Self::Table(_) => outcome(&tables[first as usize..][..second as usize], draw) as u32,
        }
    }
}
