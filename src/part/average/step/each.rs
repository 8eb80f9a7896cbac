//! The average step where divisors differ from link to link: one lane a link, with everything that it takes written out.

use super::{AverageStep, flow, flow_each};
use crate::hear::words;
use crate::part::average::Rounding;
use crate::step::{Scratch, View};
use crate::topology::{Ids, Topology};
use std::ops::Range;

/// Links, a lane each.
pub(super) struct Lanes<'a> {
    /// The slot that they are over, or none.
    pub slot: u32,
    pub own: &'a [u32],
    pub others: &'a [u32],
    pub own_beliefs: &'a [u32],
    pub other_beliefs: &'a [u32],
    pub divisors: &'a [u32],
}

impl Lanes<'_> {
    /// Writes what the own ends gain. `carry` is theirs, if the rounding keeps one; `masks` and `spare` are scratch.
    pub fn flows(
        &self,
        step: &AverageStep,
        view: &View<'_>,
        carry: Option<&mut [u32]>,
        masks: &mut [u32],
        spare: &mut [u32],
        flows: &mut [u32],
    ) {
        let (own, others) = (Ids::List(self.own), Ids::List(self.others));
        let masked = view.traffic.masks(own, others, self.slot, spare, masks);
        match (step.rounding, carry) {
            (Rounding::Trunc, _) => flow_each::trunc_each(self.own_beliefs, self.other_beliefs, self.divisors, flows),
            (Rounding::Quasi, Some(carry)) => self.quasi(if masked { masks } else { &[] }, carry, flows),
            (rounding, _) => {
                match rounding {
                    Rounding::Random => flow_each::random_words(step.key, self.own, self.others, view.tick, flows),
                    Rounding::Golden | Rounding::Trunc | Rounding::Quasi => {
                        flow_each::golden_words(self.own, self.others, view.tick, flows);
                    }
                }
                let beliefs = (self.own_beliefs, self.other_beliefs);
                flow_each::floor_each(self.own, self.others, beliefs.0, beliefs.1, self.divisors, flows);
            }
        }
        if masked {
            flow_each::both(masks, flows);
        }
    }

    /// What the links gain by the quasi rounding, with their accumulators advanced. Where `used` is zero nothing happens; an
    /// empty `used` means that all links are used.
    fn quasi(&self, used: &[u32], carry: &mut [u32], out: &mut [u32]) {
        for l in 0..out.len() {
            out[l] = 0;
            if !used.is_empty() && used[l] == 0 {
                continue;
            }
            let upper = self.own[l] > self.others[l];
            let difference = (self.own_beliefs[l] as i32).wrapping_sub(self.other_beliefs[l] as i32);
            let downhill = i64::from(if upper { difference.wrapping_neg() } else { difference });
            let (total, q) = (downhill + i64::from(carry[l]), i64::from(self.divisors[l]));
            let flow = total.div_euclid(q);
            carry[l] = (total - flow * q) as u32;
            out[l] = (if upper { flow } else { -flow }) as u32;
        }
    }
}

/// Writes each link's divisor as the topology has it.
pub(super) fn divisors(step: &AverageStep, topology: &dyn Topology, own: &[u32], others: &[u32], divisors: &mut [u32]) {
    match step.divisor {
        Some(q) => divisors.fill(q),
        None => {
            for ((q, &i), &j) in divisors.iter_mut().zip(own).zip(others) {
                *q = 1 + topology.degree(i).max(topology.degree(j));
            }
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "what a chunk of a step consists of")]
/// Adds to `sums` what `nodes` gain over all slots, where not all links have the same divisor. The chunk starts at `at` in
/// the lanes of `carry`.
pub(super) fn slots(
    step: &AverageStep,
    view: &View<'_>,
    nodes: Range<u32>,
    at: usize,
    sums: &mut [u32],
    mut carry: Option<&mut Vec<&mut [u32]>>,
    mut taken: Option<&mut [u32]>,
    scratch: &mut Scratch,
) {
    let (beliefs, len) = (view.reads[0], sums.len());
    let mut words = [(); 8].map(|()| scratch.take(len));
    let [own, others, gathered, of_links, flows, masks, spare, lies] = words.each_mut().map(|words| &mut words[..len]);
    for (own, node) in own.iter_mut().zip(nodes.clone()) {
        *own = node;
    }
    for slot in 0..view.topology.slots_among(nodes.clone()) {
        let mut done = 0;
        while done < len {
            let rest = nodes.start + done as u32..nodes.end;
            let (neighbours, count) = view.topology.neighbours(slot, rest, &mut others[done..]);
            let count = count as usize;
            match neighbours.ids(nodes.start + done as u32, &[]) {
                Ids::List(_) => {}
                ids => flow::list(ids, &mut others[done..done + count]),
            }
            done += count;
        }
        words::gather(beliefs, others, gathered);
        divisors(step, view.topology, own, others, of_links);
        let own_beliefs = &beliefs[nodes.start as usize..nodes.end as usize];
        let lied = taken.is_some()
            && view
                .traffic
                .tell(Ids::List(own), Ids::List(others), own_beliefs, gathered, lies);
        let links = Lanes {
            slot,
            own,
            others,
            own_beliefs,
            other_beliefs: gathered,
            divisors: of_links,
        };
        // A node without a link in this slot is its own neighbour, and gains nothing from itself.
        let carry = carry
            .as_deref_mut()
            .map(|lanes| &mut lanes[slot as usize][at..at + len]);
        links.flows(step, view, carry, masks, spare, flows);
        flow::add(flows, 0, sums);
        if let (Some(taken), true) = (taken.as_deref_mut(), lied) {
            flow::add_masked(flows, lies, 0, taken);
        }
    }
    words.into_iter().for_each(|words| scratch.give(words));
}
