//! Who hears whom in a tick: the timing and the faults together. Twins: `shaders/lib/traffic-*.wgsl`.
//!
//! A link carries messages in a tick iff at least one of its ends acts, both are up and on the same side of every wall, its
//! slot is not cut, and the exchange is not lost. Whom a node asks beyond its links it reaches under the same conditions but
//! the first and the one of the slot. A liar's state never changes, and what it tells is not what it holds.

use crate::fault::{Faults, Lie, Now, bits};
use crate::number::happenings;
use crate::shader::{Module, module};
use crate::timing::Schedule;
use crate::topology::Ids;
use multiversion::multiversion;

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
        let Some((faults, status)) = self.faults else { return true };
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

    fn is_cut(&self, slot: u32) -> bool {
        slot < 32 && self.now.cuts >> slot & 1 != 0
    }

    /// Sets `masks[l]` to all ones where the link from the l-th of `own` over `slot` to the l-th of `others` carries messages to
    /// the own end, and that end takes part; to zero elsewhere. `spare` is as long as `masks`. Where the answer is no, all do,
    /// and nothing has been written.
    pub fn masks(&self, own: Ids<'_>, others: Ids<'_>, slot: u32, spare: &mut [u32], masks: &mut [u32]) -> bool {
        if self.is_open() {
            return false;
        }
        if self.is_cut(slot) {
            masks.fill(0);
            return true;
        }
        if self.schedule.is_always() {
            masks.fill(u32::MAX);
        } else {
            self.schedule.masks(own, self.tick, masks);
            self.schedule.masks(others, self.tick, spare);
            either(spare, masks);
        }
        let Some((faults, status)) = self.faults else { return true };
        match (own, others) {
            (Ids::Run(first), Ids::Run(other)) => {
                let len = masks.len();
                let of = |first: u32| &status[first as usize..first as usize + len];
                unblock_run(of(first), of(other), self.now.walls, masks);
            }
            _ => unblock(own, others, status, self.now.walls, masks),
        }
        if faults.loss != 0 {
            self.lose(faults, own, others, spare, masks);
        }
        true
    }

    /// Clears the masks of exchanges that are lost.
    fn lose(&self, faults: &Faults, own: Ids<'_>, others: Ids<'_>, spare: &mut [u32], masks: &mut [u32]) {
        match (own, others) {
            (Ids::Run(first), Ids::Run(other)) if first != other => {
                let (low, distance) = (first.min(other), first.abs_diff(other));
                let key = [faults.loss_key, distance];
                happenings(key, low, self.tick, faults.loss, &mut spare[..masks.len()]);
                without(spare, masks);
            }
            _ => {
                for (l, mask) in masks.iter_mut().enumerate() {
                    let (i, j) = (own.at(l), others.at(l));
                    if *mask != 0 && faults.is_lost(i.min(j), i.max(j), self.tick) {
                        *mask = 0;
                    }
                }
            }
        }
    }

    /// Puts what the own ends, which hold `own_words`, hear from liars in the place of their words. Sets `lies[l]` to all ones
    /// where it did. Where the answer is no, nobody lies, and nothing has been written.
    pub fn tell(&self, own: Ids<'_>, others: Ids<'_>, own_words: &[u32], words: &mut [u32], lies: &mut [u32]) -> bool {
        let (Some((_, status)), Some(lie)) = (self.faults, self.lie()) else { return false };
        if !liars(others, status, lies) {
            return false;
        }
        for (l, lies) in lies.iter().enumerate() {
            if *lies != 0 {
                words[l] = lie.told(others.at(l), own.at(l), own_words[l], self.tick);
            }
        }
        true
    }

    /// Puts the old words of nodes that do not take part back.
    pub fn keep(&self, first: u32, old: &[u32], words: &mut [u32]) {
        if let Some((_, status)) = self.faults {
            let status = &status[first as usize..first as usize + words.len()];
            keep(status, old, words);
        }
    }
}

/// The WGSL side: what `lib/traffic-*.wgsl` says, with the liars.
#[must_use]
pub fn modules(faults: Option<&Faults>) -> Vec<Module> {
    let Some(faults) = faults else { return vec![module!("lib/traffic-open")] };
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

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn either(other: &[u32], masks: &mut [u32]) {
    for (mask, &other) in masks.iter_mut().zip(other) {
        *mask |= other;
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn without(lost: &[u32], masks: &mut [u32]) {
    for (mask, &lost) in masks.iter_mut().zip(lost) {
        *mask &= !lost;
    }
}

/// Whether anything stands between an own end and its other end.
#[inline(always)]
fn is_blocked(own: u32, other: u32, walls: u32) -> bool {
    (own | other) & bits::DOWN | own & bits::LIAR | (own ^ other) & walls != 0
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn unblock_run(own: &[u32], other: &[u32], walls: u32, masks: &mut [u32]) {
    for ((mask, &own), &other) in masks.iter_mut().zip(own).zip(other) {
        *mask &= u32::from(!is_blocked(own, other, walls)).wrapping_neg();
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn unblock(own: Ids<'_>, others: Ids<'_>, status: &[u32], walls: u32, masks: &mut [u32]) {
    for (l, mask) in masks.iter_mut().enumerate() {
        let (own, other) = (status[own.at(l) as usize], status[others.at(l) as usize]);
        *mask &= u32::from(!is_blocked(own, other, walls)).wrapping_neg();
    }
}

/// Marks the liars; says whether there are any.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn liars(others: Ids<'_>, status: &[u32], lies: &mut [u32]) -> bool {
    let mut any = 0;
    if let Ids::Run(first) = others {
        let status = &status[first as usize..first as usize + lies.len()];
        for (lies, &status) in lies.iter_mut().zip(status) {
            *lies = u32::from(status & bits::LIAR != 0).wrapping_neg();
            any |= *lies;
        }
    } else {
        for (l, lies) in lies.iter_mut().enumerate() {
            *lies = u32::from(status[others.at(l) as usize] & bits::LIAR != 0).wrapping_neg();
            any |= *lies;
        }
    }
    any != 0
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn keep(status: &[u32], old: &[u32], words: &mut [u32]) {
    for ((word, &old), &status) in words.iter_mut().zip(old).zip(status) {
        let out = u32::from(status & (bits::DOWN | bits::LIAR) != 0).wrapping_neg();
        *word = old & out | *word & !out;
    }
}
