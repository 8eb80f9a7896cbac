//! Hashes: the fingerprint's mixing function, and the phase of a link.

/// Two words that depend on every bit of (column, index, value): the summand of the fingerprint.
///
/// The additions before the multiplications keep (index, value) apart from (value, index), so that two nodes
/// that swap their values change the sum.
#[inline(always)]
#[must_use]
pub fn mix(column: u32, index: u32, value: u32) -> [u32; 2] {
    let mut a = (value ^ column.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
    let mut b = index.wrapping_add(0x6C07_8965).wrapping_mul(0xC2B2_AE35);
    a ^= a >> 16;
    b ^= b >> 15;
    a = a.wrapping_add(b).wrapping_mul(0x7FEB_352D);
    a ^= a >> 15;
    b = (b ^ a).wrapping_mul(0x846C_A68B);
    b ^= b >> 16;
    a = a.wrapping_add(b).wrapping_mul(0x9E37_79B1);
    a ^= a >> 16;
    [a, b]
}

/// What stands for a name: FNV-1a with 32 bits (Fowler, Noll, Vo 1991).
#[must_use]
pub const fn hash_name(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut hash, mut at) = (0x811C_9DC5u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// The multipliers of [`link_phase`], for loops over consecutive links, which add where it multiplies.
pub(crate) const LINK_LOW: u32 = 0x9E37_79B1;
pub(crate) const LINK_DISTANCE: u32 = 0xC2B2_AE35;

/// [`link_phase`] from the products.
#[inline(always)]
pub(crate) fn finish_link_phase(low: u32, distance: u32) -> u32 {
    let mut h = low ^ distance;
    h ^= h >> 16;
    h.wrapping_mul(0x85EB_CA6B)
}

/// A fixed phase for the link from node `low` to node `low + distance`: where its Weyl sequence starts.
#[inline(always)]
#[must_use]
pub fn link_phase(low: u32, distance: u32) -> u32 {
    finish_link_phase(low.wrapping_mul(LINK_LOW), distance.wrapping_mul(LINK_DISTANCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flipping any one input bit flips each output bit in about half of all cases.
    #[test]
    fn mix_avalanches() {
        let samples = 2000u32;
        for bit in 0..96 {
            let mut flips = [0u32; 64];
            for s in 0..samples {
                let [x, y] = crate::number::threefry2x32([s, bit], [1, 2]);
                let z = x.rotate_left(7) ^ y;
                let (mut column, mut index, mut value) = (x, y, z);
                let [a, b] = mix(column, index, value);
                match bit / 32 {
                    0 => column ^= 1 << (bit % 32),
                    1 => index ^= 1 << (bit % 32),
                    _ => value ^= 1 << (bit % 32),
                }
                let [c, d] = mix(column, index, value);
                let flipped = u64::from(a ^ c) << 32 | u64::from(b ^ d);
                for (k, count) in flips.iter_mut().enumerate() {
                    *count += (flipped >> k & 1) as u32;
                }
            }
            for (k, &count) in flips.iter().enumerate() {
                let share = f64::from(count) / f64::from(samples);
                assert!((0.3..0.7).contains(&share), "input bit {bit}, output bit {k}: {share}");
            }
        }
    }

    /// The published values of FNV-1a.
    #[test]
    fn names_have_the_published_hashes() {
        for (name, hash) in [("", 0x811C_9DC5), ("a", 0xE40C_292C), ("foobar", 0xBF9C_F968)] {
            assert_eq!(hash_name(name), hash, "{name}");
        }
    }

    #[test]
    fn swapped_values_are_noticed() {
        let sum = |x: [u32; 2], y: [u32; 2]| [x[0].wrapping_add(y[0]), x[1].wrapping_add(y[1])];
        for (i, j, x, y) in [(0, 1, 5, 6), (7, 8, 8, 7), (1, 2, 0, u32::MAX)] {
            assert_ne!(sum(mix(0, i, x), mix(0, j, y)), sum(mix(0, i, y), mix(0, j, x)));
        }
    }
}
