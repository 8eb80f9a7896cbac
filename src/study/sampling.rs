//! Points spread evenly over several ranges at once, for when every combination would be too many.

use crate::number::threefry2x32;

/// The key of the draws: the same points every time.
const KEY: [u32; 2] = [0x6c68_7321, 0];

/// The most axes that Sobol's sequence has numbers for here.
pub const SOBOL_AXES: usize = 8;

/// Degree, coefficients and first numbers of the primitive polynomials of the second axis and those after it (Joe, Kuo, *Constructing
/// Sobol sequences with better two-dimensional projections*, SIAM J. Sci. Comput. 30, 2008; their table new-joe-kuo-6).
const POLYNOMIALS: [(u32, u32, &[u32]); SOBOL_AXES - 1] = [
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
];

/// A Latin hypercube (McKay, Beckman, Conover, Technometrics 21, 1979): of `count` points, on each axis one in each of as many equal
/// parts, at a random place in it. A list a point, numbers from 0 to 1.
#[must_use]
pub fn latin(count: usize, axes: usize) -> Vec<Vec<f64>> {
    let mut points = vec![vec![0.0; axes]; count];
    for axis in 0..axes as u32 {
        let mut parts: Vec<usize> = (0..count).collect();
        // Fisher and Yates, from the last on.
        for k in (1..count).rev() {
            let word = threefry2x32(KEY, [k as u32, axis])[0];
            parts.swap(k, ((u64::from(word) * (k as u64 + 1)) >> 32) as usize);
        }
        for (k, part) in parts.into_iter().enumerate() {
            let within = f64::from(threefry2x32(KEY, [k as u32, axis])[1]) / 2f64.powi(32);
            points[k][axis as usize] = (part as f64 + within) / count as f64;
        }
    }
    points
}

/// The first points of Sobol's sequence (1967) in Gray-code order (Antonov, Saleev 1979), beginning with 0; at most [`SOBOL_AXES`] axes.
#[must_use]
pub fn sobol(count: usize, axes: usize) -> Vec<Vec<f64>> {
    let directions: Vec<[u32; 32]> = (0..axes.min(SOBOL_AXES)).map(directions).collect();
    let mut words = vec![0u32; directions.len()];
    let mut points = Vec::with_capacity(count);
    for k in 0..count {
        points.push(words.iter().map(|word| f64::from(*word) / 2f64.powi(32)).collect());
        let bit = (k as u32).trailing_ones() as usize;
        for (word, directions) in words.iter_mut().zip(&directions) {
            *word ^= directions[bit.min(31)];
        }
    }
    points
}

/// The direction numbers of an axis, the most significant bit first.
fn directions(axis: usize) -> [u32; 32] {
    let mut v: [u32; 32] = std::array::from_fn(|k| 1 << (31 - k));
    let Some((degree, coefficients, first)) = axis.checked_sub(1).and_then(|at| POLYNOMIALS.get(at)) else {
        return v;
    };
    let degree = *degree as usize;
    for k in 0..32 {
        v[k] = if k < degree {
            first[k] << (31 - k)
        } else {
            let mut word = v[k - degree] ^ (v[k - degree] >> degree);
            for j in 1..degree {
                if coefficients >> (degree - 1 - j) & 1 == 1 {
                    word ^= v[k - j];
                }
            }
            word
        };
    }
    v
}
