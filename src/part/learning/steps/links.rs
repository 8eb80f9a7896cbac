//! The links of a block of nodes, slot by slot and then row by row: for rules that take what they hear in any order.

use crate::hear::NO_SLOT;
use crate::step::{Scratch, View};
use std::ops::Range;

/// Calls `f(l, j)` for each link from the l-th of `block` to a node j that carries anything.
pub fn each(view: &View<'_>, block: Range<u32>, scratch: &mut Scratch, mut f: impl FnMut(usize, u32)) {
    let topology = view.topology;
    let mut list = scratch.take(block.len());
    for slot in 0..topology.slots_among(block.clone()) {
        let mut start = block.start;
        while start < block.end {
            let (neighbours, count) = topology.neighbours(slot, start..block.end, &mut list);
            let ids = neighbours.ids(start, &list);
            for l in 0..count {
                let (i, j) = (start + l, ids.at(l as usize));
                if i != j && view.traffic.link_carries(i, j, slot) {
                    f((i - block.start) as usize, j);
                }
            }
            start += count;
        }
    }
    scratch.give(list);
    if let Some(rows) = topology.rows() {
        for (l, i) in block.enumerate() {
            let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
            for &j in rows.ends[row]
                .iter()
                .filter(|&&j| view.traffic.link_carries(i, j, NO_SLOT))
            {
                f(l, j);
            }
        }
    }
}
