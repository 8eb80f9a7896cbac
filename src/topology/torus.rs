//! The two-dimensional torus: a grid that wraps in both directions, on request with a twist.

use super::{Build, Fit, Neighbours, Rows, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Below this width the rows are too short to be worth a run each.
const SHORT_ROW: u32 = 256;

/// Node y·width + x at (x, y), linked to (x ± 1, y) and (x, y ± 1). Whoever leaves the last row upwards enters row 0
/// shifted by `twist` in x.
#[derive(Clone, Debug)]
pub struct Torus {
    width: u32,
    height: u32,
    twist: u32,
}

impl Torus {
    /// The neighbour of `i` over `slot`: 0 x+1, 1 x−1, 2 y+1, 3 y−1.
    #[inline(always)]
    fn neighbour(&self, slot: u32, i: u32) -> u32 {
        let (w, n) = (self.width, self.nodes());
        let x = i % w;
        match slot {
            0 => {
                if x + 1 < w {
                    i + 1
                } else {
                    i - x
                }
            }
            1 => {
                if x > 0 {
                    i - 1
                } else {
                    i + (w - 1)
                }
            }
            2 => {
                if i < n - w {
                    i + w
                } else {
                    (x + self.twist) % w
                }
            }
            _ => {
                if i >= w {
                    i - w
                } else {
                    n - w + (x + w - self.twist) % w
                }
            }
        }
    }
}

impl Topology for Torus {
    fn kind(&self) -> &'static str {
        "torus"
    }

    fn nodes(&self) -> u32 {
        self.width * self.height
    }

    fn links(&self) -> u64 {
        2 * u64::from(self.nodes())
    }

    fn degree(&self, _node: u32) -> u32 {
        4
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(4)
    }

    fn slots(&self) -> u32 {
        4
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let (w, n) = (self.width, self.nodes());
        let first = nodes.start;
        let x = first % w;
        // How many of the nodes have their neighbour at the same distance as the first has.
        let alike = match slot {
            0 if x + 1 < w => w - 1 - x,
            0 => 1,
            1 if x > 0 => w - x,
            1 => 1,
            2 if first < n - w => n - w - first,
            2 if x < w - self.twist => w - self.twist - x,
            2 => w - x,
            3 if first >= w => n - first,
            3 if x < self.twist => self.twist - x,
            _ => w - x,
        };
        let len = nodes.end - first;
        if slot < 2 && w < SHORT_ROW && alike < len {
            for (i, other) in nodes.zip(list) {
                *other = self.neighbour(slot, i);
            }
            return (Neighbours::List, len);
        }
        (Neighbours::Run(self.neighbour(slot, first)), len.min(alike))
    }

    fn mirror(&self, slot: u32) -> Option<u32> {
        Some(slot ^ 1)
    }

    fn rows(&self) -> Option<Rows<'_>> {
        None
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/torus")
            .with("WIDTH", self.width)
            .with("TWIST", self.twist)
            .into()
    }
}

/// Parameters of `torus`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TorusSpec {
    /// Nodes in a row, at least 3; a divisor of the number of nodes that leaves at least 3 rows. Left out: the shape
    /// nearest to a square, with the longer side in x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3))]
    pub width: Option<u32>,
    /// How far wrapping in y shifts x, below the width.
    #[serde(default)]
    pub twist: u32,
}

/// The width of the most square torus of `n` nodes, if there is one with both sides at least 3.
fn squarest(n: u32) -> Option<u32> {
    (3..=n.isqrt())
        .rev()
        .find(|side| n.is_multiple_of(*side))
        .map(|side| n / side)
}

impl Build for TorusSpec {
    fn fit(&self, nodes: u32) -> Fit {
        match self.width {
            None => Fit::search(nodes, |n| squarest(n).is_some()),
            Some(width) => Fit::among((3..).map(|rows| rows * u64::from(width.max(3))), nodes),
        }
    }

    fn build(&self, n: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let width = self.width.or_else(|| squarest(n)).unwrap_or(3);
        if self.twist >= width {
            return Err(Error::invalid(
                "topology.twist",
                format!("is {}; it must be below the width, {width}", self.twist),
            ));
        }
        Ok(Arc::new(Torus {
            width,
            height: n / width,
            twist: self.twist,
        }))
    }
}
