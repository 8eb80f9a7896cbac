//! From parameters and a number of nodes to a network: which numbers fit a shape, and what is said of those that do not.

use super::Topology;
use crate::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a topology is built from besides its own parameters.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The number of nodes that the scenario asks for; a topology from a file brings its own.
    pub nodes: Option<u32>,
    /// What sampled networks depend on.
    pub seed: u32,
    /// Where relative file names start.
    pub folder: &'a Path,
}

/// The numbers of nodes nearest to some other that a shape allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// The greatest that is not above it.
    pub below: Option<u32>,
    /// The least that is not below it.
    pub above: Option<u32>,
}

impl Fit {
    /// Where every number from `least` on fits.
    #[must_use]
    pub fn at_least(least: u32, nodes: u32) -> Self {
        Self {
            below: (nodes >= least).then_some(nodes.min(MOST_NODES)),
            above: (nodes <= MOST_NODES).then_some(nodes.max(least)),
        }
    }

    /// Where every number from `least` to `most` fits.
    #[must_use]
    pub fn within(least: u32, most: u32, nodes: u32) -> Self {
        Self {
            below: (nodes >= least).then_some(nodes.min(most)),
            above: (nodes <= most).then_some(nodes.max(least)),
        }
    }

    /// Where those numbers fit that `is_allowed` accepts, and one is never far.
    #[must_use]
    pub fn search(nodes: u32, is_allowed: impl Fn(u32) -> bool) -> Self {
        Self {
            below: (1..=nodes).rev().find(|&n| is_allowed(n)),
            above: (nodes..=MOST_NODES).find(|&n| is_allowed(n)),
        }
    }

    /// Where the numbers of an ascending sequence fit.
    #[must_use]
    pub fn among(sequence: impl IntoIterator<Item = u64>, nodes: u32) -> Self {
        let mut fit = Self::default();
        for count in sequence
            .into_iter()
            .map_while(|n| u32::try_from(n).ok().filter(|&n| n <= MOST_NODES))
        {
            if count <= nodes {
                fit.below = Some(count);
            }
            if count >= nodes {
                fit.above = Some(count);
                break;
            }
        }
        fit
    }

    /// The nearer of the two.
    #[must_use]
    pub fn nearest(self, nodes: u32) -> Option<u32> {
        match (self.below, self.above) {
            (Some(below), Some(above)) if nodes - below > above - nodes => Some(above),
            (below, above) => below.or(above),
        }
    }
}

/// The most nodes that a network can have.
pub const MOST_NODES: u32 = u32::MAX - 1;

/// The parameters of one kind of topology, as in a scenario.
pub trait Build {
    /// The numbers of nodes nearest to `nodes` that the shape with these parameters allows; neither if the number is not the
    /// scenario's to choose.
    fn fit(&self, nodes: u32) -> Fit;

    /// Builds the network of `nodes` nodes, a number that fits; 0 if the number is not the scenario's to choose.
    ///
    /// # Errors
    /// If a parameter does not fit the number of nodes, or a file cannot be used. The message names what would fit.
    fn build(&self, nodes: u32, site: Site<'_>) -> Result<Arc<dyn Topology>, Error>;

    /// The files that the parameters name, by key, so that a scenario can be moved to another folder.
    fn files(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
        Vec::new()
    }
}

/// The number of nodes of a scenario, if the topology `kind` can have it; `shape` says which it can have.
pub(crate) fn fitting(kind: &str, shape: &str, spec: &dyn Build, site: Site<'_>) -> Result<u32, Error> {
    let list = |counts: &[Option<u32>]| {
        let counts: Vec<String> = counts.iter().flatten().map(u32::to_string).collect();
        counts.join(" and ")
    };
    match (site.nodes, spec.fit(site.nodes.unwrap_or(1))) {
        (
            None,
            Fit {
                below: None,
                above: None,
            },
        ) => Ok(0),
        (
            Some(n),
            Fit {
                below: None,
                above: None,
            },
        ) => Err(Error::invalid(
            "agents",
            format!("is {n}, but the file says how many nodes there are; leave agents out"),
        )),
        (None, _) => Err(Error::invalid(
            "agents",
            format!("is missing: the topology '{kind}' does not say how many there are; give agents = N"),
        )),
        (Some(n), fit) if fit.below == Some(n) => Ok(n),
        (Some(n), fit) => Err(Error::invalid(
            "agents",
            format!(
                "is {n}, but the topology '{kind}' has {shape}; the nearest that fit: {}",
                list(&[fit.below, fit.above])
            ),
        )),
    }
}
