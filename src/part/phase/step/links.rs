//! What the nodes of a chunk hear over their links: slot by slot, then over stored rows.

use super::block::{Buffers, CHUNK, Sums};
use super::{FEW, lanes};
use crate::hear::NO_SLOT;
use crate::step::View;
use crate::topology::{Ids, Rows};
use std::ops::Range;

/// Words that expanding a row may write beyond it.
pub(super) const OVERSHOOT: usize = 16;

/// Adds to `sums` the sines that `nodes` hear. A node without a link in a slot is its own neighbour there, and sin 0 = 0.
pub(super) fn add(view: &View<'_>, nodes: Range<u32>, sums: &mut Sums<'_>, buffers: &mut Buffers) {
    let len = sums.words.len();
    for slot in 0..view.topology.slots_among(nodes.clone()) {
        if slot > 0 && slot % FEW == 0 {
            sums.carry();
        }
        let mut done = 0;
        while done < len {
            let first = nodes.start + done as u32;
            let (neighbours, count) = view.topology.neighbours(slot, first..nodes.end, &mut buffers.list);
            let list = std::mem::take(&mut buffers.list);
            let part = done..done + count as usize;
            let others = neighbours.ids(first, &list[..count as usize]);
            over_slot(view, slot, first, others, &mut sums.words[part.clone()], buffers);
            buffers.list = list;
            done = part.end;
        }
    }
    if let Some(rows) = view.topology.rows() {
        over_rows(view, rows, nodes, sums, buffers);
    }
}

/// The sines that the nodes from `first` on hear from `others` over a slot.
fn over_slot(view: &View<'_>, slot: u32, first: u32, others: Ids<'_>, sums: &mut [u32], buffers: &mut Buffers) {
    let (phases, len) = (view.reads[0], sums.len());
    let stretch = |first: u32| &phases[first as usize..first as usize + len];
    let (own, gathered) = (stretch(first), &mut buffers.gathered[..len]);
    let heard: &[u32] = match others {
        Ids::Run(other) if view.traffic.lie().is_none() => stretch(other),
        _ => {
            lanes::gather(phases, others, gathered);
            let lies = &mut buffers.lies[..len];
            view.traffic.tell(Ids::Run(first), others, own, gathered, lies);
            gathered
        }
    };
    let (spare, masks) = (&mut buffers.spare[..len], &mut buffers.masks[..len]);
    if view.traffic.masks(Ids::Run(first), others, slot, spare, masks) {
        lanes::add_masked(own, heard, masks, sums);
    } else {
        lanes::add(own, heard, sums);
    }
}

/// The sines that `nodes` hear over stored links: their rows are one stretch of link ends, worked through in batches.
fn over_rows(view: &View<'_>, rows: Rows<'_>, nodes: Range<u32>, sums: &mut Sums<'_>, buffers: &mut Buffers) {
    let offsets = rows.offsets;
    let last = offsets[nodes.end as usize] as usize;
    let mut at = offsets[nodes.start as usize] as usize;
    let mut row = nodes.start as usize;
    while at < last {
        while offsets[row + 1] as usize <= at {
            row += 1;
        }
        let ends = at..last.min(at + CHUNK);
        let len = ends.len();
        expand(view.reads[0], offsets, row, ends.clone(), buffers);
        let (own, own_phases) = (Ids::List(&buffers.own[..len]), &buffers.own_phases[..len]);
        let others = Ids::List(&rows.ends[ends.clone()]);
        let heard = &mut buffers.gathered[..len];
        lanes::gather(view.reads[0], others, heard);
        view.traffic
            .tell(own, others, own_phases, heard, &mut buffers.lies[..len]);
        let (spare, masks) = (&mut buffers.spare[..len], &mut buffers.masks[..len]);
        let masked = view.traffic.masks(own, others, NO_SLOT, spare, masks);
        lanes::differ(own_phases, heard);
        if masked {
            lanes::both(masks, heard);
        }
        row = sum_up(offsets, row, ends.clone(), heard, nodes.start as usize, sums);
        at = ends.end;
    }
}

/// Writes for each link end of a stretch, the first of which belongs to `row`, its own node and that node's phase.
fn expand(phases: &[u32], offsets: &[u32], mut row: usize, ends: Range<usize>, buffers: &mut Buffers) {
    let mut at = 0;
    while at < ends.len() {
        let to = (offsets[row + 1] as usize).min(ends.end) - ends.start;
        // A whole vector at a time; what is too much, the next row overwrites.
        while at < to {
            buffers.own[at..at + OVERSHOOT].fill(row as u32);
            buffers.own_phases[at..at + OVERSHOOT].fill(phases[row]);
            at += OVERSHOOT;
        }
        at = to;
        row += 1;
    }
}

/// Adds the sines of each row to the sums, whose first is that of node `first`; returns the row of the last.
fn sum_up(
    offsets: &[u32],
    mut row: usize,
    ends: Range<usize>,
    sines: &[u32],
    first: usize,
    sums: &mut Sums<'_>,
) -> usize {
    let mut at = ends.start;
    loop {
        let to = (offsets[row + 1] as usize).min(ends.end);
        let sum = sines[at - ends.start..to - ends.start]
            .iter()
            .fold(0u32, |sum, &sine| sum.wrapping_add(sine));
        match &mut sums.wide {
            Some(wide) => wide[row - first] += i64::from(sum as i32),
            None => sums.words[row - first] = sums.words[row - first].wrapping_add(sum),
        }
        at = to;
        if at == ends.end {
            return row;
        }
        row += 1;
    }
}
