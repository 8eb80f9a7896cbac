//! Odd links of regular slots, one by one.

use super::block::{CHUNK, Chunk};
use super::flow;
use super::wide::{self, LANES};
use crate::hear::gate::Gate;
use crate::number::bounded;
use crate::part::average::Rounding;

/// The most odd links of a slot and chunk: they are worked out one by one, twice.
pub(super) const MOST_ODD: usize = CHUNK / 32;

/// Links of some nodes of a chunk that lead elsewhere than those of all others over their slot, as where a row ends: where to, and where
/// they would have led.
#[derive(Default)]
pub(super) struct Odd {
    pub own: Vec<u32>,
    pub others: Vec<u32>,
    pub assumed: Vec<u32>,
}

impl Odd {
    pub fn truncate(&mut self, len: usize) {
        self.own.truncate(len);
        self.others.truncate(len);
        self.assumed.truncate(len);
    }

    /// The lines of memory that own ends are in, counted from the node `start`: they are written twice, and so not past the caches.
    pub fn lines(&self, start: u32) -> wide::Lines {
        let mut lines = wide::Lines::default();
        for &i in &self.own {
            let line = (i - start) / LANES;
            lines[line as usize / 64] |= 1 << (line % 64);
        }
        lines
    }
}

impl Chunk<'_> {
    /// Puts what nodes gain over odd links in the place of what they would have gained over links as all others.
    pub(super) fn odd_links(&self, gate: Option<&Gate<'_>>, sums: &mut [u32], odd: &mut Odd) {
        for ((&i, &other), &assumed) in odd.own.iter().zip(&odd.others).zip(&odd.assumed) {
            let of = |j: u32| match gate.is_none_or(|gate| gate.is_open(i, j)) {
                true => self.flow_over(i, j),
                false => 0,
            };
            let sum = &mut sums[(i - self.nodes.start) as usize];
            *sum = sum.wrapping_add(of(other)).wrapping_sub(of(assumed));
        }
        odd.truncate(0);
    }

    /// What the first of two nodes gains over a link between them.
    fn flow_over(&self, i: u32, j: u32) -> u32 {
        let (wide::Terms { q, divisor, .. }, tick) = (self.terms, self.view.tick);
        let [x, y] = [i, j].map(|node| self.beliefs[node as usize]);
        let (low, distance) = flow::link(i, j);
        let word = match self.step.rounding {
            Rounding::Trunc => return y.wrapping_sub(x).wrapping_div(q as i32) as u32,
            // Nothing else is worked out in one pass.
            _ => flow::golden_word(low, distance, tick),
        };
        let rounded = flow::seen_from(i, j, bounded(word, q), q);
        let (bias, times) = self.terms.bias;
        let sum = (y.wrapping_sub(x) as u32).wrapping_add(rounded).wrapping_add(bias);
        divisor.floor(sum).wrapping_sub(times)
    }
}
