//! Integer ids to node numbers: in increasing order of the ids that occur.
//!
//! Where ids are dense enough, a bit per possible id and its running sum give the number of each; where they are
//! sparse, the sorted list of ids does. Either way the memory is in proportion to the links, not to the largest id.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use super::ids::Ids;

/// Links in pieces, as the chunks of the file gave them.
pub(super) type Chunks = [Vec<(u32, u32)>];

/// Replaces the ids at the ends of `links` by node numbers, and says which id each node had. There is at least one
/// link, and no id is above 2³² − 2.
pub(super) fn number(links: &mut Chunks) -> Ids {
    let ends = 2 * links.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
    let largest = |chunk: &Vec<(u32, u32)>| chunk.iter().map(|&(one, other)| one.max(other)).max();
    let largest = links.par_iter().filter_map(largest).max().unwrap_or(0);
    // Four bytes of bits for each end at most.
    if u64::from(largest) <= (32 * ends).max(1 << 20) {
        by_bits(links, largest)
    } else {
        by_list(links)
    }
}

/// Numbers by a set of bits, one for each id up to `largest`.
fn by_bits(links: &mut Chunks, largest: u32) -> Ids {
    let seen: Vec<AtomicU64> = (0..=largest >> 6).map(|_| AtomicU64::new(0)).collect();
    links.par_iter().for_each(|chunk| {
        for id in chunk.iter().flat_map(|&(one, other)| [one, other]) {
            let (word, bit) = (&seen[id as usize >> 6], 1 << (id & 63));
            // Most ids have been seen before, and looking is cheaper than marking.
            if word.load(Relaxed) & bit == 0 {
                word.fetch_or(bit, Relaxed);
            }
        }
    });
    let seen: Vec<u64> = seen.into_iter().map(AtomicU64::into_inner).collect();
    let mut before = Vec::with_capacity(seen.len());
    let mut nodes = 0;
    for word in &seen {
        before.push(nodes);
        nodes += word.count_ones(); // at most `largest` + 1, which is below 2^32
    }
    if nodes - 1 == largest {
        return Ids::Same { nodes };
    }
    if nodes == largest && seen[0] & 1 == 0 {
        renumber(links, |id| id - 1);
        return Ids::OneBased { nodes };
    }
    renumber(links, |id| {
        let word = id as usize >> 6;
        before[word] + (seen[word] & ((1 << (id & 63)) - 1)).count_ones()
    });
    let mut ids = Vec::with_capacity(nodes as usize);
    for (base, &word) in (0..).step_by(64).zip(&seen) {
        ids.extend((0..64).filter(|bit| word >> bit & 1 == 1).map(|bit| base + bit));
    }
    Ids::Integers(ids)
}

/// Numbers by the sorted list of the ids.
fn by_list(links: &mut Chunks) -> Ids {
    let mut ids: Vec<u32> = links.iter().flatten().flat_map(|&(one, other)| [one, other]).collect();
    ids.par_sort_unstable();
    ids.dedup();
    ids.shrink_to_fit();
    // Where the ids with the same upper bits begin in the list, with about two ids to each: a search then looks at a few
    // neighbours in memory, not across the whole list.
    let largest = ids.last().copied().unwrap_or(0);
    let shift = (0..32)
        .find(|shift| (largest >> shift) as usize <= ids.len() / 2)
        .unwrap_or(31);
    let mut begins = vec![0_u32; (largest >> shift) as usize + 2];
    for &id in &ids {
        begins[(id >> shift) as usize + 1] += 1;
    }
    let mut total = 0;
    for begin in &mut begins {
        total += *begin;
        *begin = total;
    }
    renumber(links, |id| {
        let upper = (id >> shift) as usize;
        let from = begins[upper];
        let alike = &ids[from as usize..begins[upper + 1] as usize];
        from + alike.partition_point(|&other| other < id) as u32 // an index of a list of distinct 32-bit ids
    });
    Ids::Integers(ids)
}

fn renumber(links: &mut Chunks, node: impl Fn(u32) -> u32 + Sync) {
    links
        .par_iter_mut()
        .flatten()
        .for_each(|link| *link = (node(link.0), node(link.1)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_ids_need_no_list() {
        let mut links = [vec![(0, 1)], vec![(2, 0)]];
        assert_eq!(number(&mut links), Ids::Same { nodes: 3 });
        assert_eq!(links, [vec![(0, 1)], vec![(2, 0)]]);
        let mut links = [vec![(1, 2)], vec![(3, 1)]];
        assert_eq!(number(&mut links), Ids::OneBased { nodes: 3 });
        assert_eq!(links, [vec![(0, 1)], vec![(2, 0)]]);
    }

    #[test]
    fn ids_are_numbered_in_increasing_order() {
        for far in [1000, 4_294_967_294] {
            let mut links = [vec![(far, 9)], vec![(64, 9), (0, 63)]];
            assert_eq!(number(&mut links), Ids::Integers(vec![0, 9, 63, 64, far]));
            assert_eq!(links, [vec![(4, 1)], vec![(3, 1), (0, 2)]]);
        }
    }

    #[test]
    fn bits_and_list_agree() {
        let some = |seed: u32| {
            (0..5000)
                .map(move |i| ((i * seed) % 70_001, (i * i) % 99_991))
                .collect::<Vec<_>>()
        };
        let (mut one, mut other) = ([some(7), some(12_345)], [some(7), some(12_345)]);
        assert_eq!(by_bits(&mut one, 99_990), by_list(&mut other));
        assert_eq!(one, other);
    }
}
