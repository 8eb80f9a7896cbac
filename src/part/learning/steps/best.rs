//! A node takes over the strategy of its best neighbour, unless it does as well itself. Twin of `shaders/part/learning/best.wgsl`.

use super::links;
use crate::column::{Binding, Folded};
use crate::part::learning::rewards::Payoffs;
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct BestStep {
    base: Base,
    payoffs: Payoffs,
}

impl BestStep {
    /// The step.
    #[must_use]
    pub fn new(base: Base, payoffs: Payoffs) -> Self {
        Self { base, payoffs }
    }
}

/// The place of the payoffs among what the step reads.
const PAYOFF: usize = 1;

/// Whether a payoff with its strategy comes before another: the higher payoff, of equals the lower strategy. Any comes before none.
#[inline(always)]
fn is_before((payoff, option): (i32, u32), (best, held): (i32, u32)) -> bool {
    held == 0 || payoff > best || payoff == best && option < held
}

impl Step for BestStep {
    fn name(&self) -> &'static str {
        "best"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        bindings.extend(self.payoffs.bindings());
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        modules.extend(self.payoffs.modules());
        modules.push(module!("part/learning/best"));
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let strategies = view.reads[0];
        let own = &strategies[block.start as usize..block.end as usize];
        let next = &mut *outputs[0][0];
        let (mut mine, mut best) = (scratch.take(own.len()), scratch.take(own.len()));
        let mut decides = vec![false; own.len()];
        for (l, (i, &own)) in block.clone().zip(own).enumerate() {
            decides[l] = self.base.decides(view, i);
            mine[l] = self.payoffs.of(view, PAYOFF, i, own) as u32;
            (best[l], next[l]) = (mine[l], own);
        }
        let mut asked = 0;
        links::each(view, block.clone(), scratch, |l, j| {
            if !decides[l] {
                return;
            }
            asked += 1;
            let option = strategies[j as usize];
            if option == 0 {
                return;
            }
            let ends = (j, block.start + l as u32);
            let payoff = self.payoffs.told(view, PAYOFF, ends, option, mine[l] as i32);
            if is_before((payoff, option), (best[l] as i32, next[l])) {
                (best[l], next[l]) = (payoff as u32, option);
            }
        });
        for words in [mine, best] {
            scratch.give(words);
        }
        self.base.note_all(view, asked, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "takes over the strategy of the best among itself and its neighbours".to_owned()
    }
}
