//! The average step for a block of nodes: slot by slot over contiguous or listed neighbours, then over stored rows.

use super::{AverageStep, bias, each, flow, rows};
use crate::number::Divisor;
use crate::scenario::Rounding;
use crate::step::{Outputs, Scratch, View};
use crate::topology::{Ids, Neighbours};
use crate::words::Words;
use std::ops::Range;

/// How many nodes are worked on at a time: their beliefs, flows and masks fit the first-level cache.
const CHUNK: usize = 2048;

/// The links of a chunk over one slot, or the stored links of some nodes, of which all have the same divisor.
struct Links<'a> {
    own: Ids<'a>,
    other: Ids<'a>,
    own_beliefs: &'a [i32],
    other_beliefs: &'a [i32],
}

/// The scratch of a chunk.
struct Buffers {
    /// Flows, biased; room for a chunk and half a chunk before it.
    flows: Words,
    /// Neighbours' indices.
    list: Words,
    /// Neighbours' beliefs.
    gathered: Words,
    own_masks: Words,
    other_masks: Words,
    draws: Words,
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
    let largest = step.divisor.unwrap_or(1 + view.topology.largest_degree());
    let divisor = Divisor::new(largest);
    let bias = bias(largest);
    let mut first = block.start;
    for sums in next.chunks_mut(CHUNK) {
        let nodes = first..first + sums.len() as u32;
        sums.copy_from_slice(&view.reads[0][nodes.start as usize..nodes.end as usize]);
        let at = (first - block.start) as usize;
        // All links of a node with the most neighbours have the same divisor.
        let alike = step.divisor.is_some()
            || view.topology.rows().is_none()
                && view.topology.degree_of_all(nodes.clone()) == Some(view.topology.largest_degree());
        if alike {
            let chunk = Chunk {
                divisor,
                bias,
                step,
                view,
                beliefs,
                nodes: nodes.clone(),
                at,
                q: largest,
            };
            chunk.slots(sums, carry.as_deref_mut(), &mut buffers);
        } else if view.topology.slots() > 0 {
            each::slots(step, view, nodes.clone(), at, sums, carry.as_deref_mut(), scratch);
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

/// A chunk of nodes whose links all have the divisor q.
struct Chunk<'a> {
    step: &'a AverageStep,
    view: &'a View<'a>,
    beliefs: &'a [i32],
    nodes: Range<u32>,
    /// Where the chunk starts in its block.
    at: usize,
    q: u32,
    /// q's reciprocal.
    divisor: Divisor,
    /// See [`bias`].
    bias: (u32, u32),
}

impl Chunk<'_> {
    /// Adds to `sums` what the nodes gain over all slots.
    fn slots(&self, sums: &mut [u32], mut carry: Option<&mut Vec<&mut [u32]>>, buffers: &mut Buffers) {
        let topology = self.view.topology;
        for slot in 0..topology.slots() {
            match topology.mirror(slot).filter(|_| carry.is_none()) {
                Some(mirror) if mirror > slot => self.two_slots(slot, mirror, sums, buffers),
                // Done with its mirror.
                Some(mirror) if mirror < slot => {}
                _ => {
                    let lane = carry
                        .as_deref_mut()
                        .map(|lanes| &mut lanes[slot as usize][self.at..self.at + sums.len()]);
                    self.one_slot(slot, self.nodes.clone(), sums, lane, buffers);
                }
            }
        }
    }

    /// What the nodes gain over a slot and its mirror. Wherever the neighbours over one are as far above as those over the
    /// other are below, and near enough, the flow of each link is worked out once for both its ends.
    fn two_slots(&self, forward: u32, backward: u32, sums: &mut [u32], buffers: &mut Buffers) {
        let mut list = std::mem::take(&mut buffers.list);
        let (ahead, behind) = list.split_at_mut(CHUNK);
        let mut first = self.nodes.start;
        while first < self.nodes.end {
            let rest = first..self.nodes.end;
            let (above, count) = self.view.topology.neighbours(forward, rest.clone(), ahead);
            let (below, other) = self.view.topology.neighbours(backward, rest, behind);
            let count = count.min(other);
            let nodes = first..first + count;
            let part = &mut sums[(first - self.nodes.start) as usize..][..count as usize];
            let distance = match (above, below) {
                (Neighbours::Run(above), Neighbours::Run(below)) => above.checked_sub(first).filter(|&d| {
                    d > 0 && d <= CHUNK as u32 / 2 && 2 * d <= count && first.checked_sub(d) == Some(below)
                }),
                _ => None,
            };
            match distance {
                Some(distance) => self.both_ends(distance, nodes, part, buffers),
                None => {
                    self.one_way(first, above, ahead, part, None, buffers);
                    self.one_way(first, below, behind, part, None, buffers);
                }
            }
            first += count;
        }
        buffers.list = list;
    }

    /// Links of one length: the flow of each is worked out once, and applied at both ends with opposite signs.
    fn both_ends(&self, distance: u32, nodes: Range<u32>, sums: &mut [u32], buffers: &mut Buffers) {
        // The lowest node whose flow is needed, and from where on they are worked out: the start of a vector.
        let lowest = nodes.start - distance;
        let (first, last) = (lowest & !15, nodes.end);
        let links = Links {
            own: Ids::Run(first),
            other: Ids::Run(first + distance),
            own_beliefs: &self.beliefs[first as usize..last as usize],
            other_beliefs: &self.beliefs[(first + distance) as usize..(last + distance) as usize],
        };
        let len = (last - first) as usize;
        self.flows(&links, len, buffers);
        flow::add_difference(
            &buffers.flows[(nodes.start - first) as usize..len],
            &buffers.flows[(lowest - first) as usize..len],
            sums,
        );
    }

    /// What `nodes` gain over one slot; `sums` and `carry` are theirs.
    fn one_slot(
        &self,
        slot: u32,
        nodes: Range<u32>,
        sums: &mut [u32],
        mut carry: Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
        let mut list = std::mem::take(&mut buffers.list);
        let mut done = 0usize;
        while done < sums.len() {
            let start = nodes.start + done as u32;
            let (neighbours, count) = self.view.topology.neighbours(slot, start..nodes.end, &mut list);
            let to = done + count as usize;
            let lane = carry.as_deref_mut().map(|lane| &mut lane[done..to]);
            self.one_way(start, neighbours, &list, &mut sums[done..to], lane, buffers);
            done = to;
        }
        buffers.list = list;
    }

    /// What the nodes from `start` on, one for each of `sums`, gain from `neighbours`, which may be in `list`.
    fn one_way(
        &self,
        start: u32,
        neighbours: Neighbours,
        list: &[u32],
        sums: &mut [u32],
        lane: Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
        let count = sums.len();
        let mut gathered = std::mem::take(&mut buffers.gathered);
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
            own_beliefs: &self.beliefs[start as usize..start as usize + count],
            other_beliefs,
        };
        match lane {
            Some(lane) => {
                self.quasi(&links, lane, buffers);
                flow::add(&buffers.flows[..count], 0, sums);
            }
            None => {
                self.flows(&links, count, buffers);
                flow::add(&buffers.flows[..count], self.bias.1, sums);
            }
        }
        buffers.gathered = gathered;
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
    fn flows(&self, links: &Links<'_>, len: usize, buffers: &mut Buffers) {
        let masked = self.masks(links, len, buffers);
        let (q, tick) = (self.q, self.view.tick);
        let times = self.bias.1;
        // The divisor's increment goes with the bias.
        let bias = self.bias.0 + self.divisor.increment;
        let flows = &mut buffers.flows[..len];
        match self.step.rounding {
            Rounding::Trunc => {
                flow::differences_towards_zero(links.own_beliefs, links.other_beliefs, q, bias, flows);
            }
            Rounding::Random => {
                flow::differences(links.own_beliefs, links.other_beliefs, bias, flows);
                flow::add_random(
                    self.step.key,
                    links.own,
                    links.other,
                    tick,
                    q,
                    &mut buffers.draws,
                    flows,
                );
            }
            Rounding::Golden | Rounding::Quasi => {
                let beliefs = (links.own_beliefs, links.other_beliefs);
                flow::golden_differences(links.own, links.other, beliefs, tick, q, bias, flows);
            }
        }
        flow::divide(flows, self.divisor);
        if masked {
            flow::rest(&buffers.own_masks[..len], &buffers.other_masks[..len], times, flows);
        }
    }

    /// Writes what the own ends gain into `buffers.flows`, unbiased, and advances the accumulators.
    fn quasi(&self, links: &Links<'_>, carry: &mut [u32], buffers: &mut Buffers) {
        let len = carry.len();
        let masked = self.masks(links, len, buffers);
        if masked {
            for (own, other) in buffers.own_masks[..len].iter_mut().zip(&*buffers.other_masks) {
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
            self.divisor,
            self.bias,
            carry,
            &mut buffers.flows[..len],
        );
    }
}
