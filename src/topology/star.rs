//! The star: a hub that everybody is linked to, and nobody else.

use super::stored::{self, Shape};
use super::{Build, Fit, GraphTopology, LARGEST_DEGREE, Site, Topology};
use crate::error::Error;
use crate::geometry;
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The hub in the middle of a circle.
#[derive(Debug)]
struct Star {
    nodes: u32,
}

impl Shape for Star {
    fn position(&self, node: u32) -> DVec3 {
        match node.checked_sub(1) {
            None => DVec3::ZERO,
            Some(leaf) => geometry::on_circle(f64::from(leaf) / f64::from(self.nodes - 1)),
        }
    }

    fn laplacian_spectrum(&self) -> Option<[f64; 2]> {
        // 0, 1 as often as there are leaves but one, and n.
        let n = f64::from(self.nodes);
        Some(if self.nodes == 2 { [n, n] } else { [1.0, n] })
    }
}

/// Parameters of `star`: none. Node 0 is the hub.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StarSpec {}

impl Build for StarSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::within(2, LARGEST_DEGREE + 1, nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let degree = |i: u32| if i == 0 { nodes - 1 } else { 1 };
        let graph = stored::graph(nodes, degree, |i, row| {
            for (end, leaf) in row.iter_mut().zip(1..) {
                *end = if i == 0 { leaf } else { 0 };
            }
        })?;
        Ok(Arc::new(GraphTopology::of("star", graph, Box::new(Star { nodes }))))
    }
}
