//! Which of a cell's waiting tasks is next. Twins: `shaders/part/work/order-*.wgsl`.

use super::source::Stretch;
use crate::geometry::GOLDEN;
use crate::number::multiply_high;
use crate::part::work::TaskFormat;

/// A policy with its numbers worked out.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// The task that has waited longest.
    Fifo,
    /// The most urgent task, where waiting makes tasks more urgent.
    Ageing(Ageing),
    /// The tiers in their shares; where the weights of the tiers are in the column `workload`. They sum to 2^16 at most.
    Shares(Stretch),
}

/// By how many tiers a task rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ageing {
    /// None.
    Strict,
    /// One after 1, 2, 3, 5, 8, … ticks.
    Fibonacci,
    /// One after 1, 2, 4, 8, … ticks.
    Binary,
    /// One every so many ticks.
    Linear(u32),
}

impl Ageing {
    /// By how many tiers it has risen after so many ticks.
    #[inline(always)]
    #[must_use]
    pub fn levels(self, waited: u32) -> u32 {
        match self {
            Self::Strict => 0,
            Self::Binary => 32 - waited.leading_zeros(),
            Self::Linear(step) => waited / step,
            Self::Fibonacci => {
                let (mut low, mut high, mut level) = (1u32, 2u32, 0);
                while low <= waited {
                    // The last below 2^32 is the 47th; what comes after it is more than any wait.
                    (low, high) = (high, low.saturating_add(high));
                    level += 1;
                    if low == u32::MAX {
                        break;
                    }
                }
                level
            }
        }
    }
}

/// The queue of one cell: the lanes of its column, and the cell's place in them.
pub struct Queue<'a, 'b> {
    /// Two lanes a task.
    pub lanes: &'a mut [&'b mut [u32]],
    /// The cell's place.
    pub at: usize,
}

impl Queue<'_, '_> {
    /// A task's words.
    #[inline(always)]
    pub fn get(&self, slot: u32) -> [u32; 2] {
        let slot = 2 * slot as usize;
        [self.lanes[slot][self.at], self.lanes[slot + 1][self.at]]
    }

    /// Puts a task into a slot.
    #[inline(always)]
    pub fn set(&mut self, slot: u32, [origin, record]: [u32; 2]) {
        let slot = 2 * slot as usize;
        self.lanes[slot][self.at] = origin;
        self.lanes[slot + 1][self.at] = record;
    }
}

/// The slot of the task that is next; there must be one. `score` is how many the cell has committed.
#[inline(always)]
pub fn next(
    policy: &Next,
    format: TaskFormat,
    tables: &[u32],
    (cell, tick, score): (u32, u32, u32),
    queued: u32,
    queue: &Queue<'_, '_>,
) -> u32 {
    if queued == 1 {
        return 0;
    }
    match policy {
        Next::Fifo => best(format, queued, queue, |_| 0),
        Next::Ageing(ageing) => best(format, queued, queue, |record| {
            let waited = tick - format.tick(record);
            (format.tier(record) as i32).wrapping_sub(ageing.levels(waited) as i32)
        }),
        Next::Shares(weights) => {
            let weights = &tables[weights.clone()];
            let mut waiting = 0u32;
            for slot in 0..queued {
                waiting |= 1 << format.tier(queue.get(slot)[1]);
            }
            let of = |tier: usize| if waiting >> tier & 1 != 0 { weights[tier] } else { 0 };
            let total: u32 = (0..weights.len()).map(of).sum();
            // The cell's own point of the sequence, moved on by one with every task that it commits.
            let point = cell.wrapping_add(score).wrapping_mul(GOLDEN);
            let mut left = multiply_high(point, total);
            let mut served = waiting.trailing_zeros();
            for tier in 0..weights.len() {
                if left < of(tier) {
                    served = tier as u32;
                    break;
                }
                left -= of(tier);
            }
            best(format, queued, queue, |record| i32::from(format.tier(record) != served))
        }
    }
}

/// The slot of the task with the least urgency number; of equals the oldest, then the one from the lower origin.
#[inline(always)]
fn best(format: TaskFormat, queued: u32, queue: &Queue<'_, '_>, urgency: impl Fn(u32) -> i32) -> u32 {
    let key = |slot: u32| {
        let [origin, record] = queue.get(slot);
        (urgency(record), format.tick(record), origin)
    };
    let (mut chosen, mut least) = (0, key(0));
    for slot in 1..queued {
        let other = key(slot);
        if other < least {
            (chosen, least) = (slot, other);
        }
    }
    chosen
}
