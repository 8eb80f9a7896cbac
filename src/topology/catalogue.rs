//! The table of topologies. A new kind is a line here, a file beside this one, and a file in `shaders/topology/`.

use super::NetworkKind;
use super::{Build, Fit, Site, Topology, fitting};
use crate::error::Error;
use crate::own::{Own, Tagged};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::path::PathBuf;
use std::sync::Arc;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in a scenario.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// How many neighbours a node has.
    pub degree: &'static str,
    /// How many nodes there can be, to go on after "has".
    pub nodes: &'static str,
    /// What it is good for.
    pub purpose: &'static str,
    /// The parameters, as in a scenario, of its standard form; none if it takes a file.
    pub standard: Option<&'static str>,
    /// Scenario fragments that every test of all topologies runs: node count and parameters.
    pub samples: &'static [(u32, &'static str)],
}

impl Kind {
    /// The row of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The standard form, if there is one.
    #[must_use]
    pub fn standard(&self) -> Option<TopologySpec> {
        let text = format!("kind = \"{}\"\n{}", self.name, self.standard?);
        toml::from_str(&text).ok()
    }
}

macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $variant:ident($spec:ty) = $name:literal {
        degree: $degree:literal, nodes: $nodes:literal, purpose: $purpose:literal,
        standard: $standard:expr, samples: $samples:expr $(,)?
    })*) => {
        /// One network of a scenario's `topology`.
        #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
        #[serde(tag = "kind")]
        pub enum TopologySpec {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant($spec),)*
            /// One that a program of a user's own has registered.
            #[serde(skip_deserializing)]
            #[schemars(skip)]
            Own(Own<dyn NetworkKind>),
        }

        /// Every kind of topology.
        pub const KINDS: &[Kind] = &[
            $(Kind {
                name: $name, summary: concat!($($doc),+).trim_ascii(), degree: $degree, nodes: $nodes, purpose: $purpose,
                standard: $standard, samples: $samples,
            },)*
        ];

        /// As its section: the word, and its keys.
        impl Serialize for TopologySpec {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(keys) => Tagged { kind: $name, keys }.serialize(serializer),)*
                    Self::Own(own) => own.serialize(serializer),
                }
            }
        }

        impl TopologySpec {
            /// The kind's name.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Own(own) => own.kind(),
                }
            }

            /// The numbers of nodes nearest to `nodes` that the shape allows; see [`Build::fit`].
            #[must_use]
            pub fn fit(&self, nodes: u32) -> Fit {
                match self {
                    $(Self::$variant(spec) => spec.fit(nodes),)*
                    Self::Own(own) => own.fit(nodes),
                }
            }

            /// Builds the network.
            ///
            /// # Errors
            /// If the number of nodes does not fit the shape; and see [`Build::build`].
            pub fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
                match self {
                    $(Self::$variant(spec) => spec.build(fitting($name, $nodes, spec, site)?, site),)*
                    Self::Own(own) => own.build(site),
                }
            }

            /// See [`Build::files`].
            pub(crate) fn files(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
                match self {
                    $(Self::$variant(spec) => spec.files(),)*
                    Self::Own(own) => own.files(),
                }
            }
        }
    };
}

