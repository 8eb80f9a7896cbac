//! Circulant graphs: node i is linked to i ± o for every offset o. Rings, chords and Fibonacci lattices are presets.

use super::{Build, LARGEST_DEGREE, Neighbours, Rows, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::geometry::fibonacci;
use crate::shader::module;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// The most neighbours that a node of a circulant graph can have: what the shader's uniform block holds.
pub const MOST_OFFSETS: usize = 1024;

/// A circulant graph on the nodes 0..n.
#[derive(Clone, Debug)]
pub struct Circulant {
    kind: &'static str,
    nodes: u32,
    /// The forward distance to each neighbour, ascending, each in 1..n; closed under o → n − o.
    distances: Vec<u32>,
}

impl Circulant {
    /// The graph in which i is linked to i ± o for each of `offsets`; offsets that are equal, opposite or zero
    /// modulo `nodes` count once or not at all.
    ///
    /// # Errors
    /// If more than 1024 neighbours a node would result.
    pub fn new(kind: &'static str, nodes: u32, offsets: impl IntoIterator<Item = u64>) -> Result<Self, Error> {
        let n = u64::from(nodes);
        let mut distances: Vec<u32> = offsets
            .into_iter()
            .map(|o| o % n)
            .filter(|&o| o != 0)
            .flat_map(|o| [o as u32, (n - o) as u32])
            .collect();
        distances.sort_unstable();
        distances.dedup();
        debug_assert!(MOST_OFFSETS < LARGEST_DEGREE as usize);
        if distances.len() > MOST_OFFSETS {
            return Err(Error::invalid(
                "topology.offsets",
                format!(
                    "give every node {} neighbours; at most {MOST_OFFSETS} are possible",
                    distances.len()
                ),
            ));
        }
        Ok(Self { kind, nodes, distances })
    }

    fn shared(self) -> Arc<dyn Topology> {
        Arc::new(self)
    }
}

impl Topology for Circulant {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes) * self.distances.len() as u64 / 2
    }

    fn degree(&self, _node: u32) -> u32 {
        self.slots()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.slots())
    }

    fn slots(&self) -> u32 {
        self.distances.len() as u32
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, _list: &mut [u32]) -> (Neighbours, u32) {
        let left = self.nodes - self.distances[slot as usize];
        if nodes.start < left {
            let end = nodes.end.min(left);
            (Neighbours::Run(nodes.start + (self.nodes - left)), end - nodes.start)
        } else {
            (Neighbours::Run(nodes.start - left), nodes.end - nodes.start)
        }
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(self.slots() - 1 - slot)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn shader(&self) -> TopologyShader<'_> {
        let mut uniform = self.distances.clone();
        uniform.resize(MOST_OFFSETS, 0);
        TopologyShader {
            module: module!("topology/circulant").with("SLOTS", self.slots()),
            uniform,
            storage: Vec::new(),
        }
    }
}

/// Parameters of `ring`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ring {}

impl Build for Ring {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let n = site.nodes("ring", 2)?;
        Circulant::new("ring", n, [1]).map(Circulant::shared)
    }
}

/// Parameters of `circulant`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CirculantSpec {
    /// The chords' lengths, each at least 1 and at most half the number of nodes; links go both ways.
    #[schemars(length(min = 1, max = 1024), inner(range(min = 1, max = 2_147_483_647)))]
    pub offsets: Vec<u32>,
}

impl Build for CirculantSpec {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let n = site.nodes("circulant", 2)?;
        for (k, &offset) in self.offsets.iter().enumerate() {
            if offset == 0 || offset > n / 2 {
                return Err(Error::invalid(
                    "topology.offsets",
                    format!(
                        "has {offset} (number {}); with {n} nodes each must be in 1..={}",
                        k + 1,
                        n / 2
                    ),
                ));
            }
            if self.offsets[..k].contains(&offset) {
                return Err(Error::invalid(
                    "topology.offsets",
                    format!("has {offset} twice; leave one out"),
                ));
            }
        }
        Circulant::new("circulant", n, self.offsets.iter().map(|&o| u64::from(o))).map(Circulant::shared)
    }
}

/// Parameters of `mobius-ladder`: none. Degree 3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MobiusLadder {}

impl Build for MobiusLadder {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let n = site.nodes("mobius-ladder", 4)?;
        if n % 2 == 1 {
            return Err(Error::invalid(
                "agents",
                format!(
                    "is {n}, but a Möbius ladder has an even number of nodes: {} or {}",
                    n - 1,
                    n.saturating_add(1)
                ),
            ));
        }
        Circulant::new("mobius-ladder", n, [1, u64::from(n / 2)]).map(Circulant::shared)
    }
}

/// Parameters of `fibonacci-lattice`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FibonacciLattice {
    /// Neighbours a node: 4 (chords F_k and F_(k+1)), or 6 (F_(k-1) as well).
    #[serde(default = "four")]
    #[schemars(range(min = 4, max = 6))]
    pub degree: u32,
}

fn four() -> u32 {
    4
}

impl Build for FibonacciLattice {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        // With fewer nodes two of the chords coincide.
        let n = site.nodes("fibonacci-lattice", 8)?;
        if self.degree != 4 && self.degree != 6 {
            return Err(Error::invalid(
                "topology.degree",
                format!("is {}; a Fibonacci lattice has degree 4 or 6", self.degree),
            ));
        }
        let numbers: Vec<u64> = fibonacci(1 << 33).collect();
        let above = numbers.partition_point(|&f| f < u64::from(n));
        if numbers[above] != u64::from(n) {
            return Err(Error::invalid(
                "agents",
                format!(
                    "is {n}, but a Fibonacci lattice has a Fibonacci number of nodes; the nearest: {}{}",
                    numbers[above - 1],
                    // The next may be more than there can be agents.
                    if numbers[above] < u64::from(u32::MAX) {
                        format!(" and {}", numbers[above])
                    } else {
                        String::new()
                    }
                ),
            ));
        }
        // n = F_m stands at m − 2. Of all pairs F_k, F_(k+1), k = ⌊m/2⌋ gives the least diameter and mean distance.
        let best = above / 2 - 1;
        let first = if self.degree == 6 { best - 1 } else { best };
        Circulant::new("fibonacci-lattice", n, numbers[first..=best + 1].iter().copied()).map(Circulant::shared)
    }
}

/// Parameters of `fibonacci-chords`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FibonacciChords {
    /// 1: chords F_2, F_3, F_4, … up to half the number of nodes; 2: every second of them (F-Chord, α = ½).
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 2))]
    pub stride: u32,
}

fn two() -> u32 {
    2
}

impl Default for FibonacciChords {
    fn default() -> Self {
        Self { stride: 2 }
    }
}

impl Build for FibonacciChords {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let n = site.nodes("fibonacci-chords", 2)?;
        let stride = self.stride.clamp(1, 2) as usize;
        let offsets = fibonacci(u64::from(n / 2)).step_by(stride);
        Circulant::new("fibonacci-chords", n, offsets).map(Circulant::shared)
    }
}

/// Parameters of `chord`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chord {}

impl Build for Chord {
    fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let n = site.nodes("chord", 2)?;
        let offsets = (0..32).map(|k| 1u64 << k).take_while(|&o| o <= u64::from(n / 2));
        Circulant::new("chord", n, offsets).map(Circulant::shared)
    }
}
