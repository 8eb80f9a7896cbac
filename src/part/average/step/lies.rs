//! What nodes gain over their links to liars: few links, collected and worked out apart from all others.

use super::block::{Buffers, CHUNK, Chunk};
use super::each;
use crate::hear::NO_SLOT;
use crate::topology::Ids;

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
        let mut flags = [0; CHUNK];
        let (mut own, mut liars) = (Vec::new(), Vec::new());
        // Those of several slots together, as long as it does not matter over which they are.
        let (mut all_own, mut all_liars) = (Vec::new(), Vec::new());
        let is_one = traffic.gate().is_some();
        let slots = topology.slots_among(self.nodes.clone());
        for slot in 0..slots {
            let mut start = self.nodes.start;
            while start < self.nodes.end {
                let (answer, count) = topology.neighbours(slot, start..self.nodes.end, &mut buffers.list);
                let others = answer.ids(start, &buffers.list[..count as usize]);
                traffic.links_to_liars(start, others, &mut flags[..count as usize], &mut own, &mut liars);
                all_own.append(&mut own);
                all_liars.append(&mut liars);
                start += count;
            }
            let is_last = slot + 1 == slots;
            if !all_own.is_empty() && (is_last || !is_one || all_own.len() > CHUNK) {
                let slot = if is_one { NO_SLOT } else { slot };
                self.hear_some(slot, (&all_own, &all_liars), sums, buffers);
                all_own.clear();
                all_liars.clear();
            }
        }
    }

    /// Adds what nodes gain over links to liars, two chunks' at the most.
    fn hear_some(&self, slot: u32, (own, liars): (&[u32], &[u32]), sums: &mut [u32], buffers: &mut Buffers) {
        let len = own.len();
        let own_beliefs: Vec<u32> = own.iter().map(|&i| self.view.reads[0][i as usize]).collect();
        let mut told = own_beliefs.clone();
        let divisors = vec![self.q; len];
        let ends = (Ids::List(own), Ids::List(liars));
        let traffic = &self.view.traffic;
        traffic.tell(ends.0, ends.1, &own_beliefs, &mut told, &mut buffers.lies[..len]);
        let links = each::Lanes {
            slot,
            own,
            others: liars,
            own_beliefs: &own_beliefs,
            other_beliefs: &told,
            divisors: &divisors,
        };
        let flows = &mut buffers.flows[..len];
        let (masks, spare) = (&mut buffers.masks[..len], &mut buffers.spare[..len]);
        links.flows(self.step, self.view, None, masks, spare, flows);
        for (&i, &gained) in own.iter().zip(&*flows) {
            let at = (i - self.nodes.start) as usize;
            sums[at] = sums[at].wrapping_add(gained);
            buffers.taken.push(((self.at + at) as u32, gained));
        }
    }
}
