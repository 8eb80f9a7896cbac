//! Who may talk to whom: the rule that gives a node its links.
//!
//! A topology is asked for one block of neighbours at a time: the neighbours over link *slot* k of the nodes
//! first..first+len. It answers with a *run* (they are contiguous: rings, lattices, chords), with a *mask* (they differ from
//! the nodes in the same bits: tetrahedra, hypercubes) or with a *list* of indices that it has filled in. A stored network
//! answers with *rows* instead (compressed sparse rows). So rules and topologies meet without a product of the two, and the
//! inner loops are plain slices.
//!
//! On the GPU a topology is a WGSL file below `shaders/topology/` with the functions `slots(i)`, `neighbour(i, k)`,
//! `degree(i)` and `link_end(i, k)`, put before the rule's file.
//!
//! Every topology is an undirected graph: j is as often a neighbour of i as i is one of j, and no node is its own neighbour.
//! Two nodes have at most one link unless [`Topology::has_parallel_links`] says that they may have more; each then counts
//! towards the degree.

mod build;
mod catalogue;
mod circulant;
mod classes;
mod complete;
mod digits;
pub mod export;
mod fibonacci_cube;
mod geodesic;
mod graph;
mod grown;
pub mod import;
mod lattice;
pub mod order;
mod overlay;
mod own;
mod path;
mod phyllotaxis;
mod random_regular;
mod small_world;
mod star;
mod stored;
mod tiles;
mod tree;

pub(crate) use build::fitting;
pub use build::{Build, Fit, MOST_NODES, Site};
pub use catalogue::{KINDS, Kind, TopologySpec};
pub use circulant::{
    Chord, Circulant, CirculantSpec, DoubleLoop, FibonacciChords, FibonacciLattice, MobiusLadder, Ring,
};
pub use classes::Classes;
pub use complete::{Complete, CompleteSpec};
pub use digits::{DeBruijn, DeBruijnSpec, Hamming, HammingSpec, HypercubeSpec, Tetrahedral, TetrahedralSpec, WkSpec};
pub use fibonacci_cube::FibonacciCubeSpec;
pub use geodesic::GeodesicSpec;
pub use graph::GraphSpec;
pub use grown::{DEEPEST, FAMILY, FAMILY_SLOTS, Grown, Living};
pub use lattice::{
    BccSpec, CubicSpec, DiamondSpec, FccSpec, HoneycombSpec, KleinSpec, Lattice, PrismSpec, Torus2dSpec,
    TriangularSpec, TwistedTorusSpec,
};
pub use overlay::{MOST_PARTS, NetworkSpec, Overlay};
pub use own::NetworkKind;
pub use path::PathSpec;
pub use phyllotaxis::PhyllotaxisSpec;
pub use random_regular::{RandomRegular, RandomRegularSpec};
pub use small_world::{SmallWorld, SmallWorldSpec};
pub use star::StarSpec;
pub use stored::GraphTopology;
pub use tiles::Tiles;
pub use tree::TreeSpec;

use crate::column::Lineage;
use crate::geometry;
use crate::shader::{Module, module};
use glam::DVec3;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// The largest degree that the rules' arithmetic has room for: 1 + degree divides differences of beliefs exactly
/// while it is below 2^28.
pub const LARGEST_DEGREE: u32 = (1 << 28) - 2;

/// Indices of nodes, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids<'a> {
    /// first, first + 1, first + 2, …
    Run(u32),
    /// first ^ mask, (first + 1) ^ mask, (first + 2) ^ mask, …
    Xor {
        /// The first node whose bits are flipped.
        first: u32,
        /// The bits.
        mask: u32,
    },
    /// As listed.
    List(&'a [u32]),
}

impl Ids<'_> {
    /// The one at a place.
    #[inline(always)]
    #[must_use]
    pub fn at(self, place: usize) -> u32 {
        match self {
            Self::Run(first) => first.wrapping_add(place as u32),
            Self::Xor { first, mask } => first.wrapping_add(place as u32) ^ mask,
            Self::List(list) => list[place],
        }
    }
}

