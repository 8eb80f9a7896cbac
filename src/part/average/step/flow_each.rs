//! The lane loops of the average step over stored links, each with a divisor of its own; see `flow.rs`.

use super::flow::{golden_word, link, random_word, seen_from};
use crate::number::bounded;
use multiversion::multiversion;

/// Writes the golden rounding's word of every link.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn golden_words(own: &[u32], other: &[u32], tick: u32, words: &mut [u32]) {
    for ((word, &i), &j) in words.iter_mut().zip(own).zip(other) {
        let (low, distance) = link(i, j);
        *word = golden_word(low, distance, tick);
    }
}

/// Writes the random rounding's word of every link.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn random_words(key: u32, own: &[u32], other: &[u32], tick: u32, words: &mut [u32]) {
    for ((word, &i), &j) in words.iter_mut().zip(own).zip(other) {
        let (low, distance) = link(i, j);
        *word = random_word(key, low, distance, tick);
    }
}

/// Keeps every flow whose mask is set, and makes the others zero.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn both(masks: &[u32], flows: &mut [u32]) {
    for (flow, &mask) in flows.iter_mut().zip(masks) {
        *flow &= mask;
    }
}

/// Raises each divisor to 1 + the degree where that is greater, and says whether a degree is 255, which means unknown.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn greater_divisors(degrees: &[u8], divisors: &mut [u32]) -> bool {
    let mut greatest = 0;
    for (q, &degree) in divisors.iter_mut().zip(degrees) {
        greatest = greatest.max(degree);
        *q = (*q).max(1 + u32::from(degree));
    }
    greatest == u8::MAX
}

/// ⌊n / q⌋ for n < 2^31 and 1 ≤ q < 2^31.
///
/// Through 64-bit floating point, which vectorises, and is exact here on every machine: both are integers below 2^53, IEEE 754
/// division is correctly rounded, and a quotient that is no integer is at least 1/q away from one, while its rounding error is
/// at most n/q · 2^-53 < 1/q.
#[inline(always)]
fn quotient(n: u32, q: u32) -> u32 {
    let quotient = f64::from(n as i32) / f64::from(q as i32);
    // SAFETY: q is at least 1, so the quotient is no NaN and at most n, which fits.
    unsafe { quotient.to_int_unchecked::<i32>() as u32 }
}

/// Writes what the own ends gain, rounded towards zero, each link with a divisor of its own.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn trunc_each(own: &[u32], other: &[u32], divisors: &[u32], flows: &mut [u32]) {
    for (((flow, &x), &y), &q) in flows.iter_mut().zip(own).zip(other).zip(divisors) {
        let difference = y.wrapping_sub(x);
        let sign = ((difference as i32) >> 31) as u32;
        *flow = (quotient((difference ^ sign).wrapping_sub(sign), q) ^ sign).wrapping_sub(sign);
    }
}

/// 1 / (1 + d) for each degree d that fits a byte.
pub(super) fn reciprocals() -> [f64; 256] {
    std::array::from_fn(|degree| 1.0 / (degree as f64 + 1.0))
}

/// Writes what the own ends gain from other ends anywhere, rounded towards zero, of links whose greater degrees are below 255. All in one
/// pass: while some words are on their way from memory, those before them are worked on.
///
/// The quotient by a reciprocal is exact: with r = (1 + e)/q, |e| ≤ 2^-53, and n below 2^31, (n + ½)·r is at least 1/(2q) above n/q's floor
/// and at most as much below the next integer, less an error of (n + 1)/q · 2^-52 < 1/(2q).
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn gathered(
    own: &[u32],
    (words, others): (&[u32], &[u32]),
    degrees: &[u8],
    reciprocals: &[f64; 256],
    flows: &mut [u32],
) {
    let Some(last) = words.len().checked_sub(1) else { return };
    for (((flow, &x), &j), &degree) in flows.iter_mut().zip(own).zip(others).zip(degrees) {
        let difference = words[(j as usize).min(last)].wrapping_sub(x) as i32;
        let sign = difference >> 31;
        let quotient = (f64::from(difference.wrapping_abs()) + 0.5) * reciprocals[degree as usize];
        // SAFETY: the reciprocal is at most 1, so the quotient is no NaN, and fits. Of -2^31 there is no magnitude; beliefs keep away from it.
        let quotient = unsafe { quotient.to_int_unchecked::<i32>() };
        *flow = ((quotient ^ sign).wrapping_sub(sign)) as u32;
    }
}

/// Turns the words of a rounding into what the own ends gain, each link with a divisor of its own. A negative sum's floor is
/// the complement of its complement's quotient.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn floor_each(
    own: &[u32],
    other: &[u32],
    own_beliefs: &[u32],
    other_beliefs: &[u32],
    divisors: &[u32],
    flows: &mut [u32],
) {
    let links = own.iter().zip(other).zip(own_beliefs).zip(other_beliefs).zip(divisors);
    for (flow, ((((&i, &j), &x), &y), &q)) in flows.iter_mut().zip(links) {
        let sum = y.wrapping_sub(x).wrapping_add(seen_from(i, j, bounded(*flow, q), q));
        let sign = ((sum as i32) >> 31) as u32;
        *flow = quotient(sum ^ sign, q) ^ sign;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reciprocal_divides_as_a_division_does() {
        let most = 1u32 << 29;
        let degrees: Vec<u8> = (0..255).collect();
        let own = vec![0; degrees.len()];
        let others: Vec<u32> = (0..255).collect();
        for magnitude in [0, 1, 2, 3, most - 1, most] {
            for near in -2i32..=2 {
                // Multiples of the divisors and what is beside them.
                let of = |&degree: &u8| {
                    let q = i32::from(degree) + 1;
                    (magnitude as i32 / q * q + near) as u32
                };
                for sign in [1u32, u32::MAX] {
                    let words: Vec<u32> = degrees.iter().map(of).map(|word| word.wrapping_mul(sign)).collect();
                    let mut flows = vec![0; degrees.len()];
                    gathered(&own, (&words, &others), &degrees, &reciprocals(), &mut flows);
                    for ((&flow, &word), &degree) in flows.iter().zip(&words).zip(&degrees) {
                        assert_eq!(
                            flow as i32,
                            word as i32 / (i32::from(degree) + 1),
                            "{} / {}",
                            word as i32,
                            degree
                        );
                    }
                }
            }
        }
    }
}
