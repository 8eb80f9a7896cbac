//! Whom each node that knows the rumour tells it in a tick. Twin of `shaders/part/rumour/aim.wgsl` and `shaders/part/rumour/aim-*.wgsl`.
//!
//! Of the neighbours one is drawn, and noted. In the whole swarm nobody could find those who aim at him, so the draw is turned
//! round: a tick has [`PERMUTATIONS`] random permutations of all nodes, a node draws one of them, and tells whomever it takes
//! the node to. That is anybody with the same probability, and whoever may have been aimed at goes back through each.

use crate::column::{Access, Binding, ColumnId};
use crate::hear::ask::{Ask, From, NOBODY};
use crate::number::{HALF_ROUNDS, Permutation, Stream, stream_key, threefry2x32};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The permutations of a tick.
pub const PERMUTATIONS: u32 = 64;

/// Draws of whom to tell.
#[derive(Clone, Copy, Debug)]
pub struct Aims {
    ask: Ask,
    key: u32,
}

impl Aims {
    /// The draws of a seed.
    #[must_use]
    pub fn new(from: From, seed: u32) -> Self {
        Self {
            ask: Ask::new(from, seed),
            key: stream_key(seed, Stream::Choice),
        }
    }

    /// Whom one asks who does not tell.
    #[must_use]
    pub fn ask(self) -> Ask {
        self.ask
    }

    /// Among whom.
    #[must_use]
    pub fn from(self) -> From {
        self.ask.from()
    }

    /// What the permutations depend on.
    pub(super) fn key(self) -> u32 {
        self.key
    }

    /// The permutations of a tick.
    pub(super) fn permutations(self, nodes: u32, tick: u32) -> impl Iterator<Item = Permutation> {
        (0..PERMUTATIONS).map(move |number| {
            let mut keys = [0; HALF_ROUNDS];
            for (pair, k) in keys.as_chunks_mut::<2>().0.iter_mut().zip(0..) {
                *pair = threefry2x32([self.key, 4 * number + k], [tick, 0]);
            }
            Permutation::new(nodes, keys)
        })
    }

    /// The aim of a node that tells a neighbour: 1 + that one, or 0 for nobody.
    fn neighbour(self, view: &View<'_>, node: u32) -> u32 {
        self.ask.partner(view, node, 0).unwrap_or(NOBODY).wrapping_add(1)
    }
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct AimStep {
    aims: Aims,
    rumour: ColumnId,
    aim: ColumnId,
}

impl AimStep {
    /// The step that notes in `aim` whom each tells who knows the rumour.
    #[must_use]
    pub fn new(aims: Aims, rumour: ColumnId, aim: ColumnId) -> Self {
        Self { aims, rumour, aim }
    }
}

impl Step for AimStep {
    fn name(&self) -> &'static str {
        "aim"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.rumour, Access::Read),
            Binding::new(1, self.aim, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        self.aims.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let aim = match self.aims.from() {
            From::Neighbours => module!("part/rumour/aim-neighbours"),
            From::Swarm => module!("part/rumour/aim-swarm").with("AIMS", PERMUTATIONS),
        };
        vec![self.aims.ask.module(), aim, module!("part/rumour/aim")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        /// Nodes that draw together, if any of them tells.
        const CHUNK: usize = 512;
        let words = view.own(0, &block).chunks(CHUNK);
        let mut first = block.start;
        for (words, aims) in words.zip(outputs[0][0].chunks_mut(CHUNK)) {
            let mut any = false;
            for ((i, &word), aim) in (first..).zip(words).zip(&mut *aims) {
                let tells = super::step::knows(word) && view.traffic.takes_part(i) && view.traffic.acts(i);
                *aim = u32::from(tells);
                any |= tells;
            }
            if any {
                match self.aims.from() {
                    From::Swarm => super::sight::aim(self.aims.ask.key(), view.tick, first, aims),
                    From::Neighbours => {
                        for (i, aim) in (first..).zip(&mut *aims).filter(|(_, aim)| **aim != 0) {
                            *aim = self.aims.neighbour(view, i);
                        }
                    }
                }
            }
            first += aims.len() as u32;
        }
    }

    fn describe(&self) -> String {
        match self.aims.from() {
            From::Neighbours => "who knows the rumour draws a neighbour to tell it".to_owned(),
            From::Swarm => {
                format!("who knows the rumour draws one of {PERMUTATIONS} permutations of all nodes to tell it by")
            }
        }
    }
}
