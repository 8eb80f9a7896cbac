//! Who hears whom in a tick: the timing and the faults together. Twins: `shaders/lib/traffic-*.wgsl`.
//!
//! A link carries messages in a tick iff at least one of its ends acts, both are up and on the same side of every wall, its
//! slot is not cut, and the exchange is not lost. Whom a node asks beyond its links it reaches under the same conditions but
//! the first and the one of the slot. A liar's state never changes, and what it tells is not what it holds.

pub mod ask;
pub(crate) mod gate;
mod lanes;
pub(crate) mod links;
pub(crate) mod listen;
pub(crate) mod packed;
pub mod sample;
mod view;
pub(crate) mod words;

pub use view::View;

use crate::fault::{Faults, Lie, Now, bits};
use crate::number::{bytes, finely, places_with, room};
use crate::shader::{Module, module};
use crate::timing::Schedule;
use crate::topology::Ids;
use std::ops::Range;

/// The slot of links that are stored, which no cut names.
pub const NO_SLOT: u32 = u32::MAX;

/// Who hears whom in one tick.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    schedule: Schedule,
    tick: u32,
    faults: Option<(&'a Faults, &'a [u32])>,
    now: Now,
}

impl<'a> Traffic<'a> {
    /// The traffic of `tick`; with the faults comes the status of every node.
    #[must_use]
    pub fn new(schedule: Schedule, tick: u32, faults: Option<(&'a Faults, &'a [u32])>) -> Self {
        Self {
            schedule,
            tick,
            faults,
            now: faults.map(|(faults, _)| faults.now(tick)).unwrap_or_default(),
        }
    }

    /// The tick.
    #[must_use]
    pub fn tick(&self) -> u32 {
        self.tick
    }

