//! What lies just outside a place: the nodes of others at the other ends of its links.

use super::Nodes;
use crate::topology::{Neighbours, Topology};
use std::ops::Range;

/// Of each place, for each place, the stretches of that one's nodes that are linked to this one.
pub(super) type Halos = Vec<Vec<Vec<Range<u32>>>>;

/// Two stretches with no more between them than this are brought as one: to name a stretch costs more than a few words.
const GAP: u32 = 16;

/// So many nodes' neighbours are looked at together.
const BLOCK: u32 = 1 << 14;

/// Nodes are parted in stretches that begin at multiples of this, which suits whoever does many at a time.
const STRETCH: u32 = 256;

/// The nodes of a place by whether they need words of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parted {
    /// Whoever is linked to nodes of the place alone.
    pub inside: Nodes,
    /// All others.
    pub border: Nodes,
}

/// The nodes of a place, parted in stretches that begin at multiples of `grain`, a power of two; nothing if fewer than half of them are inside.
pub(super) fn parted(topology: &dyn Topology, own: &Nodes, grain: u32) -> Option<Parted> {
    let mut marks = vec![0u64; (topology.nodes() as usize).div_ceil(64)];
    for_each_link_out(topology, own, |node, _| marks[node as usize / 64] |= 1 << (node % 64));
    let grain = grain.max(STRETCH);
    let mut all = Parted {
        inside: Vec::new(),
        border: Vec::new(),
    };
    for range in own {
        let mut first = range.start;
        for stretch in stretches_of(&marks, range) {
            let start = (stretch.start / grain * grain).max(first);
            let end = u64::from(stretch.end).next_multiple_of(u64::from(grain));
            let end = end.min(u64::from(range.end)) as u32;
            if start > first {
                all.inside.push(first..start);
            }
            match all
                .border
                .last_mut()
                .filter(|last| last.end == start && start > range.start)
            {
                Some(last) => last.end = last.end.max(end),
                None if end > start => all.border.push(start..end),
                None => {}
            }
            first = first.max(end);
        }
        if first < range.end {
            all.inside.push(first..range.end);
        }
    }
    let count = |nodes: &Nodes| {
        nodes
            .iter()
            .map(|range| u64::from(range.end - range.start))
            .sum::<u64>()
    };
    (count(&all.inside) > count(&all.border)).then_some(all)
}

/// The halos of places, each of which has some nodes; of one place alone only what goes to it and from it.
pub(super) fn halos(topology: &dyn Topology, places: &[Nodes], only: Option<usize>) -> Halos {
    let mut all: Halos = vec![vec![Vec::new(); places.len()]; places.len()];
    let Some(only) = only else {
        for (halo, own) in all.iter_mut().zip(places) {
            *halo = outside(topology, places, own);
        }
        return all;
    };
    // Whose a node is, by ranges in order.
    let mut owners: Vec<(Range<u32>, usize)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        owners.extend(place.iter().map(|range| (range.clone(), at)));
    }
    owners.sort_by_key(|(range, _)| range.start);
    let own = &places[only];
    let mut marks = vec![0u64; (topology.nodes() as usize).div_ceil(64)];
    for range in own {
        for node in range.clone() {
            for slot in 0..topology.slots_of(node) {
                let other = topology.neighbour(node, slot);
                if contains(own, other) {
                    continue;
                }
                marks[other as usize / 64] |= 1 << (other % 64);
                let to = owners[owners.partition_point(|(range, _)| range.end <= other)].1;
                // Links have two ends: what of its own is linked to another is found without a look at the other's.
                note(&mut all[to][only], node, range.start);
            }
        }
    }
    all[only] = places.iter().map(|place| stretches(&marks, place)).collect();
    all
}

/// Adds a node of a range, not before the last one.
fn note(all: &mut Nodes, node: u32, first: u32) {
    match all.last_mut().filter(|last| last.start >= first) {
        Some(last) if node < last.end => {}
        Some(last) if node - last.end <= GAP => last.end = node + 1,
        _ => all.push(node..node + 1),
    }
}

fn contains(nodes: &[Range<u32>], node: u32) -> bool {
    nodes.iter().any(|range| range.contains(&node))
}

fn outside(topology: &dyn Topology, places: &[Nodes], own: &Nodes) -> Vec<Vec<Range<u32>>> {
    // A bit a node.
    let mut marks = vec![0u64; (topology.nodes() as usize).div_ceil(64)];
    for_each_link_out(topology, own, |_, other| {
        marks[other as usize / 64] |= 1 << (other % 64)
    });
    places.iter().map(|place| stretches(&marks, place)).collect()
}

/// Calls `f(node, other)` for the links from some nodes to others.
fn for_each_link_out(topology: &dyn Topology, own: &Nodes, mut f: impl FnMut(u32, u32)) {
    let mut note = |node: u32, other: u32| {
        if !contains(own, other) {
            f(node, other);
        }
    };
    let mut list = vec![0; BLOCK as usize];
    for range in own {
        for slot in 0..topology.slots() {
            let mut first = range.start;
            while first < range.end {
                let end = range.end.min(first.saturating_add(BLOCK));
                let (others, count) = topology.neighbours(slot, first..end, &mut list);
                let count = count.clamp(1, end - first);
                let is_inside = match others {
                    // Most are, and need no look at each.
                    Neighbours::Run(other) => own
                        .iter()
                        .any(|own| own.start <= other && u64::from(other) + u64::from(count) <= u64::from(own.end)),
                    Neighbours::Xor(_) | Neighbours::List => false,
                };
                if !is_inside {
                    let ids = others.ids(first, &list);
                    (0..count).for_each(|at| note(first + at, ids.at(at as usize)));
                }
                first += count;
            }
        }
        if let Some(rows) = topology.rows() {
            for node in range.clone() {
                let [start, end] = [0, 1].map(|k| rows.offsets[node as usize + k] as usize);
                rows.ends[start..end].iter().for_each(|&other| note(node, other));
            }
        }
    }
}

/// The stretches of marked nodes in a place.
fn stretches(marks: &[u64], nodes: &Nodes) -> Vec<Range<u32>> {
    nodes.iter().flat_map(|range| stretches_of(marks, range)).collect()
}

fn stretches_of(marks: &[u64], range: &Range<u32>) -> Vec<Range<u32>> {
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
