//! The average step for a block of nodes: slot by slot over contiguous or listed neighbours, then over stored rows.

use super::{AverageStep, bias, flow, rows};
use crate::device::cpu::prefetch;
use crate::number::Divisor;
use crate::scenario::Rounding;
use crate::step::{Outputs, Scratch, View};
use crate::topology::{Ids, Neighbours};
use std::ops::Range;

/// How many nodes are worked on at a time: their beliefs, flows and masks fit the first-level cache.
pub(super) const CHUNK: usize = 2048;

/// How many links are worked on between prefetches.
const PIECE: usize = 512;

/// The links of a chunk over one slot, or the stored links of some nodes, of which all have the same divisor.
#[derive(Clone, Copy)]
struct Links<'a> {
    own: Ids<'a>,
    other: Ids<'a>,
    own_beliefs: &'a [i32],
    other_beliefs: &'a [i32],
}

impl<'a> Links<'a> {
    /// The links from `at` on, `len` of them.
    fn piece(&self, at: usize, len: usize) -> Self {
        let ids = |ids: Ids<'a>| match ids {
            Ids::Run(first) => Ids::Run(first + at as u32),
            Ids::List(list) => Ids::List(&list[at..at + len]),
        };
        Links {
            own: ids(self.own),
            other: ids(self.other),
            own_beliefs: &self.own_beliefs[at..at + len],
            other_beliefs: &self.other_beliefs[at..at + len],
        }
    }
}

/// The scratch of a chunk.
struct Buffers {
    /// Flows, biased; room for a chunk and half a chunk before it.
    flows: Vec<u32>,
    /// Neighbours' indices.
    list: Vec<u32>,
    /// Neighbours' beliefs.
    gathered: Vec<u32>,
    own_masks: Vec<u32>,
    other_masks: Vec<u32>,
    draws: Vec<u32>,
}

/// Runs the step over `block`, chunk by chunk.
pub(super) fn run(
    step: &AverageStep,
    view: &View<'_>,
    block: Range<u32>,
    outputs: &mut Outputs<'_>,
    scratch: &mut Scratch,
) {
    let beliefs: &[i32] = bytemuck::cast_slice(view.reads[0]);
    let (next, carry) = outputs.split_at_mut(1);
    let next: &mut [u32] = next[0][0];
    let mut carry: Option<&mut Vec<&mut [u32]>> = carry.first_mut();
    let mut buffers = Buffers {
        flows: scratch.take(2 * CHUNK),
        list: scratch.take(2 * CHUNK),
        gathered: scratch.take(2 * CHUNK),
        own_masks: scratch.take(2 * CHUNK),
        other_masks: scratch.take(2 * CHUNK),
        draws: scratch.take(CHUNK + 16),
    };
    let mut first = block.start;
    for sums in next.chunks_mut(CHUNK) {
        let nodes = first..first + sums.len() as u32;
        sums.copy_from_slice(&view.reads[0][nodes.start as usize..nodes.end as usize]);
        if let Some(q) = step.divisor.filter(|_| view.topology.slots() > 0) {
            let chunk = Chunk {
                step,
                view,
                beliefs,
                nodes: nodes.clone(),
                at: (first - block.start) as usize,
                q,
            };
            chunk.slots(sums, carry.as_deref_mut(), &mut buffers);
        }
        first = nodes.end;
    }
    for words in [
        buffers.flows,
        buffers.list,
        buffers.gathered,
        buffers.own_masks,
        buffers.other_masks,
        buffers.draws,
    ] {
        scratch.give(words);
    }
    if let Some(stored) = view.topology.rows() {
        let carry = carry.and_then(|lanes| lanes.last_mut()).map(|lane| &mut **lane);
        rows::run(step, view, stored, block, next, carry, scratch);
    }
}

/// The beliefs that the next chunk will read where this one reads some.
#[derive(Clone, Copy)]
struct Ahead<'a>(&'a [i32]);

impl Ahead<'_> {
    /// Asks for the beliefs a chunk ahead of the links at..at + size.
    fn fetch(self, at: usize, size: usize) {
        if let Some(words) = self.0.get(at..(at + size).min(self.0.len())) {
            prefetch::for_reading(bytemuck::cast_slice(words));
        }
    }
}

