//! The table of topologies. A new kind is a line here, a file beside this one, and a file in `shaders/topology/`.

use super::{Build, Site, Topology};
use crate::error::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in a scenario.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Scenario fragments that every test of all topologies runs: node count and parameters.
    pub samples: &'static [(u32, &'static str)],
}

macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $variant:ident($spec:ty) = $name:literal, samples $samples:expr;)*) => {
        /// The scenario's `[topology]`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind")]
        pub enum TopologySpec {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant($spec),)*
        }

        /// Every kind of topology.
        pub const KINDS: &[Kind] = &[
            $(Kind { name: $name, summary: concat!($($doc),+), samples: $samples },)*
        ];

        impl TopologySpec {
            /// The kind's name.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// Builds the network.
            ///
            /// # Errors
            /// See [`Build::build`].
            pub fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
                match self { $(Self::$variant(spec) => spec.build(site),)* }
            }
        }
    };
}

catalogue! {
    /// A cycle: every node has the two beside it.
    Ring(super::Ring) = "ring", samples &[(2, ""), (3, ""), (8, ""), (997, "")];
    /// A cycle with chords of any lengths.
    Circulant(super::CirculantSpec) = "circulant", samples &[
        (16, "offsets = [1, 2, 3]"), (2500, "offsets = [1, 1250]"), (97, "offsets = [5, 48]")];
    /// A cycle whose opposite nodes are linked: a Möbius band of rungs.
    MobiusLadder(super::MobiusLadder) = "mobius-ladder", samples &[(8, ""), (64, ""), (4098, "")];
    /// A cycle of F_m nodes with chords F_k and F_(k+1), k = ⌊m/2⌋: about the square root of F_m.
    FibonacciLattice(super::FibonacciLattice) = "fibonacci-lattice", samples &[(89, ""), (2584, "")];
    /// A cycle with chords of Fibonacci lengths: F-Chord (Cordasco et al. 2004).
    FibonacciChords(super::FibonacciChords) = "fibonacci-chords", samples &[
        (34, "stride = 1"), (1000, ""), (5000, "stride = 1")];
    /// A cycle with chords of the lengths 1, 2, 4, 8, … (Stoica et al. 2001), links in both directions.
    Chord(super::Chord) = "chord", samples &[(16, ""), (1000, "")];
    /// A grid that wraps in both directions, with a twist on request.
    Torus(super::TorusSpec) = "torus", samples &[
        (9, ""), (600, "width = 30"), (3072, "width = 1024"), (128, "width = 16\ntwist = 8"), (5120, "width = 1024\ntwist = 333")];
    /// Tetrahedra nested in tetrahedra: the Sierpinski graph S(4, L) of 4^L nodes.
    Tetrahedral(super::TetrahedralSpec) = "tetrahedral", samples &[(4, ""), (64, ""), (4096, "")];
    /// A network from a file: an edge list, METIS adjacency, or Matrix Market.
    Graph(super::GraphSpec) = "graph", samples &[(0, "file = \"star.txt\""), (0, "file = \"path.graph\"")];
}
