//! Positions for networks that have none, such as those that were read from a file.

use super::pivot::{self, Rows};
use crate::digits::grouped;
use glam::{DVec2, DVec3};

/// Positions, and what is to be said of them.
#[derive(Clone, Debug)]
pub struct Layout {
    /// One for each node; a link is about 1 long.
    pub positions: Vec<DVec3>,
    /// Which distances the picture shows, and how many parts the network has if it is not connected.
    pub caption: String,
}

impl Layout {
    /// Places the nodes such that those that are few links apart are near each other. The parts of a network that is not
    /// connected are placed side by side, the largest first.
    ///
    /// `neighbours` gives the neighbours of a node; every link must be given by both its ends. Takes about 100 steps per
    /// link and 2000 per node.
    pub fn by_distances<I: IntoIterator<Item = u32>>(nodes: u32, neighbours: impl Fn(u32) -> I) -> Self {
        let mut rows = Rows {
            offsets: vec![0],
            ends: Vec::new(),
        };
        for node in 0..nodes {
            rows.ends.extend(
                neighbours(node)
                    .into_iter()
                    .filter(|&other| other < nodes && other != node),
            );
            rows.offsets.push(rows.ends.len());
        }
        let parts = parts(&rows);
        let mut caption = "Nodes that are few links apart are drawn near each other.".to_owned();
        if let [only] = &parts[..] {
            let mut positions = vec![DVec3::ZERO; only.len()];
            for (&node, place) in only.iter().zip(pivot::places(&rows_of(&rows, only), true)) {
                positions[node as usize] = place;
            }
            return Self { positions, caption };
        }
        if !parts.is_empty() {
            caption.push_str(&format!(
                " The network is in {} unconnected parts, drawn side by side; the largest has {} nodes.",
                grouped(parts.len() as u64),
                grouped(parts[0].len() as u64)
            ));
        }
        Self {
            positions: side_by_side(&rows, &parts),
            caption,
        }
    }
}

/// The connected parts, largest first, each with its nodes ascending.
fn parts(rows: &Rows) -> Vec<Vec<u32>> {
    let mut parts: Vec<Vec<u32>> = Vec::new();
    let mut seen = vec![false; rows.nodes()];
    for start in 0..rows.nodes() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut part = vec![start as u32];
        let mut next = 0;
        while let Some(&node) = part.get(next) {
            next += 1;
            for &other in rows.of(node as usize) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    part.push(other);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// A part as a network of its own.
fn rows_of(rows: &Rows, part: &[u32]) -> Rows {
    let mut own = Rows {
        offsets: vec![0],
        ends: Vec::new(),
    };
    for &node in part {
        let others = rows.of(node as usize).iter();
        own.ends
            .extend(others.filter_map(|other| Some(part.binary_search(other).ok()? as u32)));
        own.offsets.push(own.ends.len());
    }
    own
}

/// Parts in rows from left to right, about as wide in all as high.
fn side_by_side(rows: &Rows, parts: &[Vec<u32>]) -> Vec<DVec3> {
    let mut positions = vec![DVec3::ZERO; rows.nodes()];
    let drawn: Vec<(Vec<DVec3>, DVec2)> = parts
        .iter()
        .map(|part| {
            let mut places = pivot::places(&rows_of(rows, part), false);
            let least = places.iter().copied().fold(DVec3::MAX, DVec3::min);
            let most = places.iter().copied().fold(DVec3::MIN, DVec3::max);
            places.iter_mut().for_each(|place| *place -= least);
            // Half a link's length of room on each side.
            (places, (most - least).truncate() + 1.0)
        })
        .collect();
    let area: f64 = drawn.iter().map(|(_, size)| size.x * size.y).sum();
    let widest = drawn.iter().map(|(_, size)| size.x).fold(1.1 * area.sqrt(), f64::max);
    let (mut corner, mut row_height) = (DVec2::ZERO, 0.0f64);
    for (part, (places, size)) in parts.iter().zip(&drawn) {
        if corner.x > 0.0 && corner.x + size.x > widest {
            corner = DVec2::new(0.0, corner.y - row_height);
            row_height = 0.0;
        }
        for (&node, place) in part.iter().zip(places) {
            let down = DVec3::new(corner.x, corner.y - size.y, 0.0);
            positions[node as usize] = down + *place;
        }
        corner.x += size.x;
        row_height = row_height.max(size.y);
    }
    positions
}
