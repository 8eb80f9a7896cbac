//! The Laplacian's extreme eigenvalues by formula: a lattice that wraps is the Cayley graph of an abelian group, or two of its
//! orbits linked with each other, so that the group's characters are the eigenvectors (Lovász 1975; Babai 1979).

use super::forms::{Form, Links};
use rayon::prelude::*;
use std::f64::consts::{PI, TAU};

/// The most terms that the formula is worth: about a second.
const MOST_TERMS: u64 = 50_000_000;

/// From B's neighbours of the diamond to the first of them, in half edges of the cube.
const DIAMOND: &[[i32; 3]] = &[[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]];

/// 2 − 2 cos of an angle in turns.
fn twice_versine(turns: f64) -> f64 {
    4.0 * (PI * turns).sin().powi(2)
}

/// The least positive and the greatest eigenvalue, if the formula has few enough terms.
pub(super) fn laplacian(form: Form, sides: [u32; 3], twist: u32) -> Option<[f64; 2]> {
    let [width, height, depth] = sides.map(u64::from);
    if form == Form::Klein {
        return Some(klein(width, height));
    }
    let (vectors, is_alternate): (&[[i32; 3]], bool) = match form.links() {
        Links::Opposite(vectors) => (vectors, false),
        Links::Alternate(vectors) => (vectors, true),
        // The second vector is its own opposite: the two rings are a side of 2.
        Links::Rings => (&[[1, 0, 0], [0, 1, 0]], false),
        Links::Tetrahedral => (DIAMOND, true),
    };
    let periods = match form {
        Form::Prism => [width, 2, 1],
        // Half edges. Every character is there twice, as the sites are those with an even sum of coordinates.
        Form::Diamond => [2 * width, 2 * height, 2 * depth],
        _ => [width, height, depth],
    };
    // Opposite characters have the same eigenvalue.
    let counts = [periods[0] / 2 + 1, periods[1], periods[2]];
    let count: u64 = counts.iter().product();
    if count * vectors.len() as u64 > MOST_TERMS {
        return None;
    }
    let eigenvalue = |index: u64| -> f64 {
        let [p, q, r] = [
            index % counts[0],
            index / counts[0] % counts[1],
            index / counts[0] / counts[1],
        ];
        // Going up H rows is going `twist` to the right.
        let full = periods[0] * periods[1];
        let turns = [
            p as f64 / periods[0] as f64,
            ((q * periods[0] + p * u64::from(twist)) % full) as f64 / full as f64,
            r as f64 / periods[2] as f64,
        ];
        let along = |v: &[i32; 3]| -> f64 { v.iter().zip(turns).map(|(&v, turns)| f64::from(v) * turns).sum() };
        if is_alternate {
            let parts = vectors.iter().map(|v| (TAU * along(v)).sin_cos());
            let (sine, cosine) = parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            return vectors.len() as f64 - sine.hypot(cosine);
        }
        let of = |v: &[i32; 3]| twice_versine(along(v));
        match form {
            Form::Prism => of(&vectors[0]) + of(&vectors[1]) / 2.0,
            _ => vectors.iter().map(of).sum(),
        }
    };
    // The trivial character, which the diamond has a second time.
    let is_trivial = |index: &u64| {
        let middle = width + counts[0] * (height + counts[1] * depth);
        *index == 0 || form == Form::Diamond && *index == middle
    };
    let all = (0..count)
        .into_par_iter()
        .filter(|index| !is_trivial(index))
        .map(eigenvalue);
    let [least, most] = all
        .map(|x| [x, x])
        .reduce(|| [f64::INFINITY, 0.0], |a, b| [a[0].min(b[0]), a[1].max(b[1])]);
    let degree = f64::from(form.degree());
    Some([least, if is_alternate { 2.0 * degree } else { most }])
}

/// The Klein bottle is half of a torus twice as high. Of the torus's eigenvectors, those are its own that do not change when x is
/// turned round and y moves by H: in y they turn j half turns; in x they are cosines, for even j, or sines, for odd j, of m turns,
/// about the middle of the row. There is no sine of no turns, and none but a sine of half as many turns as there are columns.
fn klein(width: u64, height: u64) -> [f64; 2] {
    let in_x = |m: u64| twice_versine(m as f64 / width as f64);
    let in_y = |j: u64| twice_versine(j as f64 / (2 * height) as f64);
    let most = match width % 2 {
        0 => {
            let odd = if height % 2 == 1 { height } else { height - 1 };
            f64::max(in_x(width / 2) + in_y(odd), in_x(width / 2 - 1) + in_y(height))
        }
        _ => in_x(width / 2) + in_y(height),
    };
    [f64::min(in_x(1), in_y(2)), most]
}
