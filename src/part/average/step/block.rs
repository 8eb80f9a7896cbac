//! The average step for a block of nodes: slot by slot over contiguous or listed neighbours, then over stored rows.

use super::{AverageStep, bias, each, flow, rows, wide};
use crate::hear::gate::{Gate, NEAR, gate_room};
use crate::hear::words;
use crate::number::Divisor;
use crate::part::average::Rounding;
use crate::step::{Outputs, Scratch, View};
use crate::topology::{Ids, Neighbours};
use crate::words::Words;
use std::ops::Range;

/// How many nodes are worked on at a time: their beliefs, flows and masks fit the first-level cache.
pub(super) const CHUNK: usize = 2048;

/// The links of a chunk over one slot, or the stored links of some nodes, of which all have the same divisor.
struct Links<'a> {
    /// The slot that they are over.
    slot: u32,
    /// The first of the own ends, which are contiguous.
    first: u32,
    other: Ids<'a>,
    own_beliefs: &'a [i32],
    other_beliefs: &'a [i32],
}

/// The scratch of a chunk.
pub(super) struct Buffers {
    /// Flows, biased; room for a chunk and half a chunk before it.
    pub flows: Words,
    /// Neighbours' indices.
    pub list: Words,
    /// Neighbours' beliefs.
    pub gathered: Words,
    pub masks: Words,
    pub spare: Words,
    /// Where a liar spoke.
    pub lies: Words,
    pub draws: Words,
    /// What nodes take from liars over the links that are worked out apart: where the node stands in its block, and how much.
    pub taken: Vec<(u32, u32)>,
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
    let mut outputs = outputs.iter_mut();
    let Some(next) = outputs.next() else { return };
    let next: &mut [u32] = next[0];
    let mut carry: Option<&mut Vec<&mut [u32]>> = step.carry.and_then(|_| outputs.next());
    let ledger = step.ledger.and_then(|_| outputs.next());
    // What each node takes from liars in this tick, where that is not collected in a list.
    let is_listed = carry.is_none() && view.topology.rows().is_none() && step.divisor.is_some();
    let mut taken = ledger.as_ref().filter(|_| !is_listed).map(|_| scratch.take(next.len()));
    if let Some(taken) = &mut taken {
        taken[..next.len()].fill(0);
    }
    let mut buffers = Buffers {
        flows: scratch.take(2 * CHUNK),
        list: scratch.take(2 * CHUNK),
        gathered: scratch.take(2 * CHUNK),
        masks: scratch.take((2 * CHUNK).max(FEW as usize * gate_room(CHUNK) / 4)),
        spare: scratch.take(2 * CHUNK),
        lies: scratch.take(2 * CHUNK),
        draws: scratch.take(CHUNK + 16),
        taken: Vec::new(),
    };
    let largest = step.divisor.unwrap_or(1 + view.topology.largest_degree());
    let divisor = Divisor::new(largest);
    let bias = bias(largest);
    let mut first = block.start;
    for sums in next.chunks_mut(CHUNK) {
        let nodes = first..first + sums.len() as u32;
        let at = (first - block.start) as usize;
        // All links of a node with the most neighbours have the same divisor.
        let alike = step.divisor.is_some()
            || view.topology.rows().is_none()
                && view.topology.degree_of_all(nodes.clone()) == Some(view.topology.largest_degree());
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
        if alike && carry.is_none() && chunk.in_one_pass(sums, &mut buffers) {
            first = nodes.end;
            continue;
        }
        sums.copy_from_slice(&view.reads[0][nodes.start as usize..nodes.end as usize]);
        let mut taken = taken.as_mut().map(|taken| &mut taken[at..at + sums.len()]);
        if alike {
            chunk.slots(sums, carry.as_deref_mut(), &mut taken, &mut buffers);
            if carry.is_none() {
                chunk.hear_liars(sums, &mut buffers);
            }
        } else if view.topology.slots() > 0 {
            each::slots(
                step,
                view,
                nodes.clone(),
                at,
                sums,
                carry.as_deref_mut(),
                taken,
                scratch,
            );
        }
        first = nodes.end;
    }
    let listed = buffers.taken;
    for words in [
        buffers.flows,
        buffers.list,
        buffers.gathered,
        buffers.masks,
        buffers.spare,
        buffers.lies,
        buffers.draws,
    ] {
        scratch.give(words);
    }
    if let Some(stored) = view.topology.rows() {
        let carry = carry.and_then(|lanes| lanes.last_mut()).map(|lane| &mut **lane);
        let taken = taken.as_mut().map(|taken| &mut taken[..next.len()]);
        rows::run(step, view, stored, block, next, carry, taken, scratch);
    }
    if let Some([low, high]) = ledger.map(Vec::as_mut_slice) {
        flow::add_wide_listed(&listed, low, high);
        if let Some(taken) = &taken {
            flow::add_wide(taken, low, high);
        }
    }
    if let Some(taken) = taken {
        scratch.give(taken);
    }
}

