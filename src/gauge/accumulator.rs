//! What is added up over the nodes of a swarm: words and operations, which mean nothing by themselves. Twin of a device's tally on the
//! GPU: `shaders/lib/tally.wgsl`, and the text that `places.rs` writes for each accumulator.

use crate::column::ColumnId;

/// What becomes of the values that nodes contribute. All of them commute, so that parts may be put together in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// How many: a node contributes 1 or nothing. One word.
    Count,
    /// Σ of signed numbers of 64 bits, modulo 2^64. Two words.
    Sum,
    /// Σ of the squares of signed numbers of 32 bits; exact. Three words.
    Squares,
    /// The least of signed numbers of 32 bits. One word.
    Minimum,
    /// The greatest. One word.
    Maximum,
    /// So many sums modulo 2^32, as of the nodes in each of so many classes.
    Bins(u32),
    /// The words of a column of the whole swarm as they are: no node contributes.
    Column(ColumnId),
}

/// One of the things that a gauge adds up. On the GPU its nodes call `add_NAME(…)`: of a count without an argument, of a sum with a
/// `vec2<u32>`, low word first, of squares, minimum and maximum with an `i32`, of bins with the bin and what to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accumulator {
    /// What it is called in shaders and in messages; unique in a gauge.
    pub name: &'static str,
    /// What becomes of the values.
    pub op: Op,
}

impl Accumulator {
    /// An accumulator.
    #[must_use]
    pub const fn new(name: &'static str, op: Op) -> Self {
        Self { name, op }
    }
}

impl Op {
    /// The words of a part of a swarm; bins and columns have none, they are kept apart.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn words(self) -> usize {
        match self {
            Self::Count | Self::Minimum | Self::Maximum => 1,
            Self::Sum => 2,
            Self::Squares => 3,
            Self::Bins(_) | Self::Column(_) => 0,
        }
    }

    /// The value of nobody.
    pub(super) fn nothing(self) -> i128 {
        match self {
            Self::Minimum => i32::MAX.into(),
            Self::Maximum => i32::MIN.into(),
            _ => 0,
        }
    }

    /// The value of two parts together.
    pub(super) fn together(self, a: i128, b: i128) -> i128 {
        match self {
            Self::Minimum => a.min(b),
            Self::Maximum => a.max(b),
            Self::Sum => i128::from((a as i64).wrapping_add(b as i64)),
            _ => a.wrapping_add(b),
        }
    }

    /// The value that a device's words say, low word first.
    #[cfg(feature = "gpu")]
    pub(super) fn of_words(self, words: &[u32]) -> i128 {
        let word = |k: usize| words.get(k).copied().unwrap_or(0);
        let wide = u64::from(word(0)) | u64::from(word(1)) << 32;
        match self {
            Self::Minimum | Self::Maximum => i128::from(word(0) as i32),
            Self::Sum => i128::from(wide as i64),
            Self::Squares => i128::from(wide) | i128::from(word(2)) << 64,
            _ => word(0).into(),
        }
    }
}
