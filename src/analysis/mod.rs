//! The measures of a network: who reaches whom in how many links, how fast beliefs meet, what carries the traffic.
//!
//! [`analyse`] gives a [`Report`]. Each figure says how it was had ([`Known`]): exactly where that takes seconds, else as an
//! estimate with what is known of its error.
//! - *Distances*: a breadth-first search from every node, 64 at a time, one in all of a vertex-transitive network; beyond the
//!   budget from random nodes (mean and standard error) and from nodes far out (a lower bound of the diameter, an upper bound
//!   of the radius).
//! - *Eigenvalues*: in closed form where that is handed in or the network is bipartite and biregular; to 1500 nodes all of
//!   them from the dense matrix; beyond, conjugate gradients, with sparse Cholesky factors where those are affordable.
//! - *Loads*: Brandes' betweenness, beyond the budget from random nodes.
//!
//! Budgets count work, not time, so the same network gives the same searches on every machine.
//!
//! # Memory
//! With n nodes and m links, at most the sum of what is held throughout and the greatest of the stages:
//! - throughout: 8 n + 8 m bytes (twice that with parallel links); while the links are read, 4 n more;
//! - distances: 32 n bytes for each thread where every node is searched from, else 5 n;
//! - eigenvalues: 64 n bytes; up to 1 GB for Cholesky factors, and about as much to find them, to 4 million nodes;
//! - loads: 32 n + 16 m bytes for each of 2 to 16 parts, as many as take 1 GB, but two at least.
//!
//! One million nodes of degree 4 take about 1 GB.

mod components;
mod distance;
mod load;
mod network;
mod report;
mod sample;
mod spectrum;
mod watch;

pub use crate::error::AnalysisError;
pub use report::{Figure, Known, Report};
pub use watch::{Progress, Stage};

use crate::memory;
use crate::topology::Topology;
use components::Components;
use network::Network;
use std::ops::ControlFlow;
use watch::Watch;

/// What is known of a network beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hints {
    /// Whether every node sees the same: some symmetry takes each node to each other. One search then stands for all.
    pub vertex_transitive: bool,
    /// The Laplacian's second least and greatest eigenvalue, from a closed form.
    pub laplacian_spectrum: Option<[f64; 2]>,
}

/// How to analyse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// What is known beforehand.
    pub hints: Hints,
    /// About how many seconds two cores may take for each of: the distances, an eigenvalue, the loads. What would take longer
    /// is estimated. Reading the links and a few searches, which everything needs, come on top: of networks of many millions
    /// of nodes they take most of the time.
    pub effort: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hints: Hints::default(),
            effort: 3.0,
        }
    }
}

/// Refuses a network whose links and searches, as the module's description counts them, do not fit the memory that is free.
fn check_room(topology: &dyn Topology) -> Result<(), AnalysisError> {
    let (nodes, links) = (topology.nodes(), topology.links());
    if links >= 1 << 31 {
        return Err(AnalysisError::TooManyLinks { links });
    }
    let searches = 1 + rayon::current_num_threads() as u64;
    let link = if topology.has_parallel_links() { 16 } else { 8 };
    let needed = u64::from(nodes) * (12 + 32 * searches) + link * links;
    match memory::available() {
        Some(free) if free < needed => {
            let gib = |bytes: u64| bytes as f64 / (1u64 << 30) as f64;
            Err(AnalysisError::TooLarge {
                nodes,
                links,
                needed: gib(needed),
                free: gib(free),
            })
        }
        _ => Ok(()),
    }
}

/// Measures a network. `observe` hears now and then how far it has come; its answer says whether to go on.
///
/// # Errors
/// If the observer says stop, or the network has 2^31 links or more.
pub fn analyse(
    topology: &dyn Topology,
    options: Options,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Report, AnalysisError> {
    let mut watch = Watch(observe);
    let Options { hints, effort } = options;
    check_room(topology)?;
    let network = Network::read(topology, &mut watch)?;
    let components = Components::find(&network);
    let pairs = components.reached_pairs();
    let distances = distance::measure(&network, &components, hints, effort, &mut watch)?;
    let (laplacian, metropolis) = spectrum::measure(&network, &components, hints, effort, &mut watch)?;
    let [nodes, links] = load::measure(&network, distances.sum, pairs, hints, effort, &mut watch)?;

    let n = network.nodes();
    let degrees = || (0..n).map(|i| network.degree(i));
    let ends: u64 = degrees().map(u64::from).sum();
    Ok(Report {
        nodes: n,
        links: ends / 2,
        degree_least: degrees().min().unwrap_or(0),
        degree_mean: if n > 0 { ends as f64 / f64::from(n) } else { 0.0 },
        degree_greatest: degrees().max().unwrap_or(0),
        components: components.sizes.len() as u32,
        largest_component: components.largest().1,
        diameter: distances.diameter,
        radius: distances.radius,
        mean_distance: distances.mean,
        distance_sum: distances.sum,
        unreached_pairs: u64::from(n) * u64::from(n.saturating_sub(1)) - pairs,
        laplacian_lambda2: laplacian.second,
        laplacian_lambda_max: laplacian.greatest,
        metropolis_lambda2: metropolis.map(|m| m.lambda2),
        metropolis_lambda_min: metropolis.map(|m| m.lambda_min),
        metropolis_slem: metropolis.map(|m| m.slem),
        metropolis_gap: metropolis.map(|m| m.gap),
        ticks_to_mix: metropolis.and_then(|m| m.ticks_to_mix),
        node_load_max: nodes.max,
        node_load_mean: nodes.mean,
        node_load_max_over_mean: nodes.max_over_mean,
        link_load_max: links.max,
        link_load_mean: links.mean,
        link_load_max_over_mean: links.max_over_mean,
    })
}
