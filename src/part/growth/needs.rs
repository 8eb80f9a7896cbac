//! Whether every tick that parts of tasks needed is accounted for, and how long such tasks take. Twin: `shaders/part/growth/gauge-needs.wgsl`.

use super::account::{self, Standing};
use super::delegated::LEVELS;
use crate::column::ColumnId;
use crate::counters::read64;
use crate::digits::real;
use crate::error::Error;
use crate::gauge::{Accumulator, Figure, Figures, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Told};
use crate::grouped;
use crate::part::work::delegation::part;
use crate::part::work::ledger::{BUCKETS, bounds};
use crate::shader::{Module, module};
use serde::Serialize;
use std::ops::Range;

/// The accumulators' numbers.
mod at {
    pub const AGAIN: usize = 0;
    pub const EXECUTED: usize = 1;
    pub const LEFT: usize = 2;
    pub const PASSED: usize = 3;
    pub const COUNTED: usize = 4;
}

/// Reads a cell's part.
#[derive(Clone, Copy, Debug)]
pub struct NeedsGauge {
    /// The parts.
    pub parts: ColumnId,
    /// What is counted.
    pub counted: ColumnId,
}

/// What parts of tasks needed, in ticks of execution, and how long tasks took whose parts were put together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Needs {
    /// What parts need that cells have taken so far.
    pub part_ticks_taken: u64,
    /// What had to be done once more, since a result was rejected.
    pub part_ticks_again: u64,
    /// What was executed of parts.
    pub part_ticks_executed: u64,
    /// What is left to be executed.
    pub part_ticks_left: u64,
    /// What was given up of parts that were laid down without a result.
    pub part_ticks_given_up: u64,
    /// What cells have passed on to children of their own.
    pub part_ticks_passed: u64,
    /// From submission until a task was given to children.
    pub delegated_wait: Span,
    /// From submission until its results were put together.
    pub delegated_response: Span,
    /// From when a task was given to children until its results were put together, on average; nothing while none was.
    pub makespan_mean: Option<f64>,
    /// What such tasks need over how long they took.
    pub speed_up: Option<f64>,
    /// The speed-up over how many cells had a part of such a task to do themselves, on average.
    pub efficiency: Option<f64>,
    /// Wrong results of parts that a cell did itself, which nobody found out, by level: those of tasks' own parts first.
    pub wrong_by_level: [u64; LEVELS],
}

/// How long something took, in ticks; percentiles are exact below 64 ticks, and within 1.6 % from there on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Span {
    /// Of how many tasks.
    pub tasks: u64,
    /// On average.
    pub mean: Option<f64>,
    /// For half of them at most.
    pub p50: Option<u32>,
    /// For 99 % of them at most.
    pub p99: Option<u32>,
}

impl Span {
    fn of(count: u64, sum: u64, histogram: impl Fn(usize) -> u64) -> Self {
        let at = |percent: u64| {
            let needed = (u128::from(count) * u128::from(percent)).div_ceil(100);
            let mut so_far = 0u128;
            (0..BUCKETS as u32).find_map(|bucket| {
                so_far += u128::from(histogram(bucket as usize));
                let (least, width) = bounds(bucket);
                (count > 0 && so_far >= needed).then_some(least + width / 2)
            })
        };
        Self {
            tasks: count,
            mean: share(sum, count),
            p50: at(50),
            p99: at(99),
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Gauge for NeedsGauge {
    fn name(&self) -> &'static str {
        "growth.needs"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.parts)]
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        vec![
            Accumulator::new("again", Op::Sum),
            Accumulator::new("executed", Op::Sum),
            Accumulator::new("left", Op::Sum),
            Accumulator::new("passed", Op::Sum),
            Accumulator::new("counted", Op::Column(self.counted)),
        ]
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/delegation"),
            module!("part/growth/standing"),
            module!("part/growth/gauge-needs"),
        ]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let Some(first) = seen.columns.first() else { return };
        let parts = seen.lanes(0, first.len() / part::ALL);
        let mut sums = [0u64; 4];
        for at in nodes.map(|i| i as usize) {
            let words = [part::SIZE, part::REMAINING, part::STATE].map(|word| parts.at(word, at));
            if words[0] == 0 {
                continue;
            }
            let standing = Standing::of(words);
            for (sum, more) in sums
                .iter_mut()
                .zip([standing.again, standing.executed, standing.left, standing.passed])
            {
                *sum += more;
            }
        }
        for (which, sum) in sums.into_iter().enumerate() {
            tally.add(which, sum);
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        vec![Indicator::value("part_ticks_left", at::LEFT).within(0..=i64::MAX)]
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let words = tally.list(at::COUNTED);
        let counted = |k: usize| read64(words, account::ALL, k);
        let now = |which: usize| tally.count(which);
        let joined = counted(account::JOINED);
        let makespan_mean = share(counted(account::SPANS), joined);
        let speed_up = share(counted(account::NEEDED), counted(account::SPANS));
        let leaves = share(counted(account::LEAVES), joined).filter(|&leaves| leaves > 0.0);
        Reading::new(
            self.name(),
            Needs {
                part_ticks_taken: counted(account::TAKEN),
                part_ticks_again: counted(account::AGAIN) + now(at::AGAIN),
                part_ticks_executed: counted(account::EXECUTED) + now(at::EXECUTED),
                part_ticks_left: now(at::LEFT),
                part_ticks_given_up: counted(account::GIVEN_UP),
                part_ticks_passed: counted(account::PASSED) + now(at::PASSED),
                delegated_wait: Span::of(counted(account::GIVEN), counted(account::WAITED), |bucket| {
                    counted(account::WAITS + bucket)
                }),
                delegated_response: Span::of(joined, counted(account::RESPONDED), |bucket| {
                    counted(account::RESPONSES + bucket)
                }),
                makespan_mean,
                speed_up,
                efficiency: speed_up.zip(leaves).map(|(speed_up, leaves)| speed_up / leaves),
                wrong_by_level: std::array::from_fn(|level| counted(account::WRONG + level)),
            },
        )
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let Some(needs) = row.get::<Needs>() else { return Ok(()) };
        let begun = u128::from(needs.part_ticks_taken) + u128::from(needs.part_ticks_again);
        let all = [
            needs.part_ticks_executed,
            needs.part_ticks_left,
            needs.part_ticks_given_up,
            needs.part_ticks_passed,
        ];
        let found: u128 = all.into_iter().map(u128::from).sum();
        if begun == found {
            return Ok(());
        }
        let message = format!(
            "parts of tasks needed {} ticks and {} once more, but {} were executed, {} are left, {} were given up and {} passed on, which is \
             {found}",
            needs.part_ticks_taken, needs.part_ticks_again, all[0], all[1], all[2], all[3]
        );
        Err(Error::Ledger {
            tick: row.tick,
            message,
        })
    }
}

