//! Exact floor division by an integer that stays the same for a whole run, as one multiplication.

/// The high word of the 64-bit product.
#[inline(always)]
#[must_use]
pub fn multiply_high(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

/// Scales a uniform word to 0..`bound`.
///
/// Up to a bound of 2^16 only the word's upper half is used, which is what a 32-bit multiplication can do
/// on a GPU; each value's probability is then within 2^-16 of even. Above, the whole word is used.
#[inline(always)]
#[must_use]
pub fn bounded(word: u32, bound: u32) -> u32 {
    if bound <= 1 << 16 {
        (word >> 16).wrapping_mul(bound) >> 16
    } else {
        multiply_high(word, bound)
    }
}

/// Floor division of any value below 2^31 by a fixed divisor in 1..=2^31.
///
/// Granlund and Montgomery, *Division by invariant integers using multiplication*, PLDI 1994: with
/// p = 31 + ⌈log₂ d⌉ and m = ⌈2^p / d⌉ the error e = m·d − 2^p is below d ≤ 2^(p−31), so n·e < 2^p for
/// every n < 2^31 and ⌊n·m / 2^p⌋ = ⌊n / d⌋. Where 2^32 mod d is 1 or 2 (d = 3, 5, 15, 17, …: lattices of degree 2, 4, 14 and
/// 16) p = 32 is enough, with m rounded down and n + 1 in place of n (Robison, *N-bit unsigned division via N-bit multiply-add*,
/// 2005): the product falls short of (n + 1)/d by (n + 1)·e / (d·2^32), e = 2^32 − m·d, which is at most 1/d.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor {
    /// The divisor itself.
    pub value: u32,
    /// m, the scaled reciprocal.
    pub multiplier: u32,
    /// p − 32: how far the high word of the product is shifted.
    pub shift: u32,
    /// What is added to n before it is multiplied: 0 or 1.
    pub increment: u32,
}

impl Divisor {
    /// The reciprocal of `value`, which must be in 2..=2^31; others are clamped into it.
    #[must_use]
    pub fn new(value: u32) -> Self {
        let value = value.clamp(2, 1 << 31);
        if matches!((1u64 << 32) % u64::from(value), 1 | 2) {
            let multiplier = ((1u64 << 32) / u64::from(value)) as u32;
            return Self {
                value,
                multiplier,
                shift: 0,
                increment: 1,
            };
        }
        let bits = 32 - (value - 1).leading_zeros();
        let multiplier = (1u64 << (31 + bits)).div_ceil(u64::from(value)) as u32;
        Self {
            value,
            multiplier,
            shift: bits - 1,
            increment: 0,
        }
    }

    /// ⌊n / value⌋ for n < 2^31.
    #[inline(always)]
    #[must_use]
    pub fn floor(self, n: u32) -> u32 {
        multiply_high(n + self.increment, self.multiplier) >> self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_exactly_at_every_edge() {
        let divisors = (2..5000u32).chain((12..=31).flat_map(|k| [(1 << k) - 1, 1 << k]));
        for d in divisors {
            let divisor = Divisor::new(d);
            let top = (1u32 << 31) - 1;
            for quotient in [0, 1, 2, 3, top / d / 2, top / d] {
                for n in [
                    (quotient * d).wrapping_sub(1),
                    quotient * d,
                    quotient * d + 1,
                    top - quotient,
                ] {
                    if n <= top {
                        assert_eq!(divisor.floor(n), n / d, "{n} / {d}");
                    }
                }
            }
        }
    }

    #[test]
    fn bounded_stays_below_the_bound() {
        for bound in [1, 2, 3, 65_535, 65_536, 65_537, 1 << 28] {
            assert_eq!(bounded(0, bound), 0);
            assert_eq!(bounded(u32::MAX, bound), bound - 1);
        }
    }
}
