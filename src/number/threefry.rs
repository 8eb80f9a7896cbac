//! Threefry2x32 with 20 rounds: a random number that is a pure function of a key and a counter.
//!
//! Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011. Additions,
//! rotations and exclusive-ors only, so every device computes it alike and cheaply; no state, so nothing
//! depends on the order in which nodes are visited.

const ROTATIONS: [u32; 8] = [13, 15, 26, 6, 17, 29, 16, 24];
const PARITY: u32 = 0x1BD1_1BDA;

/// The two random words of `counter` under `key`.
#[inline(always)]
#[must_use]
pub fn threefry2x32(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    groups::<5>(key, counter)
}

/// So many groups of four rounds, each followed by the key.
#[inline(always)]
fn groups<const GROUPS: usize>(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let keys = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
    let mut a = counter[0].wrapping_add(keys[0]);
    let mut b = counter[1].wrapping_add(keys[1]);
    let mut group = 0;
    while group < GROUPS {
        let mut round = 0;
        while round < 4 {
            a = a.wrapping_add(b);
            b = b.rotate_left(ROTATIONS[(group * 4 + round) % 8]) ^ a;
            round += 1;
        }
        group += 1;
        a = a.wrapping_add(keys[group % 3]);
        b = b.wrapping_add(keys[(group + 1) % 3]).wrapping_add(group as u32);
    }
    [a, b]
}

/// As [`threefry2x32`] with 13 rounds, the least that pass all statistical tests (Salmon et al. 2011): where there are as
/// many draws as links.
#[inline(always)]
#[must_use]
pub fn threefry2x32_13(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let [a, b] = groups::<3>(key, counter);
    let a = a.wrapping_add(b);
    [a, b.rotate_left(ROTATIONS[4]) ^ a]
}

/// What a random number is for. Each purpose draws from a stream of its own, so that no two share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Initial beliefs: counter (node, 0).
    Start = 1,
    /// Whether a node acts in a tick (Bernoulli timing): counter (node, tick).
    Timing = 2,
    /// A node's fixed phase (random-phase timing): counter (node, 0).
    Phase = 3,
    /// Randomised rounding on links; the key is derived, see [`stream_key`].
    Rounding = 4,
    /// Keys of random permutations: counter (number of the permutation, pair of half-rounds).
    Permutation = 5,
    /// Which links of a small world are re-aimed; the key is derived, see [`stream_key`].
    Rewiring = 6,
    /// Whether a node crashes or comes back; the key is derived, see [`stream_key`].
    Crash = 7,
    /// Whether what two nodes would exchange is lost; the key is derived, see [`stream_key`].
    Loss = 8,
    /// Which agent of a cell a fault falls on: counter (cell, number of the draw).
    Fault = 9,
    /// What liars tell: counter (liar, tick) or (liar, listener).
    Lie = 10,
    /// Whom a node asks: counter (node, tick), the number of the draw in the key.
    Partner = 11,
    /// Ties, and other draws of a rule's own: counter (node, tick).
    Choice = 12,
    /// Noise in a scripted signal: counter (node, tick).
    Signal = 13,
    /// How many tasks arrive: counter (cell, tick); the key is derived, see [`stream_key`].
    Arrival = 14,
    /// A task's tier and need: counter (tick of submission, 0); the key is derived, see [`stream_key`].
    Task = 15,
    /// Whether a result is wrong, and whether it is verified: counter (tick of submission, number of the try); the key is derived,
    /// see [`stream_key`].
    Result = 16,
    /// Where a flow of tasks begins, and whom it goes to: counter (cell, tick); the key is derived, see [`stream_key`].
    Offer = 17,
    /// Which cells are hot spots, and where jobs arrive: counter (cell, job or user, 0).
    Place = 18,
}

/// A word that stands for (seed, stream) where the second key word is needed for something else, such as
/// the other end of a link.
#[must_use]
pub fn stream_key(seed: u32, stream: Stream) -> u32 {
    threefry2x32([seed, stream as u32], [0, 0])[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers published with Random123 1.14 (`kat_vectors`, threefry2x32, 20 rounds).
    #[test]
    fn random123_known_answers() {
        let answers = [
            ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
            ([u32::MAX, u32::MAX], [u32::MAX, u32::MAX], [0x1cb9_96fc, 0xbb00_2be7]),
            (
                [0x1319_8a2e, 0x0370_7344],
                [0x243f_6a88, 0x85a3_08d3],
                [0xc492_3a9c, 0x483d_f7a0],
            ),
        ];
        for (key, counter, answer) in answers {
            assert_eq!(threefry2x32(key, counter), answer);
        }
        // And with 13 rounds.
        let answers = [
            [0x9d1c_5ec6, 0x8bd5_0731],
            [0xfd36_d048, 0x2d17_272c],
            [0xba3e_4725, 0xf27d_669e],
        ];
        let inputs = [
            ([0, 0], [0, 0]),
            ([u32::MAX, u32::MAX], [u32::MAX, u32::MAX]),
            ([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3]),
        ];
        for ((key, counter), answer) in inputs.into_iter().zip(answers) {
            assert_eq!(threefry2x32_13(key, counter), answer);
        }
    }
}
