//! One extreme eigenvalue by the locally optimal preconditioned conjugate gradient method (Knyazev, *Toward the optimal
//! preconditioned eigensolver*, SIAM Journal on Scientific Computing 23, 2001).
//!
//! Each step takes the best vector of the plane, or space, of the last vector, the last direction and the (preconditioned)
//! residual. That needs six vectors however many steps it takes, can be stopped at any step, and always has a vector whose
//! residual says how good it is. Everything is kept orthogonal to the constant vector, the Laplacian's eigenvector of 0.

use super::direct::Factor;
use super::laplacian::{BLOCK, Laplacian};
use crate::analysis::AnalysisError;
use crate::analysis::sample::{self, Purpose};
use faer::{Mat, Side};
use rayon::prelude::*;

/// Which end of the spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The least eigenvalue but that of the constant vector.
    Least,
    /// The greatest.
    Greatest,
}

/// An eigenvalue and the norm of its residual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub value: f64,
    pub residual: f64,
}

/// Steps after which what was updated is computed afresh.
const REFRESH: u32 = 32;

/// Steps in which the residual has not halved, after which rounding is taken to allow no more: with the inverse, and
/// without it once the residual is small.
const PATIENCE: u32 = 4;
const LONG_PATIENCE: u32 = 200;
const SMALL: f64 = 1e-11;

/// The iteration. Takes 48 bytes a node.
pub(super) struct Iteration<'a> {
    laplacian: Laplacian<'a>,
    end: End,
    /// No eigenvalue is greater.
    bound: f64,
    /// The vector, the direction, the residual, orthonormal; and the Laplacian of each.
    basis: [Vec<f64>; 3],
    images: [Vec<f64>; 3],
    /// Whether there is a direction.
    moved: bool,
    steps: u32,
}

impl<'a> Iteration<'a> {
    /// Starts from a random vector.
    pub fn new(laplacian: Laplacian<'a>, end: End) -> Self {
        let n = laplacian.network.nodes();
        let random = |i: u32| f64::from(sample::word(Purpose::Vector, i)) - 2f64.powi(31);
        let zeros = || vec![0.0; n as usize];
        let mut iteration = Self {
            laplacian,
            end,
            bound: laplacian.bound(),
            basis: [(0..n).into_par_iter().map(random).collect(), zeros(), zeros()],
            images: [zeros(), zeros(), zeros()],
            moved: false,
            steps: 0,
        };
        iteration.refresh();
        iteration
    }

    /// What a step costs, in row entries gone through.
    pub fn work_of_step(&self) -> f64 {
        self.laplacian.network.entries() as f64 + 16.0 * self.basis[0].len() as f64
    }

    /// Takes up to `steps` steps, fewer if the residual comes down to rounding. Returns whether it did.
    pub fn run(
        &mut self,
        steps: u32,
        mut inverse: Option<&mut Factor<'_>>,
        mut tell: impl FnMut(f64) -> Result<(), AnalysisError>,
    ) -> Result<bool, AnalysisError> {
        let (mut best, mut since) = (f64::INFINITY, 0);
        for step in 0..steps {
            tell(f64::from(step) / f64::from(steps))?;
            let value = dot(&self.basis[0], &self.images[0]);
            let [x, _, w] = &mut self.basis;
            combine(w, &self.images[0], -value, x);
            let residual = dot(w, w).sqrt();
            if residual <= 1e-11 * value || residual <= f64::EPSILON * self.bound {
                return Ok(true);
            }
            since = if residual < 0.5 * best { 0 } else { since + 1 };
            best = best.min(residual);
            let stalled = match &inverse {
                Some(_) => since > PATIENCE,
                None => since > LONG_PATIENCE && residual <= SMALL * self.bound,
            };
            if stalled {
                return Ok(true);
            }
            if let Some(inverse) = inverse.as_deref_mut() {
                centre(w);
                inverse.solve(w);
            }
            if !self.orthonormalise() {
                return Ok(true);
            }
            self.step()?;
            self.steps += 1;
            if self.steps.is_multiple_of(REFRESH) {
                self.refresh();
            }
        }
        Ok(false)
    }

    /// The eigenvalue at hand and its residual, with the rounding of the residual itself allowed for: (Lx)_i is a sum of
    /// differences, whose norm is at most √(2 · bound · xᵀLx).
    pub fn pair(&mut self) -> Pair {
        self.refresh();
        let [x, _, w] = &mut self.basis;
        let value = self.laplacian.energy(x) / dot(x, x);
        combine(w, &self.images[0], -value, x);
        let rounding = 4.0 * f64::EPSILON * ((2.0 * self.bound * value).sqrt() + value);
        Pair {
            value,
            residual: dot(w, w).sqrt() + rounding,
        }
    }