catalogue! {
    /// A cycle: every node has the two beside it.
    Ring(super::Ring) = "ring" {
        degree: "2", nodes: "any number of nodes from 2 on", purpose: "the slowest baseline; one pass round the swarm",
        standard: Some(""), samples: &[(2, ""), (3, ""), (8, ""), (997, "")],
    }
    /// A path: a cycle with one link left out.
    Path(super::PathSpec) = "path" {
        degree: "2, the ends 1", nodes: "any number of nodes from 2 on", purpose: "a line of machines; the worst to mix",
        standard: Some(""), samples: &[(2, ""), (3, ""), (4, ""), (5000, "")],
    }
    /// A cycle with chords of any lengths.
    Circulant(super::CirculantSpec) = "circulant" {
        degree: "2 an offset", nodes: "any number of nodes from 2 on", purpose: "rings with chords of one's own choice",
        standard: Some("offsets = [1, 2, 3, 5, 8, 13, 21, 34]"),
        samples: &[(16, "offsets = [1, 2, 3]"), (2500, "offsets = [1, 1250]"), (97, "offsets = [5, 48]")],
    }
    /// A cycle whose opposite nodes are linked: a Möbius band of rungs.
    MobiusLadder(super::MobiusLadder) = "mobius-ladder" {
        degree: "3", nodes: "an even number of nodes from 4 on", purpose: "what a twist alone gains over a prism: nothing in mixing",
        standard: Some(""), samples: &[(4, ""), (6, ""), (8, ""), (64, ""), (4098, "")],
    }
    /// A cycle with chords of two lengths k and k + 1 that make its diameter the least there can be.
    DoubleLoop(super::DoubleLoop) = "double-loop" {
        degree: "4", nodes: "any number of nodes from 5 on", purpose: "the best diameter that two chord lengths can have",
        standard: Some(""), samples: &[(5, ""), (6, ""), (12, ""), (25, ""), (1000, ""), (4999, "")],
    }
    /// A cycle of F_m nodes with chords F_k and F_(k+1), k = ⌊m/2⌋: about the square root of F_m.
    FibonacciLattice(super::FibonacciLattice) = "fibonacci-lattice" {
        degree: "4 or 6", nodes: "a Fibonacci number of nodes from 8 on", purpose: "a torus without edges or corners that beats the square one",
        standard: Some(""), samples: &[(8, ""), (89, ""), (2584, "degree = 6")],
    }
    /// A cycle with chords of Fibonacci lengths: F-Chord (Cordasco et al. 2004).
    FibonacciChords(super::FibonacciChords) = "fibonacci-chords" {
        degree: "about 1.44 log₂ n; 2.88 log₂ n with stride 1", nodes: "any number of nodes from 2 on",
        purpose: "logarithmic diameter, greedy routing, no liar isolates a node",
        standard: Some(""), samples: &[(34, "stride = 1"), (1000, ""), (5000, "stride = 1")],
    }
    /// A cycle with chords of the lengths 1, 2, 4, 8, … (Stoica et al. 2001), links in both directions.
    Chord(super::Chord) = "chord" {
        degree: "about 2 log₂ n", nodes: "any number of nodes from 2 on", purpose: "the standard peer-to-peer overlay",
        standard: Some(""), samples: &[(16, ""), (1000, "")],
    }
    /// A grid that wraps in both directions.
    Torus2d(super::Torus2dSpec) = "torus2d" {
        degree: "4", nodes: "the nodes of a rectangle with sides of at least 3", purpose: "the standard grid",
        standard: Some(""), samples: &[(9, ""), (600, "width = 30"), (3072, "width = 1024")],
    }
    /// A grid that wraps in both directions, in y with a shift in x: a torus that closes like a Möbius band (Séquin 1981).
    TwistedTorus(super::TwistedTorusSpec) = "twisted-torus" {
        degree: "4", nodes: "twice a square of nodes from 18 on; with `width`, the nodes of a rectangle",
        purpose: "twice as fast to mix as the torus of its sides, at no cost",
        standard: Some(""), samples: &[
            (18, ""), (128, ""), (5120, "width = 1024\ntwist = 333"), (35, "width = 5\ntwist = 4")],
    }
    /// A grid that wraps in both directions, in y with x turned round: a Klein bottle.
    Klein(super::KleinSpec) = "klein" {
        degree: "4", nodes: "the nodes of a rectangle with sides of at least 3", purpose: "what a reflection gains over a torus: shorter ways, no faster mixing",
        standard: Some(""), samples: &[(9, ""), (128, ""), (35, "width = 7"), (3000, "width = 600")],
    }
    /// Two cycles whose nodes are linked in pairs.
    Prism(super::PrismSpec) = "prism" {
        degree: "3", nodes: "an even number of nodes from 6 on", purpose: "the Möbius ladder without its twist",
        standard: Some(""), samples: &[(6, ""), (8, ""), (14, ""), (1026, "")],
    }
    /// A grid with one diagonal in each square: the densest packing in the plane.
    Triangular(super::TriangularSpec) = "triangular" {
        degree: "6", nodes: "the nodes of a rectangle with sides of at least 3", purpose: "sensors and cells of radio that cover a plane",
        standard: Some(""), samples: &[(9, ""), (600, "width = 30"), (1200, "width = 300")],
    }
    /// Hexagons: two nodes a cell.
    Honeycomb(super::HoneycombSpec) = "honeycomb" {
        degree: "3", nodes: "two nodes a cell of a rectangle with sides of at least 2", purpose: "the fewest links that cover a plane evenly",
        standard: Some(""), samples: &[(8, ""), (128, ""), (1800, "width = 300")],
    }
    /// A grid in space that wraps in all directions.
    Cubic(super::CubicSpec) = "cubic" {
        degree: "6", nodes: "the nodes of a box with sides of at least 3", purpose: "the standard grid in space; the network of many supercomputers",
        standard: Some(""), samples: &[(27, ""), (210, "width = 7\nheight = 5"), (2400, "width = 200\nheight = 4")],
    }
    /// The body-centred cubic crystal: two cubic lattices, each in the middle of the other's cells.
    Bcc(super::BccSpec) = "bcc" {
        degree: "8", nodes: "two nodes a cell of a box with sides of at least 2", purpose: "the crystal of iron; eight neighbours in space",
        standard: Some(""), samples: &[(16, ""), (210, "width = 7\nheight = 5"), (4160, "width = 260\nheight = 4")],
    }
    /// The face-centred cubic crystal: the densest packing in space.
    Fcc(super::FccSpec) = "fcc" {
        degree: "12", nodes: "the nodes of a box with sides of at least 3", purpose: "the most neighbours at one distance in space",
        standard: Some(""), samples: &[(27, ""), (210, "width = 5\nheight = 7"), (3120, "width = 260\nheight = 3")],
    }
    /// The diamond crystal: every node in the middle of a tetrahedron of its neighbours.
    Diamond(super::DiamondSpec) = "diamond" {
        degree: "4", nodes: "eight nodes a cell of a box", purpose: "tetrahedral in space; beats the torus of its degree",
        standard: Some(""), samples: &[(8, ""), (16, ""), (480, "width = 5\nheight = 4"), (4176, "width = 261")],
    }
    /// Tetrahedra nested in tetrahedra: the Sierpinski graph S(4, L) of 4^L nodes.
    Tetrahedral(super::TetrahedralSpec) = "tetrahedral" {
        degree: "4, the four corners 3", nodes: "a power of four nodes, 4 to 4^15", purpose: "cells of four, nested; locality at every scale",
        standard: Some(""), samples: &[(4, ""), (64, ""), (4096, "")],
    }
    /// The Sierpinski graph S(4, L) with its four corners linked in pairs: the WK-recursive network WK(4, L), closed.
    Wk(super::WkSpec) = "wk" {
        degree: "4", nodes: "a power of four nodes, 16 to 4^15", purpose: "the tetrahedral network as a machine is wired: no port left open",
        standard: Some(""), samples: &[(16, ""), (64, ""), (4096, "")],
    }
    /// The Hamming graph H(L, 4): indices that differ in one base-4 digit.
    Hamming(super::HammingSpec) = "hamming" {
        degree: "1.5 log₂ n", nodes: "a power of four nodes, 4 to 4^15", purpose: "tetrahedra in every direction; mixes in a few ticks",
        standard: Some(""), samples: &[(4, ""), (64, ""), (1024, "")],
    }
    /// The hypercube: indices that differ in one bit.
    Hypercube(super::HypercubeSpec) = "hypercube" {
        degree: "log₂ n", nodes: "a power of two nodes, 2 to 2^31", purpose: "the standard network of logarithmic degree",
        standard: Some(""), samples: &[(2, ""), (8, ""), (32, ""), (4096, "")],
    }
    /// The binary de Bruijn graph: indices that are each other's shifts.
    DeBruijn(super::DeBruijnSpec) = "de-bruijn" {
        degree: "4, up to four nodes 2 or 3", nodes: "a power of two nodes, 2 to 2^31", purpose: "logarithmic diameter at four links a node",
        standard: Some(""), samples: &[(2, ""), (4, ""), (8, ""), (32, ""), (4096, "")],
    }
    /// Every node is linked to every other.
    Complete(super::CompleteSpec) = "complete" {
        degree: "n − 1", nodes: "any number of nodes from 2 to 2^28 − 1", purpose: "rules that sample their peers; agreement in one tick",
        standard: Some(""), samples: &[(2, ""), (3, ""), (64, ""), (257, "")],
    }
    /// The union of random cycles through all nodes: a random regular graph, always connected (Kim and Wormald 2001).
    RandomRegular(super::RandomRegularSpec) = "random-regular" {
        degree: "even, 4 by default", nodes: "any number of nodes above its degree",
        purpose: "the best mixing there is for the degree; the one to beat",
        standard: Some("degree = 4"),
        samples: &[(5, ""), (7, "degree = 6"), (1000, ""), (4099, ""), (64, "degree = 2"), (500, "degree = 10")],
    }
    /// A ring of long links, of which some are re-aimed at random; every degree stays exact (Watts and Strogatz 1998, Maslov and
    /// Sneppen 2002).
    SmallWorld(super::SmallWorldSpec) = "small-world" {
        degree: "even, 6 by default", nodes: "any number of nodes above its degree",
        purpose: "neighbourhoods that overlap, and a few shortcuts",
        standard: Some("degree = 6\nrewire = 0.1"),
        samples: &[(7, ""), (5, "degree = 4\nrewire = 1.0"), (1000, ""), (4099, "degree = 10\nrewire = 0.5"), (97, "rewire = 0.0")],
    }
    /// A hub that is linked to everybody, and nobody else is linked.
    Star(super::StarSpec) = "star" {
        degree: "1, the hub n − 1", nodes: "2 to 268435455 nodes", purpose: "a central server; one failure is the end",
        standard: Some(""), samples: &[(2, ""), (3, ""), (64, ""), (5000, "")],
    }
    /// A complete tree: the children of node i are b·i + 1 to b·i + b.
    Tree(super::TreeSpec) = "tree" {
        degree: "1 + `branching`, the last levels less", nodes: "2 to 2147483648 nodes", purpose: "a hierarchy; everything passes the root",
        standard: Some("branching = 2"), samples: &[(2, ""), (63, ""), (4100, ""), (1000, "branching = 7"), (50, "branching = 1"), (600, "branching = 300")],
    }
    /// A hypercube without the words that have two adjacent ones (Hsu 1993).
    FibonacciCube(super::FibonacciCubeSpec) = "fibonacci-cube" {
        degree: "log_φ n at most, a third of that at least", nodes: "a Fibonacci number of nodes, 2 to 165580141",
        purpose: "a hypercube in finer steps, with fewer links a node",
        standard: Some(""), samples: &[(2, ""), (3, ""), (5, ""), (55, ""), (4181, "")],
    }
    /// A sphere: the icosahedron with every face cut into b² triangles.
    Geodesic(super::GeodesicSpec) = "geodesic" {
        degree: "6, twelve nodes 5", nodes: "10 b² + 2 nodes, b up to 8460", purpose: "a surface without border; cells round a globe",
        standard: Some(""), samples: &[(12, ""), (42, ""), (92, ""), (4412, "")],
    }
    /// A sunflower: points at the golden angle, each linked to those nearest to it (Vogel 1979).
    Phyllotaxis(super::PhyllotaxisSpec) = "phyllotaxis" {
        degree: "about `neighbours`, 4 by default", nodes: "any number of nodes above its neighbours",
        purpose: "even density in a disc of any size, neighbours at Fibonacci distances",
        standard: Some("neighbours = 4"), samples: &[(5, ""), (89, "neighbours = 1"), (300, "neighbours = 12"), (4999, "")],
    }
    /// A network from a file: an edge list, METIS adjacency, or Matrix Market.
    Graph(super::GraphSpec) = "graph" {
        degree: "the file's", nodes: "the file's number of nodes", purpose: "a network of your own",
        standard: None, samples: &[(0, "file = \"star.txt\""), (0, "file = \"path.graph\"")],
    }
}
