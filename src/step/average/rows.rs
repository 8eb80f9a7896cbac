//! The average step over stored links. The rows of a block are one contiguous stretch of link ends, which is worked
//! through in batches: expanded to one lane a link end, rounded and divided in vectorised passes, and summed row by row.

use super::{AverageStep, flow};
use crate::scenario::Rounding;
use crate::step::{Scratch, View};
use crate::topology::{Ids, Rows};
use std::ops::Range;

/// Link ends worked on at a time.
const BATCH: usize = 2048;

/// Where a walk over the link ends of some rows stands.
struct Walk<'a> {
    offsets: &'a [u32],
    row: usize,
    end: usize,
}

impl Walk<'_> {
    /// Calls `f(row, lanes)` for each row's part of the next `len` link ends; lanes count from 0.
    fn advance(&mut self, len: usize, mut f: impl FnMut(usize, Range<usize>)) {
        let start = self.end;
        let stop = start + len;
        while self.end < stop {
            while self.offsets[self.row + 1] as usize <= self.end {
                self.row += 1;
            }
            let to = (self.offsets[self.row + 1] as usize).min(stop);
            f(self.row, self.end - start..to - start);
            self.end = to;
        }
    }
}

/// Adds to `next`, which holds the nodes of `block`, what they gain over their stored links.
pub(super) fn run(
    step: &AverageStep, view: &View<'_>, stored: Rows<'_>, block: Range<u32>, next: &mut [u32], mut carry: Option<&mut [u32]>,
    scratch: &mut Scratch,
) {
    let (beliefs, offsets) = (view.reads[0], stored.offsets);
    let first = offsets[block.start as usize] as usize;
    let last = offsets[block.end as usize] as usize;
    let mut words: Vec<Vec<u32>> = (0..6).map(|_| scratch.take(BATCH)).collect();
    let [own, own_beliefs, other_beliefs, divisors, sums, masks] = words.as_mut_slice() else { return };
    let start = || Walk { offsets, row: block.start as usize, end: first };
    let (mut expanding, mut summing) = (start(), start());
    let mut at = first;
    while at < last {
        let len = BATCH.min(last - at);
        let others = &stored.ends[at..at + len];
        let uniform = step.divisor;
        expanding.advance(len, |row, lanes| {
            own[lanes.clone()].fill(row as u32);
            own_beliefs[lanes.clone()].fill(beliefs[row]);
            if uniform.is_none() {
                divisors[lanes].fill(1 + offsets[row + 1] - offsets[row]);
            }
        });
        match uniform {
            Some(q) => divisors[..len].fill(q),
            None => {
                for (q, &j) in divisors.iter_mut().zip(others) {
                    *q = (*q).max(1 + offsets[j as usize + 1] - offsets[j as usize]);
                }
            }
        }
        for (x, &j) in other_beliefs.iter_mut().zip(others) {
            *x = beliefs[j as usize];
        }
        let (own, own_beliefs, other_beliefs) = (&own[..len], &own_beliefs[..len], &other_beliefs[..len]);
        let (divisors, sums) = (&divisors[..len], &mut sums[..len]);
        used(view, own, others, &mut masks[..len], sums);
        match carry.as_deref_mut() {
            Some(carry) => quasi(
                own, others, own_beliefs, other_beliefs, divisors, &masks[..len], &mut carry[at - first..at - first + len], sums,
            ),
            None => {
                flow::differences(bytemuck::cast_slice(own_beliefs), bytemuck::cast_slice(other_beliefs), 0, sums);
                match step.rounding {
                    Rounding::Trunc => flow::add_towards_zero_each(divisors, sums),
                    Rounding::Random => flow::add_random_each(step.key, own, others, divisors, view.tick, sums),
                    Rounding::Golden | Rounding::Quasi => flow::add_golden_each(own, others, divisors, view.tick, sums),
                }
                flow::divide_each(sums, divisors);
                if !view.schedule.is_always() {
                    flow::rest(&masks[..len], &masks[..len], 0, sums);
                }
            }
        }
        summing.advance(len, |row, lanes| {
            let gained = sums[lanes].iter().fold(0u32, |total, &gain| total.wrapping_add(gain));
            let sum = &mut next[row - block.start as usize];
            *sum = sum.wrapping_add(gained);
        });
        at += len;
    }
    for buffer in words {
        scratch.give(buffer);
    }
}

/// Sets the mask of every link that is used in this tick.
fn used(view: &View<'_>, own: &[u32], others: &[u32], masks: &mut [u32], spare: &mut [u32]) {
    if view.schedule.is_always() {
        masks.fill(u32::MAX);
        return;
    }
    view.schedule.masks(Ids::List(own), view.tick, masks);
    view.schedule.masks(Ids::List(others), view.tick, spare);
    for (mask, &other) in masks.iter_mut().zip(&*spare) {
        *mask |= other;
    }
}

/// As [`flow::quasi`], each link with a divisor of its own.
#[allow(clippy::too_many_arguments, reason = "one slice a quantity, as in every lane loop")]
fn quasi(
    own: &[u32], others: &[u32], own_beliefs: &[u32], other_beliefs: &[u32], divisors: &[u32], used: &[u32], carry: &mut [u32],
    out: &mut [u32],
) {
    for l in 0..out.len() {
        out[l] = 0;
        if used[l] == 0 {
            continue;
        }
        let upper = own[l] > others[l];
        let difference = (own_beliefs[l] as i32).wrapping_sub(other_beliefs[l] as i32);
        let downhill = i64::from(if upper { difference.wrapping_neg() } else { difference });
        let (total, q) = (downhill + i64::from(carry[l]), i64::from(divisors[l]));
        let flow = total.div_euclid(q);
        carry[l] = (total - flow * q) as u32;
        out[l] = (if upper { flow } else { -flow }) as u32;
    }
}
