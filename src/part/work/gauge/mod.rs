//! Cells that work: what they hold, what has become of the tasks so far, and the audit of both. Twins:
//! `shaders/part/work/gauge.wgsl`.
//!
//! What the cells hold is counted by looking through them; what came of the rest stands in the ledger. Neither follows from the
//! other, and together they must account for every task, in number and in the sum of identities.

mod audit;
mod figures;
mod reading;

pub use reading::{TierWork, Times, Work};

use crate::column::{ColumnId, Reach};
use crate::error::Error;
use crate::fault::bits;
use crate::gauge::{Accumulator, Form, Gauge, Indicator, Measurement, Op, Reading, Seen, Tally, Term};
use crate::part::work::delegation::order;
use crate::part::work::ledger::{Layout, of_tier};
use crate::part::work::{TaskFormat, state, word};
use crate::shader::{Module, module};
use std::ops::Range;

/// The accumulators' numbers.
pub(crate) mod at {
    /// Cells by how many members are up.
    pub const CELLS: usize = 0;
    /// Cells by how many tasks wait there.
    pub const QUEUES: usize = 1;
    /// Tasks that wait, run, are held, and, where any are, that children do: a bin for each tier of each.
    pub const HELD: usize = 2;
    /// Σ of the identities of tasks in cells, two words; of those held back by sources, two words. Modulo 2^32 each.
    pub const IN_CELLS: [usize; 2] = [3, 4];
    pub const HELD_BACK: [usize; 2] = [5, 6];
    /// Contradictions.
    pub const BROKEN: usize = 7;
    /// Tasks that sources hold back.
    pub const WAITING: usize = 8;
    /// Tasks that cells have committed, and the squares of these numbers.
    pub const SCORE: usize = 9;
    pub const SQUARES: usize = 10;
    /// What the swarm has counted, and how long it took.
    pub const LEDGER: usize = 11;
    pub const TIMES: usize = 12;
    /// And how many cells there were, where they come and go.
    pub const GROWTH: usize = 13;
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
    /// What is counted of growth, where cells come and go: how many there were, over all ticks.
    pub growth: Option<ColumnId>,
    /// What cells have delegated, if they do.
    pub orders: Option<ColumnId>,
    /// The most tasks that a cell holds.
    pub capacity: u32,
    /// What a task's words mean.
    pub format: TaskFormat,
    /// Where the ledger has what.
    pub layout: Layout,
}

impl WorkGauge {
    /// In how many places of a cell a task may be: waiting, under execution, held, and with the cell's children.
    const fn places(&self) -> u32 {
        3 + self.orders.is_some() as u32
    }
}

