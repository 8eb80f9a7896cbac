//! The average step for a block of nodes: slot by slot over contiguous or listed neighbours, then over stored rows.

use super::lies::Lies;
use super::pairs::Kept;
use super::regular::Regular;
use super::{AverageStep, bias, each, flow, rows, wide};
use crate::hear::gate::Gate;
use crate::hear::words;
use crate::number::{Divisor, room};
use crate::part::average::Rounding;
use crate::step::{Outputs, Scratch, View};
use crate::topology::{Ids, Neighbours};
use crate::words::Words;
use std::ops::Range;

/// How many nodes are worked on at a time: their beliefs, flows and masks fit the first-level cache.
pub(super) const CHUNK: usize = 2048;

/// Bytes for the draws of a chunk's links over one slot.
pub(super) const ROOM: usize = room(CHUNK);

/// The links of a chunk over one slot, of which all have the same divisor.
pub(super) struct Links<'a> {
    /// The slot that they are over.
    pub slot: u32,
    /// The first of the own ends, which are contiguous.
    pub first: u32,
    pub other: Ids<'a>,
    pub own_beliefs: &'a [i32],
    pub other_beliefs: &'a [i32],
}

/// The scratch of a chunk.
pub(super) struct Buffers {
    /// Flows, biased; room for a chunk and some nodes before it.
    pub flows: Words,
    /// Those that the other ends of their links need later, by the slot upwards.
    pub kept: Vec<Kept>,
    pub regular: Regular,
    /// Neighbours' indices.
    pub list: Words,
    /// Neighbours' beliefs.
    pub gathered: Words,
    pub masks: Words,
    pub spare: Words,
    /// Where a liar spoke.
    pub lies: Words,
    pub draws: Words,
    pub told: Lies,
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
        kept: Vec::new(),
        regular: Regular::default(),
        list: scratch.take(2 * CHUNK),
        gathered: scratch.take(2 * CHUNK),
        masks: scratch.take((2 * CHUNK).max(wide::TOGETHER * ROOM / 4)),
        spare: scratch.take(2 * CHUNK),
        lies: scratch.take(2 * CHUNK),
        draws: scratch.take(CHUNK + 16),
        told: Lies::default(),
    };
    let largest = step.divisor.unwrap_or(1 + view.topology.largest_degree());
    let divisor = Divisor::new(largest);
    let bias = bias(largest);
    let terms = wide::Terms {
        rounding: step.rounding,
        tick: view.tick,
        q: largest,
        divisor,
        bias,
        signed: wide::signed_reciprocal(largest),
    };
    let is_wide = wide::is_here(terms);
    let mut first = block.start;
    for sums in next.chunks_mut(CHUNK) {
        let nodes = first..first + sums.len() as u32;
        let at = (first - block.start) as usize;
        // All links of a node with the most neighbours have the same divisor.
        let alike = step.divisor.is_some()
            || view.topology.rows().is_none()
                && view.topology.degree_of_all(nodes.clone()) == Some(view.topology.largest_degree());
        let chunk = Chunk {
            terms,
            step,
            view,
            beliefs,
            nodes: nodes.clone(),
            at,
            end: block.end,
            is_wide,
        };
        let own = &view.reads[0][nodes.start as usize..nodes.end as usize];
        if alike && carry.is_none() {
            let mut taken = taken.as_mut().map(|taken| &mut taken[at..at + sums.len()]);
            buffers.regular.forget();
            let gate = chunk.gate_of_one_pass();
            match &gate {
                Some(gate) if chunk.regular(gate.as_ref(), sums, &mut buffers, scratch) => {}
                _ => sums.copy_from_slice(own),
            }
            chunk.slots(sums, None, &mut taken, &mut buffers, scratch);
            chunk.odd_links(gate.flatten().as_ref(), sums, &mut buffers.regular.odd);
            chunk.hear_liars(sums, &mut buffers);
            first = nodes.end;
            continue;
        }
        sums.copy_from_slice(own);
        let mut taken = taken.as_mut().map(|taken| &mut taken[at..at + sums.len()]);
        if alike {
            chunk.slots(sums, carry.as_deref_mut(), &mut taken, &mut buffers, scratch);
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
    if is_wide {
        wide::wait_for_streams();
    }
    let listed = buffers.told.taken;
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
    buffers.kept.into_iter().for_each(|kept| scratch.give(kept.flows));
    buffers.regular.give(scratch);
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

/// What the passes of wide vectors know of a gate.
pub(super) fn gates<'a>(gate: &Gate<'a>) -> wide::Gates<'a> {
    wide::Gates {
        status: gate.status,
        walls: gate.walls,
        barred: gate.barred,
        lost_to: gate.lost_to(),
    }
}