/// A chunk of nodes whose links all have the divisor q.
struct Chunk<'a> {
    step: &'a AverageStep,
    view: &'a View<'a>,
    beliefs: &'a [i32],
    nodes: Range<u32>,
    /// Where the chunk starts in its block.
    at: usize,
    q: u32,
}

impl Chunk<'_> {
    /// Adds to `sums` what the nodes gain over all slots.
    fn slots(&self, sums: &mut [u32], mut carry: Option<&mut Vec<&mut [u32]>>, buffers: &mut Buffers) {
        let topology = self.view.topology;
        let (_, times) = bias(self.q);
        let mut biased = 0u32;
        let shares = carry.is_none();
        // Links of one length all read the chunk's own beliefs, which need to be fetched once.
        let mut fetched = false;
        for slot in 0..topology.slots() {
            if shares && let Some(mirror) = topology.mirror(slot) {
                let (forward, backward) = (slot.min(mirror), slot.max(mirror));
                if let Some(distance) = self.shared_distance(forward, backward, &mut buffers.list) {
                    if slot == forward {
                        let ahead = if fetched {
                            Ahead(&[])
                        } else {
                            self.ahead(self.nodes.start)
                        };
                        self.both_ends(distance, ahead, sums, buffers);
                        fetched = true;
                    }
                    continue;
                }
            }
            let lane = carry
                .as_deref_mut()
                .map(|lanes| &mut lanes[slot as usize][self.at..self.at + sums.len()]);
            self.one_slot(slot, sums, lane, buffers);
            biased += u32::from(shares);
        }
        if biased != 0 {
            flow::subtract_constant(times.wrapping_mul(biased), sums);
        }
    }

    /// If all nodes of the chunk have their neighbours over `forward` the same distance above, and over `backward` the
    /// same below, and both are near enough for a flow to be worked out once for both ends: that distance.
    fn shared_distance(&self, forward: u32, backward: u32, list: &mut [u32]) -> Option<u32> {
        let nodes = self.nodes.clone();
        let len = nodes.end - nodes.start;
        let run = |slot, list: &mut [u32]| match self.view.topology.neighbours(slot, nodes.clone(), list) {
            (Neighbours::Run(other), n) if n == len => Some(other),
            _ => None,
        };
        let above = run(forward, list)?;
        let distance = above.checked_sub(nodes.start).filter(|d| *d > 0 && 2 * d <= len)?;
        let below = run(backward, list)?;
        (nodes.start.checked_sub(distance) == Some(below)).then_some(distance)
    }

    /// What lies a chunk ahead of the beliefs from `first` on.
    fn ahead(&self, first: u32) -> Ahead<'_> {
        Ahead(self.beliefs.get(first as usize + CHUNK..).unwrap_or_default())
    }

    /// Links of one length: the flow of each is worked out once, and applied at both ends with opposite signs.
    fn both_ends(&self, distance: u32, ahead: Ahead<'_>, sums: &mut [u32], buffers: &mut Buffers) {
        let (first, last) = (self.nodes.start - distance, self.nodes.end);
        let links = Links {
            own: Ids::Run(first),
            other: Ids::Run(first + distance),
            own_beliefs: &self.beliefs[first as usize..last as usize],
            other_beliefs: &self.beliefs[(first + distance) as usize..(last + distance) as usize],
        };
        let len = (last - first) as usize;
        self.flows(&links, len, ahead, buffers);
        flow::add_difference(
            &buffers.flows[distance as usize..len],
            &buffers.flows[..len - distance as usize],
            sums,
        );
    }

    /// What the nodes gain over one slot.
    fn one_slot(&self, slot: u32, sums: &mut [u32], mut carry: Option<&mut [u32]>, buffers: &mut Buffers) {
        let mut done = 0usize;
        while done < sums.len() {
            let start = self.nodes.start + done as u32;
            let (neighbours, count) = self
                .view
                .topology
                .neighbours(slot, start..self.nodes.end, &mut buffers.list);
            let count = count as usize;
            let own_beliefs = &self.beliefs[start as usize..start as usize + count];
            let mut gathered = std::mem::take(&mut buffers.gathered);
            let list = std::mem::take(&mut buffers.list);
            let (other, other_beliefs) = match neighbours {
                Neighbours::Run(j) => (Ids::Run(j), &self.beliefs[j as usize..j as usize + count]),
                Neighbours::List => {
                    for (word, &j) in gathered.iter_mut().zip(&list[..count]) {
                        *word = self.beliefs[j as usize] as u32;
                    }
                    (Ids::List(&list[..count]), bytemuck::cast_slice(&gathered[..count]))
                }
            };
            let links = Links {
                own: Ids::Run(start),
                other,
                own_beliefs,
                other_beliefs,
            };
            match carry.as_deref_mut() {
                Some(lane) => self.quasi(&links, &mut lane[done..done + count], buffers),
                None => {
                    let ahead = match other {
                        Ids::Run(first) => self.ahead(first),
                        Ids::List(_) => self.ahead(start),
                    };
                    self.flows(&links, count, ahead, buffers);
                }
            }
            flow::add(&buffers.flows[..count], &mut sums[done..done + count]);
            buffers.gathered = gathered;
            buffers.list = list;
            done += count;
        }
    }

    /// Who of both ends acts; nothing if everybody always does.
    fn masks(&self, links: &Links<'_>, len: usize, buffers: &mut Buffers) -> bool {
        let schedule = self.view.schedule;
        if schedule.is_always() {
            return false;
        }
        schedule.masks(links.own, self.view.tick, &mut buffers.own_masks[..len]);
        schedule.masks(links.other, self.view.tick, &mut buffers.other_masks[..len]);
        true
    }

    /// Writes what the own ends gain into `buffers.flows`, biased.
    fn flows(&self, links: &Links<'_>, len: usize, ahead: Ahead<'_>, buffers: &mut Buffers) {
        let masked = self.masks(links, len, buffers);
        let (q, tick) = (self.q, self.view.tick);
        let (bias, times) = bias(q);
        let divisor = Divisor::new(q);
        for at in (0..len).step_by(PIECE) {
            let size = PIECE.min(len - at);
            let piece = links.piece(at, size);
            let flows = &mut buffers.flows[at..at + size];
            match self.step.rounding {
                Rounding::Trunc => {
                    flow::differences_towards_zero(piece.own_beliefs, piece.other_beliefs, q, bias, flows);
                }
                Rounding::Random => {
                    flow::differences(piece.own_beliefs, piece.other_beliefs, bias, flows);
                    flow::add_random(
                        self.step.key,
                        piece.own,
                        piece.other,
                        tick,
                        q,
                        &mut buffers.draws,
                        flows,
                    );
                }
                Rounding::Golden | Rounding::Quasi => {
                    flow::differences(piece.own_beliefs, piece.other_beliefs, bias, flows);
                    flow::add_golden(piece.own, piece.other, tick, q, flows);
                }
            }
            flow::divide(flows, divisor);
            if masked {
                flow::rest(
                    &buffers.own_masks[at..at + size],
                    &buffers.other_masks[at..at + size],
                    times,
                    flows,
                );
            }
            ahead.fetch(at, size);
        }
    }

    /// Writes what the own ends gain into `buffers.flows`, unbiased, and advances the accumulators.
    fn quasi(&self, links: &Links<'_>, carry: &mut [u32], buffers: &mut Buffers) {
        let len = carry.len();
        let masked = self.masks(links, len, buffers);
        if masked {
            for (own, other) in buffers.own_masks[..len].iter_mut().zip(&buffers.other_masks) {
                *own |= other;
            }
        }
        let used = if masked { &buffers.own_masks[..len] } else { &[] };
        flow::quasi(
            links.own,
            links.other,
            links.own_beliefs,
            links.other_beliefs,
            used,
            Divisor::new(self.q),
            bias(self.q),
            carry,
            &mut buffers.flows[..len],
        );
    }
}
