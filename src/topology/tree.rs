//! The complete tree, in the order of a heap: level by level.

use super::stored::{self, Shape};
use super::{Build, Fit, GraphTopology, LARGEST_DEGREE, Site, Topology};
use crate::error::Error;
use crate::geometry;
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// The children of node i are b·i + 1 … b·i + b, as far as there are so many nodes.
#[derive(Clone, Copy, Debug)]
struct Tree {
    nodes: u32,
    branching: u32,
}

impl Tree {
    fn parent(self, node: u32) -> Option<u32> {
        Some(node.checked_sub(1)? / self.branching)
    }

    fn children(self, node: u32) -> Range<u32> {
        let first = u64::from(self.branching) * u64::from(node) + 1;
        let end = first + u64::from(self.branching);
        // Both are at most the number of nodes, which is a u32.
        first.min(self.nodes.into()) as u32..end.min(self.nodes.into()) as u32
    }

    /// How many links `node` is away from the root, the first node of its level, and how many its level has room for.
    fn level_of(self, node: u32) -> (u32, u64, u64) {
        if self.branching == 1 {
            return (node, node.into(), 1);
        }
        let (mut depth, mut first, mut width) = (0, 0, 1);
        while first + width <= u64::from(node) {
            (depth, first, width) = (depth + 1, first + width, width * u64::from(self.branching));
        }
        (depth, first, width)
    }
}

impl Shape for Tree {
    /// The root in the middle, and every level a circle round it.
    fn position(&self, node: u32) -> DVec3 {
        let (depth, first, width) = self.level_of(node);
        let share = ((u64::from(node) - first) as f64 + 0.5) / width as f64;
        geometry::on_circle(share) * f64::from(depth)
    }

    fn level(&self, node: u32, other: u32) -> Option<u32> {
        Some(self.level_of(node.max(other)).0)
    }
}

/// Parameters of `tree`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeSpec {
    /// How many children a node has; those of the last levels have fewer or none. 1 is a path.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 268_435_453))]
    pub branching: u32,
}

fn two() -> u32 {
    2
}

impl Build for TreeSpec {
    fn fit(&self, nodes: u32) -> Fit {
        // Two ends a link, and one link fewer than nodes.
        Fit::within(2, 1 << 31, nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let most = LARGEST_DEGREE - 1;
        if !(1..=most).contains(&self.branching) {
            return Err(Error::invalid(
                "topology.branching",
                format!("is {}; a node has 1 to {most} children", self.branching),
            ));
        }
        let tree = Tree {
            nodes,
            branching: self.branching,
        };
        let degree = |i: u32| u32::from(i > 0) + tree.children(i).len() as u32;
        let graph = stored::graph(nodes, degree, |i, row| {
            for (end, other) in row.iter_mut().zip(tree.parent(i).into_iter().chain(tree.children(i))) {
                *end = other;
            }
        })?;
        Ok(Arc::new(GraphTopology::of("tree", graph, Box::new(tree))))
    }
}
