//! Several slots and their mirrors in one pass over the nodes, where everybody acts and the processor has wide vectors.

use super::block::{Buffers, CHUNK, Chunk, ROOM, STREAMED, gates};
use super::flow_each;
use super::pairs::LONGEST;
use super::wide::{self, Begun, NEAR, TOGETHER};
use crate::hear::NO_SLOT;
use crate::hear::gate::Gate;
use crate::part::average::Rounding;
use crate::step::Scratch;
use crate::topology::{Ids, Neighbours};

/// Links from here on are worked out in the very pass that adds up: what is at their upper ends comes from memory, and that pass waits for it
/// best. One a pass: words that are written and read at once would get in each other's way.
const FAR: u32 = 512;

/// Nodes whose words are a line of memory.
const LINE: u32 = 16;

/// The most odd links of a slot and chunk: they are worked out one by one, twice.
const MOST_ODD: usize = CHUNK / 32;

/// Links of some nodes of a chunk that lead elsewhere than those of all others over their slot, as where a row ends: where to, and where
/// they would have led.
#[derive(Default)]
pub(super) struct Odd {
    own: Vec<u32>,
    others: Vec<u32>,
    assumed: Vec<u32>,
    /// The lines of memory, from the chunk's first one on, in which the own ends' words are.
    lines: Vec<u32>,
}

impl Odd {
    fn truncate(&mut self, len: usize) {
        self.own.truncate(len);
        self.others.truncate(len);
        self.assumed.truncate(len);
    }

    /// Notes the lines, counted from the node `start`.
    fn note_lines(&mut self, start: u32) {
        self.lines.clear();
        self.lines.extend(self.own.iter().map(|&i| (i - start) / LINE));
        self.lines.sort_unstable();
        self.lines.dedup();
    }

    /// How many of the `len` words from `done` on are written alike: past the caches, or, of a line with an odd end, not.
    fn alike(&self, done: usize, len: usize) -> (usize, bool) {
        let line = done as u32 / LINE;
        let next = self.lines.partition_point(|&odd| odd < line);
        match self.lines.get(next) {
            Some(&odd) if odd == line => (len.min((line + 1) as usize * LINE as usize - done), false),
            Some(&odd) => (len.min(odd as usize * LINE as usize - done), true),
            None => (len, true),
        }
    }
}

