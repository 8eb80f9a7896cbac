//! All links flow, towards zero, where nothing goes wrong and all have the same divisor: in one pass a stretch of neighbours.

use super::flow::{self, Terms};
use crate::hear::links::BATCH;
use crate::hear::words;
use crate::step::{Scratch, View};
use crate::topology::Neighbours;
use std::ops::Range;

/// A block of nodes whose links flow.
pub(super) struct All<'a> {
    view: &'a View<'a>,
    block: Range<u32>,
    terms: Terms,
}

/// Nodes of a block, over a slot.
struct Part {
    slot: u32,
    nodes: Range<u32>,
    /// The mirror, and up to which node the flows over it are known.
    known: Option<(u32, u32)>,
}

impl<'a> All<'a> {
    pub fn new(view: &'a View<'a>, block: Range<u32>, terms: Terms) -> Self {
        Self { view, block, terms }
    }

    /// Writes to `memory`, a lane a slot, what flows, and adds to `next` what the nodes of the block gain.
    pub fn flow(&self, memory: &mut [&mut [u32]], next: &mut [u32], scratch: &mut Scratch) {
        let topology = self.view.topology;
        let mut lists = [(); 2].map(|()| scratch.take(BATCH));
        for (first, next) in self.block.clone().step_by(BATCH).zip(next.chunks_mut(BATCH)) {
            let nodes = first..first + next.len() as u32;
            for slot in 0..topology.slots() {
                let is_other = |&mirror: &u32| {
                    mirror != slot && mirror < topology.slots() && topology.mirror(mirror) == Some(slot)
                };
                let Some(mirror) = topology.mirror(slot).filter(is_other) else {
                    let part = Part {
                        slot,
                        nodes: nodes.clone(),
                        known: None,
                    };
                    self.part(part, memory, next, &mut lists);
                    continue;
                };
                if mirror < slot {
                    // Seen to with its mirror.
                    continue;
                }
                // First the one upwards: the other one's flows are those.
                let leads_down = match topology.neighbours(slot, nodes.clone(), &mut lists[0]).0 {
                    Neighbours::Run(other) => other < first,
                    _ => false,
                };
                let (upwards, downwards) = if leads_down { (mirror, slot) } else { (slot, mirror) };
                for (slot, known) in [(upwards, (downwards, first)), (downwards, (upwards, nodes.end))] {
                    let part = Part {
                        slot,
                        nodes: nodes.clone(),
                        known: Some(known),
                    };
                    self.part(part, memory, next, &mut lists);
                }
            }
        }
        lists.into_iter().for_each(|list| scratch.give(list));
    }

    fn part(
        &self,
        part: Part,
        memory: &mut [&mut [u32]],
        next: &mut [u32],
        [list, gathered]: &mut [crate::words::Words; 2],
    ) {
        let (beliefs, topology) = (self.view.reads[0], self.view.topology);
        let mut start = part.nodes.start;
        while start < part.nodes.end {
            let (answer, count) = topology.neighbours(part.slot, start..part.nodes.end, list);
            let len = count as usize;
            let at = |node: u32| (node - self.block.start) as usize;
            let next = &mut next[(start - part.nodes.start) as usize..][..len];
            let own = &beliefs[start as usize..start as usize + len];
            match answer {
                Neighbours::Run(other) if self.knows(&part, start..start + count, other, list) => {
                    let lanes = part.known.map(|(mirror, _)| [part.slot as usize, mirror as usize]);
                    if let Some(Ok([mine, theirs])) = lanes.map(|lanes| memory.get_disjoint_mut(lanes)) {
                        let theirs = &theirs[at(other)..][..len];
                        flow::flow_on(start > other, theirs, &mut mine[at(start)..][..len], next);
                    }
                }
                Neighbours::Run(other) => {
                    let theirs = &beliefs[other as usize..other as usize + len];
                    let memory = &mut memory[part.slot as usize][at(start)..][..len];
                    flow::let_flow(self.terms, start > other, own, theirs, memory, next);
                }
                _ => {
                    if let Neighbours::Xor(mask) = answer {
                        for (other, node) in list[..len].iter_mut().zip(start..) {
                            *other = node ^ mask;
                        }
                    }
                    let (list, theirs) = (&list[..len], &mut gathered[..len]);
                    words::gather(beliefs, list, theirs);
                    let memory = &mut memory[part.slot as usize][at(start)..][..len];
                    flow::let_flow_each(self.terms, (start, list), (own, theirs), memory, next);
                }
            }
            start += count;
        }
    }

    /// Whether what flows between these nodes and as many from `other` on is known: the other ends are in the block and have been worked out, and
    /// lead here over the mirror.
    fn knows(&self, part: &Part, nodes: Range<u32>, other: u32, list: &mut [u32]) -> bool {
        let (topology, count) = (self.view.topology, nodes.end - nodes.start);
        let others = other..other.saturating_add(count);
        part.known.is_some_and(|(mirror, known)| {
            other >= self.block.start
                && others.end <= known
                && topology.neighbours(mirror, others, list) == (Neighbours::Run(nodes.start), count)
        })
    }
}
