//! Small worlds: a ring whose long links are re-aimed at random.
//!
//! Watts and Strogatz (*Collective dynamics of 'small-world' networks*, 1998) re-aim one end of a link anywhere, which changes
//! degrees and may take the network apart. Here two links of the same length, x to x + o and y to y + o, exchange their targets
//! (Maslov and Sneppen, *Specificity and stability in topology of protein networks*, 2002): every degree stays exact, and the
//! links of length 1 stay where they are, so the network stays connected.
//!
//! As a gather: for every length o a keyed permutation P pairs the nodes whose places P(x) differ in the lowest bit, and a draw
//! decides for the pair. So the node that x aims at and the node that aims at x are both found in constant time, without memory.

mod tiles;

use super::random_regular::{MOST_DEGREE, check_degree, key_block};
use super::{Build, Circulant, Fit, Neighbours, Rows, Site, Tiles, Topology, TopologyShader};
use crate::error::Error;
use crate::number::{Permutation, Stream, scramble, stream_key};
use crate::shader::module;
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// A ring with links of the lengths 1 to k; slots 2o − 2 and 2o − 1 are where the link of length o leads to and where it comes
/// from.
#[derive(Clone, Debug)]
pub struct SmallWorld {
    nodes: u32,
    /// Who changes with whom; the first is for links of length 2.
    pairs: Vec<Permutation>,
    /// The key of the draws.
    key: u32,
    /// A pair is re-aimed if its draw is at most this.
    last: u32,
}

/// Permutations are numbered from here on: those of random regular graphs come before.
const FIRST_PERMUTATION: u32 = MOST_DEGREE / 2;

/// What the draws of pairs of length `offset` depend on besides the pair.
fn draw_key(key: u32, offset: u32) -> u32 {
    key.wrapping_add(offset.wrapping_mul(0x9E37_79B1))
}

/// Replaces the place of each node by that of the one it is paired with, if the pair is re-aimed; the last of an odd number of
/// places has none.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn exchange(key: u32, last: u32, nodes: u32, places: &mut [u32]) {
    for place in places {
        let other = *place ^ 1;
        let is_re_aimed = (scramble(*place >> 1, key) <= last) & (other < nodes);
        *place = if is_re_aimed { other } else { *place };
    }
}

/// A link cannot lead from a node to itself, so two nodes at the distance of the length keep theirs. The nodes are those from
/// `first` on, modulo their number.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn keep_apart(first: u32, offset: u32, nodes: u32, partners: &mut [u32]) {
    for (l, partner) in partners.iter_mut().enumerate() {
        let node = wrapped(first, l as u32, nodes);
        let distance = node.abs_diff(*partner);
        let is_own = (distance == offset) | (distance == nodes - offset);
        *partner = if is_own { node } else { *partner };
    }
}

/// (i + by) mod `nodes`; both are below it, and `nodes` may be up to 2^32.
#[inline(always)]
fn wrapped(i: u32, by: u32, nodes: u32) -> u32 {
    let left = nodes - by;
    if i < left { i + by } else { i - left }
}

impl SmallWorld {
    /// Writes who each node from `first` on (modulo the number of nodes) changes its link of length `offset` with: itself if it
    /// keeps it.
    fn partners(&self, offset: u32, first: u32, list: &mut [u32]) {
        let pairs = &self.pairs[offset as usize - 2];
        for (l, node) in list.iter_mut().enumerate() {
            *node = wrapped(first, l as u32, self.nodes);
        }
        pairs.permute(list);
        exchange(draw_key(self.key, offset), self.last, self.nodes, list);
        pairs.unpermute(list);
        keep_apart(first, offset, self.nodes, list);
    }
}

impl Topology for SmallWorld {
    fn kind(&self) -> &'static str {
        "small-world"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes) * u64::from(self.slots() / 2)
    }

    fn degree(&self, _node: u32) -> u32 {
        self.slots()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.slots())
    }

    fn slots(&self) -> u32 {
        2 * self.pairs.len() as u32 + 2
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (n, offset, is_forward) = (self.nodes, slot / 2 + 1, slot.is_multiple_of(2));
        let ahead = if is_forward { offset } else { n - offset };
        if offset == 1 {
            let left = n - ahead;
            return if nodes.start < left {
                (Neighbours::Run(nodes.start + ahead), nodes.end.min(left) - nodes.start)
            } else {
                (Neighbours::Run(nodes.start - left), nodes.end - nodes.start)
            };
        }
        let len = nodes.end - nodes.start;
        let list = &mut list[..len as usize];
        if is_forward {
            self.partners(offset, nodes.start, list);
            for other in list {
                *other = wrapped(*other, ahead, n);
            }
        } else {
            self.partners(offset, wrapped(nodes.start, ahead, n), list);
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot ^ 1)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn has_parallel_links(&self) -> bool {
        true
    }

    fn tiles(&self) -> Option<Tiles> {
        tiles::tiles(self.nodes, self.slots() / 2)
    }

    fn shader(&self) -> TopologyShader<'_> {
        TopologyShader {
            module: module!("topology/small-world")
                .with("SLOTS", self.slots())
                .with("REWIRING_KEY", self.key)
                .with("REWIRING_LAST", self.last),
            buffers: vec![key_block(&self.pairs)],
        }
    }
}

/// Parameters of `small-world`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallWorldSpec {
    /// Neighbours a node: an even number, at least 4, below the number of nodes. It stays exact when links are re-aimed.
    #[serde(default = "six")]
    #[schemars(range(min = 4, max = 1024))]
    pub degree: u32,
    /// The probability with which a link longer than 1 is re-aimed. 0 is the ring lattice.
    #[serde(default = "tenth")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rewire: f64,
}

fn six() -> u32 {
    6
}

fn tenth() -> f64 {
    0.1
}

impl Build for SmallWorldSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(self.degree.clamp(4, MOST_DEGREE) + 1, nodes)
    }

    fn build(&self, nodes: u32, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        check_degree("small-world", self.degree, 4)?;
        if !(0.0..=1.0).contains(&self.rewire) {
            return Err(Error::invalid(
                "topology.rewire",
                format!("is {}; a probability is from 0 to 1", self.rewire),
            ));
        }
        let lengths = self.degree / 2;
        // 2^32 is certain.
        let threshold = (self.rewire * 4_294_967_296.0).round() as u64;
        let Some(last) = threshold.checked_sub(1) else {
            let ring = Circulant::new("small-world", nodes, (1..=lengths).map(u64::from))?;
            return Ok(Arc::new(ring));
        };
        Ok(Arc::new(SmallWorld {
            nodes,
            pairs: (2..=lengths)
                .map(|o| Permutation::random(nodes, site.seed, FIRST_PERMUTATION + o))
                .collect(),
            key: stream_key(site.seed, Stream::Rewiring),
            last: last as u32,
        }))
    }
}
