//! Cells that work: what they hold, what has become of the tasks so far, and the audit of both. Twins:
//! `shaders/measure/work.wgsl`, `shaders/measure/spread-work.wgsl`.
//!
//! What the cells hold is counted by looking through them; what came of the rest stands in the ledger. Neither follows from the
//! other, and together they must account for every task, in number and in the sum of identities.

mod audit;
mod figures;
mod reading;

pub use reading::{TierWork, Times, Work};

use super::{Gauge, Measurement, Reading, Talk, Tally, sum};
use crate::error::Error;
use crate::fault::bits;
use crate::plan::ColumnId;
use crate::shader::{Module, module};
use crate::traffic::Traffic;
use crate::work::ledger::Layout;
use crate::work::{Format, state, word};
use std::ops::Range;

/// Where the bins of a tally have what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bins {
    capacity: usize,
    tiers: usize,
}

impl Bins {
    /// Cells by how many members are up.
    pub const UP: usize = 0;
    /// Cells by how many tasks wait there.
    pub const QUEUED: usize = 5;

    /// Waiting, running and held tasks: a bin for each tier.
    pub fn held(self, what: usize, tier: usize) -> usize {
        Self::QUEUED + self.capacity + 1 + what * self.tiers + tier
    }

    /// Σ of the identities of tasks in cells, two words; of those held back by sources, two words; contradictions.
    pub fn rest(self) -> usize {
        self.held(3, 0)
    }

    pub fn all(self) -> usize {
        self.rest() + 5
    }
}

/// Reads a cell.
#[derive(Clone, Copy, Debug)]
pub struct WorkGauge {
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// The cell's own words.
    pub cell: ColumnId,
    /// The waiting tasks.
    pub queue: ColumnId,
    /// Who is up; nothing where nothing goes wrong.
    pub members: Option<ColumnId>,
    /// What the swarm counts.
    pub ledger: ColumnId,
    /// How long it takes.
    pub times: ColumnId,
    /// The most tasks that a cell holds.
    pub capacity: u32,
    /// What a task's words mean.
    pub format: Format,
    /// Where the ledger has what.
    pub layout: Layout,
}

impl WorkGauge {
    pub(crate) fn bins_layout(&self) -> Bins {
        Bins {
            capacity: self.capacity as usize,
            tiers: self.layout.tiers,
        }
    }
}

impl Gauge for WorkGauge {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let mut columns = vec![(2, self.state), (3, self.cell), (4, self.queue)];
        columns.extend(self.members.map(|members| (5, members)));
        columns
    }

    fn bins(&self) -> u32 {
        self.bins_layout().all() as u32
    }

    fn records(&self) -> Vec<ColumnId> {
        vec![self.ledger, self.times]
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("work/state"),
            self.format.module(),
            match self.members {
                Some(_) => module!("measure/members"),
                None => module!("measure/members-all"),
            },
            module!("measure/work")
                .with("CAPACITY", self.capacity)
                .with("TIERS", self.layout.tiers as u32),
        ]
    }

    fn spread_module(&self) -> Module {
        let bins = self.bins_layout();
        module!("measure/spread-work")
            .with("FIRST_HELD", bins.held(0, 0) as u32)
            .with("END_HELD", bins.held(3, 0) as u32)
    }

    fn talk(&self) -> Talk {
        // Messages are counted in the ledger.
        Talk::Asks
    }

    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let [states, cell, queue, ..] = columns else { return };
        let members = columns.get(3);
        let cells = states.len();
        let bins = self.bins_layout();
        let tick = traffic.tick();
        for i in nodes {
            let at = i as usize;
            let word = |word: usize| cell[word * cells + at];
            let state = states[at];
            let queued = state & state::QUEUED;
            let up = members.map_or(4, |members| {
                (0..4).filter(|m| members[m * cells + at] & bits::DOWN == 0).count()
            });
            tally.bins[Bins::UP + up] += 1;
            tally.bins[Bins::QUEUED + (queued as usize).min(bins.capacity)] += 1;
            let mut broken = u32::from(state::load(state) > self.capacity);
            let rest = bins.rest();
            let mut task = |what: usize, [origin, record]: [u32; 2]| {
                let tier = self.format.tier(record);
                let known = (tier as usize) < bins.tiers;
                let submitted = self.format.tick(record);
                // It cannot have come later than now.
                broken += u32::from(submitted > tick || !known);
                if known {
                    tally.bins[bins.held(what, tier as usize)] += 1;
                }
                let identity = self.format.identity(origin, record);
                for (k, word) in identity.into_iter().enumerate() {
                    tally.bins[rest + k] = tally.bins[rest + k].wrapping_add(word);
                }
            };
            for slot in 0..queued.min(self.capacity) as usize {
                task(0, [queue[2 * slot * cells + at], queue[(2 * slot + 1) * cells + at]]);
            }
            if state & state::BUSY != 0 {
                let what = if word(word::REMAINING) == 0 { 2 } else { 1 };
                task(what, [word(word::RUNNING), word(word::RUNNING + 1)]);
            }
            let waiting = [0, 1, 2].map(|k| word(word::WAITING + k));
            broken += u32::from(waiting[0] == 0 && waiting != [0; 3]);
            for k in 0..2 {
                tally.bins[rest + 2 + k] = tally.bins[rest + 2 + k].wrapping_add(waiting[1 + k]);
            }
            tally.bins[rest + 4] = tally.bins[rest + 4].wrapping_add(broken);
            tally.sums[sum::INJECTED] += i64::from(waiting[0]);
            tally.sums[sum::HONEST] += i64::from(word(word::SCORE) as i32);
            tally.add_counted(word(word::SCORE) as i32);
        }
    }

    fn counts_down(&self) -> bool {
        // A cell that is down counts for what it committed.
        true
    }

    fn spread(&self, tally: &Tally) -> u32 {
        let bins = self.bins_layout();
        let held: u64 = tally.bins[bins.held(0, 0)..bins.held(3, 0)]
            .iter()
            .map(|&n| u64::from(n))
            .sum();
        let all = held.saturating_add(tally.sums[sum::INJECTED] as u64);
        all.min(u32::MAX.into()) as u32
    }

    fn reading(&self, tally: &Tally) -> Reading {
        Reading::Work(Box::new(Work::of(self, tally)))
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        match &row.reading {
            Reading::Work(work) => audit::audit(row.tick, work),
            _ => Ok(()),
        }
    }
}
