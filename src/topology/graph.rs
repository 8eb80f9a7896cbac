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
    /// The file, whose format is told by its content; gzip is undone. Links are read as undirected and unweighted. A relative
    /// name starts at the scenario's folder, or else at the current one.
    pub file: PathBuf,
    /// Says which format it is, and allows what the content alone leaves in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<import::Format>,
    /// The columns of an edge list that hold the two ends of a link, by number from 1 or by name. Left out they are told by the
    /// header (source and target, from and to, …), or are the first two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<[import::Column; 2]>,
    /// Whether weights, which links of a swarm do not have, are left out with a note or are an error.
    #[serde(default, skip_serializing_if = "is_ignore")]
    pub weights: import::Weights,
}

fn is_ignore(weights: &import::Weights) -> bool {
    *weights == import::Weights::Ignore
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
            columns: self.columns.clone(),
            weights: self.weights,
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
