//! What the swarm counts of its tasks, once for all cells. Columns `work.ledger` and `work.times`.
//!
//! In the ledger first 64-bit counters, the low words of all and then the high words; then sums modulo 2^32 and maxima, a word each.
//!
//! In the times, of every tier and for either of two times, waiting and response, a histogram of 64-bit counters with buckets whose
//! width is a 32nd of their lower end or less, as in HdrHistogram (Tene): read off in the middle, a value is wrong by at most 1.6 %.
//! Its buckets hold every time that a word can, so that neither column's length depends on how long a run will be.

use crate::column::{ColumnId, Fold, Folded};

/// Counters that each tier has.
pub mod of_tier {
    /// Submitted by a source.
    pub const SUBMITTED: usize = 0;
    /// Taken in by a cell.
    pub const ADMITTED: usize = 1;
    /// Committed.
    pub const COMMITTED: usize = 2;
    /// Rejected once more than allowed.
    pub const FAILED: usize = 3;
    /// Held by a cell all of whose members have forgotten.
    pub const DESTROYED: usize = 4;
    /// Executions begun for the first time.
    pub const STARTED: usize = 5;
    /// Σ of ticks from submission to the first execution.
    pub const WAITED: usize = 6;
    /// Σ of ticks from submission to commitment.
    pub const RESPONDED: usize = 7;
    /// How many there are.
    pub const ALL: usize = 8;
}

/// Counters that all tiers share.
pub mod of_all {
    /// Offers of a source that a cell turned down.
    pub const REFUSED: usize = 0;
    /// Orders of a coordinator to its executor.
    pub const DISPATCHES: usize = 1;
    /// Words of members on results.
    pub const VOTES: usize = 2;
    /// Tasks offered to neighbours.
    pub const OFFERS: usize = 3;
    /// Tasks that moved to neighbours.
    pub const TRANSFERS: usize = 4;
    /// Ticks of execution, of all cells.
    pub const BUSY: usize = 5;
    /// Wrong results that were committed.
    pub const WRONG: usize = 6;
    /// Executions begun again.
    pub const REPEATED: usize = 7;
    /// Results that were rejected.
    pub const REJECTED: usize = 8;
    /// Results that were verified.
    pub const VERIFIED: usize = 9;
    /// How many there are.
    pub const ALL: usize = 10;
}

/// The words after the counters.
pub mod sum {
    /// Σ of the identities of submitted tasks.
    pub const SUBMITTED: usize = 0;
    /// Σ of the identities of tasks that are committed, failed or destroyed.
    pub const ENDED: usize = 2;
    /// The longest wait of each tier, then the longest response.
    pub const LONGEST: usize = 4;
}

/// Values below this have buckets of their own.
const EXACT: u32 = 64;
/// Buckets from one power of two to the next.
const PARTS: u32 = 32;

/// The bucket of a time.
#[inline(always)]
#[must_use]
pub const fn bucket(ticks: u32) -> u32 {
    if ticks < EXACT {
        return ticks;
    }
    let exponent = 31 - ticks.leading_zeros();
    EXACT + (exponent - 6) * PARTS + (ticks >> (exponent - 5)) - PARTS
}

/// How many buckets a histogram has.
pub const BUCKETS: usize = bucket(u32::MAX) as usize + 1;

/// The times that a bucket holds: the least, and how many.
#[must_use]
pub fn bounds(bucket: u32) -> (u32, u32) {
    if bucket < EXACT {
        return (bucket, 1);
    }
    let (exponent, part) = (6 + (bucket - EXACT) / PARTS, (bucket - EXACT) % PARTS);
    ((PARTS + part) << (exponent - 5), 1 << (exponent - 5))
}

/// Where everything is in the two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many tiers there are.
    pub tiers: usize,
}

impl Layout {
    /// The layout for so many tiers.
    #[must_use]
    pub fn new(tiers: u32) -> Self {
        Self { tiers: tiers as usize }
    }

    /// A counter of a tier.
    #[inline(always)]
    #[must_use]
    pub fn of_tier(self, which: usize, tier: u32) -> usize {
        which * self.tiers + tier as usize
    }

    /// A counter of all.
    #[inline(always)]
    #[must_use]
    pub fn of_all(self, which: usize) -> usize {
        of_tier::ALL * self.tiers + which
    }

    /// How many counters the ledger has.
    #[inline(always)]
    #[must_use]
    pub fn counters(self) -> usize {
        of_tier::ALL * self.tiers + of_all::ALL
    }

    /// The word of a sum or maximum.
    #[inline(always)]
    #[must_use]
    pub fn sum(self, which: usize) -> usize {
        2 * self.counters() + which
    }

    /// How many words the ledger has.
    #[must_use]
    pub fn words(self) -> usize {
        2 * self.counters() + sum::LONGEST + 2 * self.tiers
    }

    /// A bucket of waiting times, or, with `response`, of response times: its place among the times.
    #[inline(always)]
    #[must_use]
    pub fn bucket(self, response: bool, tier: u32, ticks: u32) -> usize {
        self.histogram(response, tier) + bucket(ticks) as usize
    }

    /// The first bucket of a histogram.
    #[inline(always)]
    #[must_use]
    pub fn histogram(self, response: bool, tier: u32) -> usize {
        (usize::from(response) * self.tiers + tier as usize) * BUCKETS
    }

    /// How many buckets the times have.
    #[inline(always)]
    #[must_use]
    pub fn buckets(self) -> usize {
        2 * self.tiers * BUCKETS
    }

    /// What is done with the words of the ledger.
    #[must_use]
    pub fn folds(self, column: ColumnId) -> Vec<Folded> {
        let [counters, sums, all] = [2 * self.counters(), self.sum(sum::LONGEST), self.words()].map(|word| word as u32);
        vec![
            Folded::new(column, 0..counters, Fold::Add64),
            Folded::new(column, counters..sums, Fold::Add),
            Folded::new(column, sums..all, Fold::Max),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_narrow_and_leave_nothing_out() {
        let mut next = 0u64;
        for k in 0..=bucket(u32::MAX) {
            let (least, count) = bounds(k);
            assert_eq!(u64::from(least), next, "bucket {k}");
            assert!(u64::from(count - 1) * 32 <= u64::from(least), "bucket {k}");
            assert_eq!((bucket(least), bucket(least + (count - 1))), (k, k));
            next += u64::from(count);
        }
        assert_eq!(next, 1 << 32);
    }
}
