//! The Sierpinski graph S(4, L): tetrahedra nested in tetrahedra (Klavžar and Milutinović, *Graphs S(n, k) and a variant of
//! the Tower of Hanoi problem*, 1997). With its four open links closed in pairs, the WK-recursive network (Della Vecchia and
//! Sanges, *A recursively scalable network VLSI implementation*, 1988).

use super::{flipped, highest_difference, nested_tetrahedra};
use crate::error::Error;
use crate::shader::module;
use crate::topology::{Build, Fit, Neighbours, Rows, Site, Tiles, Topology, TopologyShader};
use glam::DVec3;
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// One in every pair of bits.
const ONES: u32 = 0x5555_5555;

/// 4^L nodes: a node is linked to the three that differ from it in the lowest base-4 digit, and by a bridge to another
/// tetrahedron. The four corners d d … d have no bridge; in the closed form the corners 0 … 0 and 1 … 1, 2 … 2 and 3 … 3 are
/// linked to each other.
#[derive(Clone, Debug)]
pub struct Tetrahedral {
    levels: u32,
    closed: bool,
}

impl Tetrahedral {
    /// S(4, levels), levels in 1..=15.
    #[must_use]
    pub fn open(levels: u32) -> Self {
        Self {
            levels: levels.clamp(1, 15),
            closed: false,
        }
    }

    /// WK(4, levels), levels in 2..=15: in a single tetrahedron the corners are linked already.
    #[must_use]
    pub fn closed(levels: u32) -> Self {
        Self {
            levels: levels.clamp(2, 15),
            closed: true,
        }
    }

    /// What a corner's bits change by over its fourth link.
    fn corner_flip(&self) -> u32 {
        if self.closed { ONES & (self.nodes() - 1) } else { 0 }
    }
}

/// The bridge of `v` among `mask + 1` nodes: with d the low digit, t the length of the trailing run of d and e the digit
/// above it, the digits …e d…d become …d e…e. In a corner, the bits of `corner_flip` change instead.
#[inline(always)]
fn bridge(v: u32, mask: u32, corner_flip: u32) -> u32 {
    let d = v & 3;
    let differs = (v ^ (d * ONES)) & mask;
    // Twice the length of the run. At a corner nothing differs; any shift below 32 will do there.
    let shift = differs.trailing_zeros() & 30;
    let run = (1u32 << shift) - 1;
    let e = (v >> shift) & 3;
    let high = v & !(run << 2 | 3);
    let other = high | d << shift | ((e * ONES) & run);
    if differs == 0 { v ^ corner_flip } else { other }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn bridges(first: u32, mask: u32, corner_flip: u32, list: &mut [u32]) {
    for (l, other) in list.iter_mut().enumerate() {
        *other = bridge(first + l as u32, mask, corner_flip);
    }
}

impl Topology for Tetrahedral {
    fn kind(&self) -> &'static str {
        if self.closed { "wk" } else { "tetrahedral" }
    }

    fn nodes(&self) -> u32 {
        1 << (2 * self.levels)
    }

    fn links(&self) -> u64 {
        2 * (u64::from(self.nodes()) - u64::from(!self.closed))
    }

    fn degree(&self, node: u32) -> u32 {
        3 + u32::from(bridge(node, self.nodes() - 1, self.corner_flip()) != node)
    }

    fn regular_degree(&self) -> Option<u32> {
        match (self.closed, self.levels) {
            (true, _) => Some(4),
            (false, 1) => Some(3),
            (false, _) => None,
        }
    }

    fn uniform_divisor(&self) -> Option<u32> {
        // No two corners are linked but in the single tetrahedron.
        Some(if self.levels == 1 { 4 } else { 5 })
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        let mut corners = (0..4).map(|d| (d * ONES) & (self.nodes() - 1));
        match !self.closed && corners.any(|corner| nodes.contains(&corner)) {
            true => (nodes.len() == 1).then_some(3),
            false => Some(4),
        }
    }

    fn largest_degree(&self) -> u32 {
        if self.levels == 1 { 3 } else { 4 }
    }

    fn smallest_degree(&self) -> u32 {
        // Of corners.
        self.regular_degree().unwrap_or(3)
    }

    fn slots(&self) -> u32 {
        4
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        if slot < 3 {
            return flipped(slot + 1, &nodes);
        }
        let list = &mut list[..len as usize];
        bridges(nodes.start, self.nodes() - 1, self.corner_flip(), list);
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot)
    }

    /// The links within a tetrahedron, and the bridges.
    fn dimension(&self, slot: u32) -> Option<u32> {
        Some(slot / 3)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn is_vertex_transitive(&self) -> bool {
        self.levels == 1
    }

    /// Every eigenvalue λ of S(4, L) is one x (6 − x) of S(4, L + 1), and so the least positive one of a level is the lesser
    /// root 3 − √(9 − λ) of the one before. The tetrahedra contribute at most 4 and the bridges, a matching, at most 2 to the
    /// largest; and 6 is reached by values that add up to 0 in each tetrahedron and are opposite over each bridge.
    ///
    /// Closing the links changes neither: both have an eigenvector whose values at the ends of those links are equal, and for
    /// the largest zero.
    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        // As a quotient the root loses no digits.
        let next = |least: &f64| Some(least / (3.0 + (9.0 - least).sqrt()));
        let least = std::iter::successors(Some(4.0), next).nth(self.levels as usize - 1)?;
        Some([least, if self.levels == 1 { 4.0 } else { 6.0 }])
    }

    /// At one half, all links but those that close the network are equally long.
    fn position(&self, node: u32) -> DVec3 {
        // A little less than half, at which all links would be equally long: so that bridges are seen.
        nested_tetrahedra(node, self.levels, 0.46)
    }

    fn level(&self, node: u32, other: u32) -> Option<u32> {
        Some(highest_difference(node, other, 2))
    }

    fn tiles(&self) -> Option<Tiles> {
        Some(Tiles {
            nodes: 4,
            grain: 4,
            modules: vec![
                module!("topology/tiles/four-linked"),
                module!("topology/tiles/tetrahedral"),
            ],
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/tetrahedral")
            .with("CORNER_FLIP", self.corner_flip())
            .into()
    }
}

/// Parameters of `tetrahedral`: none; the number of nodes is a power of four, 4 to 4^15.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TetrahedralSpec {}

impl Build for TetrahedralSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((1..=15).map(|levels| 1 << (2 * levels)), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Tetrahedral::open(nodes.ilog2() / 2)))
    }
}

/// Parameters of `wk`: none; the number of nodes is a power of four, 16 to 4^15.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WkSpec {}

impl Build for WkSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((2..=15).map(|levels| 1 << (2 * levels)), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Tetrahedral::closed(nodes.ilog2() / 2)))
    }
}
