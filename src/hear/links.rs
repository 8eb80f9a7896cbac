//! The link ends of a block of nodes, in batches with a lane each: for steps whose loops are the same over links of all kinds.

use super::NO_SLOT;
use crate::topology::{Ids, Neighbours, Topology};
use crate::words::Scratch;
use multiversion::multiversion;
use std::ops::Range;

/// Link ends in a batch at most: what a step holds of them fits the first-level cache.
pub(crate) const BATCH: usize = 2048;

/// Some link ends, a lane each.
pub(crate) struct Batch<'a> {
    /// The slot that all of them are over, or [`NO_SLOT`].
    pub slot: u32,
    /// The nodes that they belong to, and those at the other ends: in the shortest form.
    pub ids: (Ids<'a>, Ids<'a>),
    /// The same, written out.
    pub own: &'a [u32],
    pub others: &'a [u32],
    /// Which lane of a column of link ends they are in, and where in it.
    pub lane: usize,
    pub at: Range<usize>,
}

impl Batch<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.own.len()
    }
}

/// Calls `f` with every link end of the nodes of `block`: part by part of the block, slot by slot, and then the stored ones. A
/// node without a link in a slot is its own neighbour there.
pub(crate) fn for_each_batch(
    topology: &dyn Topology,
    block: Range<u32>,
    scratch: &mut Scratch,
    mut f: impl FnMut(&Batch<'_>, &mut Scratch),
) {
    let mut lists = [(); 2].map(|()| scratch.take(BATCH));
    let [own, others] = lists.each_mut().map(|list| &mut list[..BATCH]);
    let mut first = block.start;
    while first < block.end && topology.slots() > 0 {
        let end = block.end.min(first + BATCH as u32);
        let len = (end - first) as usize;
        for (id, node) in own.iter_mut().zip(first..end) {
            *id = node;
        }
        let at = (first - block.start) as usize;
        for slot in 0..topology.slots_among(first..end) {
            let whole = list(topology, slot, first..end, &mut others[..len]);
            let batch = Batch {
                slot,
                ids: (Ids::Run(first), whole.unwrap_or(Ids::List(&others[..len]))),
                own: &own[..len],
                others: &others[..len],
                lane: slot as usize,
                at: at..at + len,
            };
            f(&batch, scratch);
        }
        first = end;
    }
    if let Some(rows) = topology.rows() {
        let start = rows.offsets[block.start as usize] as usize;
        let ends = start..rows.offsets[block.end as usize] as usize;
        let (mut row, mut at) = (block.start as usize, ends.start);
        while at < ends.end {
            let to = ends.end.min(at + BATCH);
            for (own, place) in own.iter_mut().zip(at..to) {
                while rows.offsets[row + 1] as usize <= place {
                    row += 1;
                }
                *own = row as u32;
            }
            let (own, others) = (&own[..to - at], &rows.ends[at..to]);
            let batch = Batch {
                slot: NO_SLOT,
                ids: (Ids::List(own), Ids::List(others)),
                own,
                others,
                lane: topology.slots() as usize,
                at: at - start..to - start,
            };
            f(&batch, scratch);
            at = to;
        }
    }
    lists.into_iter().for_each(|list| scratch.give(list));
}

/// Writes the neighbours of `nodes` over a slot out. If all of them come in one shorter form, that is the answer.
fn list(topology: &dyn Topology, slot: u32, nodes: Range<u32>, out: &mut [u32]) -> Option<Ids<'static>> {
    let mut start = nodes.start;
    let mut whole = None;
    while start < nodes.end {
        let done = (start - nodes.start) as usize;
        let (answer, count) = topology.neighbours(slot, start..nodes.end, &mut out[done..]);
        let short = match answer {
            Neighbours::Run(other) => Some(Ids::Run(other)),
            Neighbours::Xor(mask) => Some(Ids::Xor { first: start, mask }),
            Neighbours::List => None,
        };
        if let Some(ids) = short {
            write(ids, &mut out[done..done + count as usize]);
        }
        start += count;
        whole = short.filter(|_| done == 0 && start == nodes.end);
    }
    whole
}

fn write(ids: Ids<'_>, out: &mut [u32]) {
    match ids {
        Ids::Run(first) => {
            for (id, node) in out.iter_mut().zip(first..) {
                *id = node;
            }
        }
        Ids::Xor { first, mask } => {
            for (id, node) in out.iter_mut().zip(first..) {
                *id = node ^ mask;
            }
        }
        Ids::List(list) => out.copy_from_slice(list),
    }
}

/// The words of nodes: where they are, if the nodes are consecutive, or else gathered in `out`. `list` is the nodes written out.
pub(crate) fn words_of<'a>(words: &'a [u32], ids: Ids<'_>, list: &[u32], out: &'a mut [u32]) -> &'a [u32] {
    if let Ids::Run(first) = ids
        && let Some(run) = words.get(first as usize..first as usize + list.len())
    {
        return run;
    }
    gather(words, list, &mut out[..list.len()]);
    &out[..list.len()]
}

