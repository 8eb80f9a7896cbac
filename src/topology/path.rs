//! The path: a line of nodes.

use super::{Build, Fit, Neighbours, Rows, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Node i is linked to i ± 1; the ends have one neighbour each.
#[derive(Clone, Debug)]
pub struct Path {
    nodes: u32,
}

impl Topology for Path {
    fn kind(&self) -> &'static str {
        "path"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes) - 1
    }

    fn degree(&self, node: u32) -> u32 {
        u32::from(node > 0) + u32::from(node + 1 < self.nodes)
    }

    fn regular_degree(&self) -> Option<u32> {
        (self.nodes == 2).then_some(1)
    }

    fn largest_degree(&self) -> u32 {
        self.nodes.min(3) - 1
    }

    fn uniform_divisor(&self) -> Option<u32> {
        // Every link has an end with two neighbours, unless there is but one link.
        Some(self.nodes.min(3))
    }

    fn degree_of_all(&self, nodes: Range<u32>) -> Option<u32> {
        (nodes.start > 0 && nodes.end < self.nodes).then_some(2)
    }

    fn slots(&self) -> u32 {
        2
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let last = self.nodes - 1;
        match slot {
            0 if nodes.start < last => (Neighbours::Run(nodes.start + 1), nodes.end.min(last) - nodes.start),
            1 if nodes.start > 0 => (Neighbours::Run(nodes.start - 1), nodes.end - nodes.start),
            _ => {
                list[0] = nodes.start;
                (Neighbours::List, 1)
            }
        }
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(1 - slot)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        // 4 sin²(πk / 2n), k = 1 and n − 1.
        let of = |k: f64| 4.0 * libm::sin(std::f64::consts::FRAC_PI_2 * k / f64::from(self.nodes)).powi(2);
        Some([of(1.0), of(f64::from(self.nodes) - 1.0)])
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/path").into()
    }

    fn position(&self, node: u32) -> DVec3 {
        DVec3::X * f64::from(node)
    }
}

/// Parameters of `path`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathSpec {}

impl Build for PathSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::at_least(2, nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Path { nodes }))
    }
}
