//! The account of strategies of cells that work: at the end of each epoch what each has brought, and whether nine tenths of the cells held it.
//! Twins: `shaders/part/learning/reckon.wgsl` and `shaders/part/learning/lead.wgsl`.

use super::MOST;
use super::site::{Every, Site};
use crate::column::{Access, Binding, ColumnId, Extent, Fold, Folded, Space, TOP_LEVEL};
use crate::counters::{self, read64};
use crate::part::work::choices::counted;
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use std::ops::Range;
use std::sync::atomic::Ordering;

/// The counters: first how many cells held any strategy in an epoch, added up over the epochs; then each of these, one for each strategy.
pub mod tally {
    use super::counted;

    /// How many cells held it, added up over the epochs.
    pub const EPOCHS: u32 = 0;
    /// Σ of their scores, in two's complement.
    pub const SCORE: u32 = 1;
    /// What came of their work: the words of [`counted`], in their order.
    pub const COUNTED: u32 = 2;
    /// How many kinds there are.
    pub const KINDS: u32 = COUNTED + counted::ALL as u32;

    /// The counter of a kind for the strategy in place `k`.
    #[must_use]
    pub const fn at(kind: u32, k: u32, strategies: u32) -> u32 {
        1 + kind * strategies + k
    }

    /// How many counters there are.
    #[must_use]
    pub const fn counters(strategies: u32) -> u32 {
        1 + KINDS * strategies
    }
}

/// How many strategies a [`LeadStep`] is for: devices bind eight buffers at least.
const AT_ONCE: u32 = 4;

/// What was counted when cells last decided, of each strategy, and of all for each [`AT_ONCE`] of them.
const SEEN: [&str; MOST] = [
    "learning.seen_1",
    "learning.seen_2",
    "learning.seen_3",
    "learning.seen_4",
    "learning.seen_5",
    "learning.seen_6",
    "learning.seen_7",
    "learning.seen_8",
    "learning.seen_9",
    "learning.seen_10",
    "learning.seen_11",
    "learning.seen_12",
    "learning.seen_13",
    "learning.seen_14",
    "learning.seen_15",
    "learning.seen_16",
];
const SEEN_ALL: [&str; MOST / AT_ONCE as usize] = [
    "learning.seen_all_1",
    "learning.seen_all_5",
    "learning.seen_all_9",
    "learning.seen_all_13",
];

/// Adds the columns and steps of the account.
pub(super) fn plan(site: &mut Site<'_, '_>, earned: ColumnId, score: ColumnId) {
    let strategies = site.strategies;
    let words = counters::words(tally::counters(strategies));
    let tally = site.draft.column("learning.tally", Extent::Swarm(words), false);
    let found = site.draft.column("learning.found", Extent::Swarm(strategies), false);
    site.draft.step(ReckonStep {
        strategy: site.strategy,
        score,
        earned,
        first: site.change.words(),
        tally,
        strategies,
        every: site.every,
    });
    let top = |site: &mut Site<'_, '_>, name| site.draft.column(name, Extent::Groups(TOP_LEVEL), false);
    for (first, all) in (0..strategies).step_by(AT_ONCE as usize).zip(SEEN_ALL) {
        let all = top(site, all);
        let last = strategies.min(first + AT_ONCE);
        let seen = SEEN[first as usize..last as usize]
            .iter()
            .map(|name| top(site, name))
            .collect();
        site.draft.step(LeadStep {
            tally,
            all,
            seen,
            found,
            first,
            strategies,
            every: site.every,
        });
    }
    site.account_of_work = Some([tally, found]);
}

/// At the end of an epoch: adds up what each strategy has brought, before cells decide.
#[derive(Clone, Debug)]
struct ReckonStep {
    strategy: ColumnId,
    score: ColumnId,
    earned: ColumnId,
    /// Which word of what a cell has earned is the first of the account's.
    first: u32,
    tally: ColumnId,
    strategies: u32,
    every: Every,
}

