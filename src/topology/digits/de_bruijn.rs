//! The binary de Bruijn graph, undirected: v is linked to what its digits become when they are shifted and any digit comes
//! in (de Bruijn, *A combinatorial problem*, 1946). Diameter log₂ n at degree 4.
//!
//! Shifting left, the digit that comes in either is the one that went out or is not: a rotation, or a rotation with an
//! exchange (Stone, *Parallel processing with the perfect shuffle*, 1971). So every slot has a mirror. The nodes 0 … 0 and
//! 1 … 1 rotate into themselves, and the nodes 01 01 … and 10 10 … shift into each other in both directions; a link to
//! oneself is none, and a link twice is one.

use crate::error::Error;
use crate::shader::module;
use crate::topology::{Build, Fit, Neighbours, Rows, Site, Tiles, Topology, TopologyShader};
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// 2^length nodes, each a word of binary digits.
#[derive(Clone, Debug)]
pub struct DeBruijn {
    length: u32,
}

/// Shorter words have no tiles: of few nodes, too many are exceptions.
const LEAST_TILED: u32 = 5;

/// One in every pair of bits.
const ONES: u32 = 0x5555_5555;

impl DeBruijn {
    /// The graph of words of `length` digits, 1..=31.
    #[must_use]
    pub fn new(length: u32) -> Self {
        Self {
            length: length.clamp(1, 31),
        }
    }

    /// The two words of alternating digits, the lesser first.
    fn alternating(&self) -> [u32; 2] {
        let mask = self.nodes() - 1;
        let (one, other) = (ONES & mask, !ONES & mask);
        [one.min(other), one.max(other)]
    }

    /// The node whose link over a slot there is already over another, if there is one.
    fn twice(&self, slot: u32) -> Option<u32> {
        // Words of even length rotate into each other, those of odd length with an exchange.
        let [lesser, greater] = self.alternating();
        (slot >> 1 == self.length & 1).then_some(if slot & 1 == 0 { greater } else { lesser })
    }
}

/// Shifts the words from `first` on in the direction of a slot.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn shift(slot: u32, length: u32, first: u32, list: &mut [u32]) {
    let (top, mask, exchange) = (length - 1, (1u32 << length) - 1, slot >> 1);
    if slot & 1 == 0 {
        for (l, other) in list.iter_mut().enumerate() {
            let v = first + l as u32;
            *other = (v << 1 & mask | v >> top) ^ exchange;
        }
    } else {
        for (l, other) in list.iter_mut().enumerate() {
            let v = (first + l as u32) ^ exchange;
            *other = v >> 1 | v << top & mask;
        }
    }
}

impl Topology for DeBruijn {
    fn kind(&self) -> &'static str {
        "de-bruijn"
    }

    fn nodes(&self) -> u32 {
        1 << self.length
    }

    fn links(&self) -> u64 {
        2 * u64::from(self.nodes()) - 3
    }

    fn degree(&self, node: u32) -> u32 {
        let loops = if node == 0 || node == self.nodes() - 1 { 2 } else { 0 };
        4 - loops - u32::from(self.alternating().contains(&node))
    }

    fn regular_degree(&self) -> Option<u32> {
        (self.length == 1).then_some(1)
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        let [lesser, greater] = self.alternating();
        let mut exceptions = [0, lesser, greater, self.nodes() - 1].into_iter();
        match exceptions.any(|node| nodes.contains(&node)) {
            true => (nodes.len() == 1).then(|| self.degree(nodes.start)),
            false => Some(4),
        }
    }

    fn largest_degree(&self) -> u32 {
        match self.length {
            1 => 1,
            2 => 3,
            _ => 4,
        }
    }

    fn slots(&self) -> u32 {
        4
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        shift(slot, self.length, nodes.start, &mut list[..len as usize]);
        if let Some(node) = self.twice(slot).filter(|node| nodes.contains(node)) {
            list[(node - nodes.start) as usize] = node;
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot ^ 1)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn tiled_divisor(&self) -> Option<u32> {
        // All links have an end of degree 4 but for that between the two words of alternating digits.
        Some(5)
    }

    fn tiles(&self) -> Option<Tiles> {
        (self.length >= LEAST_TILED).then(|| Tiles {
            nodes: 4,
            grain: 4,
            modules: vec![module!("topology/tiles/de-bruijn")],
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        let [lesser, greater] = self.alternating();
        module!("topology/de-bruijn")
            .with("LENGTH", self.length)
            .with("LESSER", lesser)
            .with("GREATER", greater)
            .into()
    }
}

/// Parameters of `de-bruijn`: none; the number of nodes is a power of two, 2 to 2^31.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeBruijnSpec {}

impl Build for DeBruijnSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((1..=31).map(|length| 1 << length), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(DeBruijn::new(nodes.ilog2())))
    }
}
