//! What a device has added up over all nodes, for each gauge of a plan.

use super::{Accumulator, Fingerprint, Op};

/// The accumulators of one gauge, over some of the nodes or all; parts put together are the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    ops: Vec<Op>,
    values: Vec<i128>,
    lists: Vec<Vec<u32>>,
}

impl Tally {
    /// The tally of nobody.
    #[must_use]
    pub fn nothing(accumulators: &[Accumulator]) -> Self {
        let ops: Vec<Op> = accumulators.iter().map(|accumulator| accumulator.op).collect();
        let list = |op: &Op| match *op {
            Op::Bins(bins) => vec![0; bins as usize],
            _ => Vec::new(),
        };
        Self {
            values: ops.iter().map(|op| op.nothing()).collect(),
            lists: ops.iter().map(list).collect(),
            ops,
        }
    }

    /// Puts a value to the k-th accumulator, which is no list; of squares it is the square.
    pub fn add(&mut self, k: usize, value: impl Into<i128>) {
        self.values[k] = self.ops[k].together(self.values[k], value.into());
    }

    /// The bins of the k-th accumulator, to be added to, or the words of the column.
    pub fn list_mut(&mut self, k: usize) -> &mut Vec<u32> {
        &mut self.lists[k]
    }

    /// The bins of the k-th accumulator, or the words of the column, which only a whole swarm's tally has.
    #[must_use]
    pub fn list(&self, k: usize) -> &[u32] {
        &self.lists[k]
    }

    /// The value of the k-th accumulator.
    #[must_use]
    pub fn value(&self, k: usize) -> i128 {
        self.values[k]
    }

    /// The value of the k-th accumulator, a sum.
    #[must_use]
    pub fn sum(&self, k: usize) -> i64 {
        self.values[k] as i64
    }

    /// The value of the k-th accumulator, which is never negative.
    #[must_use]
    pub fn count(&self, k: usize) -> u64 {
        // A faulty device may report what cannot be.
        u64::try_from(self.values[k]).unwrap_or(0)
    }

    /// The tally of two parts together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for (k, op) in self.ops.iter().enumerate() {
            self.values[k] = op.together(self.values[k], other.values[k]);
            if let Op::Bins(_) = op {
                for (bin, other) in self.lists[k].iter_mut().zip(&other.lists[k]) {
                    *bin = bin.wrapping_add(*other);
                }
            }
        }
        self
    }

    /// Takes in the words of the k-th accumulator, a column that comes back.
    pub(crate) fn put_column(&mut self, k: usize, words: &[u32]) {
        self.lists[k] = words.to_vec();
    }

    /// Reads the words of the k-th accumulator in a device's row.
    #[cfg(feature = "gpu")]
    pub(super) fn read(&mut self, k: usize, words: &[u32]) {
        match self.ops[k] {
            Op::Bins(_) | Op::Column(_) => self.lists[k] = words.to_vec(),
            op => self.values[k] = op.of_words(words),
        }
    }
}

/// The tallies of a plan's gauges, in their order, and the fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tallies {
    /// One a gauge.
    pub gauges: Vec<Tally>,
    /// Of all columns that are state.
    pub fingerprint: Fingerprint,
}

impl Tallies {
    /// Those of two parts together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        let gauges = std::mem::take(&mut self.gauges).into_iter().zip(&other.gauges);
        self.gauges = gauges.map(|(own, other)| own.plus(other)).collect();
        self.fingerprint = self.fingerprint.plus(other.fingerprint);
        self
    }
}
