//! Places for the nodes of a connected network, such that distances on paper resemble distances along links: multidimensional
//! scaling by pivots (Brandes and Pich 2007), refined by stress.

use super::stress;
use crate::geometry::GOLDEN;
use glam::DVec3;
use std::collections::HashSet;

/// How many nodes distances are measured from.
const PIVOTS: usize = 50;
/// Rounds of power iteration. The gaps between eigenvalues that matter to the eye settle far sooner.
const ROUNDS: usize = 200;
/// The most nodes that are all pivots when places are refined, and how many pivots there are otherwise.
const MOST_ALL_PIVOTS: usize = 1200;
const REFINING_PIVOTS: usize = 100;
/// The third axis is used if it is at least this share of the second: below, the network is nearly flat.
const DEEP: f64 = 0.75;

/// A connected network: node i's neighbours are `ends[offsets[i]..offsets[i + 1]]`.
pub(super) struct Rows {
    pub offsets: Vec<usize>,
    pub ends: Vec<u32>,
}

impl Rows {
    pub fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn of(&self, node: usize) -> &[u32] {
        &self.ends[self.offsets[node]..self.offsets[node + 1]]
    }

    /// The number of links from `source` to each node; those that cannot be reached have `u32::MAX`.
    pub fn distances(&self, source: usize) -> Vec<u32> {
        let mut distances = vec![u32::MAX; self.nodes()];
        distances[source] = 0;
        let mut order = vec![source as u32];
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            let one_more = distances[node as usize] + 1;
            for &other in self.of(node as usize) {
                if distances[other as usize] == u32::MAX {
                    distances[other as usize] = one_more;
                    order.push(other);
                }
            }
        }
        distances
    }
}

/// Places in which a link is about 1 long, about the origin. The network is plane (z = 0) unless it is about as deep as it is
/// high and `space` allows it.
pub(super) fn places(rows: &Rows, space: bool) -> Vec<DVec3> {
    let n = rows.nodes();
    let (_, distances) = pivots(rows, PIVOTS);
    let centred = centred(&distances, n);
    let axes = axes(&centred);
    // An axis of eigenvalue σ² of CᵀC is C·v, of length σ; classical scaling wants √σ times the unit vector.
    let flat = !space || axes[2].0 < DEEP * DEEP * axes[1].0;
    let mut places: Vec<DVec3> = (0..n)
        .map(|node| {
            let on = |axis: usize| {
                let (square, vector) = &axes[axis];
                if *square < 1e-9 * axes[0].0 || *square <= 0.0 || axis == 2 && flat {
                    return 0.0;
                }
                let dot: f64 = centred.iter().zip(vector).map(|(column, v)| column[node] * v).sum();
                dot / square.sqrt().sqrt()
            };
            DVec3::new(on(0), on(1), on(2))
        })
        .collect();
    to_unit_links(rows, &mut places);
    let wide = axes[1].0 > 1e-9 * axes[0].0;
    part(
        &mut places,
        DVec3::new(1.0, f64::from(u8::from(wide)), f64::from(u8::from(wide && !flat))),
    );
    let count = if n <= MOST_ALL_PIVOTS { n } else { REFINING_PIVOTS };
    let (pivots, distances) = pivots(rows, count);
    stress::reduce(rows, &pivots, &distances, &mut places);
    let middle = places.iter().sum::<DVec3>() / n.max(1) as f64;
    places.iter_mut().for_each(|place| *place -= middle);
    places
}

/// So many pivots and the distances from each. A pivot is the node farthest from those before (the first of them), starting
/// with one end of a long way.
fn pivots(rows: &Rows, count: usize) -> (Vec<usize>, Vec<Vec<u32>>) {
    let farthest = |distances: &[u32]| {
        let most = distances.iter().max().copied().unwrap_or(0);
        distances.iter().position(|&d| d == most).unwrap_or(0)
    };
    let mut pivot = farthest(&rows.distances(0));
    let mut nearest = vec![u32::MAX; rows.nodes()];
    let (mut pivots, mut all) = (Vec::new(), Vec::new());
    for _ in 0..count.min(rows.nodes()) {
        let distances = rows.distances(pivot);
        for (least, &distance) in nearest.iter_mut().zip(&distances) {
            *least = distance.min(*least);
        }
        pivots.push(pivot);
        all.push(distances);
        pivot = farthest(&nearest);
    }
    (pivots, all)
}