/// Reads the words at listed indices, each of which there must be: one beyond the last is taken for the last, so that the
/// loop has no branch.
pub(crate) fn gather(words: &[u32], list: &[u32], out: &mut [u32]) {
    let Some(last) = words.len().checked_sub(1) else { return };
    for (word, &index) in out.iter_mut().zip(list) {
        *word = words[(index as usize).min(last)];
    }
}

/// Calls `f` with the places of the flags, bytes of 0 or 1, that are 1.
#[inline(always)]
pub(crate) fn for_each_flag(flags: &[u8], mut f: impl FnMut(usize)) {
    let (whole, rest) = flags.as_chunks::<64>();
    for (k, some) in whole.iter().enumerate() {
        let mut left = flag_bits(some);
        while left != 0 {
            f(64 * k + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
    let first = 64 * whole.len();
    let set = rest.iter().enumerate().filter(|(_, flag)| **flag != 0);
    set.for_each(|(l, _)| f(first + l));
}

/// The lowest bits of 64 bytes that are 0 or 1, side by side.
#[inline(always)]
pub(crate) fn flag_bits(flags: &[u8; 64]) -> u64 {
    let mut bits = 0;
    for (j, eight) in flags.as_chunks().0.iter().enumerate() {
        // The product's upper byte has one bit of each of the eight.
        bits |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * j);
    }
    bits
}

/// Reads the bytes at listed indices, each of which there must be, as [`gather`].
pub(crate) fn gather_bytes(bytes: &[u8], list: &[u32], out: &mut [u8]) {
    let Some(last) = bytes.len().checked_sub(1) else { return };
    for (byte, &index) in out.iter_mut().zip(list) {
        *byte = bytes[(index as usize).min(last)];
    }
}

/// Reads the bytes whose indices differ in the bits of `mask` from `first`, first + 1, first + 2, …: four at a time as a word, of which `mask`
/// says with its lowest bits how it is turned, and with the others where it stands.
pub(crate) fn swap_bytes(bytes: &[u8], first: u32, mask: u32, out: &mut [u8]) {
    let head = ((first.wrapping_neg() & 3) as usize).min(out.len());
    let (start, rest) = out.split_at_mut(head);
    let whole = rest.len() / 4;
    let (words, end) = rest.split_at_mut(4 * whole);
    let after = first as usize + head + 4 * whole;
    for (l, byte) in start.iter_mut().enumerate() {
        *byte = bytes[(first as usize + l) ^ mask as usize];
    }
    for (l, byte) in end.iter_mut().enumerate() {
        *byte = bytes[(after + l) ^ mask as usize];
    }
    let (from, far) = ((first as usize + head) / 4, (mask / 4) as usize);
    swap_whole(bytes.as_chunks().0, (from, far, mask % 4), words.as_chunks_mut().0);
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn swap_whole(all: &[[u8; 4]], (from, far, near): (usize, usize, u32), out: &mut [[u8; 4]]) {
    // Written out by a macro: closures would not be compiled into the loops.
    macro_rules! swap {
        ($word:ident, $turned:expr) => {
            if far == 0 {
                for (word, there) in out.iter_mut().zip(&all[from..]) {
                    let $word = u32::from_le_bytes(*there);
                    *word = u32::to_le_bytes($turned);
                }
            } else {
                for (k, word) in out.iter_mut().enumerate() {
                    let $word = u32::from_le_bytes(all[(from + k) ^ far]);
                    *word = u32::to_le_bytes($turned);
                }
            }
        };
    }
    match near {
        0 => swap!(word, word),
        1 => swap!(word, word >> 8 & 0x00FF_00FF | (word & 0x00FF_00FF) << 8),
        2 => swap!(word, word.rotate_left(16)),
        _ => swap!(word, word.swap_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_found_in_order() {
        for len in [0, 1, 63, 64, 65, 200] {
            let flags: Vec<u8> = (0..len as u32)
                .map(|k| u8::from(k.wrapping_mul(0x9E37_79B1) >> 29 == 0))
                .collect();
            let mut found = Vec::new();
            for_each_flag(&flags, |at| found.push(at));
            let expected: Vec<usize> = (0..len).filter(|&at| flags[at] != 0).collect();
            assert_eq!(found, expected, "{len}");
        }
    }

    #[test]
    fn bytes_are_read_where_their_indices_say() {
        let bytes: Vec<u8> = (0..1024u32)
            .map(|k| (k.wrapping_mul(0x9E37_79B1) >> 24) as u8)
            .collect();
        for mask in [0, 1, 2, 3, 4, 7, 16, 37, 256] {
            for (first, len) in [(0, 64), (1, 70), (3, 2), (5, 1), (62, 133), (128, 256)] {
                let list: Vec<u32> = (first..first + len).map(|i| i ^ mask).collect();
                let (mut swapped, mut gathered) = (vec![0; len as usize], vec![0; len as usize]);
                swap_bytes(&bytes, first, mask, &mut swapped);
                gather_bytes(&bytes, &list, &mut gathered);
                let expected: Vec<u8> = list.iter().map(|&i| bytes[i as usize]).collect();
                assert_eq!((&swapped, &gathered), (&expected, &expected), "{mask} {first} {len}");
            }
        }
    }
}
