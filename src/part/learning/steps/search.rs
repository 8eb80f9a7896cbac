//! A step of the Fibonacci search: a node goes left or right as most say, and looks at one more point. Twin of
//! `shaders/part/learning/search.wgsl`.
//!
//! What is searched are the points a + 1 to a + F_k − 1, of which a + F_(k−2) and a + F_(k−1) are compared. Going right, a grows by
//! F_(k−2); either way one of the two is one of the next two, so that only one more is looked at. At k = 3 one point is left.

use super::links;
use crate::column::{Access, Binding, ColumnId, Folded};
use crate::part::learning::rewards::Scores;
use crate::part::learning::site::Base;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// Where k stands in a node's word, above a; 0 before the search has begun.
const STAGE: u32 = 20;
/// Only the left one of the two points has been looked at.
const HALF: u32 = 1 << 29;
/// The right one of the two points is the better one.
const RIGHT: u32 = 1 << 30;
/// One point is left.
const LAST: u32 = 3;

/// F_k, with F_1 = F_2 = 1.
#[must_use]
pub fn fibonacci(k: u32) -> u32 {
    (0..k).fold((0u32, 1u32), |(a, b), _| (b, a.wrapping_add(b))).0
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SearchStep {
    base: Base,
    scores: Scores,
    /// k at the beginning.
    first: u32,
    /// The words of the search, the best points, and what was seen of the two.
    columns: [ColumnId; 3],
}

impl SearchStep {
    /// The step on a doubled column of searches, one of points, and one of two scores.
    #[must_use]
    pub fn new(base: Base, scores: Scores, first: u32, columns: [ColumnId; 3]) -> Self {
        Self {
            base,
            scores,
            first,
            columns,
        }
    }

    /// Goes on from a word: `right` is what most say. `seen` is what was seen of the two points.
    fn next(&self, (i, tick): (u32, u32), word: u32, right: bool, seen: &mut [i32; 2]) -> u32 {
        let (mut a, mut k) = (word & ((1 << STAGE) - 1), word >> STAGE & 31);
        if k == 0 {
            seen[0] = self.scores.of(i, fibonacci(self.first - 2), tick);
            return self.first << STAGE | if self.first > LAST { HALF } else { 0 };
        }
        if word & HALF != 0 {
            seen[1] = self.scores.of(i, a + fibonacci(k - 1), tick);
        } else if k > LAST {
            if right {
                a += fibonacci(k - 2);
                seen[0] = seen[1];
            } else {
                seen[1] = seen[0];
            }
            k -= 1;
            if k > LAST {
                let (side, point) = if right {
                    (1, a + fibonacci(k - 1))
                } else {
                    (0, a + fibonacci(k - 2))
                };
                seen[side] = self.scores.of(i, point, tick);
            }
        }
        let is_right = k > LAST && seen[1] > seen[0];
        a | k << STAGE | if is_right { RIGHT } else { 0 }
    }

    /// The better of the two points of a word, or the only one.
    fn point(word: u32) -> u32 {
        let (a, k) = (word & ((1 << STAGE) - 1), word >> STAGE & 31);
        match k {
            0 => 0,
            k => a + fibonacci(if word & RIGHT != 0 { k - 1 } else { k - 2 }),
        }
    }
}

impl Step for SearchStep {
    fn name(&self) -> &'static str {
        "search"
    }

    fn bindings(&self) -> Vec<Binding> {
        let [search, point, seen] = self.columns;
        vec![
            Binding::new(0, search, Access::Read),
            Binding::new(1, search, Access::Next),
            Binding::new(2, point, Access::Update),
            Binding::new(3, seen, Access::Update),
            Binding::new(crate::counters::SLOT, self.base.ledger, Access::Fold),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        modules.push(self.scores.module());
        modules.push(module!("part/learning/search").with("FIRST_STAGE", self.first));
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let words = view.reads[0];
        let own = &words[block.start as usize..block.end as usize];
        let [next, points, seen] = outputs.as_mut_slice() else {
            return;
        };
        let votes = (own.iter()).zip(block.clone()).map(|(word, i)| {
            let votes = word & HALF == 0 && word >> STAGE & 31 > LAST;
            votes && self.base.decides(view, i)
        });
        let votes: Vec<bool> = votes.collect();
        // How many more say right than left.
        let mut balance = vec![0i32; own.len()];
        let mut asked = 0;
        links::each(view, block.clone(), scratch, |l, j| {
            if !votes[l] {
                return;
            }
            asked += 1;
            let other = words[j as usize];
            if (other ^ own[l]) & !RIGHT == 0 {
                let word = 1 + (other >> 30 & 1);
                let told = view.traffic.told(j, block.start + l as u32, word, word);
                balance[l] += if told == 2 { 1 } else { -1 };
            }
        });
        for (l, i) in block.enumerate() {
            next[0][l] = own[l];
            if !self.base.decides(view, i) {
                continue;
            }
            let mine = own[l] & RIGHT != 0;
            let all = balance[l] + if mine { 1 } else { -1 };
            let right = if all == 0 { mine } else { all > 0 };
            let mut both = [seen[0][l] as i32, seen[1][l] as i32];
            let word = self.next((i, view.tick), own[l], right, &mut both);
            (seen[0][l], seen[1][l]) = (both[0] as u32, both[1] as u32);
            (next[0][l], points[0][l]) = (word, Self::point(word));
        }
        self.base.note(view, asked, 0);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!(
            "goes as most say, and looks at one more point; {} looks in all",
            self.first.saturating_sub(2).max(1)
        )
    }
}

/// Whether a node's word says that one point is left.
#[must_use]
pub fn is_done(word: u32) -> bool {
    word >> STAGE & 31 == LAST
}
