//! Refines places until distances on paper are about as great as distances along links: stress majorisation (Gansner, Koren and
//! North 2004), one node after the other, by the distances to the neighbours and to some pivots that stand for all nodes
//! near them (the sparse stress model of Ortmann, Klimenta and Brandes 2017).

use super::pivot::Rows;
use glam::DVec3;

/// At most so many rounds, and fewer if they would take more steps than this in all.
const MOST_ROUNDS: usize = 60;
const MOST_STEPS: usize = 40_000_000;

/// A node that stands for those that are nearer to it than to any other pivot.
struct Pivot<'a> {
    node: usize,
    distances: &'a [u32],
    /// How many of those that it stands for are within 0, 1, 2, … links.
    within: Vec<f64>,
}

impl<'a> Pivot<'a> {
    fn all(pivots: &[usize], distances: &'a [Vec<u32>]) -> Vec<Self> {
        let empty = |(&node, distances): (&usize, &'a Vec<u32>)| Self {
            node,
            distances,
            within: vec![0.0; distances.iter().max().map_or(0, |&most| most as usize) + 1],
        };
        let mut all: Vec<Self> = pivots.iter().zip(distances).map(empty).collect();
        let nodes = distances.first().map_or(0, Vec::len);
        for node in 0..nodes {
            if let Some(nearest) = all.iter_mut().min_by_key(|pivot| pivot.distances[node]) {
                nearest.within[nearest.distances[node] as usize] += 1.0;
            }
        }
        for pivot in &mut all {
            let mut sum = 0.0;
            for count in &mut pivot.within {
                sum += *count;
                *count = sum;
            }
        }
        all
    }

    /// How much the distance counts to a node: for all those near the pivot that are at about that distance from it.
    fn weight(&self, distance: u32) -> f64 {
        let near = self.within.get(distance as usize / 2).or(self.within.last());
        near.copied().unwrap_or(0.0) / (f64::from(distance) * f64::from(distance))
    }
}

/// Moves every node to where its neighbours and the pivots want it.
pub(super) fn reduce(rows: &Rows, pivots: &[usize], distances: &[Vec<u32>], places: &mut [DVec3]) {
    let pivots = Pivot::all(pivots, distances);
    // Node by node, as they are needed.
    let by_node: Vec<u32> = (0..rows.nodes())
        .flat_map(|node| distances.iter().map(move |of| of[node]))
        .collect();
    for _ in 0..(MOST_STEPS / by_node.len().max(1)).clamp(10, MOST_ROUNDS) {
        for (node, distances) in by_node.chunks(pivots.len().max(1)).enumerate() {
            let here = places[node];
            let (mut sum, mut weights) = (DVec3::ZERO, 0.0);
            let mut want = |there: DVec3, distance: f64, weight: f64| {
                sum += weight * (there + (here - there).normalize_or_zero() * distance);
                weights += weight;
            };
            for &other in rows.of(node) {
                want(places[other as usize], 1.0, 1.0);
            }
            for (pivot, &distance) in pivots.iter().zip(distances) {
                if distance > 1 {
                    want(places[pivot.node], f64::from(distance), pivot.weight(distance));
                }
            }
            if weights > 0.0 {
                places[node] = sum / weights;
            }
        }
    }
}
