//! The largest part of the swarm that hangs together: nodes that are up, and links that no wall or cut bars.

use crate::hear::{NO_SLOT, Traffic};
use crate::topology::{Ids, Topology};

/// The number of nodes in it. Losses and the timing do not count: they are different in the next tick.
pub(crate) fn largest_component(topology: &dyn Topology, traffic: &Traffic<'_>) -> u64 {
    let nodes = topology.nodes();
    let mut parent: Vec<u32> = (0..nodes).collect();
    // Union by index with path halving (Tarjan, van Leeuwen 1984).
    let root = |parent: &mut [u32], mut i: u32| {
        while parent[i as usize] != i {
            parent[i as usize] = parent[parent[i as usize] as usize];
            i = parent[i as usize];
        }
        i
    };
    let mut join = |i: u32, j: u32, slot: u32| {
        if i < j && traffic.stands(i, j, slot) {
            let (a, b) = (root(&mut parent, i), root(&mut parent, j));
            let (low, high) = (a.min(b), a.max(b));
            parent[high as usize] = low;
        }
    };
    const BLOCK: u32 = 4096;
    let mut list = vec![0; BLOCK as usize];
    let mut start = 0;
    while start < nodes {
        let end = start.saturating_add(BLOCK).min(nodes);
        for slot in 0..topology.slots_among(start..end) {
            let mut first = start;
            while first < end {
                let (neighbours, count) = topology.neighbours(slot, first..end, &mut list);
                let ids: Ids<'_> = neighbours.ids(first, &list);
                (0..count).for_each(|l| join(first + l, ids.at(l as usize), slot));
                first += count;
            }
        }
        start = end;
    }
    if let Some(rows) = topology.rows() {
        for i in 0..nodes {
            let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
            rows.ends[row].iter().for_each(|&j| join(i, j, NO_SLOT));
        }
    }
    let mut sizes = vec![0u32; nodes as usize];
    for i in (0..nodes).filter(|&i| traffic.is_up(i)) {
        sizes[root(&mut parent, i) as usize] += 1;
    }
    sizes.into_iter().max().unwrap_or(0).into()
}