    /// Makes the residual orthogonal to the constant, the vector and the direction, and of norm 1; false if nothing is left.
    fn orthonormalise(&mut self) -> bool {
        let [x, p, w] = &mut self.basis;
        for _ in 0..2 {
            centre(w);
            let (a, b) = (dot(x, w), if self.moved { dot(p, w) } else { 0.0 });
            each(w, |i, w| *w -= a * x[i] + b * p[i]);
            let norm = dot(w, w).sqrt();
            if !(norm.is_finite() && norm > 0.0) {
                return false;
            }
            each(w, |_, w| *w /= norm);
        }
        true
    }

    /// The Rayleigh–Ritz step.
    fn step(&mut self) -> Result<(), AnalysisError> {
        self.laplacian.apply(&self.basis[2], &mut self.images[2]);
        let used: &[usize] = if self.moved { &[0, 2, 1] } else { &[0, 2] };
        let gram = Mat::from_fn(used.len(), used.len(), |i, j| {
            let (low, high) = (used[i].min(used[j]), used[i].max(used[j]));
            dot(&self.basis[low], &self.images[high])
        });
        let eigen = gram
            .self_adjoint_eigen(Side::Lower)
            .map_err(|_| AnalysisError::NoEigenvalues)?;
        let column = match self.end {
            End::Least => 0,
            End::Greatest => used.len() - 1,
        };
        let mut vector = [0.0; 3];
        for (k, &at) in used.iter().enumerate() {
            vector[at] = eigen.U()[(k, column)];
        }
        // The direction: the part beside the old vector, made orthogonal to the new one.
        let beside = vector[1] * vector[1] + vector[2] * vector[2];
        let mut direction = [
            -vector[0] * beside,
            vector[1] * (1.0 - beside),
            vector[2] * (1.0 - beside),
        ];
        let norm = direction.iter().map(|c| c * c).sum::<f64>().sqrt();
        self.moved = norm > 0.0;
        if self.moved {
            direction.iter_mut().for_each(|c| *c /= norm);
        }
        for [x, p, w] in [&mut self.basis, &mut self.images] {
            x.par_chunks_mut(BLOCK)
                .zip(p.par_chunks_mut(BLOCK))
                .zip(w.par_chunks(BLOCK))
                .for_each(|((x, p), w)| {
                    for ((x, p), w) in x.iter_mut().zip(p).zip(w) {
                        let old = [*x, *p, *w];
                        *x = old[0] * vector[0] + old[1] * vector[1] + old[2] * vector[2];
                        *p = old[0] * direction[0] + old[1] * direction[1] + old[2] * direction[2];
                    }
                });
        }
        Ok(())
    }

    /// Undoes what rounding has added up to.
    fn refresh(&mut self) {
        let [x, p, _] = &mut self.basis;
        centre(x);
        let norm = dot(x, x).sqrt();
        each(x, |_, x| *x /= norm);
        self.laplacian.apply(x, &mut self.images[0]);
        if self.moved {
            centre(p);
            let along = dot(x, p);
            each(p, |i, p| *p -= along * x[i]);
            let norm = dot(p, p).sqrt();
            self.moved = norm > 0.5;
            let scale = if self.moved { 1.0 / norm } else { 0.0 };
            each(p, |_, p| *p *= scale);
            self.laplacian.apply(p, &mut self.images[1]);
        }
    }
}

/// Calls `f` with every index and value.
fn each(x: &mut [f64], f: impl Fn(usize, &mut f64) + Sync) {
    x.par_chunks_mut(BLOCK).enumerate().for_each(|(block, part)| {
        for (l, x) in part.iter_mut().enumerate() {
            f(block * BLOCK + l, x);
        }
    });
}

/// out = a + factor · b.
fn combine(out: &mut [f64], a: &[f64], factor: f64, b: &[f64]) {
    each(out, |i, out| *out = a[i] + factor * b[i]);
}

/// The scalar product, summed block by block in order.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let parts: Vec<f64> = x
        .par_chunks(BLOCK)
        .zip(y.par_chunks(BLOCK))
        .map(|(x, y)| x.iter().zip(y).map(|(x, y)| x * y).sum())
        .collect();
    parts.iter().sum()
}

/// Takes the mean away.
fn centre(x: &mut [f64]) {
    let parts: Vec<f64> = x.par_chunks(BLOCK).map(|x| x.iter().sum()).collect();
    let mean = parts.iter().sum::<f64>() / x.len() as f64;
    each(x, |_, x| *x -= mean);
}
