//! Geodesic spheres: every face of an icosahedron cut into b² triangles (class I, T = b²; Goldberg 1937, Caspar and Klug 1962).
//!
//! Two and two of the twenty faces make ten rhombi of b×b nodes, which with the two poles are all nodes: the grid of global
//! weather models (Majewski et al., *The operational global icosahedral-hexagonal gridpoint model GME*, 2002). Neighbours are
//! found by counting alone: inside a rhombus by their coordinates, on its border by those of the same node in the next.

use super::stored::{self, Shape};
use super::{Build, Fit, GraphTopology, Site, Topology};
use crate::error::Error;
use crate::geometry;
use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// With a finer cut the link ends, 60 b² of them, are too many for 32-bit offsets.
const MOST_PARTS: u32 = 8460;

/// A node as seen from one of the ten rhombi, with 0 ≤ x, y ≤ b. The rhombi 2s touch the north pole N, those numbered 2s + 1 the
/// south pole S. With U_s and L_s, s modulo 5, the other corners of the icosahedron, the upper and the lower ones, the corners
/// (0, 0), (b, 0), (0, b), (b, b) are N, U_s, U_(s+1), L_s and U_(s+1), L_s, L_(s+1), S.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    rhombus: u32,
    x: u32,
    y: u32,
}

/// Each edge of the icosahedron is cut into `parts`. Node 0 is the north pole, the last is the south pole, and between them are
/// the rhombi row by row; the nodes with x ≥ 1 and y < b are their own.
#[derive(Clone, Copy, Debug)]
struct Geodesic {
    parts: u32,
}

impl Geodesic {
    fn nodes(self) -> u32 {
        10 * self.parts * self.parts + 2
    }

    /// The place of a node in the rhombus that it belongs to; none for a pole.
    fn own_place(self, node: u32) -> Option<Place> {
        let b = self.parts;
        let at = node.checked_sub(1).filter(|&at| at < 10 * b * b)?;
        Some(Place {
            rhombus: at / (b * b),
            x: at % b + 1,
            y: at / b % b,
        })
    }

    /// The places of a node in other rhombi, whose borders it is on: up to two.
    fn other_places(self, Place { rhombus, x, y }: Place) -> impl Iterator<Item = Place> {
        let b = self.parts;
        let (is_north, before) = (rhombus.is_multiple_of(2), (rhombus + 8) % 10);
        let right = (x == b).then_some(if is_north {
            // From U_s to L_s, also the left border of the southern rhombus before.
            Place {
                rhombus: before + 1,
                x: 0,
                y,
            }
        } else {
            // From L_s to S, also the upper border of the southern rhombus before.
            Place {
                rhombus: before,
                x: y,
                y: b,
            }
        });
        let lower = (y == 0).then_some(if is_north {
            // From N to U_s, also the left border of the northern rhombus before.
            Place {
                rhombus: before,
                x: 0,
                y: x,
            }
        } else {
            // From U_(s+1) to L_s, also the upper border of the northern rhombus of the same s.
            Place {
                rhombus: rhombus - 1,
                x,
                y: b,
            }
        });
        right.into_iter().chain(lower)
    }

    /// The node at a place.
    fn node(self, Place { rhombus, x, y }: Place) -> u32 {
        let b = self.parts;
        let (is_north, after) = (rhombus.is_multiple_of(2), (rhombus + 2) % 10);
        let own = |rhombus: u32, x: u32, y: u32| 1 + rhombus * b * b + y * b + x - 1;
        match (x, y) {
            (0, 0) if is_north => 0,
            (0, y) if is_north => own(after, y, 0),
            // The left border of a southern rhombus is the right one of the northern rhombus after, but for its end.
            (0, y) if y < b => own(after - 1, b, y),
            (x, y) if y < b => own(rhombus, x, y),
            (x, _) if is_north => own(rhombus + 1, x, 0),
            (x, _) if x < b => own(after, b, x),
            _ => self.nodes() - 1,
        }
    }