/// The neighbours of a block of nodes over one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// They are contiguous, from this index on.
    Run(u32),
    /// Each differs from its node in exactly these bits, of which there is at least one.
    Xor(u32),
    /// They have been written into the list that was handed in. A node without a link in this slot is its own
    /// neighbour there.
    List,
}

impl Neighbours {
    /// The indices, of which the first is that of a neighbour of `first`; `list` is the list that was handed in.
    #[must_use]
    pub fn ids(self, first: u32, list: &[u32]) -> Ids<'_> {
        match self {
            Self::Run(other) => Ids::Run(other),
            Self::Xor(mask) => Ids::Xor { first, mask },
            Self::List => Ids::List(list),
        }
    }
}

/// Links that are stored: compressed sparse rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Node i's row is `ends[offsets[i]..offsets[i + 1]]`; n + 1 of them.
    pub offsets: &'a [u32],
    /// The neighbours, each row ascending.
    pub ends: &'a [u32],
    /// Node by node the degree, or 255 if it is greater: a byte where the offsets would be two more cache misses.
    pub degrees: &'a [u8],
    /// End by end the greater degree of the link's two ends, or 255 if it is greater still, so that nobody has to look at the other end
    /// for it; empty where it is the same for all links, or the rows are not all links.
    pub greater: &'a [u8],
}

impl Rows<'_> {
    /// The bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (4 * (self.offsets.len() + self.ends.len()) + self.degrees.len() + self.greater.len()) as u64
    }

    /// The degree of a node.
    #[inline(always)]
    #[must_use]
    pub fn degree(&self, node: u32) -> u32 {
        match self.degrees[node as usize] {
            u8::MAX => self.offsets[node as usize + 1] - self.offsets[node as usize],
            degree => u32::from(degree),
        }
    }
}

/// A buffer that a topology's shader reads.
#[derive(Clone, Debug)]
pub enum ShaderBuffer<'a> {
    /// A uniform block: `array<vec4<u32>, N>`.
    Uniform(Vec<u32>),
    /// A storage buffer: `array<u32>`.
    Storage(&'a [u32]),
    /// A column of the swarm, `array<u32>`, that says who is whose child: see [`Grown`].
    Lineage(Lineage),
}

impl ShaderBuffer<'_> {
    /// The words in it.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        match self {
            Self::Uniform(words) => words,
            Self::Storage(words) => words,
            Self::Lineage(_) => &[],
        }
    }
}

/// What the GPU needs of a topology.
#[derive(Clone, Debug)]
pub struct TopologyShader<'a> {
    /// The WGSL file and its constants.
    pub module: Module,
    /// What it reads: bindings 0, 1, … of group 1.
    pub buffers: Vec<ShaderBuffer<'a>>,
}

impl From<Module> for TopologyShader<'_> {
    /// A shader that reads nothing.
    fn from(module: Module) -> Self {
        Self {
            module,
            buffers: Vec::new(),
        }
    }
}

/// A network of nodes.
pub trait Topology: Send + Sync + Debug {
    /// The kind, as in the scenario; of an overlay, those of its parts.
    fn kind(&self) -> &str;

    /// How many nodes there are.
    fn nodes(&self) -> u32;

    /// How many nodes are there from the start, the first ones; the others are places where nodes come and go, see [`Grown`].
    fn founders(&self) -> u32 {
        self.nodes()
    }

    /// The network of those alone, where nodes come and go.
    fn of_founders(&self) -> Option<Arc<dyn Topology>> {
        None
    }

    /// The node from which on nobody is, as far as that is known; no link leads there.
    fn end(&self) -> u32 {
        self.nodes()
    }

    /// The network of those who are there from the start, if it is known that nobody else is: of them it says the same, and sooner.
    fn alone(&self) -> Option<&dyn Topology> {
        None
    }

