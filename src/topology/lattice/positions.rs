//! Where the nodes of a lattice are: donuts, a Möbius band, the Klein bottle, sheets and crystals.

use super::Place;
use super::forms::{FACE_CENTRED, Form};
use crate::geometry::{self, on_circle, sine_cosine};
use glam::DVec3;

/// The half axes of the twisted torus's tube: flat, so that its half turn is seen.
const BAND: [f64; 2] = [0.5, 0.12];

/// The point of a sheet of triangles, `pitch` apart: rows shifted by half the pitch each, in a rectangle.
fn on_sheet(x: u32, y: u32, width: u32, pitch: f64) -> DVec3 {
    let halves = (2 * u64::from(x) + u64::from(y)) % (2 * u64::from(width));
    let height = 3f64.sqrt() / 2.0;
    DVec3::new(halves as f64 / 2.0, f64::from(y) * height, 0.0) * pitch
}

/// The point of the twisted torus: y goes round a ring, x round its flat tube, which turns by as many half turns as the twist
/// comes nearest to; the rest of the twist goes along the tube. With half the width, the tube is a thick Möbius band.
fn on_band([x, y]: [f64; 2], [width, height]: [f64; 2], twist: f64) -> DVec3 {
    let half_turns = (2.0 * twist / width).round();
    let along = (x + (twist - half_turns * width / 2.0) * (y / height)) / width;
    let (sine, cosine) = sine_cosine(along);
    let (out, up) = (BAND[0] * cosine, BAND[1] * sine);
    let (sine, cosine) = sine_cosine(half_turns / 2.0 * (y / height));
    on_circle(y / height) * (1.0 + out * cosine - up * sine) + DVec3::Z * (out * sine + up * cosine)
}

/// The point of the figure-eight immersion of the Klein bottle: half a turn of the eight on the way round turns x round, as
/// W − 1 − x is the mirror image of x in the middle of the row.
fn on_klein_bottle(around: f64, across: f64) -> DVec3 {
    let (sine, cosine) = sine_cosine(around / 2.0);
    let (once, twice) = (sine_cosine(across).0, sine_cosine(2.0 * across).0);
    let out = cosine * once - sine * twice;
    on_circle(around) * (1.0 + 0.4 * out) + DVec3::Z * (0.4 * (sine * once + cosine * twice))
}

/// Whether the shape ends where the lattice wraps: sheets and crystals do, surfaces without a border do not.
pub(super) fn is_open(form: Form) -> bool {
    match form {
        Form::Torus2d | Form::TwistedTorus | Form::Klein | Form::Prism => false,
        Form::Triangular | Form::Honeycomb | Form::Cubic | Form::Bcc | Form::Fcc | Form::Diamond => true,
    }
}

/// Where the node at `place` is.
pub(super) fn position(form: Form, sides: [u32; 3], twist: u32, place: Place) -> DVec3 {
    let [x, y, z] = place.cell.map(f64::from);
    let [width, height, _] = sides.map(f64::from);
    let site = f64::from(place.site);
    let cell = DVec3::new(x, y, z);
    match form {
        Form::Torus2d => geometry::on_torus(x / width, y / height, 0.45),
        Form::TwistedTorus => on_band([x, y], [width, height], f64::from(twist)),
        Form::Klein => on_klein_bottle(y / height, (x + 0.5) / width),
        // The second ring is inside the first and above it, so that both are seen from anywhere.
        Form::Prism => on_circle(x / width) * (1.0 - 0.25 * site) + DVec3::Z * (0.25 * site),
        Form::Triangular => on_sheet(place.cell[0], place.cell[1], sides[0], 1.0),
        // Cells of true hexagons with links of length 1.
        Form::Honeycomb => {
            let pitch = 3f64.sqrt();
            on_sheet(place.cell[0], place.cell[1], sides[0], pitch) + DVec3::new(pitch / 2.0, 0.5, 0.0) * site
        }
        Form::Cubic => cell,
        Form::Bcc => cell + DVec3::splat(0.5 * site),
        // The primitive vectors lead to the middles of the cube's faces.
        Form::Fcc => DVec3::new(y + z, x + z, x + y) * 0.5,
        Form::Diamond => {
            let [a, b, c] = FACE_CENTRED[place.site as usize % 4].map(f64::from);
            let quarter = if place.site < 4 { 0.0 } else { 0.25 };
            cell + DVec3::new(a, b, c) * 0.5 + DVec3::splat(quarter)
        }
    }
}
