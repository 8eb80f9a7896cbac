//! Whether something of a given probability happens: a draw of eight bits, refined by 24 more only where those decide nothing.
//! One Threefry call serves eight consecutive indices, and the probability is exact to 2^-32 all the same.

use super::threefry2x32;
use multiversion::multiversion;

/// What the key of the refining draw differs in.
const FINE: u32 = 0x8000_0000;

/// Writes the first eight bits of the draws of `first`, `first` + 1, …, a word each.
pub(crate) fn bytes(key: [u32; 2], first: u32, tick: u32, bytes: &mut [u32]) {
    let mut draws = [[0; 2]; PART / 8 + 2];
    for (part, bytes) in bytes.chunks_mut(PART).enumerate() {
        let first = first.wrapping_add((part * PART) as u32);
        let needed = ((first & 7) as usize + bytes.len()).div_ceil(8);
        draw_bytes(key, first, tick, &mut draws[..needed], bytes);
    }
}

/// Indices whose draws are made together.
const PART: usize = 512;

/// Whether an event of probability `threshold` · 2^-32 happens to `index` in `tick`.
#[inline(always)]
#[must_use]
pub fn happens(key: [u32; 2], index: u32, tick: u32, threshold: u32) -> bool {
    let words = threefry2x32(key, [index >> 3, tick]);
    let byte = words[(index >> 2 & 1) as usize] >> (8 * (index & 3)) & 0xFF;
    decided(byte, key, index, tick, threshold)
}

/// The decision of a byte; where it is on the threshold, another draw decides.
#[inline(always)]
fn decided(byte: u32, key: [u32; 2], index: u32, tick: u32, threshold: u32) -> bool {
    let upper = threshold >> 24;
    if byte != upper {
        return byte < upper;
    }
    finely(key, index, tick, threshold)
}

/// What decides where the byte is on the threshold: 24 bits of a draw of the index's own.
#[cold]
#[inline(never)]
pub(crate) fn finely(key: [u32; 2], index: u32, tick: u32, threshold: u32) -> bool {
    threefry2x32([key[0] ^ FINE, key[1]], [index, tick])[0] >> 8 < threshold & 0xFF_FFFF
}

/// Writes the bytes of the draws of `first`, `first` + 1, …, a word each.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn draw_bytes(key: [u32; 2], first: u32, tick: u32, words: &mut [[u32; 2]], bytes: &mut [u32]) {
    for (k, word) in words.iter_mut().enumerate() {
        *word = threefry2x32(key, [(first >> 3).wrapping_add(k as u32), tick]);
    }
    // Little end first on every machine.
    let (start, words) = ((first & 7) as usize, bytemuck::cast_slice::<[u32; 2], u32>(words));
    if cfg!(target_endian = "little") {
        let drawn: &[u8] = bytemuck::cast_slice(words);
        for (byte, &draw) in bytes.iter_mut().zip(&drawn[start..]) {
            *byte = u32::from(draw);
        }
    } else {
        for (l, byte) in bytes.iter_mut().enumerate() {
            let at = start + l;
            *byte = words[at >> 2] >> (8 * (at & 3)) & 0xFF;
        }
    }
}

/// Writes all ones where an event of probability `threshold` · 2^-32 happens to `first`, `first` + 1, …, and zero elsewhere:
/// as [`happens`], which says more, but an eighth of the work.
pub fn happenings(key: [u32; 2], first: u32, tick: u32, threshold: u32, masks: &mut [u32]) {
    let upper = threshold >> 24;
    for (part, masks) in masks.chunks_mut(PART).enumerate() {
        let first = first.wrapping_add((part * PART) as u32);
        bytes(key, first, tick, masks);
        let close = compare(upper, masks);
        if close {
            // The one place where the byte itself is needed again: rare, so it is drawn again.
            for (l, mask) in masks.iter_mut().enumerate() {
                if *mask == CLOSE {
                    let index = first.wrapping_add(l as u32);
                    *mask = u32::from(finely(key, index, tick, threshold)).wrapping_neg();
                }
            }
        }
    }
}

/// Stands for a byte on the threshold.
const CLOSE: u32 = 1;

/// Turns bytes into masks; says whether one of them is on the threshold.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn compare(upper: u32, bytes: &mut [u32]) -> bool {
    let mut close = 0;
    for byte in bytes {
        let on = u32::from(*byte == upper);
        close |= on;
        *byte = u32::from(*byte < upper).wrapping_neg() | on;
    }
    close != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_its_nodes_one_by_one() {
        for (first, threshold) in [(0, 1 << 24), (5, 0x0123_4567), (1003, 0x8000_0000), (7, 77), (0, u32::MAX), (3, 0)] {
            let mut masks = vec![0; 1500];
            happenings([11, 22], first, 9, threshold, &mut masks);
            for (l, &mask) in masks.iter().enumerate() {
                let expected = happens([11, 22], first + l as u32, 9, threshold);
                assert_eq!(mask, u32::from(expected).wrapping_neg(), "{first} + {l}, {threshold}");
            }
        }
    }

    #[test]
    fn as_often_as_the_probability_says() {
        // With and without a share that the first byte cannot tell.
        for share in [0.5, 0.3, 0.01, 0.0005] {
            let threshold = crate::number::threshold(share);
            let draws = 4_000_000u32;
            let mut masks = vec![0; draws as usize];
            happenings([1, 2], 0, 3, threshold, &mut masks);
            let count = masks.iter().filter(|&&mask| mask != 0).count() as f64;
            let (mean, deviation) = (
                share * f64::from(draws),
                (share * (1.0 - share) * f64::from(draws)).sqrt(),
            );
            assert!((count - mean).abs() < 4.0 * deviation, "{share}: {count} for {mean}");
        }
    }
}
