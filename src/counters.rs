//! Counters of the whole swarm: 64 bits each, in a column of [`Extent::Swarm`](crate::column::Extent::Swarm) that steps fold
//! into. Twin of `shaders/lib/counters.wgsl`.
//!
//! Of n counters the words n.. are the upper halves of the words ..n. The lower half is added to first; whoever sees it wrap
//! carries one into the upper half. However many add at once and in whatever order, the lower halves' sum wraps equally
//! often, so that the counters end up the same to the bit, modulo 2^64. Only between steps are both halves of one number.

use crate::shader::{Module, module};
use std::sync::atomic::{AtomicU32, Ordering};

/// The words of a column of `counters` counters.
#[must_use]
pub fn words(counters: u32) -> u32 {
    2 * counters
}

/// Adds `by` to counter `k` of `n`. A counter that there is not is left alone, as on the GPU.
pub fn add64(words: &[AtomicU32], n: usize, k: usize, by: u64) {
    let Some((low, high)) = words.get(k).zip(words.get(n + k)).filter(|_| k < n) else {
        return;
    };
    let (by_low, by_high) = (by as u32, (by >> 32) as u32);
    // Nothing but the sum is to be right when all are done, so no order is asked for.
    let old = low.fetch_add(by_low, Ordering::Relaxed);
    let carry = u32::from(old.wrapping_add(by_low) < by_low);
    let above = by_high.wrapping_add(carry);
    if above != 0 {
        high.fetch_add(above, Ordering::Relaxed);
    }
}

/// Counter `k` of `n` in a column's words; 0 if there is none.
#[must_use]
pub fn read64(words: &[u32], n: usize, k: usize) -> u64 {
    let halves = words.get(k).zip(words.get(n + k)).filter(|_| k < n);
    halves.map_or(0, |(&low, &high)| u64::from(low) | u64::from(high) << 32)
}

/// The WGSL side for so many counters: the function `add64(k, low, high)`, and the column, which the step binds at slot 7.
#[must_use]
pub fn module(counters: u32) -> Module {
    module!("lib/counters").with("COUNTERS", counters)
}

/// The slot at which [`module`] declares the column.
pub const SLOT: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn column(words: &[u32]) -> Vec<AtomicU32> {
        words.iter().copied().map(AtomicU32::new).collect()
    }

    fn plain(words: Vec<AtomicU32>) -> Vec<u32> {
        words.into_iter().map(AtomicU32::into_inner).collect()
    }

    #[test]
    fn carries_go_into_the_upper_half() {
        let words = column(&[u32::MAX, 5, 7, 9]);
        add64(&words, 2, 0, 1);
        add64(&words, 2, 1, u64::from(u32::MAX) << 32 | 0xFFFF_FFFF);
        // Beyond the last there is none.
        add64(&words, 2, 2, 3);
        add64(&words, 3, 1, 3);
        assert_eq!(plain(words), [0, 4, 8, 9]);
        let words = column(&[u32::MAX, 0]);
        // What is added to the upper half may wrap with the carry.
        add64(&words, 1, 0, u64::from(u32::MAX) << 32 | 1);
        assert_eq!(plain(words), [0, 0]);
    }

    #[test]
    fn the_sum_is_that_of_64_bits() {
        let words = column(&[0; 6]);
        let mut sums = [0u64; 3];
        for k in 0..3000u64 {
            let by = k.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (k % 64);
            let at = (k % 3) as usize;
            sums[at] = sums[at].wrapping_add(by);
            add64(&words, 3, at, by);
        }
        let words = plain(words);
        assert_eq!([0, 1, 2].map(|k| read64(&words, 3, k)), sums);
        assert_eq!((read64(&words, 3, 3), read64(&[], 1, 0)), (0, 0));
    }
}