impl Figures for Needs {
    fn figures(&self) -> Vec<Figure> {
        let ticks = |name: &'static str, about, number: u64| Figure::new(name, "ticks", about, number);
        let mut all = vec![
            ticks(
                "part_ticks_taken",
                "Ticks that parts need which cells have taken so far",
                self.part_ticks_taken,
            ),
            ticks(
                "part_ticks_again",
                "Ticks of parts so far that had to be done once more after a rejection",
                self.part_ticks_again,
            ),
            ticks(
                "part_ticks_executed",
                "Ticks of parts executed so far",
                self.part_ticks_executed,
            ),
            ticks(
                "part_ticks_left",
                "Ticks of parts that are left to be executed",
                self.part_ticks_left,
            ),
            ticks(
                "part_ticks_given_up",
                "Ticks so far that parts still needed which were laid down without a result",
                self.part_ticks_given_up,
            ),
            ticks(
                "part_ticks_passed",
                "Ticks of parts so far that cells have passed on to children of their own",
                self.part_ticks_passed,
            ),
        ];
        for (what, about, span) in [
            (
                "delegated_wait",
                "From submission until a task was given to children; null while none was",
                &self.delegated_wait,
            ),
            (
                "delegated_response",
                "From submission until a task's results were put together; null while none were",
                &self.delegated_response,
            ),
        ] {
            all.push(Figure::new(format!("{what}_mean"), "ticks", about, span.mean));
            all.push(Figure::new(format!("{what}_p50"), "ticks", about, span.p50));
            all.push(Figure::new(format!("{what}_p99"), "ticks", about, span.p99));
        }
        all.extend([
            Figure::new(
                "makespan_mean",
                "ticks",
                "From when a task was given to children until its results were put together; null while none were",
                self.makespan_mean,
            ),
            Figure::new(
                "speed_up",
                "times",
                "What such tasks need, over how long they took; null while none was done",
                self.speed_up,
            ),
            Figure::new(
                "efficiency",
                "share",
                "The speed-up over how many cells had a part of such a task to do; null while none was done",
                self.efficiency,
            ),
        ]);
        for (level, &wrong) in (1..).zip(&self.wrong_by_level) {
            let about = "Wrong results so far of parts at this level that a cell did itself, and that nobody found out";
            all.push(Figure::new(format!("level_{level}_wrong"), "results", about, wrong));
        }
        all
    }

    fn lines(&self, _told: &Told<'_>) -> Vec<Line> {
        let mut facts = vec![(
            "part ticks",
            format!(
                "{} needed and {} once more: {} executed, {} passed on, {} left, {} given up",
                grouped(self.part_ticks_taken),
                grouped(self.part_ticks_again),
                grouped(self.part_ticks_executed),
                grouped(self.part_ticks_passed),
                grouped(self.part_ticks_left),
                grouped(self.part_ticks_given_up)
            ),
        )];
        if let (Some(makespan), Some(speed_up)) = (self.makespan_mean, self.speed_up) {
            let efficiency = self.efficiency.map_or_else(String::new, |share| {
                format!(", {:.1} % of what its cells could do", 100.0 * share)
            });
            facts.push((
                "makespan",
                format!(
                    "{} ticks on average for a task that children do, {} times as fast as one cell{efficiency}",
                    real(makespan),
                    real(speed_up)
                ),
            ));
        }
        let wrong: Vec<String> = (1..)
            .zip(&self.wrong_by_level)
            .filter(|(_, wrong)| **wrong > 0)
            .map(|(level, &wrong): (u32, _)| format!("level {level}: {}", grouped(wrong)))
            .collect();
        if !wrong.is_empty() {
            facts.push(("wrong parts", wrong.join("; ")));
        }
        facts
    }
}