/// C = −½(d² − mean over pivots − mean over nodes + mean of all), one column per pivot.
fn centred(distances: &[Vec<u32>], n: usize) -> Vec<Vec<f64>> {
    let square = |d: &u32| f64::from(*d) * f64::from(*d);
    let of_pivot: Vec<f64> = distances
        .iter()
        .map(|c| c.iter().map(square).sum::<f64>() / n as f64)
        .collect();
    let of_node: Vec<f64> = (0..n)
        .map(|node| distances.iter().map(|c| square(&c[node])).sum::<f64>() / distances.len() as f64)
        .collect();
    let of_all = of_pivot.iter().sum::<f64>() / distances.len() as f64;
    let column = |(column, mean): (&Vec<u32>, &f64)| {
        let entries = column.iter().zip(&of_node);
        entries
            .map(|(d, row)| -0.5 * (square(d) - row - mean + of_all))
            .collect()
    };
    distances.iter().zip(&of_pivot).map(column).collect()
}

/// The three greatest eigenvalues of CᵀC and their unit vectors, by power iteration, each at right angles to those before.
fn axes(centred: &[Vec<f64>]) -> [(f64, Vec<f64>); 3] {
    let k = centred.len();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let matrix: Vec<Vec<f64>> = centred
        .iter()
        .map(|a| centred.iter().map(|b| dot(a, b)).collect())
        .collect();
    let mut vectors: [Vec<f64>; 3] = std::array::from_fn(|axis| {
        // Any start that is at right angles to no axis will do; this one is the same everywhere.
        let entry = |at: usize| f64::from(((at * 3 + axis + 1) as u32).wrapping_mul(GOLDEN)) / 4_294_967_296.0 - 0.5;
        (0..k).map(entry).collect()
    });
    let mut values = [0.0; 3];
    for _ in 0..ROUNDS {
        for axis in 0..3 {
            let mut image: Vec<f64> = matrix.iter().map(|row| dot(row, &vectors[axis])).collect();
            for before in &vectors[..axis] {
                let share = dot(&image, before);
                image.iter_mut().zip(before).for_each(|(x, b)| *x -= share * b);
            }
            let length = dot(&image, &image).sqrt();
            values[axis] = length;
            if length > 0.0 {
                image.iter_mut().for_each(|x| *x /= length);
            }
            vectors[axis] = image;
        }
    }
    let mut values = values.into_iter();
    vectors.map(|vector| (values.next().unwrap_or(0.0), vector))
}

/// Moves nodes that lie together (pivots cannot tell them apart) a little apart along `axes`.
fn part(places: &mut [DVec3], axes: DVec3) {
    let mut taken = HashSet::new();
    for (node, place) in places.iter_mut().enumerate() {
        let key = |p: DVec3| (p * 1e4).to_array().map(|x| x.round() as i64);
        let fraction =
            |salt: u32| f64::from((node as u32).wrapping_add(salt).wrapping_mul(GOLDEN)) / 4_294_967_296.0 - 0.5;
        if !taken.insert(key(*place)) {
            *place += 0.6 * axes * DVec3::new(fraction(0), fraction(0x55), fraction(0xAAAA));
        }
    }
}

/// Scales so that a link is 1 long on average.
fn to_unit_links(rows: &Rows, places: &mut [DVec3]) {
    let lengths = (0..rows.nodes()).flat_map(|node| {
        let places = &*places;
        rows.of(node)
            .iter()
            .map(move |&other| places[node].distance(places[other as usize]))
    });
    let mean = lengths.sum::<f64>() / rows.ends.len().max(1) as f64;
    if mean > 1e-12 {
        places.iter_mut().for_each(|place| *place /= mean);
    }
}
