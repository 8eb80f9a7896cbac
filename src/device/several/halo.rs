//! What lies just outside a range: the nodes of others at the other ends of its links.

use crate::topology::Topology;
use std::ops::Range;

/// Of each range, for each range, the stretches of that one's nodes that are linked to this one.
pub(super) type Halos = Vec<Vec<Vec<Range<u32>>>>;

/// Two stretches with no more between them than this are brought as one: to name a stretch costs more than a few words.
const GAP: u32 = 16;

/// The halos of ranges that follow each other.
pub(super) fn halos(topology: &dyn Topology, ranges: &[Range<u32>]) -> Halos {
    ranges.iter().map(|own| halo(topology, ranges, own)).collect()
}

fn halo(topology: &dyn Topology, ranges: &[Range<u32>], own: &Range<u32>) -> Vec<Vec<Range<u32>>> {
    // A bit a node.
    let mut marks = vec![0u64; (topology.nodes() as usize).div_ceil(64)];
    for node in own.clone() {
        for slot in 0..topology.slots_of(node) {
            let other = topology.neighbour(node, slot);
            if !own.contains(&other) {
                marks[other as usize / 64] |= 1 << (other % 64);
            }
        }
    }
    ranges.iter().map(|range| stretches(&marks, range)).collect()
}

/// The stretches of marked nodes in a range.
fn stretches(marks: &[u64], range: &Range<u32>) -> Vec<Range<u32>> {
    let mut all: Vec<Range<u32>> = Vec::new();
    let mut node = range.start;
    while node < range.end {
        let word = marks[node as usize / 64] >> (node % 64);
        if word == 0 {
            // On to the next word; the last node is below 2^32 - 1, the next multiple may not be.
            node = (node | 63).saturating_add(1);
            continue;
        }
        node = node.saturating_add(word.trailing_zeros());
        if node >= range.end {
            break;
        }
        match all.last_mut().filter(|last| node - last.end <= GAP) {
            Some(last) => last.end = node + 1,
            None => all.push(node..node + 1),
        }
        node += 1;
    }
    all
}
