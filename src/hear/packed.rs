//! What all nodes answer, packed into as few bits as the answers have: where anybody may be asked, the whole of it fits a cache that is
//! much nearer than the column.

use multiversion::multiversion;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// Answers of 2^`log` bits each, 32 / 2^`log` of them a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packing {
    log: u32,
}

impl Packing {
    /// Room for answers up to `most`, at most 255.
    pub fn of(most: u32) -> Self {
        let bits = 32 - most.clamp(1, 255).leading_zeros();
        Self {
            log: bits.next_power_of_two().trailing_zeros(),
        }
    }

    /// A bit each.
    pub const fn bits() -> Self {
        Self { log: 0 }
    }

    /// Words for the answers of so many nodes.
    pub fn words(self, nodes: u32) -> usize {
        nodes.div_ceil(32 >> self.log) as usize
    }

    /// Packs the answers of the nodes of a block that begins at a multiple of 32: of each word the bits of `mask`.
    pub fn pack(self, words: &[u32], block: Range<u32>, mask: u32, table: &[AtomicU32]) {
        let per = 32usize >> self.log;
        let first = block.start as usize / per;
        for (part, packed) in words.chunks(per).zip(&table[first..]) {
            packed.store(self.pack_one(part, mask), Ordering::Relaxed);
        }
    }

    #[inline(always)]
    fn pack_one(self, part: &[u32], mask: u32) -> u32 {
        let bits = 1 << self.log;
        let mask = mask & ((1 << bits) - 1);
        let places = (0..32).step_by(bits);
        let all = part.iter().zip(places);
        all.fold(0, |word, (&answer, at)| word | (answer & mask) << at)
    }

    /// The answer of a node.
    #[inline(always)]
    pub fn answer(self, table: &[u32], node: u32) -> u32 {
        let word = table[((node >> (5 - self.log)) as usize).min(table.len() - 1)];
        let at = (node << self.log) & 31;
        let mask = (1u32 << (1 << self.log)) - 1;
        word >> at & mask
    }
}

/// Replaces the numbers of nodes by what these answer.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn answers(packing: Packing, table: &[u32], nodes: &mut [u32]) {
    if table.is_empty() {
        return;
    }
    for node in nodes {
        *node = packing.answer(table, *node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_out_as_they_went_in() {
        for most in [1, 2, 3, 4, 15, 16, 17, 255] {
            let packing = Packing::of(most);
            for nodes in [1u32, 31, 32, 33, 1000] {
                let of = |i: u32| (i * 7 + 3) % (most + 1);
                let words: Vec<u32> = (0..nodes).map(|i| of(i) | 1 << 31).collect();
                let table: Vec<AtomicU32> = (0..packing.words(nodes)).map(|_| AtomicU32::new(0)).collect();
                packing.pack(&words, 0..nodes, 255, &table);
                let table: Vec<u32> = table.into_iter().map(AtomicU32::into_inner).collect();
                let mut asked: Vec<u32> = (0..nodes).rev().collect();
                answers(packing, &table, &mut asked);
                let told: Vec<u32> = (0..nodes).rev().map(of).collect();
                assert_eq!(asked, told, "{most}, {nodes}");
            }
        }
    }
}
