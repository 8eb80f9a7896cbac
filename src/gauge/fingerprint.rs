//! What tells two states apart.

use crate::number::mix;
use multiversion::multiversion;

/// The fingerprint of one column or of several: two sums modulo 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(pub [u32; 2]);

impl Fingerprint {
    /// The fingerprint of parts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self([self.0[0].wrapping_add(other.0[0]), self.0[1].wrapping_add(other.0[1])])
    }

    /// As one number.
    #[must_use]
    pub fn bits(self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }

    /// What stands for the index of a word, where nodes come and go: first the words of all that are there from the start, as where
    /// nobody comes, then those of the places behind them. So places, of which only those count where somebody is, change nothing of what
    /// the others add. A column has so many `lanes`, and this is one of them.
    #[inline(always)]
    #[must_use]
    pub const fn at((founders, nodes): (u32, u32), lanes: u32, lane: u32, node: u32) -> u32 {
        if node < founders {
            return lane.wrapping_mul(founders).wrapping_add(node);
        }
        let before = lanes.wrapping_mul(founders);
        before
            .wrapping_add(lane.wrapping_mul(nodes - founders))
            .wrapping_add(node - founders)
    }

    /// The fingerprint of a stretch of a column of this [number](crate::column::Column::number), whose first word has the index `first`.
    #[must_use]
    pub fn of(column: u32, first: u32, words: &[u32]) -> Self {
        Self(mix_all(column, first, words))
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn mix_all(column: u32, first: u32, words: &[u32]) -> [u32; 2] {
    let (mut a, mut b) = (0u32, 0u32);
    for (l, &word) in words.iter().enumerate() {
        let [x, y] = mix(column, first.wrapping_add(l as u32), word);
        a = a.wrapping_add(x);
        b = b.wrapping_add(y);
    }
    [a, b]
}