/// A byte for each of so many links between nodes from these two on, or none if nothing is lost.
pub(super) fn draw<'a>(gate: Option<&Gate<'_>>, (own, other): (u32, u32), len: usize, room: &'a mut [u8]) -> &'a [u8] {
    let Some(gate) = gate.filter(|gate| gate.loses()) else {
        return &[];
    };
    let (low, distance) = flow::link(own, other);
    let start = gate.draw(low, distance, len, room);
    &room[start..start + len]
}

/// A chunk of nodes whose links all have the divisor q.
pub(super) struct Chunk<'a> {
    pub step: &'a AverageStep,
    pub view: &'a View<'a>,
    pub beliefs: &'a [i32],
    pub nodes: Range<u32>,
    /// Where the chunk starts in its block, and the node at which that ends.
    pub at: usize,
    pub end: u32,
    /// Whether the processor works out flows in one pass.
    pub is_wide: bool,
    pub terms: wide::Terms,
}

/// From how many nodes on what is written goes past the caches: fewer stay in them until the next tick.
pub(super) const STREAMED: u32 = 1 << 22;

impl Chunk<'_> {
    /// Adds to `sums` what the nodes gain over all slots.
    fn slots(
        &self,
        sums: &mut [u32],
        mut carry: Option<&mut Vec<&mut [u32]>>,
        taken: &mut Option<&mut [u32]>,
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        let topology = self.view.topology;
        let is_one_pass = self.gate_of_one_pass().is_some();
        for slot in 0..topology.slots_among(self.nodes.clone()) {
            match topology.mirror(slot).filter(|_| carry.is_none() && !is_one_pass) {
                _ if buffers.regular.has(slot) => {}
                Some(mirror) if mirror > slot => self.two_slots(slot, mirror, sums, buffers, scratch),
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

    /// What `nodes` gain over one slot; `sums` and `carry` are theirs.
    pub(super) fn one_slot(
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
    pub(super) fn gain(
        &self,
        neighbours: Neighbours,
        (slot, start): (u32, u32),
        sums: &mut [u32],
        carry: Option<&mut [u32]>,
        taken: Option<&mut [u32]>,
        buffers: &mut Buffers,
    ) {
        if carry.is_none()
            && let Neighbours::Run(other) = neighbours
            && let Some(gate) = self.gate_of_one_pass()
        {
            return self.gain_in_one_pass((start, other), gate, sums, buffers);
        }
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
                let mut flows = std::mem::take(&mut buffers.flows);
                self.flows(&links, &mut flows[..count], buffers);
                buffers.flows = flows;
                self.terms.bias.1
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

    /// Writes what the own ends gain, biased.
    pub(super) fn flows(&self, links: &Links<'_>, flows: &mut [u32], buffers: &mut Buffers) {
        let len = flows.len();
        let masked = self.masks(links, len, buffers);
        let (wide::Terms { q, divisor, .. }, tick) = (self.terms, self.view.tick);
        let (bias, times) = self.terms.bias;
        // The divisor's increment goes with the bias.
        let bias = bias + divisor.increment;
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
        flow::divide(flows, divisor);
        if masked {
            flow::rest(&buffers.masks[..len], times, flows);
        }
    }

    /// What stands between the ends of links, if the processor can work out flows in one pass: everybody acts, and there is a gate or
    /// nothing at all.
    pub(super) fn gate_of_one_pass(&self) -> Option<Option<Gate<'_>>> {
        let gate = self.view.traffic.gate();
        (self.is_wide && (gate.is_some() || self.view.traffic.is_open())).then_some(gate)
    }

    /// Adds what consecutive nodes gain from as many others, given with the first of both.
    fn gain_in_one_pass(
        &self,
        (first, other): (u32, u32),
        gate: Option<Gate<'_>>,
        sums: &mut [u32],
        buffers: &mut Buffers,
    ) {
        let room: &mut [u8] = bytemuck::cast_slice_mut(&mut buffers.masks);
        let drawn = draw(gate.as_ref(), (first, other), sums.len(), room);
        let single = wide::Single { other, drawn };
        let gates = gate.as_ref().map(gates);
        let out = (sums, None);
        wide::gain_singles(
            (self.beliefs, first),
            wide::Begun::Here,
            &[single],
            self.terms,
            gates,
            out,
        );
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
            self.terms.divisor,
            self.terms.bias,
            carry,
            &mut buffers.flows[..len],
        );
    }
}
