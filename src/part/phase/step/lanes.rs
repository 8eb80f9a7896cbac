//! The lane loops of the phase step. Each is one pass over a few thousand contiguous words that stay in the first-level cache;
//! each is compiled for several instruction sets, and the best one that the machine has is taken at run time.

use super::Coupling;
use crate::number::sine;
use crate::topology::Ids;
use multiversion::multiversion;

/// Reads the words at these indices, each of which there must be: one beyond the last is taken for the last, so that the loop
/// has no branch.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn gather(words: &[u32], ids: Ids<'_>, out: &mut [u32]) {
    let Some(last) = words.len().checked_sub(1) else { return };
    match ids {
        Ids::Run(first) => out.copy_from_slice(&words[first as usize..first as usize + out.len()]),
        Ids::Xor { first, mask } => {
            for (l, word) in out.iter_mut().enumerate() {
                *word = words[((first.wrapping_add(l as u32) ^ mask) as usize).min(last)];
            }
        }
        Ids::List(list) => {
            for (word, &index) in out.iter_mut().zip(list) {
                *word = words[(index as usize).min(last)];
            }
        }
    }
}

/// Adds the sines of other − own.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add(own: &[u32], other: &[u32], sums: &mut [u32]) {
    for ((sum, &own), &other) in sums.iter_mut().zip(own).zip(other) {
        *sum = sum.wrapping_add(sine(other.wrapping_sub(own)) as u32);
    }
}

/// Adds those sines of other − own whose masks are set.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn add_masked(own: &[u32], other: &[u32], masks: &[u32], sums: &mut [u32]) {
    for (((sum, &own), &other), &mask) in sums.iter_mut().zip(own).zip(other).zip(masks) {
        *sum = sum.wrapping_add(sine(other.wrapping_sub(own)) as u32 & mask);
    }
}

/// Replaces every phase by the sine of what it is ahead of the own one.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn differ(own: &[u32], other: &mut [u32]) {
    for (other, &own) in other.iter_mut().zip(own) {
        *other = sine(other.wrapping_sub(own)) as u32;
    }
}

/// Keeps every word whose mask is set, and makes the others zero.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn both(masks: &[u32], words: &mut [u32]) {
    for (word, &mask) in words.iter_mut().zip(masks) {
        *word &= mask;
    }
}

/// How the nodes of a chunk turn.
pub(super) struct Turn<'a> {
    pub own: &'a [u32],
    pub frequencies: &'a [u32],
    pub coupling: Coupling,
}

/// [`super::mean_sine`] of at most 2^16 sines.
///
/// Through 64-bit floating point, which vectorises, and is exact here on every machine: the dividend is an integer below 2^48,
/// and a quotient that is no integer is at least 1/count ≥ 2^-16 away from one, while its rounding error is at most 2^-21.
#[inline(always)]
fn mean_of_few(sum: u32, count: u32) -> u32 {
    let biased = sum.wrapping_add(count << 15);
    (f64::from(biased) * 65_536.0 / f64::from(count)) as u32
}

impl Turn<'_> {
    /// Writes the next phases of nodes that all hear the same number, 1 to 2^16.
    pub fn all(&self, sums: &[u32], count: u32, next: &mut [u32]) {
        if count.is_power_of_two() {
            turn_by_shift(
                self.own,
                self.frequencies,
                sums,
                count.trailing_zeros(),
                self.coupling,
                next,
            );
        } else {
            turn_all(self.own, self.frequencies, sums, count, self.coupling, next);
        }
    }

    /// Writes the next phases of nodes that each hear a number of their own, 1 to 2^16.
    pub fn each(&self, sums: &[u32], counts: &[u32], next: &mut [u32]) {
        turn_each(self.own, self.frequencies, sums, counts, self.coupling, next);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn_by_shift(own: &[u32], frequencies: &[u32], sums: &[u32], bits: u32, coupling: Coupling, next: &mut [u32]) {
    let (bias, up) = (1 << (15 + bits), 16 - bits);
    for (((next, &own), &frequency), &sum) in next.iter_mut().zip(own).zip(frequencies).zip(sums) {
        // The sum times 2^16 / 2^bits.
        let mean = sum.wrapping_add(bias) << up;
        *next = own.wrapping_add(frequency).wrapping_add(coupling.pull(mean));
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn_all(own: &[u32], frequencies: &[u32], sums: &[u32], count: u32, coupling: Coupling, next: &mut [u32]) {
    for (((next, &own), &frequency), &sum) in next.iter_mut().zip(own).zip(frequencies).zip(sums) {
        let pull = coupling.pull(mean_of_few(sum, count));
        *next = own.wrapping_add(frequency).wrapping_add(pull);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn turn_each(own: &[u32], frequencies: &[u32], sums: &[u32], counts: &[u32], coupling: Coupling, next: &mut [u32]) {
    let nodes = next.iter_mut().zip(own).zip(frequencies).zip(sums).zip(counts);
    for ((((next, &own), &frequency), &sum), &count) in nodes {
        let pull = coupling.pull(mean_of_few(sum, count));
        *next = own.wrapping_add(frequency).wrapping_add(pull);
    }
}
