//! A child takes its part of its parent's order, and drops it when it counts no more. Twin of `shaders/part/growth/take.wgsl`.

use super::join::{attempt, is_for};
use crate::column::{Access, Binding, ColumnId, Fold, Folded, Reach};
use crate::counters::{add64, words};
use crate::part::growth::delegated as counted;
use crate::part::work::Mode;
use crate::part::work::delegation::{order, part};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct TakeStep {
    /// The orders, how deep each cell is, the parts, and what is counted.
    pub columns: [ColumnId; 4],
    /// How many cells are there from the start.
    pub founders: u32,
    /// What children make of a task.
    pub mode: Mode,
    /// Parts that need so many ticks or more are divided once more.
    pub need: u32,
    /// Replicas above this level are replicated once more.
    pub levels: u32,
    /// The depth of cells that get no family.
    pub deepest: u32,
}

/// The level of a path: 0 for a whole task.
fn level(path: u32) -> u32 {
    (31 - path.leading_zeros()) / 2
}

impl Step for TakeStep {
    fn name(&self) -> &'static str {
        "take"
    }

    fn bindings(&self) -> Vec<Binding> {
        let [orders, depth, parts, ledger] = self.columns;
        vec![
            // Of the parent.
            Binding::new(0, orders, Access::Read),
            Binding::new(1, depth, Access::Read).within(Reach::Own),
            Binding::new(2, parts, Access::Update),
            Binding::new(7, ledger, Access::Fold),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            crate::counters::module(counted::ALL as u32),
            module!("part/work/delegation"),
            match self.mode {
                Mode::Divide => module!("part/growth/take-divide").with("DIVIDE_NEED", self.need),
                Mode::Replicate => module!("part/growth/take-replicate").with("LEVELS", self.levels),
            },
            module!("part/growth/take").with("DEEPEST", self.deepest),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(self.columns[3], 0..words(counted::ALL as u32), Fold::Add64)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let mut counts = [0u64; counted::ALL];
        let lanes = &mut outputs[0];
        for (at, cell) in block.enumerate() {
            count_order(view, cell, &mut counts);
            let Some(parent) = view.topology.parent(cell).filter(|_| cell >= self.founders) else {
                continue;
            };
            let who = (cell - self.founders) % FAMILY;
            let of = |word: usize| view.word(0, word, parent);
            let is_out = of(order::PATH) != 0 && of(order::STATE) & order::STANDS == order::OUT;
            let path = lanes[part::PATH][at];
            if path != 0 {
                let k = lanes[part::STATE][at] >> part::INDEX_SHIFT & 3;
                let counts_still = is_out
                    && path == of(order::PATH) << 2 | k
                    && is_for(of(order::PARTS), k, who)
                    && lanes[part::ATTEMPT][at] == attempt(of(order::ATTEMPT), of(order::PARTS), k);
                if counts_still {
                    continue;
                }
                if lanes[part::STATE][at] & part::RESULT == 0 {
                    counts[counted::DROPPED] += 1;
                    counts[counted::GIVEN_UP] += u64::from(lanes[part::REMAINING][at]);
                }
                lanes.iter_mut().for_each(|lane| lane[at] = 0);
            }
            let next = (0..4).find(|&k| is_out && is_for(of(order::PARTS), k, who));
            if let Some(k) = next {
                let path = of(order::PATH) << 2 | k;
                let size = self.mode.size(of(order::SIZE), k);
                let may = view.reads[1][cell as usize] < self.deepest && self.goes_on(path, size);
                let words = [
                    of(order::ORIGIN),
                    of(order::RECORD),
                    path,
                    size,
                    attempt(of(order::ATTEMPT), of(order::PARTS), k),
                    size,
                    if may { part::NEW } else { 0 } | k << part::INDEX_SHIFT,
                ];
                for (lane, word) in lanes.iter_mut().zip(words) {
                    lane[at] = word;
                }
                counts[counted::PARTS + (level(path) as usize).clamp(1, counted::LEVELS) - 1] += 1;
            }
        }
        for (k, &count) in counts.iter().enumerate().filter(|(_, count)| **count != 0) {
            add64(view.folds[0], counted::ALL, k, count);
        }
    }

    fn describe(&self) -> String {
        match self.mode {
            Mode::Divide => format!("quarters of what needs {} ticks or more", self.need),
            Mode::Replicate => format!("replicas, {} levels", self.levels),
        }
    }
}

impl TakeStep {
    /// Whether a part is delegated once more.
    fn goes_on(&self, path: u32, size: u32) -> bool {
        match self.mode {
            Mode::Divide => size >= self.need,
            Mode::Replicate => level(path) < self.levels,
        }
    }
}

/// What has happened to the cell's own order in this tick.
fn count_order(view: &View<'_>, cell: u32, counts: &mut [u64; counted::ALL]) {
    let path = view.word(0, order::PATH, cell);
    let stands = view.word(0, order::STATE, cell);
    counts[counted::ALONE] += u64::from(stands & order::ALONE != 0);
    if path == 0 {
        return;
    }
    if stands & order::JUST_OUT != 0 && path == 1 {
        counts[counted::TASKS] += 1;
    }
    counts[counted::UNDIVIDED] += u64::from(stands & order::JUST_UNDIVIDED != 0);
    counts[counted::AGAIN] += u64::from(stands >> order::AGAIN_SHIFT & 7);
}
