//! Facts of numbers and shapes: the golden ratio as an integer, Fibonacci numbers.

/// The golden ratio's fractional part as a 32-bit fraction of a turn.
///
/// Not the usual 0x9E3779B9 = ⌊2^32/φ⌋: that one's rounding error is nearly the worst possible. The continued
/// fraction of 0x9E3779B9/2^32 contains 25 and 12, and above about 50 000 nodes the gaps between the phases
/// i·G degrade (at n = 2^20 the largest is 26 times the smallest; the golden ratio itself never exceeds
/// φ² = 2.618). With 0x9E3778C1 the quotient stays below 4.61 up to 2^22 nodes.
pub const GOLDEN: u32 = 0x9E37_78C1;

/// The Fibonacci numbers F_2 = 1, F_3 = 2, F_4 = 3, F_5 = 5, … up to and including `limit`.
pub fn fibonacci(limit: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some((1u64, 2u64)), |&(a, b)| Some((b, a + b)))
        .map(|(a, _)| a)
        .take_while(move |&f| f <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest over smallest gap of the first n phases i·step, for n a power of two.
    fn gap_ratio(step: u32, n: u32) -> f64 {
        let mut phases: Vec<u32> = (0..n).map(|i| i.wrapping_mul(step)).collect();
        phases.sort_unstable();
        let gaps = (0..phases.len()).map(|k| phases[(k + 1) % phases.len()].wrapping_sub(phases[k]));
        let (mut least, mut most) = (u32::MAX, 0);
        for gap in gaps {
            least = least.min(gap);
            most = most.max(gap);
        }
        f64::from(most) / f64::from(least)
    }

    #[test]
    fn golden_keeps_its_gaps_even_where_the_usual_constant_does_not() {
        assert!(gap_ratio(0x9E37_79B9, 1 << 20) > 26.0);
        for bits in 1..=20 {
            assert!(gap_ratio(GOLDEN, 1 << bits) < 4.62, "2^{bits}");
        }
    }

    #[test]
    fn fibonacci_numbers() {
        let all: Vec<u64> = fibonacci(100).collect();
        assert_eq!(all, [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]);
    }
}
