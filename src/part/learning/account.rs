//! What a bandit's swarm has missed: before every decision it is counted how much is held of what, and added up how far that is from
//! the best. Twins: `shaders/part/learning/census.wgsl` and `account.wgsl`.
//!
//! Regret is η₁ − (1/T) Σ_t Σ_j x_j(t) η_j, x_j being the share of j among those that hold something before decision t (Celis, Krafft,
//! Vishnoi 2017): the census folds Σ (η₁ − η) over the nodes and how many they are into counters that only grow; the account, of which
//! there is one for the swarm, divides what they have grown by.

use super::ledger;
use super::rewards::Bits;
use super::site::{Base, Site};
use crate::column::{Access, Binding, ColumnId, Extent, Fold, Folded, Reach, Space, TOP_LEVEL};
use crate::counters::{self, read64};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use std::ops::Range;

/// Counts what honest nodes that are up hold before a decision.
#[derive(Clone, Debug)]
pub struct CensusStep {
    base: Base,
    bits: Bits,
}

impl CensusStep {
    /// The census of a column of strategies.
    #[must_use]
    pub fn new(base: Base, bits: Bits) -> Self {
        Self { base, bits }
    }
}

impl Step for CensusStep {
    fn name(&self) -> &'static str {
        "census"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.base.strategy, Access::Read).within(Reach::Own),
            Binding::new(counters::SLOT, self.base.ledger, Access::Fold),
        ];
        bindings.extend(self.bits.bindings());
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            counters::module(ledger::COUNTERS),
            self.bits.rates_module(),
            module!("part/learning/census").with("FIRST_COUNTER", ledger::GAP),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, _outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let words = &view.reads[0][block.start as usize..block.end as usize];
        let gaps = self.bits.rates.gaps(view.tick);
        // Words are often like the one before, and a count has to wait for the last of the same: so there are several tables.
        let mut tables = [[0u32; 32]; 4];
        if view.traffic.has_faults() {
            for (i, &word) in block.zip(words).filter(|(i, _)| view.traffic.takes_part(*i)) {
                tables[i as usize & 3][word.min(31) as usize] += 1;
            }
        } else {
            let (fours, rest) = words.as_chunks::<4>();
            for four in fours {
                for (table, &word) in tables.iter_mut().zip(four) {
                    table[word.min(31) as usize] += 1;
                }
            }
            for &word in rest {
                tables[0][word.min(31) as usize] += 1;
            }
        }
        let (mut gap, mut held, mut best) = (0u64, 0u64, 0u64);
        for (option, &below) in gaps.iter().enumerate().skip(1) {
            let nodes: u64 = tables.iter().map(|table| u64::from(table[option])).sum();
            gap += nodes * u64::from(below);
            held += nodes;
            best += if below == 0 { nodes } else { 0 };
        }
        let Some(counts) = view.folds.first() else { return };
        for (at, by) in [(ledger::GAP, gap), (ledger::HELD, held), (ledger::BEST, best)] {
            counters::add64(counts, ledger::COUNTERS as usize, at as usize, by);
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "counts what is held before the decision".to_owned()
    }
}

/// Divides what was counted, once for the swarm.
#[derive(Clone, Debug)]
pub struct AccountStep {
    base: Base,
    bits: Bits,
    account: ColumnId,
    /// What the census had counted the last time: the gap's two halves, the lower halves of those who held something and the best.
    seen: [ColumnId; 4],
}

impl AccountStep {
    /// The account of a site; it adds what it must remember to the draft.
    pub fn new(site: &mut Site<'_, '_>, bits: Bits, account: ColumnId) -> Self {
        let names = [
            "learning.seen_gap",
            "learning.seen_gap_high",
            "learning.seen_held",
            "learning.seen_best",
        ];
        Self {
            base: site.base(),
            bits,
            account,
            seen: names.map(|name| site.draft.column(name, Extent::Groups(TOP_LEVEL), false)),
        }
    }
}

/// ⌊wide / by⌋, for what is below 2^32; `by` is not 0.
fn divide(wide: u64, by: u32) -> u32 {
    (wide / u64::from(by.max(1))) as u32
}

impl Step for AccountStep {
    fn name(&self) -> &'static str {
        "account"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.base.ledger, Access::Read),
            Binding::new(counters::SLOT, self.account, Access::Fold),
        ];
        bindings.extend(
            (1..)
                .zip(self.seen)
                .map(|(slot, column)| Binding::new(slot, column, Access::Update)),
        );
        bindings.extend(self.bits.bindings());
        bindings
    }

    fn space(&self) -> Space {
        Space::Groups(TOP_LEVEL)
    }

    fn folds(&self) -> Vec<Folded> {
        let counters = counters::words(ledger::ACCOUNTS);
        let found = ledger::found(0)..ledger::found(self.bits.rates.periods() as u32);
        vec![
            Folded::new(self.account, 0..counters, Fold::Add64),
            Folded::new(self.account, found, Fold::Max),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            counters::module(ledger::ACCOUNTS),
            self.bits.rates_module(),
            module!("part/learning/account")
                .with("LEDGER_COUNTERS", ledger::COUNTERS)
                .with("LEDGER_GAP", ledger::GAP)
                .with("FOUND", ledger::found(0)),
        ]
    }

    fn turns(&self, _: Bounds) -> u64 {
        64
    }

    fn run(&self, view: &View<'_>, _block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let counted = |at: u32| read64(view.reads[0], ledger::COUNTERS as usize, at as usize);
        let [gap, high, held, best] = outputs.as_mut_slice() else {
            return;
        };
        let [gap, high, held, best] = [gap, high, held, best].map(|lanes| &mut lanes[0][0]);
        let all = counted(ledger::GAP);
        let missed = all.wrapping_sub(u64::from(*gap) | u64::from(*high) << 32);
        (*gap, *high) = (all as u32, (all >> 32) as u32);
        let grown = |at: u32, seen: &mut u32| {
            let now = counted(at) as u32;
            now.wrapping_sub(std::mem::replace(seen, now))
        };
        let (holders, best) = (grown(ledger::HELD, held), grown(ledger::BEST, best));
        let Some(account) = view.folds.first().filter(|_| holders > 0) else {
            return;
        };
        let counters = ledger::ACCOUNTS as usize;
        counters::add64(
            account,
            counters,
            ledger::REGRET as usize,
            divide(missed, holders).into(),
        );
        counters::add64(account, counters, ledger::DECISIONS as usize, 1);
        // 10 · best ≥ 9 · holders, without leaving 32 bits.
        if holders - best <= best / 9 {
            let at = ledger::found(self.bits.rates.period(view.tick) as u32) as usize;
            if let Some(word) = account.get(at) {
                word.fetch_max(u32::MAX - view.tick, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "adds up how far that is from the best".to_owned()
    }
}
