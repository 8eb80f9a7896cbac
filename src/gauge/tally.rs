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

    /// All values and bins as words; columns that come back are left out, since everybody has them alike.
    fn words(&self, words: &mut Vec<u32>) {
        let value = |value: i128| [0, 32, 64, 96].map(|shift| (value >> shift) as u32);
        words.extend(self.values.iter().copied().flat_map(value));
        let lists = self.ops.iter().zip(&self.lists);
        words.extend(
            lists
                .filter(|(op, _)| matches!(op, Op::Bins(_)))
                .flat_map(|(_, bins)| bins),
        );
    }

    /// Takes such words in, and answers the rest.
    fn put_words<'a>(&mut self, mut words: &'a [u32]) -> &'a [u32] {
        for value in &mut self.values {
            let Some((some, rest)) = words.split_at_checked(4) else {
                return &[];
            };
            let of = |sum: i128, (k, &word): (usize, &u32)| sum | i128::from(word) << (32 * k);
            (*value, words) = (some.iter().enumerate().fold(0, of), rest);
        }
        let lists = self.ops.iter().zip(&mut self.lists);
        for (_, bins) in lists.filter(|(op, _)| matches!(op, Op::Bins(_))) {
            let (some, rest) = words.split_at(bins.len().min(words.len()));
            bins[..some.len()].copy_from_slice(some);
            words = rest;
        }
        words
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

    /// All of it as words, but for columns that come back.
    pub(crate) fn words(&self) -> Vec<u32> {
        let mut words = self.fingerprint.0.to_vec();
        self.gauges.iter().for_each(|tally| tally.words(&mut words));
        words
    }

    /// The tallies that such words say, of the same plan as these.
    pub(crate) fn of_words(&self, words: &[u32]) -> Self {
        let mut all = self.clone();
        let Some((&[low, high], mut rest)) = words.split_first_chunk::<2>() else {
            return all;
        };
        all.fingerprint = Fingerprint([low, high]);
        for tally in &mut all.gauges {
            rest = tally.put_words(rest);
        }
        all
    }
}
