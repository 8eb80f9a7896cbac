//! The links over which anything moves. Few cells have something to give, and few links of these lead to a cell with less: so all states are
//! first looked at once, and of each is left what matters here in two bytes, which a loop over all links then compares 64 at a time.

use super::{Making, OfferStep, lanes};
use crate::hear::links::{Batch, for_each_batch, gather_bytes, swap_bytes, words_of};
use crate::part::work::{FlowRounding, Policy, state};
use crate::step::{Scratch, View};
use crate::topology::{Neighbours, Topology};
use crate::words::Words;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Cells whose bytes are made at a time.
const CHUNK: usize = 1024;

/// Words of a table with a byte for each cell up to the last that there is.
fn words_of_bytes(view: &View<'_>) -> usize {
    (view.topology.end() as usize).div_ceil(4)
}

/// How many words the bytes take: first all that say what a cell takes, then all that say so where it acts.
pub(super) fn table(step: &OfferStep, view: &View<'_>) -> usize {
    if step.goes_over_links() {
        2 * words_of_bytes(view)
    } else {
        0
    }
}

/// Makes the bytes of a block.
pub(super) fn survey(view: &View<'_>, block: Range<u32>, table: &[AtomicU32]) {
    let (takes, if_acting) = table.split_at(words_of_bytes(view));
    let mut acts = [0; CHUNK];
    let mut bytes = [[0u8; CHUNK]; 2];
    let mut first = block.start;
    while first < block.end {
        let nodes = first..block.end.min(first + CHUNK as u32);
        let len = nodes.len();
        let [all, acting] = &mut bytes;
        view.traffic.acting(first, &mut acts[..len]);
        let status = view.traffic.status_of(&nodes);
        lanes::takes(
            view.own(0, &nodes),
            status,
            &acts[..len],
            [&mut all[..len], &mut acting[..len]],
        );
        // Behind the last cell of all there may be bytes of none.
        let words = first as usize / 4..(first as usize + len).div_ceil(4);
        for (words, bytes) in [(&takes[words.clone()], &*all), (&if_acting[words], &*acting)] {
            for (word, bytes) in words.iter().zip(bytes.as_chunks().0) {
                word.store(u32::from_ne_bytes(*bytes), Relaxed);
            }
        }
        first = nodes.end;
    }
}

/// Into how many parts the difference of two loads is divided: 1 + the greater degree, known beforehand for all cells of a block where these
/// all have the greatest.
#[derive(Clone, Copy)]
struct Parts<'a> {
    topology: &'a dyn Topology,
    of_all: Option<u32>,
}

impl<'a> Parts<'a> {
    fn of(topology: &'a dyn Topology, block: Range<u32>) -> Self {
        let largest = topology.largest_degree();
        let are_all = || topology.degree_of_all(block).is_some_and(|degree| degree == largest);
        let of_all = topology.uniform_divisor().or_else(|| are_all().then_some(1 + largest));
        Self { topology, of_all }
    }

    #[inline(always)]
    fn between(self, cell: u32, other: u32) -> u32 {
        let degree = |node| self.topology.degree(node);
        self.of_all.unwrap_or_else(|| 1 + degree(cell).max(degree(other)))
    }
}

impl OfferStep {
    /// Whether some policy looks at every link.
    pub(super) fn goes_over_links(&self) -> bool {
        self.any_policy(|policy| matches!(policy, Policy::Flow(_) | Policy::Threshold(_)))
    }

    /// Where the flows of cells begin that have something to give.
    pub(super) fn starts(&self, tick: u32, first: u32, own: &[u32], strategies: Option<&[u32]>) -> Vec<u32> {
        if !self.any_policy(|policy| matches!(policy, Policy::Flow(_))) {
            return Vec::new();
        }
        if let (None, Policy::Flow(flow)) = (strategies, &self.policy) {
            // Without a look at who has: nobody else's is used.
            let mut starts = vec![0; own.len()];
            match flow.rounding {
                FlowRounding::Random => lanes::random_starts(self.key, first, tick, &mut starts),
                rounding => {
                    let cells = starts.iter_mut().zip(first..);
                    cells.for_each(|(start, cell)| *start = self.start(rounding, cell, tick));
                }
            }
            return starts;
        }
        let start = |(at, (&state, cell))| match self.policy_of(strategies, at) {
            Policy::Flow(flow) if state & state::QUEUED != 0 => self.start(flow.rounding, cell, tick),
            _ => 0,
        };
        own.iter().zip(first..).enumerate().map(start).collect()
    }

