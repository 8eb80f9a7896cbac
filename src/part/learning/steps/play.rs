//! What strategies bring: a node's payoff is the sum of its games with all neighbours that it reaches. Twin of
//! `shaders/part/learning/play.wgsl`.

use super::links;
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct PlayStep {
    base: Base,
    payoff: ColumnId,
    table: ColumnId,
    /// The payoffs row by row.
    payoffs: Vec<u32>,
    with_self: bool,
}

impl PlayStep {
    /// The step that writes a column of payoffs, by a table of as many rows as columns.
    #[must_use]
    pub fn new(base: Base, payoff: ColumnId, (table, payoffs): (ColumnId, Vec<u32>), with_self: bool) -> Self {
        Self {
            base,
            payoff,
            table,
            payoffs,
            with_self,
        }
    }
}

impl Step for PlayStep {
    fn name(&self) -> &'static str {
        "play"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.base.strategy, Access::Read).within(Reach::Links),
            Binding::new(1, self.payoff, Access::Update),
            Binding::new(2, self.table, Access::Read),
        ]
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/learning/play")
                .with("STRATEGIES", self.base.strategies)
                .with("WITH_SELF", u32::from(self.with_self)),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let strategies = view.reads[0];
        let own = &strategies[block.start as usize..block.end as usize];
        let payoffs = &mut *outputs[0][0];
        let count = self.base.strategies as usize;
        // With a row and a column of zeros before, for those that hold nothing.
        let mut table = vec![0; (count + 1) * (count + 1)];
        for (at, row) in self.payoffs.chunks(count).enumerate() {
            table[(at + 1) * (count + 1) + 1..][..count].copy_from_slice(row);
        }
        let game = |own: u32, other: u32| {
            let at = own.min(count as u32) as usize * (count + 1) + other.min(count as u32) as usize;
            table[at]
        };
        for (payoff, &own) in payoffs.iter_mut().zip(own) {
            *payoff = if self.with_self { game(own, own) } else { 0 };
        }
        links::each(view, block, scratch, |l, j| {
            payoffs[l] = payoffs[l].wrapping_add(game(own[l], strategies[j as usize]));
        });
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        let with_self = if self.with_self { ", and with itself" } else { "" };
        format!("adds up what its strategy brings against every neighbour's{with_self}")
    }
}
