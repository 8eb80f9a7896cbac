//! Walks over the whole network, for those whom a fault falls on and whom only a walk finds.

use crate::number::Permutation;
use crate::topology::Topology;

/// Every node's neighbours at hand, block by block.
fn for_each_node(topology: &dyn Topology, mut f: impl FnMut(u32, &[u32])) {
    const BLOCK: u32 = 1024;
    let slots = topology.slots() as usize;
    let mut lists = vec![0; slots * BLOCK as usize];
    let mut all = Vec::new();
    let mut first = 0;
    while first < topology.nodes() {
        let end = first.saturating_add(BLOCK).min(topology.nodes());
        let len = (end - first) as usize;
        for (slot, list) in (0..).zip(lists.chunks_mut(BLOCK as usize)) {
            let mut done = 0;
            while done < len {
                let start = first + done as u32;
                let (answer, count) = topology.neighbours(slot, start..end, &mut list[done..len]);
                let count = count as usize;
                if !matches!(answer, crate::topology::Neighbours::List) {
                    let ids = answer.ids(start, &[]);
                    for (l, id) in list[done..done + count].iter_mut().enumerate() {
                        *id = ids.at(l);
                    }
                }
                done += count;
            }
        }
        for i in first..end {
            all.clear();
            let at = (i - first) as usize;
            all.extend((0..slots).map(|s| lists[s * BLOCK as usize + at]).filter(|&j| j != i));
            if let Some(rows) = topology.rows() {
                all.extend(&rows.ends[rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize]);
            }
            f(i, &all);
        }
        first = end;
    }
}

/// Every node's neighbours, as rows: for walks over the whole network.
fn all_neighbours(topology: &dyn Topology) -> (Vec<u64>, Vec<u32>) {
    let mut offsets = Vec::with_capacity(topology.nodes() as usize + 1);
    let mut ends = Vec::with_capacity(2 * topology.links() as usize);
    offsets.push(0);
    for_each_node(topology, |_, neighbours| {
        ends.extend_from_slice(neighbours);
        offsets.push(ends.len() as u64);
    });
    (offsets, ends)
}

/// The nodes whose breadth-first ways to node 0 lead through `root`, and it.
pub(super) fn below(topology: &dyn Topology, root: u32) -> Vec<u32> {
    let (offsets, ends) = all_neighbours(topology);
    let row = |i: u32| &ends[offsets[i as usize] as usize..offsets[i as usize + 1] as usize];
    let nodes = topology.nodes() as usize;
    // Level by level; within one, a node comes after all of lower parents. Its parent is the lowest node of the level above.
    let mut parent = vec![u32::MAX; nodes];
    let mut level = vec![0];
    let mut members = vec![false; nodes];
    members[root as usize] = true;
    parent[0] = 0;
    let mut all = vec![root];
    while !level.is_empty() {
        let mut next = Vec::new();
        level.sort_unstable();
        for &i in &level {
            for &j in row(i) {
                if parent[j as usize] == u32::MAX {
                    parent[j as usize] = i;
                    next.push(j);
                    if members[i as usize] && !members[j as usize] {
                        members[j as usize] = true;
                        all.push(j);
                    }
                }
            }
        }
        level = next;
    }
    all
}

/// In the order of a permutation, every node that has none of the ones before within two links.
pub(super) fn scattered(topology: &dyn Topology, permutation: Permutation) -> Vec<u32> {
    let (offsets, ends) = all_neighbours(topology);
    let row = |i: u32| &ends[offsets[i as usize] as usize..offsets[i as usize + 1] as usize];
    let nodes = topology.nodes();
    let mut has_one = vec![false; nodes as usize];
    let mut all = Vec::new();
    // A permutation has at least three.
    for i in (0..nodes.max(3))
        .map(|k| permutation.permuted(k))
        .filter(|&i| i < nodes)
    {
        if has_one[i as usize] || row(i).iter().any(|&j| has_one[j as usize]) {
            continue;
        }
        has_one[i as usize] = true;
        row(i).iter().for_each(|&j| has_one[j as usize] = true);
        all.push(i);
    }
    all
}
