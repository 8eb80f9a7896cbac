//! Networks whose links are written in the digits of the node's index: a link changes one digit, exchanges some, or shifts
//! them all. They store nothing.

mod de_bruijn;
mod hamming;
mod tetrahedral;

pub use de_bruijn::{DeBruijn, DeBruijnSpec};
pub use hamming::{Hamming, HammingSpec, HypercubeSpec};
pub use tetrahedral::{Tetrahedral, TetrahedralSpec, WkSpec};

use super::Neighbours;
use glam::DVec3;
use std::ops::Range;

/// From this length on, neighbours that are contiguous are worth a run.
const LONG: u32 = 256;

/// The neighbours of `nodes` that differ from them in the bits of `mask`: runs between the multiples of its lowest bit where
/// they are long, else all at once.
fn flipped(mask: u32, nodes: &Range<u32>) -> (Neighbours, u32) {
    let len = nodes.end - nodes.start;
    let contiguous = 1 << mask.trailing_zeros();
    if contiguous < LONG {
        return (Neighbours::Xor(mask), len);
    }
    let rest = contiguous - nodes.start % contiguous;
    (Neighbours::Run(nodes.start ^ mask), len.min(rest))
}

/// The highest digit of `bits` bits in which two indices differ.
fn highest_difference(i: u32, j: u32, bits: u32) -> u32 {
    (i ^ j).checked_ilog2().unwrap_or(0) / bits
}

/// The corners of a regular tetrahedron round the origin that stands on a face, at distance 1.
fn tetrahedron(corner: u32) -> DVec3 {
    let (side, third) = (8f64.sqrt() / 3.0, 1.0 / 3.0);
    let (back, across) = (side / 2.0, side * 3f64.sqrt() / 2.0);
    match corner & 3 {
        0 => DVec3::Z,
        1 => DVec3::new(side, 0.0, -third),
        2 => DVec3::new(-back, across, -third),
        _ => DVec3::new(-back, -across, -third),
    }
}

/// Tetrahedra nested in tetrahedra: each of the `levels` base-4 digits chooses a corner, and each is `ratio` as large as the
/// one round it.
fn nested_tetrahedra(node: u32, levels: u32, ratio: f64) -> DVec3 {
    let digits = (0..levels).map(|level| tetrahedron(node >> (2 * level)));
    digits.fold(DVec3::ZERO, |inner, corner| inner * ratio + corner)
}
