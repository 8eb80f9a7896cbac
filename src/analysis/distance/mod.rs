//! Diameter, radius and mean distance: from every node where that is affordable, else from some.

mod search;

use super::components::Components;
use super::network::Network;
use super::report::{Figure, Known};
use super::sample::{self, Purpose};
use super::watch::{Stage, Watch};
use super::{AnalysisError, Hints};
use rayon::prelude::*;
use search::{Found, batch, single};

/// Row entries that two cores look at in a second, about.
const LOOKS_PER_SECOND: f64 = 2e8;

/// The most searches of a sample: more add little to a mean.
const LARGEST_SAMPLE: f64 = 4096.0;

/// What is known of the distances.
pub(super) struct Distances {
    pub diameter: Figure<u32>,
    pub radius: Figure<u32>,
    /// Over ordered pairs that reach each other; none where no pair does.
    pub mean: Option<Figure<f64>>,
    pub sum: Figure<u128>,
}

impl Distances {
    fn exact(diameter: u32, radius: u32, sum: u128, pairs: u64) -> Self {
        Self {
            diameter: Figure::exact(diameter),
            radius: Figure::exact(radius),
            mean: (pairs > 0).then(|| Figure::exact(sum as f64 / pairs as f64)),
            sum: Figure::exact(sum),
        }
    }
}

/// Measures the distances.
pub(super) fn measure(
    network: &Network,
    components: &Components,
    hints: Hints,
    effort: f64,
    watch: &mut Watch<'_>,
) -> Result<Distances, AnalysisError> {
    watch.tell(Stage::Distances, 0.0)?;
    let (n, pairs) = (network.nodes(), components.reached_pairs());
    if pairs == 0 {
        return Ok(Distances::exact(0, 0, 0, 0));
    }
    if hints.vertex_transitive {
        // Every node sees the same.
        let (found, _) = single(network, 0);
        let sum = u128::from(found.sum) * u128::from(n);
        return Ok(Distances::exact(found.eccentricity, found.eccentricity, sum, pairs));
    }
    let looks = effort * LOOKS_PER_SECOND;
    // One batch tells what all of them will cost, without a clock: the answer is the same on every machine.
    if network.entries() as f64 <= looks {
        let first: Vec<u32> = (0..n.min(64)).collect();
        let cost = batch(network, &first).looks as f64;
        if cost * f64::from(n.div_ceil(64)) <= looks {
            return all(network, components, pairs, watch);
        }
    }
    sampled(network, components, pairs, looks, watch)
}

/// Searches from every node.
fn all(
    network: &Network,
    components: &Components,
    pairs: u64,
    watch: &mut Watch<'_>,
) -> Result<Distances, AnalysisError> {
    let n = network.nodes();
    let sources: Vec<u32> = (0..n).collect();
    let batches: Vec<&[u32]> = sources.chunks(64).collect();
    let largest = components.largest().0;
    let (mut diameter, mut radius, mut sum) = (0, u32::MAX, 0u128);
    let wave = 8 * rayon::current_num_threads();
    for (k, some) in batches.chunks(wave).enumerate() {
        watch.tell(Stage::Distances, (k * wave) as f64 / batches.len() as f64)?;
        let found: Vec<_> = some.par_iter().map(|b| batch(network, b)).collect();
        for (sources, found) in some.iter().zip(found) {
            sum += u128::from(found.sum);
            for (&i, eccentricity) in sources.iter().zip(found.eccentricities) {
                diameter = diameter.max(eccentricity);
                if components.of[i as usize] == largest {
                    radius = radius.min(eccentricity);
                }
            }
        }
    }
    Ok(Distances::exact(diameter, radius, sum, pairs))
}

/// Searches from random nodes, and from nodes that lie far out.
fn sampled(
    network: &Network,
    components: &Components,
    pairs: u64,
    looks: f64,
    watch: &mut Watch<'_>,
) -> Result<Distances, AnalysisError> {
    let n = network.nodes();
    // Every node reached costs about as much as four links.
    let cost = network.entries() as f64 + 4.0 * f64::from(n);
    let count = (looks / cost).clamp(8.0, LARGEST_SAMPLE) as u32;
    let sources = sample::nodes(Purpose::Distances, n, count);
    let (largest, _) = components.largest();
    let inside = |i: u32| components.of[i as usize] == largest;
    let (mut diameter, mut radius) = (0, u32::MAX);
    let mut note = |source: u32, eccentricity: u32| {
        diameter = diameter.max(eccentricity);
        if inside(source) {
            radius = radius.min(eccentricity);
        }
    };
    // A search from the farthest node of the last one: each finds a distance at least as great (Handler's sweeps).
    let sweeps = 4;
    let mut source = components.of.iter().position(|&c| c == largest).unwrap_or(0) as u32;
    for k in 0..sweeps {
        watch.tell(Stage::Distances, f64::from(k) / f64::from(sweeps + count))?;
        let (found, farthest) = single(network, source);
        note(source, found.eccentricity);
        source = farthest;
    }
    // Few at a time where they are large. One by one, for far from each other they share little.
    let wave = (1 << 26) / n.max(1) as usize;
    let wave = wave.clamp(2, 64 * rayon::current_num_threads());
    let mut each: Vec<Found> = Vec::with_capacity(sources.len());
    for some in sources.chunks(wave) {
        watch.tell(Stage::Distances, each.len() as f64 / sources.len() as f64)?;
        let found: Vec<_> = some.par_iter().map(|&i| single(network, i).0).collect();
        for (&i, found) in some.iter().zip(&found) {
            note(i, found.eccentricity);
        }
        each.extend(found);
    }
    let searches = sources.len() as u32 + sweeps;
    let mean = mean(&each, n);
    Ok(Distances {
        diameter: Figure {
            value: diameter,
            known: Known::AtLeast { sources: searches },
        },
        radius: Figure {
            value: radius,
            known: Known::AtMost { sources: searches },
        },
        mean: Some(mean),
        sum: mean.map(pairs as f64, |m| (m * pairs as f64).round() as u128),
    })
}

/// The mean distance from a sample of the sources: the ratio of two sums, with its standard error to first order
/// (Cochran 1977, chapter 6) for drawing without replacement.
fn mean(each: &[Found], nodes: u32) -> Figure<f64> {
    let count = each.len() as f64;
    let sum: f64 = each.iter().map(|f| f.sum as f64).sum();
    let reached: f64 = each.iter().map(|f| f64::from(f.reached)).sum();
    let ratio = if reached > 0.0 { sum / reached } else { 0.0 };
    let squares: f64 = each
        .iter()
        .map(|f| (f.sum as f64 - ratio * f64::from(f.reached)).powi(2))
        .sum();
    let drawn = 1.0 - count / f64::from(nodes);
    let error = (count / (count - 1.0) * squares * drawn).sqrt() / reached;
    Figure {
        value: ratio,
        known: Known::Sampled {
            sources: each.len() as u32,
            standard_error: (each.len() > 1 && reached > 0.0).then_some(error),
        },
    }
}
