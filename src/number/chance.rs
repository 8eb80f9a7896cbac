//! Whether something of a given probability happens: a draw of eight bits, refined by 24 more only where those decide nothing.
//! One Threefry call serves eight indices, and the probability is exact to 2^-32 all the same.
//!
//! A call has 13 rounds, the least that pass all tests (Salmon et al. 2011): there are as many draws as links. Its bytes go to
//! indices 16 apart, so that the calls of 16 lanes fill 128 indices without a lane being moved.

use super::find::{PART, places_of};
use super::threefry::threefry2x32_13;
use multiversion::multiversion;

/// What the key of the refining draw differs in.
const FINE: u32 = 0x8000_0000;
/// Calls that are made together.
const LANES: usize = 16;
/// Indices that they serve.
const TILE: usize = 8 * LANES;

/// Whether an event of probability `threshold` · 2^-32 happens to `index` in `tick`.
#[inline(always)]
#[must_use]
pub fn happens(key: [u32; 2], index: u32, tick: u32, threshold: u32) -> bool {
    let byte = draw_byte(key, index, tick);
    if byte != threshold >> 24 {
        return byte < threshold >> 24;
    }
    finely(key, index, tick, threshold)
}

/// The first eight bits of a draw.
#[inline(always)]
pub(crate) fn draw_byte(key: [u32; 2], index: u32, tick: u32) -> u32 {
    let [a, b] = threefry2x32_13(key, [(index >> 7) << 4 | index & 15, tick]);
    let word = if index & 64 == 0 { a } else { b };
    word >> (index >> 1 & 24) & 0xFF
}

/// What decides where the byte is on the threshold: 24 bits of a draw of the index's own.
#[cold]
#[inline(never)]
pub(crate) fn finely(key: [u32; 2], index: u32, tick: u32, threshold: u32) -> bool {
    threefry2x32_13([key[0] ^ FINE, key[1]], [index, tick])[0] >> 8 < threshold & 0xFF_FFFF
}

/// The indices of which [`finely`] is asked at a time.
pub(crate) const TOGETHER: usize = 16;

/// [`finely`] for several indices: a word of ones where it happens.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn finely_each(key: [u32; 2], indices: &[u32; TOGETHER], tick: u32, threshold: u32) -> [u32; TOGETHER] {
    let mut happens = [0; TOGETHER];
    for (happens, &index) in happens.iter_mut().zip(indices) {
        let draw = threefry2x32_13([key[0] ^ FINE, key[1]], [index, tick])[0] >> 8;
        *happens = u32::from(draw < threshold & 0xFF_FFFF).wrapping_neg();
    }
    happens
}

/// The bytes of `len` consecutive draws from `first` on, in `bytes`: returned is where the first one is. `bytes` has room for
/// [`room`] of them.
pub(crate) fn bytes(key: [u32; 2], first: u32, tick: u32, len: usize, bytes: &mut [u8]) -> usize {
    let start = first as usize % TILE;
    let tiles = (start + len).div_ceil(TILE);
    draw(
        key,
        first / TILE as u32,
        tick,
        bytes.as_chunks_mut::<TILE>().0.get_mut(..tiles).unwrap_or_default(),
    );
    start
}

/// How many bytes must be at hand for `len` draws.
pub(crate) const fn room(len: usize) -> usize {
    (len / TILE + 2) * TILE
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn draw(key: [u32; 2], first: u32, tick: u32, tiles: &mut [[u8; TILE]]) {
    for (t, tile) in tiles.iter_mut().enumerate() {
        let call = first.wrapping_add(t as u32) << 4;
        let (mut a, mut b) = ([0u32; LANES], [0u32; LANES]);
        for l in 0..LANES {
            [a[l], b[l]] = threefry2x32_13(key, [call | l as u32, tick]);
        }
        for l in 0..LANES {
            tile[l] = a[l] as u8;
            tile[LANES + l] = (a[l] >> 8) as u8;
            tile[2 * LANES + l] = (a[l] >> 16) as u8;
            tile[3 * LANES + l] = (a[l] >> 24) as u8;
            tile[4 * LANES + l] = b[l] as u8;
            tile[5 * LANES + l] = (b[l] >> 8) as u8;
            tile[6 * LANES + l] = (b[l] >> 16) as u8;
            tile[7 * LANES + l] = (b[l] >> 24) as u8;
        }
    }
}

/// Writes all ones where an event of probability `threshold` · 2^-32 happens to `first`, `first` + 1, …, and zero elsewhere:
/// as [`happens`], which says more, but a small part of the work.
pub fn happenings(key: [u32; 2], first: u32, tick: u32, threshold: u32, masks: &mut [u32]) {
    let mut drawn = [0; room(PART)];
    let upper = (threshold >> 24) as u8;
    let mut undecided = [0; PART + 2];
    for (part, masks) in masks.chunks_mut(PART).enumerate() {
        let first = first.wrapping_add((part * PART) as u32);
        let start = bytes(key, first, tick, masks.len(), &mut drawn);
        let drawn = &drawn[start..start + masks.len()];
        compare(upper, drawn, masks);
        let count = places_of([upper; 2], drawn, &mut undecided);
        for &l in &undecided[..count] {
            let index = first.wrapping_add(u32::from(l));
            masks[usize::from(l)] = u32::from(finely(key, index, tick, threshold)).wrapping_neg();
        }
    }
}

/// Turns bytes into masks.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn compare(upper: u8, bytes: &[u8], masks: &mut [u32]) {
    for (mask, &byte) in masks.iter_mut().zip(bytes) {
        *mask = u32::from(byte < upper).wrapping_neg();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_its_nodes_one_by_one() {
        for (first, threshold) in [
            (0, 1 << 24),
            (5, 0x0123_4567),
            (1003, 0x8000_0000),
            (7, 77),
            (0, u32::MAX),
            (3, 0),
        ] {
            let mut masks = vec![0; 1500];
            happenings([11, 22], first, 9, threshold, &mut masks);
            for (l, &mask) in masks.iter().enumerate() {
                let expected = happens([11, 22], first + l as u32, 9, threshold);
                assert_eq!(mask, u32::from(expected).wrapping_neg(), "{first} + {l}, {threshold}");
            }
        }
    }

    #[test]
    fn together_as_one_by_one() {
        let indices = std::array::from_fn(|k| 7 + 977 * k as u32);
        for threshold in [0, 0x0112_3456, 0x0180_0000, u32::MAX] {
            let each = finely_each([3, 4], &indices, 5, threshold);
            let one = indices.map(|index| u32::from(finely([3, 4], index, 5, threshold)).wrapping_neg());
            assert_eq!(each, one, "{threshold}");
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
