//! A network from a file.

use super::import::{self, Graph, Ids, Import, Imported};
use super::{Build, Fit, LARGEST_DEGREE, Neighbours, Rows, ShaderBuffer, Site, Topology, TopologyShader};
use crate::error::Error;
use crate::shader::module;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Stored links: 4 bytes a link end and 5 a node.
#[derive(Debug)]
pub struct GraphTopology {
    graph: Graph,
    degrees: Vec<u8>,
    ids: Ids,
    import: Import,
    largest: u32,
    regular: Option<u32>,
    divisor: Option<u32>,
}

impl GraphTopology {
    /// The network of an imported file.
    #[must_use]
    pub fn new(imported: Imported) -> Self {
        let import = Import::of(&imported);
        let Imported { graph, ids, .. } = imported;
        let degrees = || (0..graph.nodes()).map(|i| graph.degree(i));
        let (least, most) = (degrees().min().unwrap_or(0), degrees().max().unwrap_or(0));
        Self {
            largest: most,
            regular: (least == most).then_some(least),
            divisor: (least == most).then_some(least + 1),
            degrees: degrees().map(|d| d.min(255) as u8).collect(),
            graph,
            ids,
            import,
        }
    }
}

impl Topology for GraphTopology {
    fn kind(&self) -> &'static str {
        "graph"
    }

    fn nodes(&self) -> u32 {
        self.graph.nodes()
    }

    fn links(&self) -> u64 {
        u64::from(self.graph.links())
    }

    fn degree(&self, node: u32) -> u32 {
        self.graph.degree(node)
    }

    fn regular_degree(&self) -> Option<u32> {
        self.regular
    }

    fn uniform_divisor(&self) -> Option<u32> {
        self.divisor
    }

    fn largest_degree(&self) -> u32 {
        self.largest
    }

    fn slots(&self) -> u32 {
        0
    }

    fn neighbours(&self, _slot: u32, nodes: Range<u32>, list: &mut [u32]) -> (Neighbours, u32) {
        let len = nodes.end - nodes.start;
        for (i, other) in nodes.zip(list) {
            *other = i;
        }
        (Neighbours::List, len)
    }

    fn mirror(&self, _slot: u32) -> Option<u32> {
        None
    }

    fn rows(&self) -> Option<Rows<'_>> {
        Some(Rows {
            offsets: self.graph.offsets(),
            ends: self.graph.ends(),
            degrees: &self.degrees,
        })
    }

    fn shader(&self) -> TopologyShader<'_> {
        TopologyShader {
            module: module!("topology/graph"),
            buffers: vec![
                ShaderBuffer::Storage(self.graph.offsets()),
                ShaderBuffer::Storage(self.graph.ends()),
            ],
        }
    }

    fn ids(&self) -> Option<&Ids> {
        Some(&self.ids)
    }

    fn import(&self) -> Option<&Import> {
        Some(&self.import)
    }
}

/// Parameters of `graph`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphSpec {
    /// The file: an edge list, METIS adjacency or Matrix Market coordinates, told by its content; gzip is read
    /// transparently. A relative name starts at the scenario's folder, or else at the current one.
    pub file: PathBuf,
    /// Says which format it is where the content leaves a doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<import::Format>,
}

impl Build for GraphSpec {
    fn fit(&self, _nodes: u32) -> Fit {
        Fit::default()
    }

    fn files(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
        vec![("topology.file", &mut self.file)]
    }

    fn build(&self, _nodes: u32, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        if self.file.as_os_str().is_empty() {
            return Err(Error::invalid(
                "topology.file",
                "is empty; name the network's file, for instance --set topology.file=p2p-Gnutella31.txt",
            ));
        }
        let beside = site.folder.join(&self.file);
        let path = if beside.exists() { &beside } else { &self.file };
        let limits = import::Limits {
            format: self.format,
            ..import::Limits::default()
        };
        let topology = GraphTopology::new(import::read(path, limits)?);
        if topology.largest > LARGEST_DEGREE {
            return Err(Error::invalid(
                "topology.file",
                format!("has a node with more than {LARGEST_DEGREE} neighbours"),
            ));
        }
        Ok(Arc::new(topology))
    }
}
