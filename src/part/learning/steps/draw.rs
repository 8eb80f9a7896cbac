//! Every node draws any strategy. Twin of `shaders/part/learning/draw.wgsl`.

use crate::column::{Binding, Folded};
use crate::number::{multiply_high, threefry2x32};
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct DrawStep {
    base: Base,
    key: [u32; 2],
}

impl DrawStep {
    /// The step, with the key of its draws.
    #[must_use]
    pub fn new(base: Base, key: [u32; 2]) -> Self {
        Self { base, key }
    }
}

impl Step for DrawStep {
    fn name(&self) -> &'static str {
        "draw"
    }

    fn bindings(&self) -> Vec<Binding> {
        self.base.bindings()
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
        let mut modules = self.base.modules();
        modules.push(
            module!("part/learning/draw")
                .with("STRATEGIES", self.base.strategies)
                .with("DRAW_KEY", self.key[0])
                .with("DRAW_SALT", self.key[1]),
        );
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let next = &mut *outputs[0][0];
        for ((i, next), &own) in block.zip(next.iter_mut()).zip(own) {
            *next = own;
            if self.base.decides(view, i) {
                *next = 1 + multiply_high(threefry2x32(self.key, [i, view.tick])[0], self.base.strategies);
            }
        }
        self.base.note_all(view, 0, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!("each node draws one of {} strategies", self.base.strategies)
    }
}