impl Chunk<'_> {
    /// Writes what the nodes hold after they have gained over all slots whose neighbours are as far above as those over the mirror are below:
    /// [`TOGETHER`] pairs at a time, each flow worked out once. `buffers.paired` says which slots that were; the answer is whether
    /// there was any.
    pub(super) fn pairs(&self, next: &mut [u32], buffers: &mut Buffers, scratch: &mut Scratch) -> bool {
        buffers.paired.clear();
        let Some(gate) = self.gate_of_one_pass() else {
            return false;
        };
        let topology = self.view.topology;
        for slot in 0..topology.slots() {
            if let Some(mirror) = topology.mirror(slot).filter(|&mirror| mirror > slot)
                && let Some(distance) = self.survey(slot, mirror, buffers)
            {
                buffers.paired.push((slot, distance));
            }
        }
        if buffers.paired.is_empty() {
            return false;
        }
        let all = std::mem::take(&mut buffers.paired);
        // Whatever is added later would have to be read again.
        let is_all = 2 * all.len() == topology.slots() as usize && topology.rows().is_none();
        let is_streamed = is_all && self.step.ledger.is_none() && topology.nodes() >= STREAMED;
        if is_streamed {
            buffers.odd.note_lines(self.nodes.start);
        }
        let mut sums = std::mem::take(&mut buffers.sums);
        self.all_pairs(
            &all,
            gate.as_ref(),
            (&mut sums[..next.len()], next, is_streamed),
            buffers,
            scratch,
        );
        buffers.sums = sums;
        buffers.paired = all;
        true
    }

    /// What the nodes gain over all pairs of slots, given with the lengths of their links: those of links neither near nor far in `sums`, then
    /// the near ones, then, written to `next`, the rest.
    fn all_pairs(
        &self,
        pairs: &[(u32, u32)],
        gate: Option<&Gate<'_>>,
        (sums, next, is_streamed): (&mut [u32], &mut [u32], bool),
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        let far = pairs
            .iter()
            .max_by_key(|pair| pair.1)
            .filter(|pair| pair.1 >= FAR)
            .copied();
        let mut is_begun = false;
        for &pair in pairs.iter().filter(|pair| pair.1 > NEAR && Some(**pair) != far) {
            if !is_begun {
                sums.copy_from_slice(&self.view.reads[0][self.nodes.start as usize..self.nodes.end as usize]);
                is_begun = true;
            }
            self.both_ends(pair, self.nodes.clone(), sums, buffers, scratch);
        }
        let mut near = std::mem::take(&mut buffers.near);
        near.clear();
        near.extend(pairs.iter().map(|pair| pair.1).filter(|&distance| distance <= NEAR));
        let last = match far {
            Some(_) => near.len().min(wide::BESIDE),
            None => near.len().saturating_sub(1) % TOGETHER + usize::from(!near.is_empty()),
        };
        let (first, last) = near.split_at(near.len() - last);
        for some in first.chunks(TOGETHER) {
            let from = if is_begun { Begun::Here } else { Begun::Beliefs };
            self.some_pairs((some, None), gate, from, (sums, false), buffers);
            is_begun = true;
        }
        let from = if is_begun { Begun::Words(sums) } else { Begun::Beliefs };
        if let Some(far) = far {
            self.keep(far, self.nodes.start..self.nodes.start, buffers, scratch);
        }
        if far.is_some() || !last.is_empty() {
            self.some_pairs((last, far), gate, from, (next, is_streamed), buffers);
        } else {
            next.copy_from_slice(sums);
        }
        buffers.near = near;
    }

    /// How far above all neighbours over `forward` are, and below those over `backward`, but for a few links that are noted as odd; nothing if
    /// it is not so, or does not pay.
    fn survey(&self, forward: u32, backward: u32, buffers: &mut Buffers) -> Option<u32> {
        let nodes = self.nodes.clone();
        let before = buffers.odd.own.len();
        let distance = self.measure(forward, buffers)?;
        let fits = (1..=LONGEST).contains(&distance)
            && nodes.start >= distance.max(NEAR)
            && u64::from(nodes.end) + u64::from(distance) <= u64::from(self.view.topology.nodes());
        let pays = distance <= NEAR || fits && self.pays((forward, distance), nodes.start, buffers);
        let is_pair = fits
            && pays
            && self.note(forward, i64::from(distance), buffers)
            && self.note(backward, -i64::from(distance), buffers)
            && buffers.odd.own.len() - before <= MOST_ODD;
        if !is_pair {
            buffers.odd.truncate(before);
            return None;
        }
        Some(distance)
    }

    /// How far above most of the chunk's neighbours over a slot are.
    fn measure(&self, slot: u32, buffers: &mut Buffers) -> Option<u32> {
        let (mut first, mut longest, mut distance) = (self.nodes.start, 0, None);
        while first < self.nodes.end && longest < self.nodes.end - first {
            let (answer, count) = self
                .view
                .topology
                .neighbours(slot, first..self.nodes.end, &mut buffers.list);
            let Neighbours::Run(other) = answer else { return None };
            if count > longest {
                (longest, distance) = (count, other.checked_sub(first));
            }
            first += count;
            if longest >= 8 * LINE {
                // Whatever else there is will be odd, or too much.
                break;
            }
        }
        distance
    }

    /// Notes the links over a slot that lead elsewhere; the answer is no if they are too many.
    fn note(&self, slot: u32, offset: i64, buffers: &mut Buffers) -> bool {
        let mut first = self.nodes.start;
        let mut count_odd = 0;
        while first < self.nodes.end {
            let (answer, count) = self
                .view
                .topology
                .neighbours(slot, first..self.nodes.end, &mut buffers.list);
            let Neighbours::Run(other) = answer else { return false };
            if i64::from(other) != i64::from(first) + offset {
                count_odd += count as usize;
                if count_odd > MOST_ODD {
                    return false;
                }
                let odd = &mut buffers.odd;
                for l in 0..count {
                    odd.own.push(first + l);
                    odd.others.push(other + l);
                    // There are nodes there: see the survey.
                    odd.assumed.push((i64::from(first + l) + offset) as u32);
                }
            }
            first += count;
        }
        true
    }

    /// Writes the sums of what the nodes of the chunk gain over links of some lengths, and over a slot of far ones, and of what they begin with.
    fn some_pairs(
        &self,
        (near, far): (&[u32], Option<(u32, u32)>),
        gate: Option<&Gate<'_>>,
        from: Begun<'_>,
        (next, is_streamed): (&mut [u32], bool),
        buffers: &mut Buffers,
    ) {
        let (start, nodes) = (self.start(), self.nodes.clone());
        let mut masks = std::mem::take(&mut buffers.masks);
        let room: &mut [u8] = bytemuck::cast_slice_mut(&mut masks);
        let mut pairs = [wide::Pair::default(); TOGETHER];
        let distances = near.iter().copied().chain(far.map(|far| far.1));
        for ((pair, distance), room) in pairs.iter_mut().zip(distances).zip(room.chunks_exact_mut(ROOM)) {
            pair.distance = distance;
            if let Some(gate) = gate.filter(|gate| gate.loses()) {
                let (low, len) = (nodes.start - NEAR, next.len() + NEAR as usize);
                let at = gate.draw(low, distance, len, room);
                pair.drawn = &room[at..at + len];
            }
        }
        let mut kept = far.map(|(slot, _)| std::mem::take(self.kept(slot, buffers)));
        let mut done = 0;
        while done < next.len() {
            let first = nodes.start + done as u32;
            let (mut len, mut goes_past) = (next.len() - done, false);
            if is_streamed {
                (len, goes_past) = buffers.odd.alike(done, len);
            }
            let mut some = pairs.map(|pair| wide::Pair {
                drawn: pair.drawn.get(done..).unwrap_or_default(),
                ..pair
            });
            let (some, rest) = some.split_at_mut(near.len());
            let made = kept.as_mut().zip(rest.first()).map(|(kept, &pair)| {
                let places = [first, first - pair.distance].map(|node| kept.place(start, node));
                // As far as the ring does not begin anew.
                len = len.min(places[0].1).min(places[1].1);
                wide::Made {
                    pair,
                    words: &mut kept.flows,
                    places: places.map(|place| place.0),
                }
            });
            let from = match from {
                Begun::Words(words) => Begun::Words(&words[done..done + len]),
                from => from,
            };
            let out = (&mut next[done..done + len], goes_past);
            wide::gains(
                (self.beliefs, first),
                from,
                (some, made),
                self.terms(),
                gate.map(gates),
                out,
            );
            done += len;
        }
        if let Some((mut kept, (slot, _))) = kept.zip(far) {
            kept.has_come_to(nodes.end);
            *self.kept(slot, buffers) = kept;
        }
        buffers.masks = masks;
    }

    /// Puts what nodes gain over odd links in the place of what they would have gained over links as all others.
    pub(super) fn odd_links(&self, sums: &mut [u32], buffers: &mut Buffers) {
        let mut odd = std::mem::take(&mut buffers.odd);
        for (from, own) in (0..).step_by(CHUNK).zip(odd.own.chunks(CHUNK)) {
            for (others, is_assumed) in [(&odd.others, false), (&odd.assumed, true)] {
                self.gain_listed(own, &others[from..from + own.len()], is_assumed, sums, buffers);
            }
        }
        odd.truncate(0);
        buffers.odd = odd;
    }

    /// Adds to the sums of nodes what they gain over some links, or takes it off.
    fn gain_listed(&self, own: &[u32], others: &[u32], is_taken_off: bool, sums: &mut [u32], buffers: &mut Buffers) {
        let (len, beliefs) = (own.len(), self.view.reads[0]);
        let of = |nodes: &[u32], words: &mut [u32]| {
            for (word, &i) in words.iter_mut().zip(nodes) {
                *word = beliefs[i as usize];
            }
        };
        let (own_beliefs, divisors) = (&mut buffers.draws[..len], &mut buffers.lies[..len]);
        let (gathered, flows) = (&mut buffers.gathered[..len], &mut buffers.flows[..len]);
        of(own, own_beliefs);
        of(others, gathered);
        divisors.fill(self.q);
        if self.step.rounding == Rounding::Trunc {
            flow_each::trunc_each(own_beliefs, gathered, divisors, flows);
        } else {
            flow_each::golden_words(own, others, self.view.tick, flows);
            flow_each::floor_each(own, others, own_beliefs, gathered, divisors, flows);
        }
        let ends = (Ids::List(own), Ids::List(others));
        let (spare, masks) = (&mut buffers.spare[..len], &mut buffers.masks[..len]);
        if self.view.traffic.honest(ends.0, ends.1, NO_SLOT, spare, masks) {
            flow_each::both(masks, flows);
        }
        for (&i, &flow) in own.iter().zip(&*flows) {
            let sum = &mut sums[(i - self.nodes.start) as usize];
            *sum = if is_taken_off {
                sum.wrapping_sub(flow)
            } else {
                sum.wrapping_add(flow)
            };
        }
    }
}
