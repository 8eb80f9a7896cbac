//! What a device adds up over all nodes. Twin: `shaders/lib/tally.wgsl`.

use super::Fingerprint;

/// The places of [`Tally::sums`].
pub mod sum {
    /// Σ of the nodes' values over the honest ones, up or down.
    pub const HONEST: usize = 0;
    /// Σ of the values over those that count.
    pub const COUNTED: usize = 1;
    /// Σ of a second value over those that count.
    pub const OTHER: usize = 2;
    /// Σ over the honest nodes of what the first sum must grow by.
    pub const BASIS: usize = 3;
    /// What honest nodes took from liars.
    pub const INJECTED: usize = 4;
    /// What honest nodes forgot.
    pub const DESTROYED: usize = 5;
    /// How many there are.
    pub const ALL: usize = 6;
}

/// The places of [`Tally::counts`].
pub mod count {
    /// Nodes that count: honest, and up unless `Gauge::counts_down` says that those that are down do, too.
    pub const COUNTED: usize = 0;
    /// Nodes that are up.
    pub const UP: usize = 1;
    /// Nodes that acted.
    pub const ACTIVE: usize = 2;
    /// Messages sent.
    pub const MESSAGES: usize = 3;
    /// Link ends over which an exchange took place.
    pub const USED: usize = 4;
    /// How many there are.
    pub const ALL: usize = 5;
}

/// Sums over nodes; sums of parts are the sums of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Σ of the squares of the values over those that count.
    pub squares: u128,
    /// The least value of those that count.
    pub minimum: i32,
    /// The greatest.
    pub maximum: i32,
    /// See [`sum`].
    pub sums: [i64; sum::ALL],
    /// See [`count`].
    pub counts: [u64; count::ALL],
    /// Of all columns.
    pub fingerprint: Fingerprint,
    /// How many of those that count are in each class; or what else the gauge adds up there, modulo 2^32.
    pub bins: Vec<u32>,
    /// The words of the columns that [`super::Gauge::records`] names, as they are when the whole swarm is measured; empty if it
    /// names none, and in a part's tally.
    pub record: Vec<u32>,
}

impl Tally {
    /// Words of a tally on the GPU without its bins and its record, and whether the run had been stopped before.
    pub const WORDS: usize = 30;

    /// The tally of nobody.
    #[must_use]
    pub fn nothing(bins: u32) -> Self {
        Self {
            squares: 0,
            minimum: i32::MAX,
            maximum: i32::MIN,
            sums: [0; sum::ALL],
            counts: [0; count::ALL],
            fingerprint: Fingerprint::default(),
            bins: vec![0; bins as usize],
            record: Vec::new(),
        }
    }

    /// Reads a tally as the GPU writes it: squares (low, middle, high), minimum, maximum, sums and counts (low, high each),
    /// fingerprint (two lanes), whether the run had been stopped before, so many bins, record.
    #[must_use]
    pub fn from_words(words: &[u32], bins: u32) -> (Self, bool) {
        let (bins, record) = words[Self::WORDS..].split_at(bins as usize);
        let wide = |k: usize| u64::from(words[k]) | u64::from(words[k + 1]) << 32;
        let tally = Self {
            squares: u128::from(wide(0)) | u128::from(words[2]) << 64,
            minimum: words[3] as i32,
            maximum: words[4] as i32,
            sums: std::array::from_fn(|k| wide(5 + 2 * k) as i64),
            counts: std::array::from_fn(|k| wide(5 + 2 * (sum::ALL + k))),
            fingerprint: Fingerprint([words[27], words[28]]),
            bins: bins.to_vec(),
            record: record.to_vec(),
        };
        (tally, words[29] != 0)
    }

    /// The tally of two parts together.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.squares += other.squares;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        for (sum, other) in self.sums.iter_mut().zip(other.sums) {
            *sum = sum.wrapping_add(other);
        }
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count += other;
        }
        self.fingerprint = self.fingerprint.plus(other.fingerprint);
        for (bin, other) in self.bins.iter_mut().zip(other.bins) {
            *bin = bin.wrapping_add(other);
        }
        self
    }

    /// Adds the value of one node that counts.
    pub fn add_counted(&mut self, value: i32) {
        self.counts[count::COUNTED] += 1;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        self.sums[sum::COUNTED] += i64::from(value);
        self.squares += u128::from(value.unsigned_abs()).pow(2);
    }

    /// How many count; nothing if nobody does.
    #[must_use]
    pub fn counted(&self) -> Option<u64> {
        Some(self.counts[count::COUNTED]).filter(|&nodes| nodes > 0)
    }

    /// Greatest less least of those that count; it means nothing if nobody does.
    #[must_use]
    pub fn range(&self) -> u32 {
        self.maximum.abs_diff(self.minimum)
    }

    /// The standard deviation of the values of those that count, from exact integer sums; nothing if nobody does.
    #[must_use]
    pub fn deviation(&self) -> Option<f64> {
        let n = u128::from(self.counted()?);
        // n²·variance = n·Σx² − (Σx)², exactly: at most 2^32 · 2^90.
        // A faulty device may report sums that cannot be; the audit will say so.
        let scaled = n
            .saturating_mul(self.squares)
            .saturating_sub(u128::from(self.sums[sum::COUNTED].unsigned_abs()).saturating_pow(2));
        Some((scaled as f64).sqrt() / n as f64)
    }
}
