//! Regular slots, whose neighbours are all as far above or below: several in one pass over the nodes, where everybody acts and the processor has wide
//! vectors.

use super::block::{Buffers, CHUNK, Chunk, ROOM, STREAMED, draw, gates};
use super::odd::{MOST_ODD, Odd};
use super::pairs::LONGEST;
use super::rings::Rings;
use super::wide::{self, Begun, LANES, TOGETHER, ring_words};
use crate::hear::gate::Gate;
use crate::part::average::Rounding;
use crate::step::Scratch;
use crate::topology::Neighbours;
use crate::words::Words;

/// The most words of all rings of a block: as many as are in the second cache, with what else is.
const MOST_WORDS: usize = 1 << 18;

/// The slots of a chunk that are regular, and what is kept of them.
#[derive(Default)]
pub(super) struct Regular {
    /// Where the neighbours over each slot are; nothing if they are not all alike.
    ways: Vec<Option<Way>>,
    /// What the slots were like where they were last looked at.
    seen: Vec<Seen>,
    /// Links upwards, and the same ones downwards over the mirror: how long they are, and the slot upwards.
    pairs: Vec<(u32, u32)>,
    /// How far above the neighbours over other slots are.
    singles: Vec<i64>,
    /// The bits in which those over yet others differ from the nodes.
    flips: Vec<u32>,
    pub odd: Odd,
    rings: Rings,
    /// What nodes hold between passes.
    sums: Words,
}

/// Where all neighbours over a slot are.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// So far above the node.
    Offset(i64),
    /// Where the index differs in these bits.
    Flip(u32),
}

#[derive(Clone, Copy, Default)]
enum Seen {
    #[default]
    Nothing,
    There(Way),
    /// Anywhere: it is not looked at again.
    Anywhere,
}

impl Regular {
    /// Forgets which slots have been worked out.
    pub fn forget(&mut self) {
        self.ways.clear();
    }

    /// Whether a slot has been worked out.
    pub fn has(&self, slot: u32) -> bool {
        self.ways.get(slot as usize).is_some_and(Option::is_some)
    }

    /// Hands back what was taken.
    pub fn give(self, scratch: &mut Scratch) {
        scratch.give(self.sums);
        self.rings.give(scratch);
    }
}