    /// Looks at every link of every cell that has something to give, by the bytes of all cells.
    pub(super) fn over_links_in(
        &self,
        table: &[u32],
        view: &View<'_>,
        block: Range<u32>,
        making: &mut Making<'_>,
        scratch: &mut Scratch,
    ) {
        let (states, own, len) = (view.reads[0], view.own(0, &block), block.len());
        let (takes, if_acting) = table.split_at(words_of_bytes(view));
        let bytes: [&[u8]; 2] = [bytemuck::cast_slice(takes), bytemuck::cast_slice(if_acting)];
        // A byte each: what a cell has to give, the same if it acts, what those at the other ends take, the same if they act.
        let mut room = vec![0u8; 4 * len];
        let mut flags = vec![0u64; len.div_ceil(64)];
        let mut parts = room.chunks_mut(len.max(1));
        let mut next = || parts.next().unwrap_or_default();
        let (gives, gives_acting, others, others_acting) = (next(), next(), next(), next());
        let mut list = scratch.take(len);
        view.traffic.acting(block.start, &mut list[..len]);
        lanes::gives(own, view.traffic.status_of(&block), &list[..len], [gives, gives_acting]);
        let (gives, gives_acting) = (&*gives, &*gives_acting);
        let topology = view.topology.alone().unwrap_or(view.topology);
        // Of the block with the last cell only up to that.
        let there = block.start..block.end.min(topology.end());
        let parts = Parts::of(topology, there.clone());
        // The bytes say who is up and acts.
        let is_barred = view.traffic.bars_links();
        let mut consider = |at: usize, other: u32, slot: u32| {
            let cell = block.start + at as u32;
            if making.made[at] < making.most[at] && (!is_barred || view.traffic.link_carries(cell, other, slot)) {
                let heard = states[other as usize];
                self.consider(|| parts.between(cell, other), at, other, (own[at], heard), making);
            }
        };
        if gives.iter().any(|&gives| gives != 0) {
            let len = there.len();
            for slot in 0..topology.slots_among(there.clone()) {
                let mut start = 0;
                while start < len {
                    let first = there.start + start as u32;
                    let (answer, count) = topology.neighbours(slot, first..there.end, &mut list[..len - start]);
                    let count = count as usize;
                    let (others, others_acting) = (&mut others[..count], &mut others_acting[..count]);
                    let theirs = match answer {
                        Neighbours::Run(other) => bytes.map(|bytes| &bytes[other as usize..][..count]),
                        Neighbours::Xor(mask) => {
                            swap_bytes(bytes[0], first, mask, others);
                            swap_bytes(bytes[1], first, mask, others_acting);
                            [&*others, &*others_acting]
                        }
                        Neighbours::List => {
                            gather_bytes(bytes[0], &list[..count], others);
                            gather_bytes(bytes[1], &list[..count], others_acting);
                            [&*others, &*others_acting]
                        }
                    };
                    let of_part = start..start + count;
                    let flags = &mut flags[..count.div_ceil(64)];
                    lanes::flag_bytes([&gives[of_part.clone()], &gives_acting[of_part]], theirs, flags);
                    let ids = answer.ids(first, &list);
                    for (word, &bits) in flags.iter().enumerate() {
                        let mut left = bits;
                        while left != 0 {
                            let lane = 64 * word + left.trailing_zeros() as usize;
                            consider(start + lane, ids.at(lane), slot);
                            left &= left - 1;
                        }
                    }
                    start += count;
                }
            }
            if let Some(rows) = topology.rows() {
                for (at, cell) in (0..len).zip(block.start as usize..).filter(|(at, _)| gives[*at] != 0) {
                    for &other in &rows.ends[rows.offsets[cell] as usize..rows.offsets[cell + 1] as usize] {
                        let [takes, if_acting] = bytes.map(|bytes| bytes[other as usize]);
                        if lanes::gains([gives[at], gives_acting[at]], [takes, if_acting]) {
                            consider(at, other, crate::hear::NO_SLOT);
                        }
                    }
                }
            }
        }
        scratch.give(list);
    }

    /// The same where only some of the cells are at hand.
    pub(super) fn over_all_links(
        &self,
        view: &View<'_>,
        block: Range<u32>,
        making: &mut Making<'_>,
        scratch: &mut Scratch,
    ) {
        let states = view.reads[0];
        let parts = Parts::of(view.topology, block.clone());
        let room = crate::hear::links::BATCH;
        let [mut heard, mut mine, mut masks, mut spare] = [(); 4].map(|()| scratch.take(room));
        let mut flags = vec![0u8; room];
        for_each_batch(view.topology, block.clone(), scratch, |batch, _| {
            let len = batch.len();
            let heard = words_of(states, batch.ids.1, batch.others, &mut heard);
            let mine = words_of(states, batch.ids.0, batch.own, &mut mine);
            let masked = masks_of(view, batch, &mut spare, &mut masks);
            lanes::flag(mine, heard, masked.then_some(&masks[..len]), &mut flags[..len]);
            for lane in memchr::memchr_iter(1, &flags[..len]) {
                let (cell, other) = (batch.own[lane], batch.others[lane]);
                let at = (cell - block.start) as usize;
                if making.made[at] < making.most[at] {
                    let both = (mine[lane], heard[lane]);
                    self.consider(|| parts.between(cell, other), at, other, both, making);
                }
            }
        });
        [heard, mine, masks, spare]
            .into_iter()
            .for_each(|words| scratch.give(words));
    }
}

/// The masks of the links that carry messages, if not all do.
fn masks_of(view: &View<'_>, batch: &Batch<'_>, spare: &mut Words, masks: &mut Words) -> bool {
    let len = batch.len();
    view.traffic.carrying(
        batch.ids.0,
        batch.ids.1,
        batch.slot,
        &mut spare[..len],
        &mut masks[..len],
    )
}
