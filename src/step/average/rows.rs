//! The average step over stored links.
//!
//! The rows of a block are one contiguous stretch of link ends. What the rounding and the timing need for each link is
//! worked out in vectorised passes over batches of them; the flows themselves row by row, where the own belief and degree
//! stay in registers and the processor overlaps the neighbours' cache misses.

use super::{AverageStep, flow};
use crate::number::Divisor;
use crate::scenario::Rounding;
use crate::step::{Scratch, View};
use crate::topology::{Ids, Rows};
use std::ops::Range;

/// Link ends worked on at a time.
const BATCH: usize = 2048;
/// Words that expanding a row may write beyond it.
const OVERSHOOT: usize = 16;

/// Reciprocals of small divisors, for links whose divisors differ.
#[derive(Clone, Debug)]
pub(super) struct Reciprocals(Vec<Divisor>);

impl Reciprocals {
    /// Divisors up to this one are looked up; the few hubs beyond are divided by.
    const MOST: u32 = 4096;

    pub fn new() -> Self {
        Self((0..=Self::MOST).map(Divisor::new).collect())
    }

    /// ⌊n / q⌋ for n < 2^31.
    #[inline(always)]
    fn floor(&self, n: u32, q: u32) -> u32 {
        match self.0.get(q as usize) {
            Some(divisor) => divisor.floor(n),
            None => n / q,
        }
    }

    /// ⌊sum / q⌋ of a signed sum: for a negative one, the complement of the complement's quotient.
    #[inline(always)]
    fn floor_signed(&self, sum: u32, q: u32) -> u32 {
        let sign = ((sum as i32) >> 31) as u32;
        self.floor(sum ^ sign, q) ^ sign
    }
}

/// A stretch of the link ends of some rows.
struct Stretch<'a> {
    stored: Rows<'a>,
    beliefs: &'a [u32],
    /// The row that the first link end belongs to.
    row: usize,
    ends: Range<usize>,
}

impl Stretch<'_> {
    /// Calls `f(row, ends)` for each row's part, and returns the row that the next stretch begins with.
    #[inline(always)]
    fn for_each_row(&self, mut f: impl FnMut(usize, Range<usize>)) -> usize {
        let offsets = self.stored.offsets;
        let (mut row, mut end) = (self.row, self.ends.start);
        while end < self.ends.end {
            let to = (offsets[row + 1] as usize).min(self.ends.end);
            f(row, end..to);
            end = to;
            if end == offsets[row + 1] as usize {
                row += 1;
            }
        }
        row
    }

    /// Writes each link end's own node.
    fn expand(&self, own: &mut [u32]) {
        let first = self.ends.start;
        self.for_each_row(|row, ends| {
            let mut at = ends.start - first;
            // A whole vector at a time; what is too much, the next row overwrites.
            while at < ends.end - first {
                own[at..at + OVERSHOOT].fill(row as u32);
                at += OVERSHOOT;
            }
        });
    }

    /// Adds to `next`, whose first word is that of node `first`, what every node gains: for a link end that is
    /// `gain(lane, i, j, own belief, other belief, q)`. The other ends' beliefs and degrees have been gathered.
    #[inline(always)]
    fn sum_up(
        &self,
        uniform: Option<u32>,
        first: usize,
        gathered: &[u32],
        degrees: &[u8],
        next: &mut [u32],
        mut gain: impl FnMut(usize, usize, u32, u32, u32, u32) -> u32,
    ) -> usize {
        let stored = self.stored;
        let start = self.ends.start;
        self.for_each_row(|row, ends| {
            let own = self.beliefs[row];
            let own_degree = stored.offsets[row + 1] - stored.offsets[row];
            let mut sum = next[row - first];
            let lanes = ends.start - start..ends.end - start;
            let neighbours = stored.ends[ends]
                .iter()
                .zip(&gathered[lanes.clone()])
                .zip(&degrees[lanes.clone()]);
            for (lane, ((&j, &other), &degree)) in lanes.zip(neighbours) {
                let q = match (uniform, degree) {
                    (Some(q), _) => q,
                    (None, u8::MAX) => 1 + own_degree.max(stored.degree(j)),
                    (None, degree) => 1 + own_degree.max(u32::from(degree)),
                };
                sum = sum.wrapping_add(gain(lane, row, j, own, other, q));
            }
            next[row - first] = sum;
        })
    }
}

