//! Counts how many do each task. Twin of `shaders/part/learning/toil.wgsl`.

use crate::column::{Access, Binding, ColumnId, Fold, Folded, Reach};
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;
use std::sync::atomic::Ordering;

/// The step: it folds into a word of the swarm for each task how many honest nodes that are up do it; the words only grow, modulo 2^32.
#[derive(Clone, Debug)]
pub struct ToilStep {
    base: Base,
    toil: ColumnId,
}

impl ToilStep {
    /// The step.
    #[must_use]
    pub fn new(base: Base, toil: ColumnId) -> Self {
        Self { base, toil }
    }
}

impl Step for ToilStep {
    fn name(&self) -> &'static str {
        "toil"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.base.strategy, Access::Read).within(Reach::Own),
            Binding::new(1, self.toil, Access::Fold),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(self.toil, 0..self.base.strategies, Fold::Add)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/learning/toil").with("TASKS", self.base.strategies)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, _outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let words = &view.reads[0][block.start as usize..block.end as usize];
        let mut counts = [0u32; 32];
        for (i, &word) in block.zip(words) {
            counts[word.min(31) as usize] += u32::from(view.traffic.takes_part(i));
        }
        let Some(toil) = view.folds.first() else { return };
        for (word, &count) in toil.iter().zip(&counts[1..]) {
            word.fetch_add(count, Ordering::Relaxed);
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "counts how many do each task".to_owned()
    }
}
