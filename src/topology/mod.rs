//! Who may talk to whom: the rule that gives a node its links.
//!
//! A topology is asked for one block of neighbours at a time: the neighbours over link *slot* k of the nodes
//! first..first+len. It answers with a *run* (they are contiguous: rings, lattices, chords) or a *list* of
//! indices that it has filled in (Sierpinski, hypercubes). A stored network answers with *rows* instead (compressed
//! sparse rows). So rules and topologies meet without a product of the two, and the inner loops are plain slices.
//!
//! On the GPU a topology is a WGSL file below `shaders/topology/` with the functions `slots(i)`, `neighbour(i, k)`,
//! `degree(i)` and `link_end(i, k)`, put before the rule's file.
//!
//! Every topology is a simple undirected graph: j is a neighbour of i exactly once if and only if i is one of j,
//! and no node is its own neighbour.

mod catalogue;
mod circulant;
mod graph;
pub mod import;
mod tetrahedral;
mod torus;

pub use catalogue::{KINDS, Kind, TopologySpec};
pub use circulant::{Chord, Circulant, CirculantSpec, FibonacciChords, FibonacciLattice, MobiusLadder, Ring};
pub use graph::{GraphSpec, GraphTopology};
pub use tetrahedral::{Tetrahedral, TetrahedralSpec};
pub use torus::{Torus, TorusSpec};

use crate::error::Error;
use crate::shader::Module;
use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The largest degree that the rules' arithmetic has room for: 1 + degree divides differences of beliefs exactly
/// while it is below 2^28.
pub const LARGEST_DEGREE: u32 = (1 << 28) - 2;

/// Indices of nodes, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids<'a> {
    /// first, first + 1, first + 2, …
    Run(u32),
    /// As listed.
    List(&'a [u32]),
}

/// The neighbours of a block of nodes over one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// They are contiguous, from this index on.
    Run(u32),
    /// They have been written into the list that was handed in. A node without a link in this slot is its own
    /// neighbour there.
    List,
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
}

impl Rows<'_> {
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

/// What the GPU needs of a topology.
#[derive(Clone, Debug)]
pub struct TopologyShader<'a> {
    /// The WGSL file and its constants.
    pub module: Module,
    /// The words of its uniform block, which is `array<vec4<u32>, N>`; empty if it has none.
    pub uniform: Vec<u32>,
    /// Its storage buffers, in binding order.
    pub storage: Vec<&'a [u32]>,
}

/// A network of nodes.
pub trait Topology: Send + Sync + Debug {
    /// The kind, as in the scenario.
    fn kind(&self) -> &'static str;

    /// How many nodes there are.
    fn nodes(&self) -> u32;

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

    /// The number of slots that [`Topology::neighbours`] can be asked for; 0 if all links are stored.
    fn slots(&self) -> u32;

    /// The neighbours over `slot` of as many of `nodes` as have them in one form: the answer, and how many of
    /// `nodes` it is for (at least one). `list` is at least as long as `nodes`.
    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32);

    /// The slot over which every neighbour over `slot` links back, if that is one and the same. Mirrors come in pairs: the
    /// mirror of a slot's mirror is the slot itself.
    fn mirror(&self, slot: u32) -> Option<u32>;

    /// The links that are stored, if any are.
    fn rows(&self) -> Option<Rows<'_>>;

    /// 1 + the larger degree of the two ends, if that is the same for every link: the Metropolis divisor. Rules are
    /// faster where it is known.
    fn uniform_divisor(&self) -> Option<u32> {
        self.regular_degree().map(|d| d + 1)
    }

    /// How many words a column with one word per link end takes: one per node and slot, one per stored end.
    fn link_ends(&self) -> u64 {
        u64::from(self.slots()) * u64::from(self.nodes()) + self.rows().map_or(0, |r| r.ends.len() as u64)
    }

    /// The bytes that the links take in memory.
    fn stored_bytes(&self) -> u64 {
        self.rows()
            .map_or(0, |r| (4 * (r.offsets.len() + r.ends.len()) + r.degrees.len()) as u64)
    }

    /// The GPU's side.
    fn shader(&self) -> TopologyShader<'_>;

    /// The names of the nodes in the file that they came from, if they came from one.
    fn ids(&self) -> Option<&import::Ids> {
        None
    }

    /// What was read and left out, if the links came from a file.
    fn import(&self) -> Option<&import::Import> {
        None
    }

    /// The neighbours of one node, ascending. For reports and tests; it is slow.
    fn neighbours_of(&self, node: u32) -> Vec<u32> {
        let mut all = Vec::new();
        let mut list = [0];
        for slot in 0..self.slots() {
            let other = match self.neighbours(slot, node..node + 1, &mut list).0 {
                Neighbours::Run(first) => first,
                Neighbours::List => list[0],
            };
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

/// What a topology is built from besides its own parameters.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The number of nodes that the scenario asks for; a topology from a file brings its own.
    pub nodes: Option<u32>,
    /// Where relative file names start.
    pub folder: &'a Path,
}

impl Site<'_> {
    /// The scenario's number of nodes, at least `least`.
    pub fn nodes(&self, kind: &str, least: u32) -> Result<u32, Error> {
        match self.nodes {
            None => Err(Error::invalid(
                "agents",
                format!("is missing: the topology '{kind}' does not say how many there are; give agents = N"),
            )),
            Some(n) if n < least => Err(Error::invalid(
                "agents",
                format!("is {n}, but the topology '{kind}' needs at least {least}"),
            )),
            Some(n) => Ok(n),
        }
    }
}

/// The parameters of one kind of topology, as in a scenario.
pub trait Build {
    /// Builds the network.
    ///
    /// # Errors
    /// If the number of nodes does not fit the shape, a parameter does not fit the number of nodes, or a file
    /// cannot be used. The message names what would fit.
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error>;
}
