//! What nodes gain over their links to liars: few links, collected and worked out apart from all others.

use super::block::{Buffers, CHUNK, Chunk};
use super::each;
use crate::hear::NO_SLOT;
use crate::topology::Ids;

/// Links to liars.
#[derive(Default)]
pub(super) struct Lies {
    /// Where they are among others, in between.
    places: Vec<u32>,
    own: Vec<u32>,
    liars: Vec<u32>,
    own_beliefs: Vec<u32>,
    told: Vec<u32>,
    divisors: Vec<u32>,
    /// What nodes take over the links that are worked out apart: where the node stands in its block, and how much.
    pub taken: Vec<(u32, u32)>,
}

impl Chunk<'_> {
    /// Adds what the nodes gain over their links to liars, which the passes over all links leave out: what a liar tells has no
    /// opposite at its end, and there are few of them.
    ///
    /// What nodes take from them is collected for the ledger. Where there is none, nobody lies.
    pub(super) fn hear_liars(&self, sums: &mut [u32], buffers: &mut Buffers) {
        if self.step.ledger.is_none() {
            return;
        }
        let topology = self.view.topology;
        let traffic = &self.view.traffic;
        // Those of several slots together, as long as it does not matter over which they are.
        let is_one = traffic.gate().is_some();
        let slots = topology.slots_among(self.nodes.clone());
        for slot in 0..slots {
            let mut start = self.nodes.start;
            while start < self.nodes.end {
                let (answer, count) = topology.neighbours(slot, start..self.nodes.end, &mut buffers.list);
                let others = answer.ids(start, &buffers.list[..count as usize]);
                let some = &mut buffers.told;
                let places = traffic.links_to_liars(start, others, count as usize, &mut some.places);
                some.own.extend(places.iter().map(|&l| start + l));
                some.liars.extend(places.iter().map(|&l| others.at(l as usize)));
                start += count;
            }
            let (is_last, count) = (slot + 1 == slots, buffers.told.own.len());
            if count > 0 && (is_last || !is_one || count > CHUNK) {
                self.hear_some(if is_one { NO_SLOT } else { slot }, sums, buffers);
            }
        }
    }

    /// Adds what nodes gain over the links to liars that have been collected, two chunks' at the most, and forgets them.
    fn hear_some(&self, slot: u32, sums: &mut [u32], buffers: &mut Buffers) {
        let some = &mut buffers.told;
        let len = some.own.len();
        some.own_beliefs.clear();
        let words = self.view.reads[0];
        some.own_beliefs.extend(some.own.iter().map(|&i| words[i as usize]));
        some.told.clone_from(&some.own_beliefs);
        some.divisors.resize(len.max(some.divisors.len()), self.terms.q);
        let ends = (Ids::List(&some.own), Ids::List(&some.liars));
        let traffic = &self.view.traffic;
        traffic.tell(
            ends.0,
            ends.1,
            &some.own_beliefs,
            &mut some.told,
            &mut buffers.lies[..len],
        );
        let links = each::Lanes {
            slot,
            own: &some.own,
            others: &some.liars,
            own_beliefs: &some.own_beliefs,
            other_beliefs: &some.told,
            divisors: &some.divisors[..len],
        };
        let flows = &mut buffers.flows[..len];
        let (masks, spare) = (&mut buffers.masks[..len], &mut buffers.spare[..len]);
        links.flows(self.step, self.view, None, masks, spare, flows);
        for (&i, &gained) in some.own.iter().zip(&*flows) {
            let at = (i - self.nodes.start) as usize;
            sums[at] = sums[at].wrapping_add(gained);
            some.taken.push(((self.at + at) as u32, gained));
        }
        some.own.clear();
        some.liars.clear();
    }
}
