//! What nodes gain over their links to liars: few links, collected and worked out apart from all others.

use super::block::{Buffers, CHUNK, Chunk};
use super::each;
use crate::topology::Ids;

impl Chunk<'_> {
    /// Adds what the nodes gain over their links to liars, which the passes over all links leave out: what a liar tells has no
    /// opposite at its end, and there are few of them.
    pub(super) fn hear_liars(&self, sums: &mut [u32], taken: &mut [u32], buffers: &mut Buffers) {
        let topology = self.view.topology;
        let traffic = &self.view.traffic;
        let mut flags = [0; CHUNK];
        let (mut own, mut liars) = (Vec::new(), Vec::new());
        let (mut own_beliefs, mut told, mut divisors) = (Vec::new(), Vec::new(), Vec::new());
        for slot in 0..topology.slots_among(self.nodes.clone()) {
            let mut start = self.nodes.start;
            while start < self.nodes.end {
                let (answer, count) = topology.neighbours(slot, start..self.nodes.end, &mut buffers.list);
                let others = answer.ids(start, &buffers.list[..count as usize]);
                traffic.links_to_liars(start, others, &mut flags[..count as usize], &mut own, &mut liars);
                start += count;
                if own.is_empty() {
                    continue;
                }
                let len = own.len();
                own_beliefs.clear();
                own_beliefs.extend(own.iter().map(|&i| self.view.reads[0][i as usize]));
                told.clear();
                told.extend_from_slice(&own_beliefs);
                divisors.clear();
                divisors.resize(len, self.q);
                traffic.tell(
                    Ids::List(&own),
                    Ids::List(&liars),
                    &own_beliefs,
                    &mut told,
                    &mut buffers.lies[..len],
                );
                let links = each::Lanes {
                    slot,
                    own: &own,
                    others: &liars,
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
                    taken[at] = taken[at].wrapping_add(gained);
                }
            }
        }
    }
}