impl Gauge for WorkGauge {
    fn name(&self) -> &'static str {
        "work"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let mut columns = vec![(2, self.state), (3, self.cell), (4, self.queue)];
        columns.extend(self.members.map(|members| (5, members)));
        columns.extend(self.orders.map(|orders| (6, orders)));
        columns
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        let mut all = vec![
            Accumulator::new("cells", Op::Bins(5)),
            Accumulator::new("queues", Op::Bins(self.capacity + 1)),
            Accumulator::new("held", Op::Bins(self.places() * self.layout.tiers as u32)),
            Accumulator::new("in_cells_low", Op::Sum),
            Accumulator::new("in_cells_high", Op::Sum),
            Accumulator::new("held_back_low", Op::Sum),
            Accumulator::new("held_back_high", Op::Sum),
            Accumulator::new("broken", Op::Sum),
            Accumulator::new("waiting", Op::Sum),
            Accumulator::new("score", Op::Sum),
            Accumulator::new("squares", Op::Squares),
            Accumulator::new("ledger", Op::Column(self.ledger)),
            Accumulator::new("times", Op::Column(self.times)),
        ];
        all.extend(self.growth.map(|growth| Accumulator::new("growth", Op::Column(growth))));
        all
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            self.format.module(),
            match self.members {
                Some(_) => module!("part/work/gauge-members"),
                None => module!("part/work/gauge-members-all"),
            },
            match self.orders {
                Some(_) => module!("part/work/gauge-orders"),
                None => module!("part/work/gauge-orders-none"),
            },
            module!("part/work/gauge")
                .with("CAPACITY", self.capacity)
                .with("TIERS", self.layout.tiers as u32),
        ]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let [states, _, _, ..] = seen.columns else {
            return;
        };
        let lanes = |column| seen.lanes(column, states.len());
        let (cell, queue) = (lanes(1), lanes(2));
        let members = self.members.map(|_| lanes(3));
        let orders = self.orders.map(|_| lanes(3 + usize::from(members.is_some())));
        let (tiers, tick) = (self.layout.tiers, seen.traffic.tick());
        let mut up_bins = [0; 5];
        let mut queues = vec![0; self.capacity as usize + 1];
        let mut held = vec![0; self.places() as usize * tiers];
        let (mut in_cells, mut held_back) = ([0u64; 2], [0u64; 2]);
        let (mut broken, mut waiting, mut score, mut squares) = (0u64, 0u64, 0i64, 0u128);
        for i in nodes {
            let at = i as usize;
            if members.is_some_and(|members| members.at(0, at) & bits::GONE != 0) {
                continue;
            }
            let word = |word: usize| cell.at(word, at);
            let state = states[at];
            let queued = state & state::QUEUED;
            let up = members.map_or(4, |members| {
                (0..4).filter(|&m| members.at(m, at) & bits::DOWN == 0).count()
            });
            up_bins[up] += 1;
            queues[queued.min(self.capacity) as usize] += 1;
            broken += u64::from(state::load(state) > self.capacity);
            // A cell's identities are summed modulo 2^32, as on the GPU.
            let mut identities = [0u32; 2];
            let mut task = |what: usize, [origin, record]: [u32; 2]| {
                let tier = self.format.tier(record);
                let known = (tier as usize) < tiers;
                let submitted = self.format.tick(record);
                // It cannot have come later than now.
                broken += u64::from(submitted > tick || !known);
                if known {
                    held[what * tiers + tier as usize] += 1;
                }
                let identity = self.format.identity(origin, record);
                for (sum, word) in identities.iter_mut().zip(identity) {
                    *sum = sum.wrapping_add(word);
                }
            };
            for slot in 0..queued.min(self.capacity) as usize {
                task(0, [queue.at(2 * slot, at), queue.at(2 * slot + 1, at)]);
            }
            if state & state::BUSY != 0 {
                let what = if word(word::REMAINING) == 0 { 2 } else { 1 };
                task(what, [word(word::RUNNING), word(word::RUNNING + 1)]);
            }
            if let Some(orders) = orders.filter(|orders| orders.at(order::PATH, at) == 1) {
                task(3, [orders.at(order::ORIGIN, at), orders.at(order::RECORD, at)]);
            }
            let waits = [0, 1, 2].map(|k| word(word::WAITING + k));
            broken += u64::from(waits[0] == 0 && waits != [0; 3]);
            for k in 0..2 {
                in_cells[k] += u64::from(identities[k]);
                held_back[k] += u64::from(waits[1 + k]);
            }
            waiting += u64::from(waits[0]);
            let committed = word(word::SCORE) as i32;
            score += i64::from(committed);
            squares += u128::from(committed.unsigned_abs()).pow(2);
        }
        for (list, bins) in [(at::CELLS, &up_bins[..]), (at::QUEUES, &queues), (at::HELD, &held)] {
            for (bin, cells) in tally.list_mut(list).iter_mut().zip(bins) {
                *bin = u32::wrapping_add(*bin, *cells);
            }
        }
        for k in 0..2 {
            tally.add(at::IN_CELLS[k], in_cells[k]);
            tally.add(at::HELD_BACK[k], held_back[k]);
        }
        tally.add(at::BROKEN, broken);
        tally.add(at::WAITING, waiting);
        tally.add(at::SCORE, score);
        tally.add(at::SQUARES, squares as i128); // below 2^94
    }

    fn indicators(&self) -> Vec<Indicator> {
        let tiers = self.layout.tiers as u32;
        let held = |what: Range<u32>| Term::Bins(at::HELD, what.start * tiers..what.end * tiers);
        let counted = |which: usize| {
            let counter = |tier: u32| {
                let low = self.layout.of_tier(which, tier) as u32;
                Term::Counter(at::LEDGER, [low, low + self.layout.counters() as u32])
            };
            Form::Sum((0..tiers).map(counter).collect())
        };
        let mut all = vec![
            Indicator::new(
                "outstanding",
                Form::Sum(vec![Term::Value(at::WAITING), held(0..self.places())]),
            )
            .about(
                "tasks",
                "Outstanding tasks: those that wait at their sources and all that cells hold",
            ),
            Indicator::value("waiting", at::WAITING),
            Indicator::new("queued", Form::Sum(vec![held(0..1)])),
            Indicator::new("running", Form::Sum(vec![held(1..2)])),
            Indicator::new("held", Form::Sum(vec![held(2..3)])),
            Indicator::new("submitted", counted(of_tier::SUBMITTED)),
            Indicator::new("committed", counted(of_tier::COMMITTED)),
            Indicator::new("failed", counted(of_tier::FAILED)),
            Indicator::new("destroyed", counted(of_tier::DESTROYED)),
        ];
        if self.orders.is_some() {
            all.push(
                Indicator::new("with_children", Form::Sum(vec![held(3..4)])).about("tasks", "Tasks that children do"),
            );
        }
        // Tasks are never fewer than none.
        all.into_iter().map(|one| one.within(0..=i64::MAX)).collect()
    }

    fn reading(&self, tally: &Tally, ticks: u32) -> Reading {
        Reading::new(self.name(), Work::of(self, tally, ticks, None))
    }

    fn reading_since(&self, tally: &Tally, ticks: u32, since: (u32, Option<&Tally>)) -> Reading {
        Reading::new(self.name(), Work::of(self, tally, ticks, Some(since)))
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        row.work().map_or(Ok(()), |work| audit::audit(row.tick, work))
    }
}
