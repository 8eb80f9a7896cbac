//! Whom a node asks: draws without a generator, so that anybody can say whom anybody asked. Twins: `shaders/lib/ask-*.wgsl`.
//!
//! All draws are with replacement: a node may ask the same twice. From the whole swarm it may even ask itself, as the
//! literature's complete graph with self-loops has it. A neighbour is drawn by its slot; a slot without a link answers nothing.

use super::View;
use crate::column::Reach;
use crate::number::{Stream, multiply_high, stream_key, threefry2x32};
use crate::shader::{Module, module};
use crate::words::Scratch;
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Among whom a node draws those that it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// Its neighbours.
    #[default]
    Neighbours,
    /// The whole swarm, linked or not, itself included.
    Swarm,
}

impl From {
    /// How far whoever asks reaches.
    #[must_use]
    pub fn reach(self) -> Reach {
        match self {
            Self::Neighbours => Reach::Links,
            Self::Swarm => Reach::Anywhere,
        }
    }
}

/// Nobody: the draw met a slot without a link, or what was asked did not arrive.
pub const NOBODY: u32 = u32::MAX;

/// Draws of nodes to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    from: From,
    key: u32,
}

impl Ask {
    /// The draws of a seed.
    #[must_use]
    pub fn new(from: From, seed: u32) -> Self {
        Self {
            from,
            key: stream_key(seed, Stream::Partner),
        }
    }

    /// Draws of a stream of their own.
    #[must_use]
    pub fn keyed(from: From, key: u32) -> Self {
        Self { from, key }
    }

    /// Among whom.
    #[must_use]
    pub fn from(self) -> From {
        self.from
    }

    /// What the draws depend on.
    pub(crate) fn key(self) -> u32 {
        self.key
    }

    /// The word of the `draw`-th draw of `node`.
    #[inline(always)]
    #[must_use]
    pub fn word(self, node: u32, draw: u32, tick: u32) -> u32 {
        threefry2x32([self.key, draw >> 1], [node, tick])[(draw & 1) as usize]
    }

    /// The words of the first two draws of `node`.
    #[inline(always)]
    pub(crate) fn pair(self, node: u32, tick: u32) -> [u32; 2] {
        threefry2x32([self.key, 0], [node, tick])
    }

    /// The node that `node` asks by its `draw`-th draw, if its answer arrives.
    #[inline]
    #[must_use]
    pub fn partner(self, view: &View<'_>, node: u32, draw: u32) -> Option<u32> {
        let other = self.pick(view, node, self.word(node, draw, view.tick));
        (other != NOBODY).then_some(other)
    }

    /// Whom a word means, or [`NOBODY`].
    #[inline(always)]
    pub(crate) fn pick(self, view: &View<'_>, node: u32, word: u32) -> u32 {
        let topology = view.topology;
        let (other, arrives) = match self.from {
            From::Swarm => {
                let other = multiply_high(word, topology.nodes());
                (other, other == node || view.traffic.reaches(node, other))
            }
            From::Neighbours => {
                let links = topology.slots_of(node);
                if links == 0 {
                    return NOBODY;
                }
                let place = multiply_high(word, links);
                let other = topology.neighbour(node, place);
                (other, other != node && view.traffic.link_carries(node, other, place))
            }
        };
        if arrives { other } else { NOBODY }
    }

    /// Writes for each of `nodes` whom it asks by its `draw`-th draw, or [`NOBODY`].
    pub fn partners(self, view: &View<'_>, nodes: Range<u32>, draw: u32, out: &mut [u32], scratch: &mut Scratch) {
        let mut spare = scratch.take(out.len());
        let [even, odd] = if draw & 1 == 0 {
            [&mut *out, &mut spare[..]]
        } else {
            [&mut spare[..], &mut *out]
        };
        let len = even.len().min(odd.len());
        words(
            self.key,
            draw >> 1,
            nodes.start,
            view.tick,
            &mut even[..len],
            &mut odd[..len],
        );
        scratch.give(spare);
        if self.from == From::Swarm && !view.traffic.has_faults() {
            scale(view.topology.nodes(), out);
            return;
        }
        for (node, word) in nodes.zip(out) {
            *word = self.pick(view, node, *word);
        }
    }

    /// Writes for each of `nodes` whom it asks by the draws 2 · `pair` and 2 · `pair` + 1: half the work of two single draws.
    pub fn two_partners(self, view: &View<'_>, nodes: Range<u32>, pair: u32, even: &mut [u32], odd: &mut [u32]) {
        words(self.key, pair, nodes.start, view.tick, even, odd);
        for out in [even, odd] {
            if self.from == From::Swarm && !view.traffic.has_faults() {
                scale(view.topology.nodes(), out);
            } else {
                for (node, word) in nodes.clone().zip(out) {
                    *word = self.pick(view, node, *word);
                }
            }
        }
    }

    /// The shader's side: `ask(i, draw, tick)`, which is 0xFFFFFFFF for nobody.
    #[must_use]
    pub fn module(self) -> Module {
        match self.from {
            From::Neighbours => module!("lib/ask-neighbours").with("ASK_KEY", self.key),
            From::Swarm => module!("lib/ask-swarm").with("ASK_KEY", self.key),
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(crate) fn words(key: u32, pair: u32, first: u32, tick: u32, even: &mut [u32], odd: &mut [u32]) {
    for (l, (even, odd)) in even.iter_mut().zip(odd).enumerate() {
        [*even, *odd] = threefry2x32([key, pair], [first.wrapping_add(l as u32), tick]);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn scale(nodes: u32, words: &mut [u32]) {
    for word in words {
        *word = multiply_high(*word, nodes);
    }
}
