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
