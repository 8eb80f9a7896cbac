//! The load of nodes and links when every pair of nodes talks over its shortest paths: betweenness.
//!
//! Brandes, *A faster algorithm for betweenness centrality*, Journal of Mathematical Sociology 25, 2001; sampled sources
//! after Brandes and Pich, *Centrality estimation in large networks*, 2007.

use super::network::Network;
use super::report::{Figure, Known};
use super::sample::{self, Purpose};
use super::watch::{Stage, Watch};
use super::{AnalysisError, Hints};
use rayon::prelude::*;

/// Row entries that two cores go through in a second, about.
const STEPS_PER_SECOND: f64 = 6e7;

/// The most sources of a sample.
const LARGEST_SAMPLE: f64 = 4096.0;

/// Numbers of paths are scaled down by the inverse of this when they reach it.
const MANY_PATHS: f64 = 1e250;

/// Greatest, mean, and greatest over mean.
pub(super) struct Load {
    pub max: Figure<Option<f64>>,
    pub mean: Figure<f64>,
    pub max_over_mean: Figure<Option<f64>>,
}

/// Measures the load of nodes and of links. `distances` is the sum of distances over ordered pairs, of which there are
/// `pairs`: the means follow from it.
pub(super) fn measure(
    network: &Network,
    distances: Figure<u128>,
    pairs: u64,
    hints: Hints,
    effort: f64,
    watch: &mut Watch<'_>,
) -> Result<[Load; 2], AnalysisError> {
    watch.tell(Stage::Loads, 0.0)?;
    let (n, links) = (f64::from(network.nodes()), network.entries() as f64 / 2.0);
    // A path of d links passes d links and d − 1 other nodes. Every pair counts twice among the ordered ones.
    let per = |count: f64| if count > 0.0 { 0.5 / count } else { 0.0 };
    let node_mean = distances.map(per(n), |d| d.saturating_sub(pairs.into()) as f64 * per(n));
    let link_mean = distances.map(per(links), |d| d as f64 * per(links));
    if pairs == 0 {
        let nothing = || Load::new(Figure::exact(0.0), Figure::exact(0.0), network.nodes());
        return Ok([nothing(), nothing()]);
    }
    // Every node reached costs about as much as four links.
    let affordable = effort * STEPS_PER_SECOND / (network.entries() as f64 + 4.0 * n);
    let count = if affordable >= n {
        network.nodes()
    } else {
        affordable.clamp(4.0, LARGEST_SAMPLE) as u32
    };
    let sources = sample::nodes(Purpose::Loads, network.nodes(), count);
    let complete = sources.len() as u32 == network.nodes();
    let known = if complete {
        Known::Exact
    } else {
        Known::Sampled {
            sources: sources.len() as u32,
            standard_error: None,
        }
    };
    let [nodes, links] = greatest(network, &sources, watch)?;
    // Each unordered pair has two sources.
    let scale = 0.5 * n;
    let figure = |value: f64| Figure {
        value: value * scale,
        known,
    };
    let node_load = if hints.vertex_transitive {
        Load {
            max: node_mean.map(1.0, Some),
            mean: node_mean,
            max_over_mean: Figure::exact(Some(1.0)),
        }
    } else {
        Load::new(figure(nodes), node_mean, network.nodes())
    };
    Ok([node_load, Load::new(figure(links), link_mean, network.nodes())])
}

impl Load {
    fn new(mut max: Figure<f64>, mean: Figure<f64>, nodes: u32) -> Self {
        if let Some(known) = too_few(max.known, nodes) {
            let unknown = Figure { value: None, known };
            return Self {
                max: unknown,
                mean,
                max_over_mean: unknown,
            };
        }
        if !max.is_exact() {
            // Chance may say so, but the greatest is not below the mean.
            max.value = max.value.max(mean.value);
        }
        let known = if max.is_exact() { mean.known } else { max.known };
        let value = if mean.value > 0.0 { max.value / mean.value } else { 1.0 };
        let known = match known {
            // The error of a quotient of two estimates is not that of its parts.
            Known::Sampled { sources, .. } => Known::Sampled {
                sources,
                standard_error: None,
            },
            known => known,
        };
        Self {
            max: max.map(1.0, Some),
            mean,
            max_over_mean: Figure {
                value: Some(value),
                known,
            },
        }
    }
}

/// Whether a sample is too small for its greatest to say something.
fn too_few(known: Known, nodes: u32) -> Option<Known> {
    let quarter = nodes / 4;
    match known {
        Known::Sampled { sources, .. } if sources < quarter => Some(Known::TooFew {
            sources,
            // No sample is larger; then every node is a source.
            needed: if f64::from(quarter) <= LARGEST_SAMPLE {
                quarter
            } else {
                nodes
            },
        }),
        _ => None,
    }
}

