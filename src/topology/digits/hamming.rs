//! Hamming graphs: two nodes are linked iff their indices differ in one digit. H(L, 4) is the Cartesian product of L
//! tetrahedra, H(L, 2) the hypercube (Harary, Hayes and Wu, *A survey of the theory of hypercube graphs*, 1988).

use super::{flipped, highest_difference, nested_tetrahedra};
use crate::error::Error;
use crate::geometry;
use crate::shader::module;
use crate::topology::{Build, Fit, Neighbours, Rows, Site, Tiles, Topology, TopologyShader};
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// H(digits, 2^bits), bits 1 or 2.
#[derive(Clone, Debug)]
pub struct Hamming {
    bits: u32,
    digits: u32,
}

impl Hamming {
    /// H(digits, 4), digits in 1..=15.
    #[must_use]
    pub fn quaternary(digits: u32) -> Self {
        Self {
            bits: 2,
            digits: digits.clamp(1, 15),
        }
    }

    /// The hypercube of so many dimensions, 1..=31.
    #[must_use]
    pub fn binary(dimensions: u32) -> Self {
        Self {
            bits: 1,
            digits: dimensions.clamp(1, 31),
        }
    }

    /// The other values of a digit.
    fn others(&self) -> u32 {
        (1 << self.bits) - 1
    }
}

impl Topology for Hamming {
    fn kind(&self) -> &'static str {
        if self.bits == 1 { "hypercube" } else { "hamming" }
    }

    fn nodes(&self) -> u32 {
        1 << (self.bits * self.digits)
    }

    fn links(&self) -> u64 {
        u64::from(self.slots()) * u64::from(self.nodes()) / 2
    }

    fn degree(&self, _node: u32) -> u32 {
        self.slots()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.slots())
    }

    fn slots(&self) -> u32 {
        self.digits * self.others()
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, _list: &mut [u32]) -> (Neighbours, u32) {
        let (digit, change) = (slot / self.others(), slot % self.others() + 1);
        flipped(change << (self.bits * digit), &nodes)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot)
    }

    fn dimension(&self, slot: u32) -> Option<u32> {
        Some(slot / self.others())
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn is_vertex_transitive(&self) -> bool {
        true
    }

    /// The eigenvalues of a product are the sums of its factors': 0 and 2^bits for each digit.
    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        let radix = f64::from(self.others() + 1);
        Some([radix, radix * f64::from(self.digits)])
    }

    /// H(L, 4): tetrahedra in tetrahedra, well apart, so that equal places are joined by parallel lines. The hypercube: cubes
    /// of cubes that stand on node 0, each turned a little against the ones within, so that no lines coincide; the links of a
    /// dimension are parallel and equally long.
    fn position(&self, node: u32) -> DVec3 {
        if self.bits == 2 {
            return nested_tetrahedra(node, self.digits, 0.4);
        }
        let (flat, upright) = ((2.0 / 3f64).sqrt(), (1.0 / 3f64).sqrt());
        let mut place = DVec3::ZERO;
        let mut scale = 1.0;
        for dimension in 0..self.digits {
            if dimension > 0 && dimension % 3 == 0 {
                scale *= 2.25;
            }
            // Three edges a third of a turn apart span a cube; the golden angle turns it by an amount that never comes back.
            let turns = f64::from(dimension % 3) / 3.0 + f64::from(dimension / 3) * GOLDEN_TURN;
            let edge = geometry::on_circle(turns) * flat + DVec3::Z * upright;
            let side = if node >> dimension & 1 == 1 { 0.5 } else { -0.5 };
            place += edge * (side * scale);
        }
        place
    }

    fn level(&self, node: u32, other: u32) -> Option<u32> {
        Some(highest_difference(node, other, self.bits))
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/hamming")
            .with("SLOTS", self.slots())
            .with("BITS", self.bits)
            .into()
    }

    fn tiles(&self) -> Option<Tiles> {
        let within = match self.bits {
            1 => module!("topology/tiles/two-by-two"),
            _ => module!("topology/tiles/four-linked"),
        };
        // Four nodes, and at least one digit besides.
        (self.nodes() > 4).then(|| Tiles {
            nodes: 4,
            grain: 4,
            modules: vec![within, module!("topology/tiles/hamming")],
        })
    }
}

/// The golden angle in turns.
const GOLDEN_TURN: f64 = geometry::GOLDEN as f64 / 4_294_967_296.0;

/// Parameters of `hamming`: none; the number of nodes is a power of four, 4 to 4^15.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HammingSpec {}

impl Build for HammingSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((1..=15).map(|digits| 1 << (2 * digits)), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Hamming::quaternary(nodes.ilog2() / 2)))
    }
}

/// Parameters of `hypercube`: none; the number of nodes is a power of two, 2 to 2^31.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HypercubeSpec {}

impl Build for HypercubeSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((1..=31).map(|dimensions| 1 << dimensions), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Hamming::binary(nodes.ilog2())))
    }
}