/// Adds to `next`, which holds the nodes of `block`, what they gain over their stored links.
pub(super) fn run(
    step: &AverageStep,
    view: &View<'_>,
    stored: Rows<'_>,
    block: Range<u32>,
    next: &mut [u32],
    mut carry: Option<&mut [u32]>,
    scratch: &mut Scratch,
) {
    let (first, offsets) = (block.start as usize, stored.offsets);
    let ends = offsets[first] as usize..offsets[block.end as usize] as usize;
    let mut own = scratch.take(BATCH + OVERSHOOT);
    let mut words = scratch.take(BATCH);
    let mut masks = scratch.take(BATCH);
    let mut spare = scratch.take(BATCH);
    let mut gathered = scratch.take(BATCH);
    let mut degrees = [0u8; BATCH];
    let masked = !view.schedule.is_always();
    let drawn = matches!(step.rounding, Rounding::Random | Rounding::Golden);
    let (uniform, reciprocals) = (step.divisor, &step.reciprocals);
    let mut row = first;
    let mut at = ends.start;
    while at < ends.end {
        while offsets[row + 1] as usize <= at {
            row += 1;
        }
        let len = BATCH.min(ends.end - at);
        let stretch = Stretch {
            stored,
            beliefs: view.reads[0],
            row,
            ends: at..at + len,
        };
        let others = &stored.ends[at..at + len];
        if masked || drawn {
            stretch.expand(&mut own);
        }
        let owns = &own[..len];
        if masked {
            view.schedule.masks(Ids::List(owns), view.tick, &mut masks[..len]);
            view.schedule.masks(Ids::List(others), view.tick, &mut spare[..len]);
            flow::either(&spare[..len], &mut masks[..len]);
        } else {
            masks[..len].fill(u32::MAX);
        }
        // Nothing but loads, so that as many cache misses as possible are on their way at once.
        for ((other, degree), &j) in gathered.iter_mut().zip(&mut degrees).zip(others) {
            *other = view.reads[0][j as usize];
            *degree = stored.degrees[j as usize];
        }
        let (masks, words) = (&masks[..len], &mut words[..len]);
        let (gathered, degrees) = (&gathered[..len], &degrees[..len]);
        match step.rounding {
            Rounding::Random => flow::random_words(step.key, owns, others, view.tick, words),
            Rounding::Golden => flow::golden_words(owns, others, view.tick, words),
            Rounding::Trunc | Rounding::Quasi => {}
        }
        row = match (step.rounding, carry.as_deref_mut()) {
            (Rounding::Trunc, _) => {
                stretch.sum_up(uniform, first, gathered, degrees, next, |lane, _, _, own, other, q| {
                    let difference = other.wrapping_sub(own);
                    let sign = ((difference as i32) >> 31) as u32;
                    let quotient = reciprocals.floor((difference ^ sign).wrapping_sub(sign), q);
                    (quotient ^ sign).wrapping_sub(sign) & masks[lane]
                })
            }
            (Rounding::Quasi, Some(carry)) => {
                let carry = &mut carry[at - ends.start..at - ends.start + len];
                stretch.sum_up(uniform, first, gathered, degrees, next, |lane, i, j, own, other, q| {
                    if masks[lane] == 0 {
                        return 0;
                    }
                    let upper = i as u32 > j;
                    let downhill = if upper {
                        other.wrapping_sub(own)
                    } else {
                        own.wrapping_sub(other)
                    };
                    let total = downhill.wrapping_add(carry[lane]);
                    let flow = reciprocals.floor_signed(total, q);
                    carry[lane] = total.wrapping_sub(flow.wrapping_mul(q));
                    if upper { flow } else { flow.wrapping_neg() }
                })
            }
            _ => stretch.sum_up(uniform, first, gathered, degrees, next, |lane, i, j, own, other, q| {
                let rho = crate::number::bounded(words[lane], q);
                let r = flow::seen_from(i as u32, j, rho, q);
                reciprocals.floor_signed(other.wrapping_sub(own).wrapping_add(r), q) & masks[lane]
            }),
        };
        at += len;
    }
    for buffer in [own, words, masks, spare, gathered] {
        scratch.give(buffer);
    }
}
