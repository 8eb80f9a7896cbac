//! The average step over stored links.
//!
//! The rows of a block are one contiguous stretch of link ends, which is worked through in batches: expanded to a lane a
//! link end, with the neighbours' beliefs gathered by a loop that does nothing else; rounded and divided in vectorised
//! passes; and summed up row by row.

use super::{AverageStep, each, flow_each};
use crate::hear::NO_SLOT;
use crate::part::average::Rounding;
use crate::step::{Scratch, View};
use crate::topology::{Ids, Rows};
use crate::words::Words;
use std::ops::Range;

/// Link ends worked on at a time.
const BATCH: usize = 2048;
/// Words that expanding a row may write beyond it.
const OVERSHOOT: usize = 16;

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

    /// Writes for each link end its own node, that node's belief, and 1 + its degree.
    fn expand(&self, own: &mut [u32], beliefs: &mut [u32], divisors: &mut [u32]) {
        let first = self.ends.start;
        let offsets = self.stored.offsets;
        self.for_each_row(|row, ends| {
            let (belief, divisor) = (self.beliefs[row], 1 + offsets[row + 1] - offsets[row]);
            let mut at = ends.start - first;
            // A whole vector at a time; what is too much, the next row overwrites.
            while at < ends.end - first {
                own[at..at + OVERSHOOT].fill(row as u32);
                beliefs[at..at + OVERSHOOT].fill(belief);
                divisors[at..at + OVERSHOOT].fill(divisor);
                at += OVERSHOOT;
            }
        });
    }

    /// Reads the other ends' beliefs and degrees. A loop that does nothing else, so that as many cache misses as possible are
    /// on their way at once.
    fn gather(&self, beliefs: &mut [u32], degrees: &mut [u8]) {
        let (stored, all) = (self.stored, self.beliefs);
        let others = &stored.ends[self.ends.clone()];
        for ((belief, degree), &j) in beliefs.iter_mut().zip(degrees).zip(others) {
            *belief = all[j as usize];
            *degree = stored.degrees[j as usize];
        }
    }

    /// Writes for each link end its own node's belief.
    fn expand_beliefs(&self, beliefs: &mut [u32]) {
        let first = self.ends.start;
        self.for_each_row(|row, ends| {
            let mut at = ends.start - first;
            while at < ends.end - first {
                beliefs[at..at + OVERSHOOT].fill(self.beliefs[row]);
                at += OVERSHOOT;
            }
        });
    }

    /// As [`Self::sum_up`], by running sums: so no loop is over a row, whose length nobody can foresee.
    fn sum_up_running(&self, flows: &mut [u32], first: usize, next: &mut [u32]) -> usize {
        let (start, mut sum, mut before) = (self.ends.start, 0u32, 0u32);
        for flow in &mut *flows {
            sum = sum.wrapping_add(*flow);
            *flow = sum;
        }
        self.for_each_row(|row, ends| {
            // Rows without links come by too.
            if let Some(now) = flows[ends.start - start..ends.end - start].last() {
                let word = &mut next[row - first];
                *word = word.wrapping_add(now.wrapping_sub(before));
                before = *now;
            }
        })
    }

    /// Adds the flows of each row to its word in `next`, whose first is that of node `first`. Returns the row that the next
    /// stretch begins with.
    fn sum_up(&self, flows: &[u32], first: usize, next: &mut [u32]) -> usize {
        let start = self.ends.start;
        self.for_each_row(|row, ends| {
            let gained = &flows[ends.start - start..ends.end - start];
            let sum = &mut next[row - first];
            *sum = gained.iter().fold(*sum, |sum, &gain| sum.wrapping_add(gain));
        })
    }
}

#[allow(clippy::too_many_arguments, reason = "what a block of a step consists of")]
/// Adds to `next`, which holds the nodes of `block`, what they gain over their stored links.
pub(super) fn run(
    step: &AverageStep,
    view: &View<'_>,
    stored: Rows<'_>,
    block: Range<u32>,
    next: &mut [u32],
    mut carry: Option<&mut [u32]>,
    mut taken: Option<&mut [u32]>,
    scratch: &mut Scratch,
) {
    let (first, offsets) = (block.start as usize, stored.offsets);
    let ends = offsets[first] as usize..offsets[block.end as usize] as usize;
    let mut lanes: Vec<Words> = (0..8).map(|_| scratch.take(BATCH + OVERSHOOT)).collect();
    let [own, own_beliefs, divisors, gathered, flows, masks, spare, lies] = lanes.as_mut_slice() else {
        return;
    };
    let mut degrees = [0u8; BATCH];
    let is_plain = step.rounding == Rounding::Trunc && view.traffic.is_open() && view.topology.slots() == 0;
    let by_degree = if is_plain { flow_each::reciprocals() } else { [0.0; 256] };
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
        if is_plain
            && let Some(degrees) = stored.greater.get(at..at + len)
            && memchr::memchr(u8::MAX, degrees).is_none()
        {
            stretch.expand_beliefs(own_beliefs);
            let flows = &mut flows[..len];
            flow_each::gathered(own_beliefs, (view.reads[0], others), degrees, &by_degree, flows);
            row = stretch.sum_up_running(flows, first, next);
            at += len;
            continue;
        }
        stretch.expand(own, own_beliefs, divisors);
        stretch.gather(&mut gathered[..len], &mut degrees[..len]);
        let (own, own_beliefs) = (&own[..len], &own_beliefs[..len]);
        let (gathered, lies) = (&mut gathered[..len], &mut lies[..len]);
        let lied = taken.is_some()
            && view
                .traffic
                .tell(Ids::List(own), Ids::List(others), own_beliefs, gathered, lies);
        let (divisors, flows, masks) = (&mut divisors[..len], &mut flows[..len], &mut masks[..len]);
        if flow_each::greater_divisors(&degrees[..len], divisors) {
            // Some hub's degree does not fit a byte.
            for (q, &j) in divisors.iter_mut().zip(others) {
                *q = (*q).max(1 + stored.degree(j));
            }
        }
        if view.topology.slots() > 0 {
            // The rows do not hold all links.
            each::divisors(step, view.topology, own, others, divisors);
        }
        let links = each::Lanes {
            slot: NO_SLOT,
            own,
            others,
            own_beliefs,
            other_beliefs: gathered,
            divisors,
        };
        let carry = carry
            .as_deref_mut()
            .map(|lane| &mut lane[at - ends.start..at - ends.start + len]);
        links.flows(step, view, carry, masks, &mut spare[..len], flows);
        let after = stretch.sum_up(flows, first, next);
        if let (Some(taken), true) = (taken.as_deref_mut(), lied) {
            flow_each::both(lies, flows);
            stretch.sum_up(flows, first, taken);
        }
        row = after;
        at += len;
    }
    for buffer in lanes {
        scratch.give(buffer);
    }
}
