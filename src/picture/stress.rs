//! Refines places until distances on paper are as near to distances along links as they can be: stress majorisation (Gansner,
//! Koren and North 2004), one node after the other.

use super::pivot::Rows;
use glam::DVec3;

const ROUNDS: usize = 40;

/// Moves every node to where all others want it, each as far away as there are links between, weighted by the inverse square of
/// that distance.
pub(super) fn reduce(rows: &Rows, places: &mut [DVec3]) {
    let distances: Vec<Vec<u32>> = (0..rows.nodes()).map(|node| rows.distances(node)).collect();
    for _ in 0..ROUNDS {
        for (node, distances) in distances.iter().enumerate() {
            let here = places[node];
            let (mut sum, mut weights) = (DVec3::ZERO, 0.0);
            for (&there, &distance) in places.iter().zip(distances).filter(|&(_, &distance)| distance > 0) {
                let distance = f64::from(distance);
                let weight = 1.0 / (distance * distance);
                sum += weight * (there + (here - there).normalize_or_zero() * distance);
                weights += weight;
            }
            if weights > 0.0 {
                places[node] = sum / weights;
            }
        }
    }
}