    /// Whether all links carry messages and nobody lies.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.schedule.is_always() && self.faults.is_none()
    }

    /// Whether anything can go wrong.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        self.faults.is_some()
    }

    /// What liars tell, if there are any.
    #[must_use]
    pub fn lie(&self) -> Option<Lie> {
        self.faults.and_then(|(faults, _)| faults.lie)
    }

    #[inline(always)]
    fn status(&self, node: u32) -> u32 {
        self.faults.map_or(0, |(_, status)| status[node as usize])
    }

    /// Whether a node is up.
    #[inline(always)]
    #[must_use]
    pub fn is_up(&self, node: u32) -> bool {
        self.status(node) & bits::DOWN == 0
    }

    /// Whether a node lies.
    #[inline(always)]
    #[must_use]
    pub fn is_liar(&self, node: u32) -> bool {
        self.status(node) & bits::LIAR != 0
    }

    /// Whether a node is up and honest, so that its state may change.
    #[inline(always)]
    #[must_use]
    pub fn takes_part(&self, node: u32) -> bool {
        self.status(node) & (bits::DOWN | bits::LIAR) == 0
    }

    /// Whether a node acts in this tick.
    #[inline(always)]
    #[must_use]
    pub fn acts(&self, node: u32) -> bool {
        self.is_up(node) && self.schedule.is_active(node, self.tick)
    }

    /// Whether two nodes can exchange anything, linked or not.
    #[inline(always)]
    #[must_use]
    pub fn reaches(&self, node: u32, other: u32) -> bool {
        let Some((faults, status)) = self.faults else {
            return true;
        };
        let (a, b) = (status[node as usize], status[other as usize]);
        (a | b) & bits::DOWN | (a ^ b) & self.now.walls == 0
            && !faults.is_lost(node.min(other), node.max(other), self.tick)
    }

    /// Whether the link over `slot` stands: both ends are up, and no wall or cut bars it.
    #[must_use]
    pub fn stands(&self, node: u32, other: u32, slot: u32) -> bool {
        let (a, b) = (self.status(node), self.status(other));
        !self.is_cut(slot) && (a | b) & bits::DOWN | (a ^ b) & self.now.walls == 0
    }

    /// Whether a node that is up could reach for what `node` holds over `slot` (or [`NO_SLOT`]), though that is down.
    #[must_use]
    pub fn serves(&self, node: u32, other: u32, slot: u32) -> bool {
        let Some((faults, status)) = self.faults else {
            return true;
        };
        let (a, b) = (status[node as usize], status[other as usize]);
        !self.is_cut(slot)
            && b & bits::DOWN | (a ^ b) & self.now.walls == 0
            && !faults.is_lost(node.min(other), node.max(other), self.tick)
    }

    /// Whether the link over `slot` (or [`NO_SLOT`]) can carry anything.
    #[inline(always)]
    #[must_use]
    pub fn link_carries(&self, node: u32, other: u32, slot: u32) -> bool {
        !self.is_cut(slot) && self.reaches(node, other)
    }

    /// Whether it does: one of its ends acts besides.
    #[inline(always)]
    #[must_use]
    pub fn hears(&self, node: u32, other: u32, slot: u32) -> bool {
        (self.schedule.is_active(node, self.tick) || self.schedule.is_active(other, self.tick))
            && self.link_carries(node, other, slot)
    }

    /// What `to`, which holds `own`, hears from `from`, which holds `word`.
    #[inline(always)]
    #[must_use]
    pub fn told(&self, from: u32, to: u32, word: u32, own: u32) -> u32 {
        match self.lie() {
            Some(lie) if self.is_liar(from) => lie.told(from, to, own, self.tick),
            _ => word,
        }
    }

    /// The status of some nodes, where anything can go wrong.
    pub(crate) fn status_of(&self, nodes: &Range<u32>) -> Option<&'a [u32]> {
        let (_, status) = self.faults?;
        Some(&status[nodes.start as usize..nodes.end as usize])
    }

    /// Whether in this tick anything but who is up and who acts says which links carry messages: walls, cuts and losses.
    pub(crate) fn bars_links(&self) -> bool {
        self.faults
            .is_some_and(|(faults, _)| faults.loss != 0 || self.now.walls | self.now.cuts != 0)
    }

    fn is_cut(&self, slot: u32) -> bool {
        slot < 32 && self.now.cuts >> slot & 1 != 0
    }

    /// Sets `masks[l]` to all ones where the link from the l-th of `own` over `slot` to the l-th of `others` carries messages to
    /// the own end, and that end takes part; to zero elsewhere. `spare` is as long as `masks`. Where the answer is no, all do,
    /// and nothing has been written.
    pub fn masks(&self, own: Ids<'_>, others: Ids<'_>, slot: u32, spare: &mut [u32], masks: &mut [u32]) -> bool {
        self.open_links((own, others), slot, [bits::LIAR, 0], spare, masks)
    }

    /// As [`Traffic::masks`], but whether the own end lies does not matter.
    pub(crate) fn carrying(
        &self,
        own: Ids<'_>,
        others: Ids<'_>,
        slot: u32,
        spare: &mut [u32],
        masks: &mut [u32],
    ) -> bool {
        self.open_links((own, others), slot, [0, 0], spare, masks)
    }

    /// As [`Traffic::masks`], but nobody hears a liar.
    pub(crate) fn honest(
        &self,
        own: Ids<'_>,
        others: Ids<'_>,
        slot: u32,
        spare: &mut [u32],
        masks: &mut [u32],
    ) -> bool {
        self.open_links((own, others), slot, [bits::LIAR; 2], spare, masks)
    }

    /// Which of the links from nodes from `first` on to `others`, of which there are `len`, are from honest ones to liars. `room` is for them.
    pub(crate) fn links_to_liars<'r>(
        &self,
        first: u32,
        others: Ids<'_>,
        len: usize,
        room: &'r mut Vec<u32>,
    ) -> &'r [u32] {
        let Some((_, status)) = self.faults else { return &[] };
        // Never made smaller: all of it would have to be cleared again.
        room.resize(room.len().max(len + 16), 0);
        let of = |first: u32| &status[first as usize..first as usize + len];
        let own = of(first);
        if let Ids::Run(other) = others {
            let count = places_with(bits::LIAR, own, of(other), room);
            return &room[..count];
        }
        const PART: usize = 256;
        let (mut flags, mut count) = ([0; PART], 0);
        for (from, own) in (0..).step_by(PART).zip(own.chunks(PART)) {
            let flags = &mut flags[..own.len()];
            lanes::flag_liars(own, others, from, status, flags);
            links::for_each_flag(flags, |l| {
                room[count] = (from + l) as u32;
                count += 1;
            });
        }
        &room[..count]
    }

    /// Own ends with any of the bits in `barred[0]`, and others with any of those in `barred[1]`, are left out.
    fn open_links(
        &self,
        (own, others): (Ids<'_>, Ids<'_>),
        slot: u32,
        barred: [u32; 2],
        spare: &mut [u32],
        masks: &mut [u32],
    ) -> bool {
        if self.is_open() {
            return false;
        }
        if self.is_cut(slot) {
            masks.fill(0);
            return true;
        }
        let acting = !self.schedule.is_always();
        if acting {
            self.schedule.masks(own, self.tick, masks);
            self.schedule.masks(others, self.tick, spare);
            lanes::either(spare, masks);
        } else {
            masks.fill(u32::MAX);
        }
        let Some((faults, status)) = self.faults else {
            return true;
        };
        match (own, others) {
            (Ids::Run(first), Ids::Run(other)) if first != other => {
                self.gate_runs(faults, status, (first, other), barred, masks);
            }
            _ => {
                lanes::unblock(own, others, status, (self.now.walls, barred), masks);
                if faults.loss != 0 {
                    self.lose(faults, own, others, masks);
                }
            }
        }
        true
    }

    /// Clears the masks of links between two stretches of nodes that are blocked, or whose exchange is lost.
    fn gate_runs(
        &self,
        faults: &Faults,
        status: &[u32],
        (first, other): (u32, u32),
        barred: [u32; 2],
        masks: &mut [u32],
    ) {
        let bars = (self.now.walls, barred);
        const PART: usize = 512;
        let mut drawn = [0; room(PART)];
        let upper = (faults.loss >> 24) as u8;
        let (low, distance) = (first.min(other), first.abs_diff(other));
        for (part, masks) in masks.chunks_mut(PART).enumerate() {
            let (at, len) = (part * PART, masks.len());
            let of = |first: u32| &status[first as usize + at..first as usize + at + len];
            if faults.loss == 0 {
                lanes::unblock_run(of(first), of(other), bars, masks);
                continue;
            }
            let key = [faults.loss_key, distance];
            let start = bytes(key, low + at as u32, self.tick, len, &mut drawn);
            let drawn = &drawn[start..start + len];
            lanes::gate_run(of(first), of(other), bars, drawn, upper, masks);
            let at = at as u32;
            self.refine(faults, Ids::Run(first + at), Ids::Run(other + at), drawn, masks);
        }
    }

    /// Clears the masks of exchanges that are lost, where links have nothing in common.
    fn lose(&self, faults: &Faults, own: Ids<'_>, others: Ids<'_>, masks: &mut [u32]) {
        const PART: usize = 512;
        let (mut low, mut distance, mut drawn) = ([0; PART], [0; PART], [0; PART]);
        let (mut from, mut to) = ([0; PART], [0; PART]);
        for (part, masks) in masks.chunks_mut(PART).enumerate() {
            let len = masks.len();
            let (from, to) = (&mut from[..len], &mut to[..len]);
            lanes::write_ids(own, part * PART, from);
            lanes::write_ids(others, part * PART, to);
            lanes::lower_ends(from, to, &mut low[..len], &mut distance[..len]);
            lanes::lose_each(
                faults.loss_key,
                &low[..len],
                &distance[..len],
                self.tick,
                (faults.loss >> 24) as u8,
                &mut drawn[..len],
                masks,
            );
            self.refine(faults, Ids::List(from), Ids::List(to), &drawn[..len], masks);
        }
    }

    /// Decides what a first byte on the threshold did not.
    fn refine(&self, faults: &Faults, own: Ids<'_>, others: Ids<'_>, drawn: &[u8], masks: &mut [u32]) {
        for l in memchr::memchr_iter((faults.loss >> 24) as u8, drawn) {
            let (i, j) = (own.at(l), others.at(l));
            let (low, distance) = (i.min(j), i.abs_diff(j));
            if masks[l] != 0 && finely([faults.loss_key, distance], low, self.tick, faults.loss) {
                masks[l] = 0;
            }
        }
    }

    /// Puts what the own ends, which hold `own_words`, hear from liars in the place of their words. Sets `lies[l]` to all ones
    /// where it did. Where the answer is no, nobody lies, and nothing has been written.
    pub fn tell(&self, own: Ids<'_>, others: Ids<'_>, own_words: &[u32], words: &mut [u32], lies: &mut [u32]) -> bool {
        let (Some((_, status)), Some(lie)) = (self.faults, self.lie()) else {
            return false;
        };
        if !lanes::liars(others, status, lies) {
            return false;
        }
        for (l, lies) in lies.iter().enumerate() {
            if *lies != 0 {
                words[l] = lie.told(others.at(l), own.at(l), own_words[l], self.tick);
            }
        }
        true
    }

    /// Sets `masks[l]` to all ones where the l-th node from `first` on is up and acts; to zero elsewhere.
    pub(crate) fn acting(&self, first: u32, masks: &mut [u32]) {
        self.schedule.masks(Ids::Run(first), self.tick, masks);
        if let Some((_, status)) = self.faults {
            let status = &status[first as usize..first as usize + masks.len()];
            for (mask, &status) in masks.iter_mut().zip(status) {
                *mask &= u32::from(status & bits::DOWN == 0).wrapping_neg();
            }
        }
    }

    /// Puts the old words of nodes that do not take part back.
    pub fn keep(&self, first: u32, old: &[u32], words: &mut [u32]) {
        if let Some((_, status)) = self.faults {
            let status = &status[first as usize..first as usize + words.len()];
            lanes::keep(status, old, words);
        }
    }
}

/// The WGSL side: what `lib/traffic-*.wgsl` says, with the liars.
#[must_use]
pub fn modules(faults: Option<&Faults>) -> Vec<Module> {
    let Some(faults) = faults else {
        return vec![module!("lib/traffic-open")];
    };
    let mut modules = vec![
        module!("lib/traffic-faulty")
            .with("LOSS", faults.loss)
            .with("LOSS_KEY", faults.loss_key),
    ];
    match faults.lie {
        Some(lie) => modules.extend([lie.module(), module!("lib/liars")]),
        None => modules.push(module!("lib/honest")),
    }
    modules
}