impl Step for ReckonStep {
    fn name(&self) -> &'static str {
        "reckon"
    }

    fn bindings(&self) -> Vec<Binding> {
        use crate::column::Reach;
        vec![
            Binding::new(0, self.strategy, Access::Read).within(Reach::Own),
            Binding::new(1, self.score, Access::Read).within(Reach::Own),
            Binding::new(2, self.earned, Access::Update),
            Binding::new(counters::SLOT, self.tally, Access::Fold),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        let words = counters::words(tally::counters(self.strategies));
        vec![Folded::new(self.tally, 0..words, Fold::Add64)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            counters::module(tally::counters(self.strategies)),
            module!("part/learning/reckon")
                .with("STRATEGIES", self.strategies)
                .with("FIRST", self.first),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let mut sums = [[0u64; MOST]; tally::KINDS as usize];
        let mut all = 0;
        let lanes = outputs[0].get_mut(self.first as usize..).unwrap_or_default();
        for (l, i) in block.map(|i| i as usize).enumerate() {
            let held = view.reads[0][i];
            if held == 0 || held > self.strategies {
                continue;
            }
            let k = held as usize - 1;
            all += 1;
            sums[tally::EPOCHS as usize][k] += 1;
            let score = i64::from(view.reads[1][i] as i32);
            let sum = &mut sums[tally::SCORE as usize][k];
            *sum = sum.wrapping_add(score as u64);
            for (sums, lane) in sums[tally::COUNTED as usize..].iter_mut().zip(lanes.iter_mut()) {
                sums[k] += u64::from(std::mem::take(&mut lane[l]));
            }
        }
        let Some(words) = view.folds.first() else { return };
        let counters = tally::counters(self.strategies) as usize;
        counters::add64(words, counters, 0, all);
        for (kind, sums) in (0..).zip(&sums) {
            for (k, &sum) in (0..self.strategies).zip(sums).filter(|(_, sum)| **sum != 0) {
                counters::add64(words, counters, tally::at(kind, k, self.strategies) as usize, sum);
            }
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!("every {} ticks: adds up what each strategy has brought", self.every.0)
    }
}

/// Once for the swarm, after [`ReckonStep`]: whether nine tenths of the cells held a strategy in the epoch that ends.
#[derive(Clone, Debug)]
struct LeadStep {
    tally: ColumnId,
    /// What was counted of all the last time, and of each strategy from `first` on, modulo 2^32.
    all: ColumnId,
    seen: Vec<ColumnId>,
    /// 2^32 − 1 less the tick at whose end the first epoch was over in which nine tenths held it; 0 if there was none.
    found: ColumnId,
    first: u32,
    strategies: u32,
    every: Every,
}

impl LeadStep {
    /// The WGSL of what was counted of each strategy: as many columns as there are.
    fn seen_text(&self) -> String {
        let count = self.seen.len();
        let (mut columns, mut cases) = (String::new(), String::new());
        for k in 0..count {
            // The slots begin with the counters' and that of all.
            let slot = k + 2;
            let case = if k + 1 < count {
                format!("case {k}u")
            } else {
                "default".to_owned()
            };
            columns += &format!("@group(2) @binding({slot}) var<storage, read_write> seen_{k}: array<u32>;\n");
            cases += &format!(
                "        {case}: {{\n            before = seen_{k}[i];\n            seen_{k}[i] = now;\n        }}\n"
            );
        }
        format!(
            "// What was counted of strategies. Twin: LeadStep in src/part/learning/work_account.rs.\n\n\
             const SEEN: u32 = {count}u;\n\n{columns}\n// By how much a count has grown since the last time.\n\
             fn grown(k: u32, i: u32, now: u32) -> u32 {{\n    var before = 0u;\n    switch k {{\n{cases}    }}\n    \
             return now - before;\n}}\n"
        )
    }
}

impl Step for LeadStep {
    fn name(&self) -> &'static str {
        "lead"
    }

    fn bindings(&self) -> Vec<Binding> {
        let seen = std::iter::once(&self.all).chain(&self.seen);
        let mut all = vec![Binding::new(0, self.tally, Access::Read)];
        all.extend(
            (1..)
                .zip(seen)
                .map(|(slot, &column)| Binding::new(slot, column, Access::Update)),
        );
        all.push(Binding::new(counters::SLOT, self.found, Access::Fold));
        all
    }

    fn space(&self) -> Space {
        Space::Groups(TOP_LEVEL)
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(self.found, 0..self.strategies, Fold::Max)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let lead = module!("part/learning/lead").with("FIRST", self.first);
        vec![Module::made("part/learning/lead-seen", self.seen_text()), lead]
    }

    fn turns(&self, _: Bounds) -> u64 {
        4
    }

    fn run(&self, view: &View<'_>, _block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let counted = |at: u32| {
            let counters = tally::counters(self.strategies) as usize;
            read64(view.reads[0], counters, at as usize) as u32
        };
        let mut grown = outputs
            .iter_mut()
            .zip(std::iter::once(0).chain(tally::at(tally::EPOCHS, self.first, 0)..))
            .map(|(lanes, at)| {
                let now = counted(at);
                now.wrapping_sub(std::mem::replace(&mut lanes[0][0], now))
            });
        let all = grown.next().unwrap_or_default();
        for (k, held) in (self.first as usize..).zip(grown) {
            if is_nine_tenths(held, all)
                && let Some(word) = view.folds.first().and_then(|found| found.get(k))
            {
                word.fetch_max(u32::MAX - view.tick, Ordering::Relaxed);
            }
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "notes which strategy nine tenths of the cells held".to_owned()
    }
}

/// Whether 10 · held ≥ 9 · all, without leaving 32 bits.
fn is_nine_tenths(held: u32, all: u32) -> bool {
    all != 0 && all.saturating_sub(held) <= held / 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_tenths_are_as_in_wide_numbers() {
        for all in 0..200u32 {
            for held in 0..=all {
                let wide = all > 0 && 10 * u64::from(held) >= 9 * u64::from(all);
                assert_eq!(is_nine_tenths(held, all), wide, "{held} of {all}");
            }
        }
        assert!(is_nine_tenths(u32::MAX, u32::MAX));
        assert!(!is_nine_tenths(u32::MAX / 10 * 9, u32::MAX));
    }
}
