//! The flows over links upwards, of the nodes that were worked on last: their upper ends need them next.

use super::wide::{LANES, ring_words};
use crate::step::Scratch;
use crate::words::Words;

/// A ring a slot, all in the same words.
#[derive(Default)]
pub(super) struct Rings {
    pub words: Words,
    used: usize,
    all: Vec<Ring>,
}

/// Of links of one length, as many flows as [`ring_words`] says.
#[derive(Clone, Copy, Default)]
struct Ring {
    distance: u32,
    start: usize,
    size: usize,
    /// Where the lowest is.
    at: usize,
    /// The node that comes next; nothing if the last ones were no whole vector.
    next: Option<u32>,
}

impl Rings {
    /// Whether the flows from the nodes below `first` are there, of a slot with links of this length.
    pub fn reaches(&self, (slot, distance): (u32, u32), first: u32) -> bool {
        let ring = self.all.get(slot as usize);
        ring.is_some_and(|ring| ring.distance == distance && ring.next == Some(first))
    }

    /// Where a slot's ring is, and where the lowest flow is.
    pub fn place(&self, slot: u32) -> (usize, usize) {
        let ring = self.all[slot as usize];
        (ring.start, ring.at)
    }

    /// A slot's ring, to be filled from the lowest to that from the node before `next`.
    pub fn begin(&mut self, (slot, distance): (u32, u32), next: u32, scratch: &mut Scratch) -> &mut [u32] {
        let (slot, size) = (slot as usize, ring_words(distance));
        if self.all.len() <= slot {
            self.all.resize(slot + 1, Ring::default());
        }
        if self.all[slot].size < size {
            (self.all[slot].start, self.all[slot].size) = (self.used, size);
            self.used += size;
        }
        if self.words.len() < self.used {
            let mut words = scratch.take(2 * self.used);
            words[..self.words.len()].copy_from_slice(&self.words);
            scratch.give(std::mem::replace(&mut self.words, words));
        }
        let ring = &mut self.all[slot];
        (ring.distance, ring.at, ring.next) = (distance, ring.start, Some(next));
        &mut self.words[ring.start..ring.start + size]
    }

    /// The flows up to that from the node before `next` have been written; the lowest is at `at` now.
    pub fn has_come_to(&mut self, slot: u32, at: usize, next: u32) {
        let ring = &mut self.all[slot as usize];
        let is_whole = ring.next.is_some_and(|first| (next - first).is_multiple_of(LANES));
        (ring.at, ring.next) = (at, is_whole.then_some(next));
    }

    /// Hands back what was taken.
    pub fn give(self, scratch: &mut Scratch) {
        scratch.give(self.words);
    }
}
