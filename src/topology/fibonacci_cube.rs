//! Fibonacci cubes: hypercubes without the words that have two adjacent ones (Hsu, *Fibonacci cubes: a new interconnection
//! topology*, 1993).

use super::stored::{self, Shape};
use super::{Build, Fit, GraphTopology, Site, Topology};
use crate::error::Error;
use crate::geometry::{self, fibonacci};
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// With one bit more the link ends, 2 (2 (m + 1) F_m + m F_(m+1)) / 5 of them, are too many for 32-bit offsets.
const MOST_BITS: usize = 39;

/// Γ_m has F_(m+2) nodes, the words of m bits without two adjacent ones; node i is the Zeckendorf form of i, in which bit k
/// stands for F_(k+2). Two nodes are linked if one bit differs, and so i to i ± F_(k+2).
#[derive(Clone, Debug)]
struct FibonacciCube {
    /// F_2, F_3, … F_(m+1).
    weights: Vec<u32>,
    /// Which way each bit leads in space.
    directions: Vec<DVec3>,
}

impl FibonacciCube {
    fn new(nodes: u32) -> Self {
        let weights: Vec<u32> = fibonacci(u64::from(nodes) - 1).map(|f| f as u32).collect();
        // As even over half of a sphere as the golden angle makes them; no sum of some of them is that of others.
        let turn = f64::from(geometry::GOLDEN) / 4_294_967_296.0;
        let directions = (0..weights.len()).map(|k| {
            let z = (k as f64 + 0.5) / weights.len() as f64;
            geometry::on_circle(k as f64 * turn) * (1.0 - z * z).sqrt() + DVec3::Z * z
        });
        Self {
            directions: directions.collect(),
            weights,
        }
    }

    /// The greedy sum of Fibonacci numbers (Zeckendorf 1972), as bits.
    fn word(&self, node: u32) -> u64 {
        let (mut rest, mut word) = (node, 0);
        for &weight in self.weights.iter().rev() {
            let is_in = rest >= weight;
            rest -= if is_in { weight } else { 0 };
            word = word << 1 | u64::from(is_in);
        }
        word
    }

    /// The bits of a word that are not set and could be.
    fn free(&self, word: u64) -> u64 {
        !(word | word << 1 | word >> 1) & ((1 << self.weights.len()) - 1)
    }
}

/// The numbers of the bits that are set, from the lowest on.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.checked_sub(1)?;
        Some(bit as usize)
    })
}

/// The numbers of the bits that are set, from the highest on.
fn bits_downwards(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.checked_ilog2()?;
        word ^= 1 << bit;
        Some(bit as usize)
    })
}

impl Shape for FibonacciCube {
    fn position(&self, node: u32) -> DVec3 {
        bits(self.word(node)).map(|k| self.directions[k]).sum()
    }

    /// The bit that differs.
    fn level(&self, node: u32, other: u32) -> Option<u32> {
        let bit = self.weights.binary_search(&node.abs_diff(other)).ok()?;
        Some(bit as u32)
    }
}

/// Parameters of `fibonacci-cube`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FibonacciCubeSpec {}

impl Build for FibonacciCubeSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among(fibonacci(u64::MAX / 4).skip(1).take(MOST_BITS), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let cube = FibonacciCube::new(nodes);
        let degree = |i: u32| {
            let word = cube.word(i);
            word.count_ones() + cube.free(word).count_ones()
        };
        let graph = stored::graph(nodes, degree, |i, row| {
            let word = cube.word(i);
            let below = bits_downwards(word).map(|k| i - cube.weights[k]);
            let above = bits(cube.free(word)).map(|k| i + cube.weights[k]);
            for (end, other) in row.iter_mut().zip(below.chain(above)) {
                *end = other;
            }
        })?;
        Ok(Arc::new(GraphTopology::of("fibonacci-cube", graph, Box::new(cube))))
    }
}
