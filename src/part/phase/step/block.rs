//! The phase step for a block of nodes, chunk by chunk: what each hears adds up to a sum of sines, by which it then turns.

use super::{FEW, PhaseStep, Pull, lanes, links, mean_sine, swarm};
use crate::step::{Outputs, Scratch, View};
use crate::topology::Topology;
use crate::words::Words;
use std::ops::Range;

/// How many nodes are worked on at a time: their phases and sums fit the first-level cache.
pub(super) const CHUNK: usize = 2048;

/// The scratch of a chunk.
pub(super) struct Buffers {
    /// Indices of those who are heard.
    pub list: Words,
    /// Their phases.
    pub gathered: Words,
    pub masks: Words,
    pub spare: Words,
    pub lies: Words,
    /// Phases and indices of own ends, a lane a stored link end.
    pub own: Words,
    pub own_phases: Words,
}

/// What the nodes of a chunk hear.
pub(super) struct Sums<'a> {
    /// The sums of sines, as signed words.
    pub words: &'a mut [u32],
    /// What had to be carried over from them, where nodes hear more than [`FEW`].
    pub wide: Option<Vec<i64>>,
}

impl Sums<'_> {
    /// Makes room in the words.
    pub fn carry(&mut self) {
        if let Some(wide) = &mut self.wide {
            for (wide, word) in wide.iter_mut().zip(&mut *self.words) {
                *wide += i64::from(*word as i32);
                *word = 0;
            }
        }
    }
}

/// Runs the step over `block`.
pub(super) fn run(
    step: &PhaseStep,
    view: &View<'_>,
    block: Range<u32>,
    outputs: &mut Outputs<'_>,
    scratch: &mut Scratch,
) {
    let (phases, frequencies) = (view.reads[0], view.reads[1]);
    let mut buffers = Buffers {
        list: scratch.take(CHUNK),
        gathered: scratch.take(CHUNK),
        masks: scratch.take(CHUNK),
        spare: scratch.take(CHUNK),
        lies: scratch.take(CHUNK),
        own: scratch.take(CHUNK + links::OVERSHOOT),
        own_phases: scratch.take(CHUNK + links::OVERSHOOT),
    };
    let (mut words, mut counts) = (scratch.take(CHUNK), scratch.take(CHUNK));
    let is_wide = step.pull == Pull::Neighbours && view.topology.largest_degree() > FEW;
    let mut first = block.start;
    for next in outputs[0][0].chunks_mut(CHUNK) {
        let nodes = first..first + next.len() as u32;
        let range = nodes.start as usize..nodes.end as usize;
        let (own, frequencies) = (&phases[range.clone()], &frequencies[range]);
        let words = &mut words[..next.len()];
        words.fill(0);
        let mut sums = Sums {
            words,
            wide: is_wide.then(|| vec![0; next.len()]),
        };
        match step.pull {
            Pull::Neighbours => links::add(view, nodes.clone(), &mut sums, &mut buffers),
            Pull::Draws(ask, samples) => {
                swarm::add(ask, samples, view, nodes.clone(), &mut sums, &mut buffers, scratch)
            }
        }
        sums.carry();
        let same = match step.pull {
            Pull::Draws(_, samples) => Some(samples),
            Pull::Neighbours => view.topology.degree_of_all(nodes.clone()),
        };
        let turn = lanes::Turn {
            own,
            frequencies,
            coupling: step.coupling,
        };
        match (sums.wide, same) {
            (Some(wide), _) => {
                for (l, next) in next.iter_mut().enumerate() {
                    let count = view.topology.degree(nodes.start + l as u32).max(1);
                    let pull = step.coupling.pull(mean_sine(wide[l], count));
                    *next = own[l].wrapping_add(frequencies[l]).wrapping_add(pull);
                }
            }
            (None, Some(count)) => turn.all(sums.words, count.max(1), next),
            (None, None) => {
                degrees(view.topology, nodes.clone(), &mut counts[..next.len()]);
                turn.each(sums.words, &counts, next);
            }
        }
        view.traffic.keep(nodes.start, own, next);
        first = nodes.end;
    }
    let Buffers {
        list,
        gathered,
        masks,
        spare,
        lies,
        own,
        own_phases,
    } = buffers;
    for buffer in [list, gathered, masks, spare, lies, own, own_phases, words, counts] {
        scratch.give(buffer);
    }
}

/// The degree of each node, but at least 1.
fn degrees(topology: &dyn Topology, nodes: Range<u32>, counts: &mut [u32]) {
    match topology.rows().filter(|_| topology.slots() == 0) {
        Some(rows) => {
            let offsets = &rows.offsets[nodes.start as usize..=nodes.end as usize];
            for (count, ends) in counts.iter_mut().zip(offsets.windows(2)) {
                *count = (ends[1] - ends[0]).max(1);
            }
        }
        None => {
            for (count, i) in counts.iter_mut().zip(nodes) {
                *count = topology.degree(i).max(1);
            }
        }
    }
}