    /// The neighbours of a node as far as one rhombus shows them.
    fn near(self, Place { rhombus, x, y }: Place) -> impl Iterator<Item = u32> {
        let b = self.parts;
        let steps = [(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)];
        steps.into_iter().filter_map(move |(dx, dy)| {
            let x = x.checked_add_signed(dx).filter(|&x| x <= b)?;
            let y = y.checked_add_signed(dy).filter(|&y| y <= b)?;
            Some(self.node(Place { rhombus, x, y }))
        })
    }

    fn degree(self, node: u32) -> u32 {
        // The poles, and at x = b and y = 0 the other corners.
        match self.own_place(node) {
            Some(place) if place.x < self.parts || place.y > 0 => 6,
            _ => 5,
        }
    }

    /// Writes the neighbours of a node, ascending.
    fn row(self, node: u32, row: &mut [u32]) {
        let b = self.parts;
        let Some(place) = self.own_place(node) else {
            for (end, s) in row.iter_mut().zip(0..) {
                let (rhombus, y) = if node == 0 { (2 * s, 0) } else { (2 * s + 1, b - 1) };
                let x = if node == 0 { 1 } else { b };
                *end = self.node(Place { rhombus, x, y });
            }
            return;
        };
        // On a border both sides show the neighbours along it.
        let mut found = [u32::MAX; 18];
        let all = self
            .near(place)
            .chain(self.other_places(place).flat_map(|p| self.near(p)));
        let mut count = 0;
        for other in all {
            found[count] = other;
            count += 1;
        }
        let found = &mut found[..count];
        found.sort_unstable();
        let mut last = None;
        let distinct = found.iter().copied().filter(|&j| last.replace(j) != Some(j));
        for (end, other) in row.iter_mut().zip(distinct) {
            *end = other;
        }
    }
}

/// A corner of the icosahedron in the unit sphere: one of the upper five, or the lower.
fn corner(s: u32, is_upper: bool) -> DVec3 {
    let height = 1.0 / 5f64.sqrt();
    if is_upper {
        geometry::on_circle(f64::from(s) / 5.0) * (2.0 * height) + DVec3::Z * height
    } else {
        geometry::on_circle((f64::from(s) + 0.5) / 5.0) * (2.0 * height) - DVec3::Z * height
    }
}

impl Shape for Geodesic {
    /// On the unit sphere, above the point of the plane face.
    fn position(&self, node: u32) -> DVec3 {
        let Some(Place { rhombus, x, y }) = self.own_place(node) else {
            return if node == 0 { DVec3::Z } else { DVec3::NEG_Z };
        };
        let (s, is_north) = (rhombus / 2, rhombus.is_multiple_of(2));
        let [origin, right, upper, far] = match is_north {
            true => [DVec3::Z, corner(s, true), corner(s + 1, true), corner(s, false)],
            false => [
                corner(s + 1, true),
                corner(s, false),
                corner(s + 1, false),
                DVec3::NEG_Z,
            ],
        };
        let (b, x, y) = (f64::from(self.parts), f64::from(x), f64::from(y));
        let point = if x + y <= b {
            origin * (b - x - y) + right * x + upper * y
        } else {
            far * (x + y - b) + right * (b - y) + upper * (b - x)
        };
        point / point.length()
    }
}

/// Parameters of `geodesic`: none. Twelve nodes have degree 5, all others 6.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeodesicSpec {}

impl Build for GeodesicSpec {
    fn fit(&self, nodes: u32) -> Fit {
        Fit::among((1..=u64::from(MOST_PARTS)).map(|b| 10 * b * b + 2), nodes)
    }

    fn build(&self, nodes: u32, _site: Site<'_>) -> Result<Arc<dyn Topology>, Error> {
        let sphere = Geodesic {
            parts: ((nodes - 2) / 10).isqrt(),
        };
        let graph = stored::graph(nodes, |i| sphere.degree(i), |i, row| sphere.row(i, row))?;
        Ok(Arc::new(GraphTopology::of("geodesic", graph, Box::new(sphere))))
    }
}