    /// The network while these are who is whose child, where nodes come and go: the words of the columns of [`Lineage`].
    fn living<'a>(&'a self, parents: &'a [u32], families: &'a [u32]) -> Option<Living<'a>> {
        let _ = (parents, families);
        None
    }

    /// The node whose child this one is, if it is one.
    fn parent(&self, node: u32) -> Option<u32> {
        let _ = node;
        None
    }

    /// The first of the four children of a node, if it has any.
    fn family(&self, node: u32) -> Option<u32> {
        let _ = node;
        None
    }

    /// The words of the columns of who is whose child, where nodes come and go: 1 + the parent, or 0, and the first child, or 0.
    fn kin(&self) -> Option<[&[u32]; 2]> {
        None
    }

    /// How many links there are; each counts once.
    fn links(&self) -> u64;

    /// The number of neighbours of `node`.
    fn degree(&self, node: u32) -> u32;

    /// The degree that every node has, if they all have the same.
    fn regular_degree(&self) -> Option<u32>;

    /// The greatest degree of any node.
    fn largest_degree(&self) -> u32 {
        self.regular_degree().unwrap_or_else(|| self.slots())
    }

    /// A degree that no node is below; 0 where it would take long to know one.
    fn smallest_degree(&self) -> u32 {
        self.regular_degree().unwrap_or(0)
    }

    /// The number of slots that [`Topology::neighbours`] can be asked for; 0 if all links are stored.
    fn slots(&self) -> u32;

    /// How many of them have to be asked of `nodes`, from the first one on: over those behind none of these nodes has a link now.
    fn slots_among(&self, nodes: Range<u32>) -> u32 {
        let _ = nodes;
        self.slots()
    }

    /// The neighbours over `slot` of as many of `nodes` as have them in one form: the answer, and how many of
    /// `nodes` it is for (at least one). `list` is at least as long as `nodes`.
    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32);

    /// The slot over which every neighbour over `slot` links back, if that is one and the same. Mirrors come in pairs: the
    /// mirror of a slot's mirror is the slot itself.
    fn mirror(&self, slot: u32) -> Option<u32>;

    /// The dimension of the links over `slot`, counted from 0, if it has one: a link has the same from either end. Where
    /// nothing else is said, a slot and its mirror are a dimension.
    fn dimension(&self, slot: u32) -> Option<u32> {
        let lower = |slot: u32| Some(slot.min(self.mirror(slot)?));
        let own = lower(slot)?;
        Some((0..own).filter(|&other| lower(other) == Some(other)).count() as u32)
    }

    /// The links that are stored, if any are.
    fn rows(&self) -> Option<Rows<'_>>;

    /// 1 + the larger degree of the two ends, if that is the same for every link: the Metropolis divisor. Rules are
    /// faster where it is known.
    fn uniform_divisor(&self) -> Option<u32> {
        self.regular_degree().map(|d| d + 1)
    }

    /// The degree that each of `nodes` has, if it is the same for all of them: rules are faster where it is also the largest,
    /// even if the network is not regular.
    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        let _ = nodes;
        self.regular_degree()
    }

    /// Whether two nodes may have more than one link.
    fn has_parallel_links(&self) -> bool {
        false
    }

    /// Whether the network looks the same from every node: what holds at node 0 then holds everywhere.
    fn is_vertex_transitive(&self) -> bool {
        false
    }

    /// The second least (0 of a network in pieces) and the largest eigenvalue of the Laplacian, where a formula gives them.
    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        None
    }

    /// Where a node is in the natural shape of the network, in units of one's own; for pictures. The same on every machine.
    fn position(&self, node: u32) -> DVec3 {
        geometry::on_circle(f64::from(node) / f64::from(self.nodes().max(1)))
    }

    /// Whether [`Topology::position`] shows one period of a lattice that goes on in all directions, so that links round the outside
    /// are better left out of a picture.
    fn shows_one_period(&self) -> bool {
        false
    }

    /// The level of a link in a network that is nested: 0 within the smallest parts, one more for each size of part that it
    /// joins. Nothing if the network is not nested.
    fn level(&self, node: u32, other: u32) -> Option<u32> {
        let _ = (node, other);
        None
    }

    /// How many words a column with one word per link end takes: one per node and slot, one per stored end.
    fn link_ends(&self) -> u64 {
        u64::from(self.slots()) * u64::from(self.nodes()) + self.rows().map_or(0, |r| r.ends.len() as u64)
    }

    /// The bytes that the links take in memory.
    fn stored_bytes(&self) -> u64 {
        self.rows().map_or(0, |rows| rows.bytes())
    }

    /// The GPU's side.
    fn shader(&self) -> TopologyShader<'_>;

    /// A piece of WGSL for shaders that look at all links, two at a time: `two_neighbours(i, k)`, node i's neighbours over the slots k,
    /// which is even, and k + 1.
    fn two_neighbours(&self) -> Module {
        module!("topology/pairs/each")
    }

    /// The stored links with the classes of their Metropolis divisors, if all links are stored, their divisors differ, and there are few
    /// enough: worked out when it is first asked for, in 4 bytes a link end besides.
    fn classes(&self) -> Option<&Classes> {
        None
    }

    /// The GPU's side with the classes, where there are any: the same functions, and the table besides.
    fn classed_shader(&self) -> Option<TopologyShader<'_>> {
        None
    }

    /// The Metropolis divisor of all links for which the tiles' WGSL names no other, as q of [`Topology::uniform_divisor`].
    fn tiled_divisor(&self) -> Option<u32> {
        self.uniform_divisor()
    }

    /// How the nodes fall into tiles of several nodes each, if they do: rules are faster by tiles on GPUs.
    fn tiles(&self) -> Option<Tiles> {
        None
    }

    /// The networks that are laid over each other, if it is an overlay.
    fn parts(&self) -> Vec<&dyn Topology> {
        Vec::new()
    }

    /// The names of the nodes in the file that they came from, if they came from one.
    fn ids(&self) -> Option<&import::Ids> {
        None
    }

    /// What was read and left out, if the links came from a file.
    fn import(&self) -> Option<&import::Import> {
        None
    }

    /// The number of places that one node has for links: the slots, and its stored links.
    fn slots_of(&self, node: u32) -> u32 {
        let at = node as usize;
        self.slots() + self.rows().map_or(0, |rows| rows.offsets[at + 1] - rows.offsets[at])
    }

    /// The neighbour in one of those places, below [`Topology::slots_of`]; a node without a link there is its own.
    fn neighbour(&self, node: u32, place: u32) -> u32 {
        let slots = self.slots();
        if place < slots {
            let mut list = [0];
            let answer = self.neighbours(place, node..node + 1, &mut list).0;
            return answer.ids(node, &list).at(0);
        }
        self.rows().map_or(node, |rows| {
            rows.ends[(rows.offsets[node as usize] + place - slots) as usize]
        })
    }

    /// Replaces places by the neighbours there, one a node: [`Topology::neighbour`] for each of a list.
    fn neighbours_there(&self, nodes: &[u32], places: &mut [u32]) {
        for (place, &node) in places.iter_mut().zip(nodes) {
            *place = self.neighbour(node, *place);
        }
    }

    /// The neighbours of one node, ascending, each as often as it is one. For reports and tests; it is slow.
    fn neighbours_of(&self, node: u32) -> Vec<u32> {
        let mut all = Vec::new();
        let mut list = [0];
        for slot in 0..self.slots() {
            let answer = self.neighbours(slot, node..node + 1, &mut list).0;
            let other = answer.ids(node, &list).at(0);
            if other != node {
                all.push(other);
            }
        }
        if let Some(rows) = self.rows() {
            let at = node as usize;
            all.extend(&rows.ends[rows.offsets[at] as usize..rows.offsets[at + 1] as usize]);
        }
        all.sort_unstable();
        all
    }
}