/// Slots that are worked out together.
#[derive(Clone, Copy)]
enum Group<'a> {
    Pairs(&'a [(u32, u32)]),
    Singles(&'a [i64]),
    Flips(&'a [u32]),
}

/// Groups of at most [`TOGETHER`], as few as there can be, about as many each.
fn evenly<T>(all: &[T]) -> std::slice::Chunks<'_, T> {
    let groups = all.len().div_ceil(TOGETHER).max(1);
    all.chunks(all.len().div_ceil(groups).max(1))
}

impl Chunk<'_> {
    /// Writes what the nodes hold after they have gained over all regular slots. `buffers.regular` says which those were; the answer is whether
    /// anything has been written.
    pub(super) fn regular(
        &self,
        gate: Option<&Gate<'_>>,
        next: &mut [u32],
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) -> bool {
        let topology = self.view.topology;
        for slot in 0..topology.slots_among(self.nodes.clone()) {
            let way = self.way(slot, gate.is_some(), buffers);
            buffers.regular.ways.push(way);
        }
        self.sort_out(&mut buffers.regular);
        let mut pairs = std::mem::take(&mut buffers.regular.pairs);
        let singles = std::mem::take(&mut buffers.regular.singles);
        let flips = std::mem::take(&mut buffers.regular.flips);
        // The longest links first: their ends are fetched ahead.
        pairs.sort_unstable_by_key(|&(distance, _)| std::cmp::Reverse(distance));
        let groups = evenly(&pairs).map(Group::Pairs);
        let groups = groups.chain(evenly(&singles).map(Group::Singles));
        let groups = groups.chain(evenly(&flips).map(Group::Flips));
        let count = groups.clone().count();
        if count > 0 {
            // Whatever is added later would have to be read again.
            let is_all = buffers.regular.ways.iter().all(Option::is_some) && topology.rows().is_none();
            let is_streamed = is_all && self.step.ledger.is_none() && topology.nodes() >= STREAMED;
            let near = is_streamed.then(|| buffers.regular.odd.lines(self.nodes.start));
            let mut sums = std::mem::take(&mut buffers.regular.sums);
            if sums.is_empty() {
                sums = scratch.take(CHUNK);
            }
            for &(distance, slot) in &pairs {
                self.see_to_ring((slot, distance), gate, buffers, scratch);
            }
            for (k, group) in groups.enumerate() {
                let sums = &mut sums[..next.len()];
                if k + 1 < count {
                    let begun = if k == 0 { Begun::Beliefs } else { Begun::Here };
                    self.pass(group, gate, begun, (sums, None), buffers);
                } else {
                    let begun = if k == 0 { Begun::Beliefs } else { Begun::Words(sums) };
                    self.pass(group, gate, begun, (next, near.as_ref()), buffers);
                }
            }
            buffers.regular.sums = sums;
        }
        (buffers.regular.pairs, buffers.regular.singles, buffers.regular.flips) = (pairs, singles, flips);
        count > 0
    }

    /// Where all neighbours over a slot are, but for a few links that are noted as odd; nothing if it is not so.
    fn way(&self, slot: u32, is_gated: bool, buffers: &mut Buffers) -> Option<Way> {
        let seen = &mut buffers.regular.seen;
        if seen.len() <= slot as usize {
            seen.resize(slot as usize + 1, Seen::Nothing);
        }
        let before = seen[slot as usize];
        match before {
            Seen::Anywhere => return None,
            Seen::There(Way::Offset(offset)) if self.note(slot, offset, buffers) => return Some(Way::Offset(offset)),
            Seen::There(Way::Flip(mask)) if self.flips(slot, mask, buffers) => return Some(Way::Flip(mask)),
            _ => {}
        }
        // Of one node only: a list of all might take longer than what could be saved.
        let first = self.nodes.start;
        let (kind, _) = self.view.topology.neighbours(slot, first..first + 1, &mut buffers.list);
        let (offset, mask) = match kind {
            Neighbours::Run(other) => (self.measure(slot, buffers), other ^ first),
            Neighbours::Xor(mask) => (None, mask),
            Neighbours::List => (None, 0),
        };
        let may_flip =
            !is_gated && self.step.rounding == Rounding::Trunc && (kind == Neighbours::Xor(mask) || offset.is_some());
        let way = match offset {
            Some(offset) if self.note(slot, offset, buffers) => Some(Way::Offset(offset)),
            _ if may_flip && self.flips(slot, mask, buffers) => Some(Way::Flip(mask)),
            _ => None,
        };
        buffers.regular.seen[slot as usize] = match (way, offset) {
            (Some(way), _) => Seen::There(way),
            (None, Some(_)) => Seen::Nothing,
            (None, None) => Seen::Anywhere,
        };
        way
    }

    /// Whether the neighbours over a slot are where the bits of a mask differ.
    fn flips(&self, slot: u32, mask: u32, buffers: &mut Buffers) -> bool {
        let mut first = self.nodes.start;
        let is_whole = first.is_multiple_of(LANES) && self.nodes.end.is_multiple_of(LANES);
        // As many nodes as a power of two: whichever bits differ, there is a node.
        let all = self.view.topology.nodes();
        if mask == 0 || mask >= all || !is_whole || !all.is_power_of_two() {
            return false;
        }
        while first < self.nodes.end {
            let (answer, count) = self.ask(slot, first, buffers);
            let fits = match answer {
                Neighbours::Xor(answer) => answer == mask,
                // In a run no carry goes as far up as the bits that differ.
                Neighbours::Run(other) => {
                    let lowest = mask & mask.wrapping_neg();
                    other == first ^ mask && count <= lowest - first % lowest
                }
                Neighbours::List => false,
            };
            if !fits {
                return false;
            }
            first += count;
        }
        true
    }

    /// How far above most of the chunk's neighbours over a slot are.
    fn measure(&self, slot: u32, buffers: &mut Buffers) -> Option<i64> {
        let (mut first, mut longest, mut offset) = (self.nodes.start, 0, 0);
        while first < self.nodes.end && longest < self.nodes.end - first {
            let (other, count) = self.neighbours(slot, first, buffers)?;
            if count > longest {
                (longest, offset) = (count, i64::from(other) - i64::from(first));
            }
            first += count;
            if longest >= 8 * LANES {
                // Whatever else there is will be odd, or too much.
                break;
            }
        }
        Some(offset)
    }

    /// Notes the links over a slot that lead elsewhere; the answer is no if they are too many, or the others could not.
    fn note(&self, slot: u32, offset: i64, buffers: &mut Buffers) -> bool {
        let [start, end] = [self.nodes.start, self.nodes.end].map(|node| i64::from(node) + offset);
        if start < 0 || end > i64::from(self.view.topology.nodes()) {
            return false;
        }
        let before = buffers.regular.odd.own.len();
        let mut first = self.nodes.start;
        while first < self.nodes.end {
            let answer = self.neighbours(slot, first, buffers);
            let odd = &mut buffers.regular.odd;
            let fits = answer.is_some_and(|(other, count)| {
                let is_odd = i64::from(other) != i64::from(first) + offset;
                for l in 0..count {
                    if !is_odd || odd.own.len() - before > MOST_ODD {
                        break;
                    }
                    odd.own.push(first + l);
                    odd.others.push(other + l);
                    // There are nodes there: see above.
                    odd.assumed.push((i64::from(first + l) + offset) as u32);
                }
                first += count;
                odd.own.len() - before <= MOST_ODD
            });
            if !fits {
                odd.truncate(before);
                return false;
            }
        }
        true
    }

    /// The first neighbour over a slot from this node on, and how many follow one another; nothing if they do not.
    fn neighbours(&self, slot: u32, first: u32, buffers: &mut Buffers) -> Option<(u32, u32)> {
        match self.ask(slot, first, buffers) {
            (Neighbours::Run(other), count) if count <= self.nodes.end - first => Some((other, count)),
            _ => None,
        }
    }

    fn ask(&self, slot: u32, first: u32, buffers: &mut Buffers) -> (Neighbours, u32) {
        let nodes = first..self.nodes.end;
        self.view.topology.neighbours(slot, nodes, &mut buffers.list)
    }

    /// Which regular slots are pairs, and which are worked out by themselves.
    fn sort_out(&self, regular: &mut Regular) {
        let mut words = 0;
        let Regular {
            ways,
            pairs,
            singles,
            flips,
            rings,
            ..
        } = regular;
        pairs.clear();
        singles.clear();
        flips.clear();
        for (slot, &way) in (0..).zip(&*ways) {
            let offset = match way {
                Some(Way::Offset(offset)) => offset,
                Some(Way::Flip(mask)) => {
                    flips.push(mask);
                    continue;
                }
                None => continue,
            };
            let topology = self.view.topology;
            let is_mirrored = |&mirror: &u32| {
                mirror != slot
                    && topology.mirror(mirror) == Some(slot)
                    && ways.get(mirror as usize) == Some(&Some(Way::Offset(-offset)))
            };
            if topology.mirror(slot).filter(is_mirrored).is_none() {
                singles.push(offset);
                continue;
            }
            // Both are seen to from the slot upwards.
            let Some(distance) = u32::try_from(offset).ok().filter(|&distance| distance > 0) else {
                continue;
            };
            if words + ring_words(distance) <= MOST_WORDS && self.pays_ring(distance, slot, rings) {
                words += ring_words(distance);
                pairs.push((distance, slot));
            } else {
                singles.extend([offset, -offset]);
            }
        }
    }

    /// Whether a flow that is worked out once for both ends saves more than it takes to know those from below the chunk. There must be as many nodes there.
    fn pays_ring(&self, distance: u32, slot: u32, rings: &Rings) -> bool {
        let start = self.nodes.start;
        distance <= LONGEST
            && ring_words(distance) <= start as usize
            && (rings.reaches((slot, distance), start) || 2 * distance <= self.end - start)
    }

    /// Sees to it that the flows from the nodes below the chunk are in the slot's ring.
    fn see_to_ring(
        &self,
        (slot, distance): (u32, u32),
        gate: Option<&Gate<'_>>,
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) {
        let (start, size) = (self.nodes.start, ring_words(distance));
        if buffers.regular.rings.reaches((slot, distance), start) {
            return;
        }
        let ring = buffers.regular.rings.begin((slot, distance), start, scratch);
        let room: &mut [u8] = bytemuck::cast_slice_mut(&mut buffers.masks);
        for (flows, first) in ring.chunks_mut(CHUNK).zip((start - size as u32..).step_by(CHUNK)) {
            let drawn = draw(gate, (first, first + distance), flows.len(), room);
            wide::fill(
                (self.beliefs, first),
                distance,
                self.terms,
                (gate.map(gates), drawn),
                flows,
            );
        }
    }

    /// Writes the sums of what they begin with and of what the nodes of the chunk gain over some slots.
    fn pass(
        &self,
        group: Group<'_>,
        gate: Option<&Gate<'_>>,
        begun: Begun<'_>,
        out: (&mut [u32], Option<&wide::Lines>),
        buffers: &mut Buffers,
    ) {
        let (start, len) = (self.nodes.start, out.0.len());
        let mut masks = std::mem::take(&mut buffers.masks);
        let mut rooms = bytemuck::cast_slice_mut::<u32, u8>(&mut masks).chunks_exact_mut(ROOM);
        let rings = &mut buffers.regular.rings;
        // What is drawn of a slot whose neighbours are so far above.
        let mut drawn_of_slot = |offset: i64| {
            let other = (i64::from(start) + offset) as u32;
            (other, draw(gate, (start, other), len, rooms.next().unwrap_or_default()))
        };
        let (begin, terms, gates) = ((self.beliefs, start), self.terms, gate.map(gates));
        match group {
            Group::Pairs(all) => {
                let mut pairs = [wide::Pair::default(); TOGETHER];
                for (pair, &(distance, slot)) in pairs.iter_mut().zip(all) {
                    let (_, drawn) = drawn_of_slot(distance.into());
                    let (start, at) = rings.place(slot);
                    *pair = wide::Pair {
                        distance,
                        start,
                        at,
                        drawn,
                    };
                }
                let pairs = &mut pairs[..all.len()];
                wide::gain_pairs(begin, begun, (&mut rings.words, pairs), terms, gates, out);
                for (pair, &(_, slot)) in pairs.iter().zip(all) {
                    rings.has_come_to(slot, pair.at, self.nodes.end);
                }
            }
            Group::Singles(all) => {
                let mut singles = [wide::Single::default(); TOGETHER];
                for (single, &offset) in singles.iter_mut().zip(all) {
                    let (other, drawn) = drawn_of_slot(offset);
                    *single = wide::Single { other, drawn };
                }
                wide::gain_singles(begin, begun, &singles[..all.len()], terms, gates, out);
            }
            Group::Flips(masks) => wide::gain_flips(begin, begun, masks, terms, out),
        }
        buffers.masks = masks;
    }
}
