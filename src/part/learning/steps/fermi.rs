//! A node looks at another's payoff, and may take over its strategy. Twin of `shaders/part/learning/fermi.wgsl`.

use super::Logistic;
use super::lanes::{CHUNK, draw, gather, scale_others};
use crate::column::{Access, Binding, ColumnId, Folded};
use crate::hear::ask::{Ask, From, NOBODY};
use crate::number::multiply_high;
use crate::part::learning::rewards::Payoffs;
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct FermiStep {
    base: Base,
    ask: Ask,
    payoffs: Payoffs,
    table: ColumnId,
    logistic: Logistic,
}

impl FermiStep {
    /// The step; the table is that of the function.
    #[must_use]
    pub fn new(base: Base, ask: Ask, payoffs: Payoffs, (table, logistic): (ColumnId, Logistic)) -> Self {
        Self {
            base,
            ask,
            payoffs,
            table,
            logistic,
        }
    }

    /// Whom a word means among the others, or [`NOBODY`].
    #[inline(always)]
    fn other(&self, view: &View<'_>, i: u32, word: u32) -> u32 {
        if self.ask.from() == From::Neighbours {
            return self.ask.pick(view, i, word);
        }
        let other = multiply_high(word, view.topology.nodes() - 1);
        let other = other + u32::from(other >= i);
        if view.traffic.reaches(i, other) { other } else { NOBODY }
    }

    /// What i, which holds `own`, holds next.
    #[inline(always)]
    fn next(&self, view: &View<'_>, i: u32, own: u32) -> u32 {
        let [a, b] = self.ask.pair(i, view.tick);
        let j = self.other(view, i, a);
        if j == NOBODY {
            return own;
        }
        let option = view.reads[0][j as usize];
        if option == 0 || option == own {
            return own;
        }
        if own == 0 {
            return option;
        }
        let payoff = self.payoffs.of(view, PAYOFF, i, own);
        let other = self.payoffs.told(view, PAYOFF, (j, i), option, payoff);
        if b >> 1 < self.logistic.at(other.wrapping_sub(payoff)) {
            option
        } else {
            own
        }
    }

    /// All nodes of a block, where nothing goes wrong, all act, and payoffs stand in a column.
    fn run_lanes(&self, view: &View<'_>, block: Range<u32>, next: &mut [u32], scratch: &mut Scratch) {
        let buffers = [(); 5].map(|()| scratch.take(CHUNK));
        let [mut words, mut draws, mut others, mut options, mut theirs] = buffers;
        let (strategies, payoffs) = (view.reads[0], view.reads[PAYOFF]);
        let mut first = block.start;
        for next in next.chunks_mut(CHUNK) {
            let len = next.len();
            let (words, draws, others) = (&mut words[..len], &mut draws[..len], &mut others[..len]);
            let (options, theirs) = (&mut options[..len], &mut theirs[..len]);
            draw(self.ask.key(), first, view.tick, words, draws);
            match self.ask.from() {
                From::Swarm => scale_others(view.topology.nodes(), first, words, others),
                From::Neighbours => {
                    for ((i, other), &word) in (first..).zip(others.iter_mut()).zip(&*words) {
                        *other = self.ask.pick(view, i, word);
                    }
                }
            }
            gather(strategies, others, options);
            gather(payoffs, others, theirs);
            let at = first as usize..first as usize + len;
            let mine = strategies[at.clone()].iter().zip(&payoffs[at]);
            let heard = options.iter().zip(&*theirs).zip(&*draws);
            for ((next, (&own, &payoff)), ((&option, &other), &draw)) in next.iter_mut().zip(mine).zip(heard) {
                let difference = (other as i32).wrapping_sub(payoff as i32);
                let is_taken = own == 0 || draw >> 1 < self.logistic.at(difference);
                *next = if option != 0 && is_taken { option } else { own };
            }
            first += len as u32;
        }
        for words in [words, draws, others, options, theirs] {
            scratch.give(words);
        }
    }
}

/// The place of the payoffs among what the step reads.
const PAYOFF: usize = 2;

impl Step for FermiStep {
    fn name(&self) -> &'static str {
        "fermi"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        bindings.push(Binding::new(3, self.table, Access::Read));
        bindings.extend(self.payoffs.bindings());
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        self.ask.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        modules.push(self.ask.module());
        modules.push(match self.ask.from() {
            From::Neighbours => module!("part/learning/other-neighbour"),
            From::Swarm => module!("part/learning/other-swarm"),
        });
        modules.extend(self.payoffs.modules());
        modules.push(
            module!("part/learning/logistic")
                .with("LOGISTIC_LAST", self.logistic.table().len() as u32 - 1)
                .with("LOGISTIC_SHIFT", self.logistic.shift()),
        );
        modules.push(module!("part/learning/fermi"));
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let next = &mut *outputs[0][0];
        if view.traffic.is_open() && matches!(self.payoffs, Payoffs::Column(_)) {
            self.run_lanes(view, block, next, scratch);
            self.base.note_all(view, own.len() as u64, own, next);
            return;
        }
        let mut asked = 0;
        for ((i, next), &own) in block.zip(next.iter_mut()).zip(own) {
            *next = own;
            if self.base.decides(view, i) {
                asked += 1;
                *next = self.next(view, i, own);
            }
        }
        self.base.note_all(view, asked, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        let whom = match self.ask.from() {
            From::Neighbours => "a neighbour",
            From::Swarm => "any other",
        };
        format!("compares its payoff with {whom}'s, and may take over its strategy")
    }
}
