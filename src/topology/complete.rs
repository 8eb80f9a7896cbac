//! The complete graph: everybody is linked to everybody. For rules that sample peers, and as the bound that no network mixes
//! faster than.

use super::{Build, Fit, LARGEST_DEGREE, Neighbours, Rows, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Neighbour k of node i is i + 1 + k modulo n.
#[derive(Clone, Debug)]
pub struct Complete {
    nodes: u32,
}

impl Topology for Complete {
    fn kind(&self) -> &'static str {
        "complete"
    }

    fn nodes(&self) -> u32 {
        self.nodes
    }

    fn links(&self) -> u64 {
        u64::from(self.nodes) * u64::from(self.slots()) / 2
    }

    fn degree(&self, _node: u32) -> u32 {
        self.slots()
    }

    fn regular_degree(&self) -> Option<u32> {
        Some(self.slots())
    }

    fn slots(&self) -> u32 {
        self.nodes - 1
    }

    fn neighbours(&self, slot: u32, nodes: Range<u32>, _list: &mut [u32]) -> (Neighbours, u32) {
        // From this node on, the neighbour is below the node.
        let first_wrapped = self.nodes - 1 - slot;
        if nodes.start < first_wrapped {
            let end = nodes.end.min(first_wrapped);
            (Neighbours::Run(nodes.start + 1 + slot), end - nodes.start)
        } else {
            (Neighbours::Run(nodes.start - first_wrapped), nodes.end - nodes.start)
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
        Some([f64::from(self.nodes); 2])
    }

    fn shader(&self) -> TopologyShader<'_> {
        module!("topology/complete").into()
    }
}

/// Parameters of `complete`: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteSpec {}

impl Build for CompleteSpec {
    fn fit(&self, nodes: u32) -> Fit {
        let most = LARGEST_DEGREE + 1;
        Fit {
            below: (nodes >= 2).then_some(nodes.min(most)),
            above: (nodes <= most).then_some(nodes.max(2)),
        }
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        Ok(Arc::new(Complete { nodes }))
    }
}