/// What the node and the link that carry the most carry, as a mean over the sources.
fn greatest(network: &Network, sources: &[u32], watch: &mut Watch<'_>) -> Result<[f64; 2], AnalysisError> {
    // The parts depend on the network only, not on the machine, so that sums are rounded alike everywhere.
    let size = network.entries() + 4 * network.nodes() as usize;
    let count = ((1 << 27) / size.max(1)).clamp(2, 16).min(sources.len());
    let mut parts: Vec<Part> = (0..count).map(|_| Part::new(network)).collect();
    let step = ((1 << 22) / size.max(1)).max(1) * count;
    for (k, some) in sources.chunks(step).enumerate() {
        watch.tell(Stage::Loads, (k * step) as f64 / sources.len() as f64)?;
        parts.par_iter_mut().enumerate().for_each(|(number, part)| {
            for &source in some.iter().skip(number).step_by(count) {
                part.add(network, source);
            }
        });
    }
    // A complete count is one sum; a sample is two, so that what is found by one is weighed by the other.
    let complete = sources.len() == network.nodes() as usize;
    let group = |odd: usize| -> Vec<&Part> {
        let all = parts.iter().enumerate();
        all.filter(|(k, _)| complete || k % 2 == odd)
            .map(|(_, part)| part)
            .collect()
    };
    let groups = [group(0), group(1)];
    let searches = [0, 1].map(|k: usize| groups[k].iter().map(|p| f64::from(p.searches)).sum::<f64>());
    let mean = |of: &dyn Fn(&Part) -> f64| -> [f64; 2] {
        [0, 1].map(|k: usize| groups[k].iter().map(|part| of(part)).sum::<f64>() / searches[k])
    };
    let (mut node, mut link) = (Weighed::default(), Weighed::default());
    for i in 0..network.nodes() {
        node.note(mean(&|part| part.nodes[i as usize]));
        for at in network.row(i) {
            let j = network.ends()[at];
            if j > i
                && let Ok(back) = network.neighbours(j).binary_search(&i)
            {
                let back = network.row(j).start + back;
                link.note(mean(&|part| part.entries[at] + part.entries[back]));
            }
        }
    }
    Ok([node.value(), link.value()])
}

/// The greatest by each of two counts, as the other counts it.
#[derive(Default)]
struct Weighed {
    greatest: [f64; 2],
    other: [f64; 2],
}

impl Weighed {
    fn note(&mut self, loads: [f64; 2]) {
        for k in 0..2 {
            if loads[k] > self.greatest[k] {
                (self.greatest[k], self.other[k]) = (loads[k], loads[1 - k]);
            }
        }
    }

    fn value(&self) -> f64 {
        0.5 * (self.other[0] + self.other[1])
    }
}

/// The sums over some of the sources, and room for one search. Takes 32 bytes a node and 8 a row entry.
struct Part {
    /// Sources so far.
    searches: u32,
    /// What nodes carry.
    nodes: Vec<f64>,
    /// What links carry towards their nearer ends, at the farther end's entry.
    entries: Vec<f64>,
    /// The number of shortest paths from the source, in a unit of its distance's own.
    paths: Vec<f64>,
    /// Distance from the source.
    distance: Vec<u32>,
    /// The nodes, nearest first.
    order: Vec<u32>,
    /// What depends on a node.
    dependency: Vec<f64>,
}

impl Part {
    fn new(network: &Network) -> Self {
        let n = network.nodes() as usize;
        Self {
            searches: 0,
            nodes: vec![0.0; n],
            entries: vec![0.0; network.entries()],
            paths: vec![0.0; n],
            distance: vec![u32::MAX; n],
            order: Vec::new(),
            dependency: vec![0.0; n],
        }
    }

    /// Adds what nodes and links carry of the shortest paths from `source`.
    fn add(&mut self, network: &Network, source: u32) {
        self.searches += 1;
        self.search(network, source);
        for &j in self.order.iter().skip(1).rev() {
            let at = j as usize;
            let before = self.distance[at] - 1;
            let row = network.neighbours(j);
            // The sum is taken again, for it may have been scaled since.
            let paths: f64 = row
                .iter()
                .filter(|&&i| self.distance[i as usize] == before)
                .map(|&i| self.paths[i as usize])
                .sum();
            let share = (1.0 + self.dependency[at]) / paths;
            for (entry, &i) in network.row(j).zip(row) {
                if self.distance[i as usize] == before {
                    let load = self.paths[i as usize] * share;
                    self.entries[entry] += load;
                    self.dependency[i as usize] += load;
                }
            }
            self.nodes[at] += self.dependency[at];
        }
        for &j in &self.order {
            self.distance[j as usize] = u32::MAX;
            self.dependency[j as usize] = 0.0;
        }
    }

    /// The distances and numbers of shortest paths from `source`, level by level.
    fn search(&mut self, network: &Network, source: u32) {
        self.order.clear();
        self.order.push(source);
        self.distance[source as usize] = 0;
        self.paths[source as usize] = 1.0;
        let (mut start, mut distance) = (0, 0);
        while start < self.order.len() {
            let end = self.order.len();
            distance += 1;
            for at in start..end {
                let i = self.order[at];
                for &j in network.neighbours(i) {
                    let j = j as usize;
                    if self.distance[j] == u32::MAX {
                        self.distance[j] = distance;
                        self.paths[j] = 0.0;
                        self.order.push(j as u32);
                    }
                    if self.distance[j] == distance {
                        self.paths[j] += self.paths[i as usize];
                    }
                }
            }
            start = end;
            self.scale(start);
        }
    }

    /// Scales the numbers of paths of the last level, from `start` on in the order, before they overflow. Only their
    /// ratios within a level matter; a number that would vanish stays positive, so that shares still add up to 1.
    fn scale(&mut self, start: usize) {
        let level = &self.order[start..];
        if level.iter().any(|&j| self.paths[j as usize] > MANY_PATHS) {
            for &j in level {
                let paths = &mut self.paths[j as usize];
                *paths = (*paths / MANY_PATHS).max(1.0 / MANY_PATHS);
            }
        }
    }
}
