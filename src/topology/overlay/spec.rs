//! The networks of a scenario, as parameters.

use super::Overlay;
use crate::error::Error;
use crate::number::threefry2x32;
use crate::topology::{Fit, Site, Topology, TopologySpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// After so many moves there is hardly a number of nodes that all parts allow.
const MOST_MOVES: usize = 64;

/// The scenario's `topology`: one network, or a list of networks laid over each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NetworkSpec {
    /// One network.
    One(TopologySpec),
    /// Networks of the same nodes: a node's links are those that it has in each.
    Overlay(#[schemars(length(min = 1, max = 8))] Vec<TopologySpec>),
}

impl From<TopologySpec> for NetworkSpec {
    fn from(spec: TopologySpec) -> Self {
        Self::One(spec)
    }
}

impl NetworkSpec {
    /// The networks; one if it is no overlay.
    #[must_use]
    pub fn parts(&self) -> &[TopologySpec] {
        match self {
            Self::One(spec) => std::slice::from_ref(spec),
            Self::Overlay(specs) => specs,
        }
    }

    /// The numbers of nodes nearest to `nodes` that all parts allow, as [`TopologySpec::fit`]; neither where a file says the number.
    #[must_use]
    pub fn fit(&self, nodes: u32) -> Fit {
        let towards = |of: &dyn Fn(Fit) -> Option<u32>| {
            let mut candidate = nodes;
            // Each part moves it on to what itself allows, until all do.
            for _ in 0..MOST_MOVES {
                let mut moved = candidate;
                for part in self.parts() {
                    moved = of(part.fit(moved))?;
                }
                if moved == candidate {
                    return Some(candidate);
                }
                candidate = moved;
            }
            None
        };
        Fit {
            below: towards(&|fit| fit.below),
            above: towards(&|fit| fit.above),
        }
    }

    /// Builds the network. A part that comes from a file brings the number of nodes for the others.
    ///
    /// # Errors
    /// As [`TopologySpec::build`] and [`Overlay::new`]; keys name the part that is at fault.
    pub fn build(&self, site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let specs = match self {
            Self::One(spec) => return spec.build(site),
            Self::Overlay(specs) => specs,
        };
        let mut site = site;
        let mut built: Vec<Option<Arc<dyn Topology>>> = vec![None; specs.len()];
        // Those that say how many nodes there are come first.
        for takes_nodes in [false, true] {
            for (k, spec) in specs.iter().enumerate() {
                let free = spec.fit(1) != Fit::default();
                if free == takes_nodes {
                    let nodes = site.nodes.filter(|_| free);
                    let seed = seed_of_part(site.seed, k as u32);
                    let part_site = Site { nodes, seed, ..site };
                    let part = spec.build(part_site).map_err(|error| of_part(error, k))?;
                    if let Some(nodes) = site.nodes.filter(|&nodes| nodes != part.nodes()) {
                        return Err(Error::invalid(
                            format!("topology[{k}]"),
                            format!(
                                "is a {} of {} nodes, but there are {nodes}; all networks of an overlay have the same nodes",
                                part.kind(),
                                part.nodes()
                            ),
                        ));
                    }
                    site.nodes = Some(part.nodes());
                    built[k] = Some(part);
                }
            }
        }
        let mut parts: Vec<Arc<dyn Topology>> = built.into_iter().flatten().collect();
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(Arc::new(Overlay::new(parts)?))
            }
        }
    }

    /// The files that the networks name, by key.
    pub(crate) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        match self {
            Self::One(spec) => spec
                .files()
                .into_iter()
                .map(|(key, file)| (key.to_owned(), file))
                .collect(),
            Self::Overlay(specs) => {
                let parts = specs.iter_mut().enumerate();
                parts
                    .flat_map(|(k, spec)| {
                        spec.files()
                            .into_iter()
                            .map(move |(key, file)| (key_of_part(key, k), file))
                    })
                    .collect()
            }
        }
    }
}

/// Two sampled networks of one kind are different ones; the first part is what it would be by itself.
fn seed_of_part(seed: u32, part: u32) -> u32 {
    match part {
        0 => seed,
        _ => threefry2x32([seed, part], [0, 0])[0],
    }
}

fn key_of_part(key: &str, part: usize) -> String {
    match key.strip_prefix("topology") {
        Some(rest) => format!("topology[{part}]{rest}"),
        None => key.to_owned(),
    }
}

fn of_part(error: Error, part: usize) -> Error {
    match error {
        Error::Invalid { place, key, message } => Error::Invalid {
            place,
            key: key_of_part(&key, part),
            message,
        },
        other => other,
    }
}
