//! A node draws its strategy by weights that fall with what each has cost. Twin of `shaders/part/learning/hedge.wgsl`.
//!
//! Losses are whole numbers, counted from that of the best strategy, which is 0. A weight is 2^22 · exp(−η · loss), from a table; it is 0
//! once that is below ½.

use crate::column::{Access, Binding, ColumnId, Folded};
use crate::hear::ask::{Ask, From};
use crate::number::{multiply_high, threefry2x32};
use crate::part::learning::MOST;
use crate::part::learning::reals::exponential;
use crate::part::learning::rewards::{Bits, Signal};
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The weight of the best strategy, as a power of two: sixteen of them, times 16, are below 2^31.
const FULL: u32 = 22;
/// Where losses are estimated, a failure's own is 2^4.
const UNIT: u32 = 4;
/// What an estimate is at most.
const MOST_LOSS: u32 = 1 << 24;
/// What a strategy can be behind the best at most.
const FARTHEST: u32 = 1 << 30;
/// The most places of the table, less the last.
const PLACES: u32 = 1 << 12;

/// Weights by losses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The weights of the losses 0, 2^shift, 2·2^shift, …; the last is 0, unless weights hardly fall.
    table: Vec<u32>,
    shift: u32,
    is_common: bool,
}

impl Weights {
    /// Weights that fall by `rate` a failure. Where all see how every strategy fares a failure counts 1, else by the inverse of the
    /// probability with which it was tried, in 2^-4.
    #[must_use]
    pub fn new(rate: f64, is_common: bool) -> Self {
        let each = if is_common { rate } else { rate / f64::from(1 << UNIT) };
        // Below ½: ln 2^23.
        let end = f64::from(FULL + 1) * std::f64::consts::LN_2;
        let needed = if each > 0.0 {
            (end / each).min(1e9) as u32 + 1
        } else {
            1
        };
        let mut shift = 0;
        while needed >> shift >= PLACES && shift < 30 {
            shift += 1;
        }
        let places = (needed >> shift).min(PLACES - 1) + 1;
        let weight = |place: u32| {
            let z = each * f64::from(place) * f64::from(1u32 << shift);
            (f64::from(1u32 << FULL) * exponential(z.min(40.0))).round() as u32
        };
        Self {
            table: (0..=places).map(weight).collect(),
            shift,
            is_common,
        }
    }

    /// The table, for a device.
    #[must_use]
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    /// The weight of a loss.
    #[inline]
    #[must_use]
    pub fn of(&self, loss: u32) -> u32 {
        let last = self.table.len() - 1;
        self.table[((loss >> self.shift) as usize).min(last)]
    }

    /// The sum of the weights.
    #[must_use]
    pub fn total(&self, losses: &[u32]) -> u32 {
        losses.iter().map(|&loss| self.of(loss)).sum()
    }

    /// Adds what strategies cost, and counts all from the best.
    pub fn charge(&self, losses: &mut [u32], costs: &[u32]) {
        for (loss, &cost) in losses.iter_mut().zip(costs) {
            *loss = (*loss + cost).min(FARTHEST);
        }
        let best = losses.iter().copied().min().unwrap_or(0);
        losses.iter_mut().for_each(|loss| *loss -= best);
    }

    /// What the failure of a strategy is estimated to cost that was drawn by these losses.
    #[must_use]
    pub fn estimate(&self, losses: &[u32], strategy: usize) -> u32 {
        let weight = losses.get(strategy).map_or(0, |&loss| self.of(loss));
        match weight {
            0 => MOST_LOSS,
            weight => ((self.total(losses) << UNIT) / weight).min(MOST_LOSS),
        }
    }

    /// The strategy that a word draws, from 0.
    #[must_use]
    pub fn draw(&self, losses: &[u32], word: u32) -> u32 {
        let drawn = multiply_high(word, self.total(losses));
        let mut below = 0;
        for (strategy, &loss) in (0..).zip(losses) {
            below += self.of(loss);
            if drawn < below {
                return strategy;
            }
        }
        0
    }
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct HedgeStep {
    base: Base,
    bits: Bits,
    losses: ColumnId,
    table: ColumnId,
    weights: Weights,
    key: [u32; 2],
    /// Whom nodes hear, and where each says what a failure of what it tries costs.
    heard: Option<(Ask, ColumnId)>,
}

impl HedgeStep {
    /// The step on a column of losses, with the key of its draws.
    #[must_use]
    pub fn new(base: Base, bits: Bits, losses: ColumnId, (table, weights): (ColumnId, Weights), key: [u32; 2]) -> Self {
        Self {
            base,
            bits,
            losses,
            table,
            weights,
            key,
            heard: None,
        }
    }

