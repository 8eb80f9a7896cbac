//! The Sierpinski graph S(4, L): tetrahedra nested in tetrahedra (Klavžar and Milutinović 1997); without its open links
//! the WK-recursive network of Vecchia and Sanges (1988).

use super::{Build, Fit, Neighbours, Rows, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// One in every pair of bits.
const ONES: u32 = 0x5555_5555;

/// 4^L nodes: a node is linked to the three that differ from it in the lowest base-4 digit, and by a bridge to another
/// tetrahedron. The four corners d d … d have no bridge.
#[derive(Clone, Debug)]
pub struct Tetrahedral {
    levels: u32,
}

impl Tetrahedral {
    /// S(4, levels), levels in 1..=15.
    #[must_use]
    pub fn new(levels: u32) -> Self {
        Self {
            levels: levels.clamp(1, 15),
        }
    }
}

/// The bridge of `v` among `mask + 1` nodes: with d the low digit, t the length of the trailing run of d and e the digit
/// above it, the digits …e d…d become …d e…e. A corner is its own bridge.
#[inline(always)]
fn bridge(v: u32, mask: u32) -> u32 {
    let d = v & 3;
    let differs = (v ^ (d * ONES)) & mask;
    // Twice the length of the run. At a corner nothing differs; any shift below 32 will do there.
    let shift = differs.trailing_zeros() & 30;
    let run = (1u32 << shift) - 1;
    let e = (v >> shift) & 3;
    let high = v & !(run << 2 | 3);
    let other = high | d << shift | ((e * ONES) & run);
    if differs == 0 { v } else { other }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn bridges(first: u32, mask: u32, list: &mut [u32]) {
    for (l, other) in list.iter_mut().enumerate() {
        *other = bridge(first + l as u32, mask);
    }
}

impl Topology for Tetrahedral {
    fn kind(&self) -> &'static str {
        "tetrahedral"
    }

    fn nodes(&self) -> u32 {
        1 << (2 * self.levels)
    }

    fn links(&self) -> u64 {
        2 * (u64::from(self.nodes()) - 1)
    }

    fn degree(&self, node: u32) -> u32 {
        3 + u32::from(bridge(node, self.nodes() - 1) != node)
    }

    fn regular_degree(&self) -> Option<u32> {
        (self.levels == 1).then_some(3)
    }

    fn uniform_divisor(&self) -> Option<u32> {
        // No two corners are linked but in the single tetrahedron.
        Some(if self.levels == 1 { 4 } else { 5 })
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        let mut corners = (0..4).map(|d| (d * ONES) & (self.nodes() - 1));
        match corners.any(|corner| nodes.contains(&corner)) {
            true => (nodes.len() == 1).then_some(3),
            false => Some(4),
        }
    }

    fn largest_degree(&self) -> u32 {
        if self.levels == 1 { 3 } else { 4 }
    }

    fn slots(&self) -> u32 {
        4
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        if slot < 3 {
            for (v, other) in nodes.zip(list) {
                *other = v ^ (slot + 1);
            }
        } else {
            bridges(nodes.start, self.nodes() - 1, &mut list[..len as usize]);
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/tetrahedral").into()
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
        Ok(Arc::new(Tetrahedral::new(nodes.ilog2() / 2)))
    }
}