/// A chunk of nodes whose links all have the divisor q.
pub(super) struct Chunk<'a> {
    pub step: &'a AverageStep,
    pub view: &'a View<'a>,
    pub beliefs: &'a [i32],
    pub nodes: Range<u32>,
    /// Where the chunk starts in its block.
    pub at: usize,
    pub q: u32,
    /// q's reciprocal.
    pub divisor: Divisor,
    /// See [`bias`].
    pub bias: (u32, u32),
}

/// The most slots of which the flow of a link is worked out at either end, where the processor does them all in one pass.
const FEW: u32 = 6;

/// From how many nodes on the one pass is faster: fewer are in the nearer caches, where the passes, which share flows, wait for nothing.
const FAR: u32 = 1 << 18;

/// From how many nodes on what is written goes past the caches: fewer stay in them until the next tick.
const STREAMED: u32 = 1 << 22;

impl Chunk<'_> {
    /// What all links have in common.
    fn terms(&self) -> wide::Terms {
        wide::Terms {
            rounding: self.step.rounding,
            tick: self.view.tick,
            q: self.q,
            divisor: self.divisor,
            bias: self.bias,
        }
    }

    /// Writes what the nodes hold next, if there are few slots, everybody acts, and the processor can do it: says whether it has.
    fn in_one_pass(&self, next: &mut [u32], buffers: &mut Buffers) -> bool {
        let (topology, terms) = (self.view.topology, self.terms());
        let gate = self.view.traffic.gate();
        let slots = topology.slots();
        let is_far = topology.nodes()
            >= match terms.rounding {
                _ if gate.is_some() => 0,
                Rounding::Trunc => FAR,
                _ => STREAMED,
            };
        let has_few = (1..=FEW).contains(&slots) && topology.rows().is_none();
        let is_told = self.view.traffic.is_open() || gate.is_some();
        if !is_far || !has_few || !is_told || !wide::is_here(terms) {
            return false;
        }
        // The neighbours in lists are not worth looking at twice.
        if !matches!(
            topology.neighbours(0, self.nodes.clone(), &mut buffers.list).0,
            Neighbours::Run(_)
        ) {
            return false;
        }
        if topology.nodes() < STREAMED {
            self.pass(next, (terms, gate), buffers);
        } else {
            let mut sums = std::mem::take(&mut buffers.draws);
            self.pass(&mut sums[..next.len()], (terms, gate), buffers);
            wide::stream(&sums[..next.len()], next);
            buffers.draws = sums;
        }
        true
    }

    /// As [`Self::in_one_pass`], stretch by stretch in which the neighbours over each slot are consecutive.
    fn pass(&self, next: &mut [u32], (terms, gate): (wide::Terms, Option<Gate<'_>>), buffers: &mut Buffers) {
        let topology = self.view.topology;
        let mut runs = [wide::Run { other: 0 }; FEW as usize];
        let runs = &mut runs[..topology.slots() as usize];
        let mut first = self.nodes.start;
        while first < self.nodes.end {
            let (mut end, mut are_runs) = (self.nodes.end, true);
            for (slot, run) in (0..).zip(&mut *runs) {
                let (answer, count) = topology.neighbours(slot, first..end, &mut buffers.list);
                end = first + count;
                match answer {
                    Neighbours::Run(other) => run.other = other,
                    _ => are_runs = false,
                }
            }
            let part = &mut next[(first - self.nodes.start) as usize..(end - self.nodes.start) as usize];
            match gate {
                Some(gate) if are_runs => self.gated(gate, first..end, runs, terms, part, &mut buffers.masks),
                None if are_runs => wide::sums(self.beliefs, first..end, runs, terms, false, part),
                _ => {
                    part.copy_from_slice(&self.view.reads[0][first as usize..end as usize]);
                    let nodes = first..end;
                    let rest = Chunk { nodes, ..*self };
                    rest.slots(part, None, &mut None, buffers);
                }
            }
            first = end;
        }
        self.hear_liars(next, buffers);
    }

    /// As [`wide::sums`], where anything can go wrong. `room` is for the draws of losses, which links of one length share if they are near.
    fn gated(
        &self,
        gate: Gate<'_>,
        nodes: Range<u32>,
        runs: &[wide::Run],
        terms: wide::Terms,
        out: &mut [u32],
        room: &mut [u32],
    ) {
        let len = nodes.len();
        let room: &mut [u8] = bytemuck::cast_slice_mut(room);
        let mut drawn: [&[u8]; FEW as usize] = [&[u8::MAX; CHUNK]; FEW as usize];
        if gate.loses() {
            let ends = |run: wide::Run| (nodes.start.min(run.other), nodes.start.abs_diff(run.other));
            let mut parts = room.chunks_exact_mut(gate_room(CHUNK));
            let mut is_drawn = [false; FEW as usize];
            for (k, &run) in runs.iter().enumerate() {
                if is_drawn[k] {
                    continue;
                }
                let (low, distance) = ends(run);
                // The links below a node are those above the node so far below.
                let is_other = |&j: &usize| {
                    let (other, length) = ends(runs[j]);
                    !is_drawn[j] && length == distance && other.abs_diff(low) == distance
                };
                let pair = (k + 1..runs.len()).find(is_other).filter(|_| distance <= NEAR);
                let lowest = pair.map_or(low, |j| low.min(ends(runs[j]).0));
                let more = if pair.is_some() { distance as usize } else { 0 };
                let Some(part) = parts.next() else { return };
                let start = gate.draw(lowest, distance, len + more, part);
                for j in [Some(k), pair].into_iter().flatten() {
                    let first = start + (ends(runs[j]).0 - lowest) as usize;
                    drawn[j] = &part[first..first + len];
                    is_drawn[j] = true;
                }
            }
        }
        let gates = wide::Gates {
            status: gate.status,
            walls: gate.walls,
            barred: gate.barred,
            drawn: &drawn[..runs.len()],
            lost_to: if gate.loses() { gate.lost_to() } else { 0 },
        };
        wide::gated_sums(self.beliefs, nodes, runs, terms, gates, out);
    }

    /// Adds to `sums` what the nodes gain over all slots.
    fn slots(
        &self,
        sums: &mut [u32],
        mut carry: Option<&mut Vec<&mut [u32]>>,
        taken: &mut Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
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
                    self.one_slot(slot, self.nodes.clone(), sums, lane, taken, buffers);
                }
            }
        }
    }

    /// What the nodes gain over a slot and its mirror. Wherever the neighbours over one are as far above as those over the
    /// other are below, and near enough, the flow of each link is worked out once for both its ends.
    fn two_slots(&self, forward: u32, backward: u32, sums: &mut [u32], buffers: &mut Buffers) {
        let topology = self.view.topology;
        // Whoever is so far away is best fetched ahead.
        let is_far = topology.nodes() >= FAR && self.view.traffic.is_open() && wide::is_here(self.terms());
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
                .filter(|&d| d > 0 && d <= CHUNK as u32 / 2 && 2 * d <= count)
                .filter(|&d| first.checked_sub(d).map(Neighbours::Run) == Some(below));
            match (distance, below) {
                (Some(distance), _) => self.both_ends(forward, distance, nodes, part, buffers),
                (None, Neighbours::Run(below)) if is_far => {
                    let runs = [start, below].map(|other| wide::Run { other });
                    wide::sums(self.beliefs, nodes, &runs, self.terms(), true, part);
                }
                (None, _) => {
                    self.gain(above, (forward, first), part, None, None, buffers);
                    self.gain(below, (backward, first), part, None, None, buffers);
                }
            }
            first += count;
        }
    }

    /// Links of one length: the flow of each is worked out once, and applied at both ends with opposite signs.
    fn both_ends(&self, slot: u32, distance: u32, nodes: Range<u32>, sums: &mut [u32], buffers: &mut Buffers) {
        // The lowest node whose flow is needed, and from where on they are worked out: the start of a vector.
        let lowest = nodes.start - distance;
        let (first, last) = (lowest & !15, nodes.end);
        let links = Links {
            slot,
            first,
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
        taken: &mut Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
        let mut done = 0usize;
        while done < sums.len() {
            let start = nodes.start + done as u32;
            let (neighbours, count) = self.view.topology.neighbours(slot, start..nodes.end, &mut buffers.list);
            let part = done..done + count as usize;
            let carry = carry.as_deref_mut().map(|lane| &mut lane[part.clone()]);
            let taken = taken.as_deref_mut().map(|taken| &mut taken[part.clone()]);
            self.gain(
                neighbours,
                (slot, start),
                &mut sums[part.clone()],
                carry,
                taken,
                buffers,
            );
            done = part.end;
        }
    }

    /// What the nodes from `start` on gain from these neighbours over a slot, of which `buffers.list` holds those that are listed;
    /// `taken` is theirs.
    fn gain(
        &self,
        neighbours: Neighbours,
        (slot, start): (u32, u32),
        sums: &mut [u32],
        carry: Option<&mut [u32]>,
        taken: Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
        let count = sums.len();
        let stretch = |first: u32| &self.beliefs[first as usize..first as usize + count];
        let mut gathered = std::mem::take(&mut buffers.gathered);
        let mut lies = std::mem::take(&mut buffers.lies);
        let list = std::mem::take(&mut buffers.list);
        let other = neighbours.ids(start, &list[..count]);
        let mut lied = false;
        let words = &mut gathered[..count];
        let other_beliefs: &[i32] = match other {
            Ids::Run(first) if taken.is_none() || carry.is_none() => stretch(first),
            _ => {
                match other {
                    Ids::Run(first) => words.copy_from_slice(bytemuck::cast_slice(stretch(first))),
                    Ids::Xor { first, mask } => words::swap(self.view.reads[0], first, mask, words),
                    Ids::List(list) => words::gather(self.view.reads[0], list, words),
                }
                let own = bytemuck::cast_slice(stretch(start));
                lied = taken.is_some()
                    && carry.is_some()
                    && self
                        .view
                        .traffic
                        .tell(Ids::Run(start), other, own, words, &mut lies[..count]);
                bytemuck::cast_slice(words)
            }
        };
        let links = Links {
            slot,
            first: start,
            other,
            own_beliefs: stretch(start),
            other_beliefs,
        };
        let excess = match carry {
            Some(lane) => {
                self.quasi(&links, lane, buffers);
                0
            }
            None => {
                self.flows(&links, count, buffers);
                self.bias.1
            }
        };
        flow::add(&buffers.flows[..count], excess, sums);
        if let (Some(taken), true) = (taken, lied) {
            flow::add_masked(&buffers.flows[..count], &lies[..count], excess, taken);
        }
        buffers.gathered = gathered;
        buffers.lies = lies;
        buffers.list = list;
    }

    /// Which links carry anything; nothing if all do. Only `quasi` meets liars here.
    fn masks(&self, links: &Links<'_>, len: usize, buffers: &mut Buffers) -> bool {
        let (own, other) = (Ids::Run(links.first), links.other);
        let (spare, masks) = (&mut buffers.spare[..len], &mut buffers.masks[..len]);
        match self.step.rounding {
            Rounding::Quasi => self.view.traffic.masks(own, other, links.slot, spare, masks),
            _ => self.view.traffic.honest(own, other, links.slot, spare, masks),
        }
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
                    Ids::Run(links.first),
                    links.other,
                    tick,
                    q,
                    &mut buffers.draws,
                    flows,
                );
            }
            Rounding::Golden | Rounding::Quasi => {
                let beliefs = (links.own_beliefs, links.other_beliefs);
                flow::golden_differences(Ids::Run(links.first), links.other, beliefs, tick, q, bias, flows);
            }
        }
        flow::divide(flows, self.divisor);
        if masked {
            flow::rest(&buffers.masks[..len], times, flows);
        }
    }

    /// Writes what the own ends gain into `buffers.flows`, unbiased, and advances the accumulators.
    fn quasi(&self, links: &Links<'_>, carry: &mut [u32], buffers: &mut Buffers) {
        let len = carry.len();
        let masked = self.masks(links, len, buffers);
        let used = if masked { &buffers.masks[..len] } else { &[] };
        flow::quasi(
            links.first,
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