    /// The same, of nodes that hear one other each; what a failure costs of what each tries stands in a doubled column.
    #[must_use]
    pub fn hearing(mut self, ask: Ask, inverse: ColumnId) -> Self {
        self.heard = Some((ask, inverse));
        self
    }

    /// Which strategy another tried that node i looks at, from 0, and what that cost by its own account; nothing if nothing is heard.
    fn hear(&self, view: &View<'_>, i: u32) -> Option<(usize, u32)> {
        let j = self.heard?.0.partner(view, i, 0)?;
        let tried = view.reads[0][j as usize];
        if tried == 0 {
            return None;
        }
        let cost = match view.reads[INVERSE][j as usize] {
            // It has not drawn yet: all were alike.
            0 => self.base.strategies << UNIT,
            cost => cost.min(MOST_LOSS),
        };
        let succeeds = self.bits.told(&view.traffic, (j, i), tried);
        Some((tried as usize - 1, if succeeds { 0 } else { cost }))
    }

    /// What strategies cost node i, which tried `own` by these losses.
    fn costs(&self, view: &View<'_>, (i, own): (u32, u32), losses: &[u32], costs: &mut [u32]) {
        if own != 0 && !self.bits.succeeds(i, own, view.tick) {
            let tried = own as usize - 1;
            if let Some(cost) = costs.get_mut(tried) {
                *cost = self.weights.estimate(losses, tried);
            }
        }
        if let Some((tried, heard)) = self.hear(view, i) {
            // Two accounts, each right on average: so is their mean.
            costs.iter_mut().for_each(|cost| *cost >>= 1);
            if let Some(cost) = costs.get_mut(tried) {
                *cost += heard >> 1;
            }
        }
    }
}

/// The place of what failures cost among what the step reads.
const INVERSE: usize = 1;

impl Step for HedgeStep {
    fn name(&self) -> &'static str {
        "hedge"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        if let Some((_, inverse)) = self.heard {
            bindings.push(Binding::new(2, inverse, Access::Read));
            bindings.push(Binding::new(6, inverse, Access::Next));
        }
        bindings.push(Binding::new(3, self.losses, Access::Update));
        bindings.push(Binding::new(4, self.table, Access::Read));
        bindings.extend(self.bits.bindings());
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        self.heard.is_some_and(|(ask, _)| ask.from() == From::Neighbours)
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        modules.extend(self.bits.modules());
        match self.heard {
            Some((ask, _)) => modules.extend([ask.module(), module!("part/learning/hedge-heard")]),
            None => modules.push(module!("part/learning/hedge-alone")),
        }
        modules.push(
            module!("part/learning/hedge")
                .with("STRATEGIES", self.base.strategies)
                .with("WEIGHT_LAST", self.weights.table.len() as u32 - 1)
                .with("WEIGHT_SHIFT", self.weights.shift)
                .with("UNIT", UNIT)
                .with("MOST_LOSS", MOST_LOSS)
                .with("FARTHEST", FARTHEST)
                .with("CHOICE_KEY", self.key[0])
                .with("CHOICE_SALT", self.key[1]),
        );
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let [next, inverse @ .., kept] = outputs.as_mut_slice() else {
            return;
        };
        let next = &mut *next[0];
        let mut inverse = inverse.first_mut().map(|lanes| &mut *lanes[0]);
        let mut asked = 0;
        let many = (self.base.strategies as usize).min(MOST);
        let common = match self.bits.signal {
            Signal::Common => self.bits.common(view.tick),
            Signal::Own => 0,
        };
        for (l, i) in block.enumerate() {
            next[l] = own[l];
            if let Some(inverse) = &mut inverse {
                inverse[l] = view.reads[INVERSE][i as usize];
            }
            if !self.base.decides(view, i) {
                continue;
            }
            let (mut losses, mut costs) = ([0; MOST], [0; MOST]);
            let (losses, costs) = (&mut losses[..many], &mut costs[..many]);
            for (loss, lane) in losses.iter_mut().zip(&*kept) {
                *loss = lane[l];
            }
            if self.weights.is_common {
                for (strategy, cost) in (1..).zip(costs.iter_mut()) {
                    *cost = 1 - (common >> strategy & 1);
                }
            } else {
                self.costs(view, (i, own[l]), losses, costs);
            }
            self.weights.charge(losses, costs);
            for (lane, &loss) in kept.iter_mut().zip(&*losses) {
                lane[l] = loss;
            }
            next[l] = 1 + self.weights.draw(losses, threefry2x32(self.key, [i, view.tick])[0]);
            if let Some(inverse) = &mut inverse {
                inverse[l] = self.weights.estimate(losses, next[l] as usize - 1);
                asked += 1;
            }
        }
        self.base.note_all(view, asked, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        let what = if self.weights.is_common {
            "counts all failures"
        } else {
            "counts its own failures by how likely it was to try"
        };
        format!("{what}, and draws by weights that fall with them")
    }
}
