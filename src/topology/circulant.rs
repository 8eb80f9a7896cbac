//! Circulant graphs: node i is linked to i ± o for every offset o. Rings, chords and Fibonacci lattices are presets.

mod tiles;

use super::{Build, Fit, LARGEST_DEGREE, Neighbours, Rows, ShaderBuffer, Site, Tiles, Topology, TopologyShader};
use crate::error::Error;
use crate::geometry::{self, fibonacci};
use crate::shader::module;
use glam::DVec3;
use rayon::prelude::*;
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
    shape: Shape,
}

/// What a circulant graph looks like.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// The nodes stand on a circle, in order.
    Circle,
    /// They are the edge of a Möbius band, which runs round it twice.
    Band,
    /// They wind round a torus, as often across as said while they go round once: nodes at the chords' distances are near each
    /// other.
    Torus(u32),
}

/// The most terms that the spectrum's formula is worth: about a second.
const MOST_TERMS: u64 = 50_000_000;

impl Circulant {
    /// The graph in which i is linked to i ± o for each of `offsets`; offsets that are equal, opposite or zero
    /// modulo `nodes` count once or not at all.
    ///
    /// # Errors
    /// If more than 1024 neighbours a node would result.
    pub fn new(kind: &'static str, nodes: u32, offsets: impl IntoIterator<Item = u64>) -> Result<Self, Error> {
        // Without nodes there are no links either.
        let n = u64::from(nodes).max(1);
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
        Ok(Self {
            kind,
            nodes,
            distances,
            shape: Shape::Circle,
        })
    }

    fn shaped(self, shape: Shape) -> Self {
        Self { shape, ..self }
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

    fn is_vertex_transitive(&self) -> bool {
        true
    }

    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        let (n, degree) = (u64::from(self.nodes), u64::from(self.slots()));
        if n * degree / 2 > MOST_TERMS {
            return None;
        }
        // λ_j = Σ over distances d of 1 − cos(2πjd/n) = 2 sin²(πjd/n); λ_(n−j) = λ_j.
        let eigenvalue = |j: u64| -> f64 {
            let turns = |&d: &u32| (j * u64::from(d) % n) as f64 / n as f64;
            let terms = self.distances.iter().map(|d| (std::f64::consts::PI * turns(d)).sin());
            terms.map(|sine| 2.0 * sine * sine).sum()
        };
        let all = (1..=n / 2).into_par_iter().map(eigenvalue);
        let (least, most) = all
            .map(|x| (x, x))
            .reduce(|| (f64::INFINITY, 0.0), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        Some([least, most])
    }

    fn position(&self, node: u32) -> DVec3 {
        let (i, n) = (f64::from(node), f64::from(self.nodes));
        match self.shape {
            Shape::Circle => geometry::on_circle(i / n),
            Shape::Band => {
                let (sine, cosine) = geometry::sine_cosine(i / n);
                geometry::on_circle(2.0 * i / n) * (1.0 + 0.3 * cosine) + DVec3::Z * (0.3 * sine)
            }
            Shape::Torus(across) => {
                let across = u64::from(node) * u64::from(across) % u64::from(self.nodes);
                geometry::on_torus(i / n, across as f64 / n, 0.45)
            }
        }
    }

    fn shader(&self) -> TopologyShader<'_> {
        let mut uniform = self.distances.clone();
        uniform.resize(MOST_OFFSETS, 0);
        TopologyShader {
            module: module!("topology/circulant").with("SLOTS", self.slots()),
            buffers: vec![ShaderBuffer::Uniform(uniform)],
        }
    }

    fn tiles(&self) -> Option<Tiles> {
        Some(Tiles {
            nodes: 4,
            grain: 4,
            modules: tiles::modules(self.nodes, &self.distances)?,
        })
    }
}

/// Parameters of `ring`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ring {}

impl Build for Ring {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2, nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
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
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2, nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        for (k, &offset) in self.offsets.iter().enumerate() {
            if offset == 0 || offset > n / 2 {
                return Err(Error::invalid(
                    "topology.offsets",
                    format!(
                        "has {offset} (number {}); with {n} nodes each must be from 1 to {}",
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
    fn fit(&self, nodes: u32) -> Fit {
        Fit::search(nodes, |n| n >= 4 && n.is_multiple_of(2))
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Circulant::new("mobius-ladder", n, [1, u64::from(n / 2)])?
            .shaped(Shape::Band)
            .shared())
    }
}

/// Parameters of `double-loop`: none. Degree 4.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoubleLoop {}

impl Build for DoubleLoop {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(5, nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        // 2k² + 2k + 1 nodes are the most within k links where four go on from each; chords k and k + 1 reach them all (Boesch
        // and Wang 1985, Bermond, Iliades and Peyrat 1986).
        let ball = |k: u64| 2 * k * k + 2 * k + 1;
        let k = (1u64..).find(|&k| ball(k) >= u64::from(n)).unwrap_or(1);
        // With 6 nodes the second chord would be its own opposite; 1 and 2 reach as far.
        let k = if n == 6 { 1 } else { k };
        let loops = Circulant::new("double-loop", n, [k, k + 1])?;
        Ok(loops.shaped(Shape::Torus(2 * k as u32 + 1)).shared())
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
    fn fit(&self, nodes: u32) -> Fit {
        // With fewer nodes two of the chords coincide.
        Fit::among(fibonacci(1 << 33).filter(|&f| f >= 8), nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        if self.degree != 4 && self.degree != 6 {
            return Err(Error::invalid(
                "topology.degree",
                format!("is {}; a Fibonacci lattice has degree 4 or 6", self.degree),
            ));
        }
        let numbers: Vec<u64> = fibonacci(u64::from(n)).collect();
        let above = numbers.len() - 1;
        // n = F_m stands at m − 2. Of all pairs F_k, F_(k+1), k = ⌊m/2⌋ gives the least diameter and mean distance.
        let best = above / 2 - 1;
        let first = if self.degree == 6 { best - 1 } else { best };
        let lattice = Circulant::new("fibonacci-lattice", n, numbers[first..=best + 1].iter().copied())?;
        // F_(m−1)/F_m of a turn is nearly the golden angle.
        Ok(lattice.shaped(Shape::Torus(numbers[above - 1] as u32)).shared())
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
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2, nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
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
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2, nodes)
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let offsets = (0..32).map(|k| 1u64 << k).take_while(|&o| o <= u64::from(n / 2));
        Circulant::new("chord", n, offsets).map(Circulant::shared)
    }
}
