//! A slot and its mirror: the flow over a link is worked out once, and applied at both ends with opposite signs.

use super::block::{Buffers, CHUNK, Chunk, Links};
use super::flow;
use crate::step::Scratch;
use crate::topology::{Ids, Neighbours};
use crate::words::Words;
use std::ops::Range;

/// The longest links whose flows are kept until their upper ends come by: as long as half a block, or less.
pub(super) const LONGEST: u32 = 8192;

/// The longest links of which the flows to a chunk's nodes from below are worked out anew: they and those of the chunk are one stretch in the
/// nearest cache, where rings of several lengths would not be.
const SHORT: u32 = 256;

/// The flows over links upwards, all of one length, from the nodes that were worked on last. They go round in a ring of whole chunks, so
/// that those of a chunk are never apart.
#[derive(Default)]
pub(super) struct Kept {
    distance: u32,
    /// The lower ends of the links whose flows are there.
    ends: Range<u32>,
    /// The words of the ring.
    size: usize,
    pub flows: Words,
}

impl Kept {
    /// Whether the flows from as many nodes below `first` are there.
    pub fn reaches(&self, distance: u32, first: u32) -> bool {
        self.distance == distance && self.ends.start + distance <= first && first <= self.ends.end
    }

    /// Where the flow from a node is, if its block begins with `start`, and how many after it are not at the ring's end.
    pub fn place(&self, start: u32, node: u32) -> (usize, usize) {
        let at = (node as usize + self.size - start as usize % self.size) % self.size;
        (at, self.size - at)
    }

    /// Flows up to that from `end` have been written; those that they stand in the place of are gone.
    pub fn has_come_to(&mut self, end: u32) {
        self.ends.end = end;
        self.ends.start = self.ends.start.max(end.saturating_sub(self.size as u32));
    }
}

impl Chunk<'_> {
    /// The node that the chunk's block begins with.
    pub(super) fn start(&self) -> u32 {
        self.nodes.start - self.at as u32
    }

    /// The flows that are kept of a slot.
    pub(super) fn kept<'a>(&self, slot: u32, buffers: &'a mut Buffers) -> &'a mut Kept {
        let slot = slot as usize;
        if buffers.kept.len() <= slot {
            buffers.kept.resize_with(slot + 1, Kept::default);
        }
        &mut buffers.kept[slot]
    }

    /// What the nodes gain over a slot and its mirror. Wherever the neighbours over one are as far above as those over the
    /// other are below, the flow of each link is worked out once for both its ends, unless that is too far.
    pub(super) fn two_slots(
        &self,
        forward: u32,
        backward: u32,
        sums: &mut [u32],
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        let topology = self.view.topology;
        let mut first = self.nodes.start;
        while first < self.nodes.end {
            let rest = first..self.nodes.end;
            let (above, count) = topology.neighbours(forward, rest.clone(), &mut buffers.list);
            let Neighbours::Run(start) = above else {
                // One by one: asking for a list takes longer than what could be shared.
                let part = &mut sums[(first - self.nodes.start) as usize..][..count as usize];
                self.gain(above, (forward, first), part, None, None, buffers);
                self.one_slot(backward, first..first + count, part, None, &mut None, buffers);
                first += count;
                continue;
            };
            let (below, other) = topology.neighbours(backward, rest, &mut buffers.list);
            let count = count.min(other);
            let nodes = first..first + count;
            let part = &mut sums[(first - self.nodes.start) as usize..][..count as usize];
            let distance = start
                .checked_sub(first)
                .filter(|&d| d > 0 && d <= LONGEST)
                .filter(|&d| first.checked_sub(d).map(Neighbours::Run) == Some(below));
            match distance.filter(|&d| self.pays((forward, d), first, buffers)) {
                Some(distance) => self.both_ends((forward, distance), nodes, part, buffers, scratch),
                None => {
                    self.gain(above, (forward, first), part, None, None, buffers);
                    self.gain(below, (backward, first), part, None, None, buffers);
                }
            }
            first += count;
        }
    }

    /// Whether a flow that is worked out once for both ends saves more than it takes to know those from below the node `first`.
    pub(super) fn pays(&self, (slot, distance): (u32, u32), first: u32, buffers: &mut Buffers) -> bool {
        match distance <= SHORT {
            true => 2 * distance <= self.nodes.end - first,
            false => self.kept(slot, buffers).reaches(distance, first) || 2 * distance <= self.end - first,
        }
    }

    /// Links of one length: the flow of each is worked out once, and applied at both ends with opposite signs.
    pub(super) fn both_ends(
        &self,
        (slot, distance): (u32, u32),
        nodes: Range<u32>,
        sums: &mut [u32],
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        if distance <= SHORT {
            let lowest = nodes.start - distance;
            // The start of a vector.
            let first = lowest & !15;
            let len = (nodes.end - first) as usize;
            let mut flows = std::mem::take(&mut buffers.flows);
            self.flows(
                &self.links_upwards(slot, distance, first, len),
                &mut flows[..len],
                buffers,
            );
            let of = |first: u32, node: u32| &flows[(node - first) as usize..len];
            flow::add_difference(of(first, nodes.start), of(first, lowest), sums);
            buffers.flows = flows;
            return;
        }
        self.keep((slot, distance), nodes.clone(), buffers, scratch);
        let (kept, mut first, mut rest) = (self.kept(slot, buffers), nodes.start, sums);
        while !rest.is_empty() {
            let (above, below) = (
                kept.place(self.start(), first),
                kept.place(self.start(), first - distance),
            );
            let len = rest.len().min(above.1).min(below.1);
            let (part, others) = rest.split_at_mut(len);
            flow::add_difference(&kept.flows[above.0..][..len], &kept.flows[below.0..][..len], part);
            first += len as u32;
            rest = others;
        }
    }

    /// The links over a slot from some nodes to those so far above.
    fn links_upwards(&self, slot: u32, distance: u32, first: u32, len: usize) -> Links<'_> {
        let other = first + distance;
        let of = |first: u32| &self.beliefs[first as usize..first as usize + len];
        Links {
            slot,
            first,
            other: Ids::Run(other),
            own_beliefs: of(first),
            other_beliefs: of(other),
        }
    }

    /// Sees to it that the flows from the nodes, and from those that are a link's length below them, are kept.
    pub(super) fn keep(
        &self,
        (slot, distance): (u32, u32),
        nodes: Range<u32>,
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        let mut kept = std::mem::take(self.kept(slot, buffers));
        if !kept.reaches(distance, nodes.start) {
            let size = ((distance as usize).div_ceil(CHUNK) + 1) * CHUNK;
            if kept.size != size {
                scratch.give(std::mem::take(&mut kept.flows));
                (kept.flows, kept.size) = (scratch.take(size), size);
            }
            kept.distance = distance;
            kept.ends = nodes.start - distance..nodes.start - distance;
        }
        while kept.ends.end < nodes.end {
            let first = kept.ends.end;
            let (at, room) = kept.place(self.start(), first);
            let len = ((nodes.end - first) as usize).min(room).min(CHUNK);
            let links = self.links_upwards(slot, distance, first, len);
            self.flows(&links, &mut kept.flows[at..at + len], buffers);
            kept.has_come_to(first + len as u32);
        }
        *self.kept(slot, buffers) = kept;
    }
}
