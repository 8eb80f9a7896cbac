//! A network from a file.

use super::{Build, Fit, GraphTopology, LARGEST_DEGREE, Site, Topology, import};
use crate::error::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

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
        if topology.largest_degree() > LARGEST_DEGREE {
            return Err(Error::invalid(
                "topology.file",
                format!("has a node with more than {LARGEST_DEGREE} neighbours"),
            ));
        }
        Ok(Arc::new(topology))
    }
}
