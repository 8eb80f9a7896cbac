//! Loops over many nodes that compilers make wide: draws, and what others hold.

use crate::number::{multiply_high, threefry2x32};
use crate::step::ask::NOBODY;
use multiversion::multiversion;

/// Nodes that are worked on together: their draws fit the first-level cache.
pub const CHUNK: usize = 2048;

/// Writes the words of the first two draws.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub fn draw(key: u32, first: u32, tick: u32, words: &mut [u32], draws: &mut [u32]) {
    for (l, (a, b)) in words.iter_mut().zip(draws).enumerate() {
        [*a, *b] = threefry2x32([key, 0], [first.wrapping_add(l as u32), tick]);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub fn scale(nodes: u32, words: &[u32], others: &mut [u32]) {
    for (other, &word) in others.iter_mut().zip(words) {
        *other = multiply_high(word, nodes);
    }
}

/// Writes what those hold that are looked at; 0 where that is nobody. It does nothing else, so that as many cache misses as possible are
/// on their way at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub fn gather(strategies: &[u32], others: &[u32], held: &mut [u32]) {
    let Some(last) = strategies.len().checked_sub(1) else {
        return;
    };
    for (held, &other) in held.iter_mut().zip(others) {
        let word = strategies[(other as usize).min(last)];
        *held = if other == NOBODY { 0 } else { word };
    }
}

/// Writes whom each node from `first` on means among all others, of `nodes`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub fn scale_others(nodes: u32, first: u32, words: &[u32], others: &mut [u32]) {
    for (l, (other, &word)) in others.iter_mut().zip(words).enumerate() {
        let drawn = multiply_high(word, nodes - 1);
        *other = drawn + u32::from(drawn >= first.wrapping_add(l as u32));
    }
}
