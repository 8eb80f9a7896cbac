//! The ends of the spectrum of the Laplacian and of the Metropolis matrix: how fast a network lets beliefs meet.
//!
//! Both come from Laplacians: the Metropolis matrix W is I − M, where M is the Laplacian of links that weigh
//! 1 / (1 + max(d_i, d_j)), so that its λ₂ and λ_min are 1 less M's second least and greatest eigenvalue. Where that weight
//! is the same for every link, M is the Laplacian over a number.

mod dense;
mod direct;
mod gradient;
mod laplacian;

use super::components::Components;
use super::network::Network;
use super::report::{Figure, Known};
use super::watch::{Stage, Watch};
use super::{AnalysisError, Hints};
use direct::Plan;
use gradient::{End, Iteration, Pair};
use laplacian::{Laplacian, Weights};

/// Units of [`Iteration::work_of_step`] that two cores do in a second, about.
const WORK_PER_SECOND: f64 = 6e8;

/// The fewest and the most steps of an iteration.
const STEPS: [f64; 2] = [16.0, 1e5];

/// The steps along links before the inverse is thought of.
const FIRST_STEPS: u32 = 32;

/// Where the least eigenvalue is below this share of the greatest after these steps, steps along links take long.
const SMALL_SHARE: f64 = 0.02;

/// An eigenvalue whose residual is within this share of it has converged: its own error is of the square of that share.
const CONVERGED: f64 = 1e-4;

/// The second least eigenvalue, where there are two nodes, and the greatest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub second: Option<Figure<f64>>,
    pub greatest: Figure<f64>,
}

/// The Metropolis matrix's figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metropolis {
    pub lambda2: Figure<f64>,
    pub lambda_min: Figure<f64>,
    pub slem: Figure<f64>,
    pub gap: Figure<f64>,
    pub ticks_to_mix: Option<Figure<f64>>,
}

/// Measures both spectra; no Metropolis matrix below two nodes.
pub(super) fn measure(
    network: &Network,
    components: &Components,
    hints: Hints,
    effort: f64,
    watch: &mut Watch<'_>,
) -> Result<(Ends, Option<Metropolis>), AnalysisError> {
    watch.tell(Stage::Spectrum, 0.0)?;
    let connected = components.sizes.len() == 1;
    let closed_form = hints.laplacian_spectrum.map(|spectrum| spectrum.map(Figure::exact));
    let divisor = same(network, |a, b| 1 + u64::from(a.max(b)));
    let mut solver = Solver {
        network,
        connected,
        effort,
        plan: None,
        share: if divisor.is_some() || network.entries() == 0 {
            1.0
        } else {
            0.5
        },
        done: 0.0,
    };
    let greatest = match (closed_form, same(network, |a, b| u64::from(a) + u64::from(b))) {
        (Some([_, greatest]), _) => Some(greatest),
        _ if network.entries() == 0 => Some(Figure::exact(0.0)),
        // Two colours, and the same sum of degrees at every link: the bound of Anderson and Morley is met.
        (_, Some(sum)) if components.bipartite => Some(Figure::exact(sum as f64)),
        _ => None,
    };
    let second = closed_form.map(|[second, _]| second);
    let laplacian = solver.ends(Weights::One, second, greatest, watch)?;
    let scaled = match divisor {
        Some(divisor) => {
            let factor = 1.0 / divisor as f64;
            let over = |figure: Figure<f64>| figure.map(factor, |v| v / divisor as f64);
            Ends {
                second: laplacian.second.map(over),
                greatest: over(laplacian.greatest),
            }
        }
        // Without links both matrices are 0.
        None if network.entries() == 0 => laplacian,
        None => solver.ends(Weights::Metropolis, None, None, watch)?,
    };
    let metropolis = scaled
        .second
        .map(|second| Metropolis::of(network.nodes(), second, scaled.greatest));
    Ok((laplacian, metropolis))
}

/// What `f` makes of the degrees of two linked nodes, if that is the same for every link.
fn same(network: &Network, f: impl Fn(u32, u32) -> u64) -> Option<u64> {
    let mut values = network.pairs().map(|(i, j)| f(network.degree(i), network.degree(j)));
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// Finds the ends of one Laplacian's spectrum after another's.
struct Solver<'a> {
    network: &'a Network,
    connected: bool,
    effort: f64,
    /// Once it has been looked for: where the factors lie, if they are sparse.
    plan: Option<Option<Plan>>,
    /// What share of the stage one Laplacian is, and how much is done.
    share: f64,
    done: f64,
}

impl Solver<'_> {
    /// Both ends, as far as they are not known.
    fn ends(
        &mut self,
        weights: Weights,
        second: Option<Figure<f64>>,
        greatest: Option<Figure<f64>>,
        watch: &mut Watch<'_>,
    ) -> Result<Ends, AnalysisError> {
        let laplacian = Laplacian {
            network: self.network,
            weights,
        };
        let n = self.network.nodes();
        let second = match second {
            _ if n < 2 => Some(None),
            Some(second) => Some(Some(second)),
            None if !self.connected => Some(Some(Figure::exact(0.0))),
            None => None,
        };
        let ends = match (second, greatest) {
            (Some(second), Some(greatest)) => Ends { second, greatest },
            (second, greatest) if n <= dense::LARGEST => {
                let values = dense::extremes(laplacian)?.map(Figure::exact);
                Ends {
                    second: second.unwrap_or(Some(values[0])),
                    greatest: greatest.unwrap_or(values[1]),
                }
            }
            (second, greatest) => {
                let greatest = match greatest {
                    Some(greatest) => greatest,
                    None => self.greatest(laplacian, watch)?,
                };
                self.done += 0.4 * self.share;
                let second = match second {
                    Some(second) => second,
                    None => Some(self.second(laplacian, watch)?),
                };
                self.done += 0.6 * self.share;
                Ends { second, greatest }
            }
        };
        Ok(ends)
    }

    fn steps(&self, iteration: &Iteration<'_>) -> u32 {
        (self.effort * WORK_PER_SECOND / iteration.work_of_step()).clamp(STEPS[0], STEPS[1]) as u32
    }

    fn greatest(&self, laplacian: Laplacian<'_>, watch: &mut Watch<'_>) -> Result<Figure<f64>, AnalysisError> {
        let mut iteration = Iteration::new(laplacian, End::Greatest);
        let steps = self.steps(&iteration) / 2;
        let (done, share) = (self.done, 0.4 * self.share);
        iteration.run(steps, None, |f| watch.tell(Stage::Spectrum, done + share * f))?;
        Ok(figure(iteration.pair()))
    }

    /// Steps along links first; where these do not lead far, the inverse if its factors are sparse, else more steps.
    fn second(&mut self, laplacian: Laplacian<'_>, watch: &mut Watch<'_>) -> Result<Figure<f64>, AnalysisError> {
        let mut iteration = Iteration::new(laplacian, End::Least);
        let steps = self.steps(&iteration);
        let (done, share) = (self.done, 0.6 * self.share);
        let first = steps.min(FIRST_STEPS);
        let mut tell =
            |from: f64, to: f64, f: f64| watch.tell(Stage::Spectrum, done + share * (from + (to - from) * f));
        if iteration.run(first, None, |f| tell(0.0, 0.2, f))? {
            return Ok(figure(iteration.pair()));
        }
        tell(0.2, 0.2, 0.0)?;
        if iteration.pair().value < SMALL_SHARE * laplacian.bound() {
            let (network, effort) = (self.network, self.effort);
            let plan = self.plan.get_or_insert_with(|| Plan::new(network, effort));
            if let Some(mut factor) = plan.as_ref().and_then(|p| p.factor(laplacian)) {
                iteration.run(FIRST_STEPS, Some(&mut factor), |f| tell(0.4, 1.0, f))?;
                return Ok(figure(iteration.pair()));
            }
        }
        iteration.run(steps - first, None, |f| tell(0.2, 1.0, f))?;
        Ok(figure(iteration.pair()))
    }
}

fn figure(pair: Pair) -> Figure<f64> {
    iterated(pair.value, pair.residual)
}

fn iterated(value: f64, residual: f64) -> Figure<f64> {
    Figure {
        value,
        known: Known::Iterated {
            residual,
            converged: residual <= CONVERGED * value.abs(),
        },
    }
}

fn residual(figure: Figure<f64>) -> f64 {
    match figure.known {
        Known::Iterated { residual, .. } => residual,
        _ => 0.0,
    }
}

impl Metropolis {
    /// From the second least and the greatest eigenvalue of I − W.
    fn of(nodes: u32, second: Figure<f64>, greatest: Figure<f64>) -> Self {
        let from_one = |figure: Figure<f64>| figure.map(1.0, |v| 1.0 - v);
        let (lambda2, lambda_min) = (from_one(second), from_one(greatest));
        // 1 less the second largest modulus: 1 − λ₂ itself, which keeps its digits, or 1 + λ_min.
        let from_below = greatest.map(1.0, |v| 2.0 - v);
        let rate = if from_below.value < second.value {
            from_below
        } else {
            second
        };
        let ticks = (nodes > 1 && rate.value > 0.0).then(|| {
            let ticks = f64::from(nodes).ln() / rate.value;
            rate.map(ticks / rate.value, |_| ticks)
        });
        Self {
            lambda2,
            lambda_min,
            slem: slem(lambda2, lambda_min),
            // Not 1 − λ₂: a small gap would lose its digits.
            gap: second,
            ticks_to_mix: ticks,
        }
    }
}

/// The greater modulus of two eigenvalues. Where they are not exact, the true one lies between the greatest of what they
/// may be at the least and at the most.
fn slem(lambda2: Figure<f64>, lambda_min: Figure<f64>) -> Figure<f64> {
    let modulus = |figure: Figure<f64>, error: f64| figure.value.abs() + error * residual(figure);
    let greatest = |error: f64| modulus(lambda2, error).max(modulus(lambda_min, error));
    let value = greatest(0.0);
    // An eigenvalue in question does not matter where another is known to be 1.
    let decided = [lambda2, lambda_min].contains(&Figure::exact(1.0));
    if decided || lambda2.is_exact() && lambda_min.is_exact() {
        Figure::exact(value)
    } else {
        iterated(value, (greatest(1.0) - value).max(value - greatest(-1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    /// A circle with chords, a hub and a tail: every weight differs, and so do the three ways.
    #[test]
    fn dense_iterated_and_inverse_agree() {
        let n = 540u32;
        let mut rows = vec![std::collections::BTreeSet::new(); n as usize];
        let chords = (1..80)
            .map(|k| (k * 5, (k * k * 3 + 50) % 500))
            .chain((1..60).map(|k| (0, 7 * k)));
        for (i, j) in (1..n).map(|i| (i - 1, i)).chain(chords).filter(|(i, j)| i != j) {
            rows[i as usize].insert(j);
            rows[j as usize].insert(i);
        }
        let network = Network::from_rows(&rows.iter().map(|r| r.iter().copied().collect()).collect::<Vec<_>>());
        let plan = Plan::new(&network, 1.0).unwrap();
        for weights in [Weights::One, Weights::Metropolis] {
            let laplacian = Laplacian {
                network: &network,
                weights,
            };
            let expected = dense::extremes(laplacian).unwrap();
            let bound = laplacian.bound();
            assert!(expected[1] <= bound && expected[0] > 0.0);
            for (end, inverse, expected) in [
                (End::Least, false, expected[0]),
                (End::Least, true, expected[0]),
                (End::Greatest, false, expected[1]),
            ] {
                let mut iteration = Iteration::new(laplacian, end);
                let mut factor = inverse.then(|| plan.factor(laplacian).unwrap());
                let steps = if inverse { 30 } else { 20_000 };
                assert!(iteration.run(steps, factor.as_mut(), |_| Ok(())).unwrap());
                let pair = iteration.pair();
                let error = (pair.value - expected).abs();
                assert!(error <= 1e-13 * bound, "{weights:?}, {end:?}, {inverse}: {error:e}");
                // What the iteration stops at, and what the residual promises; the dense value has rounding of its own.
                assert!(
                    pair.residual <= 1e-11 * bound,
                    "{weights:?}, {end:?}, {inverse}: {pair:?}"
                );
                assert!(
                    error <= pair.residual + 1e-14 * bound,
                    "{weights:?}, {end:?}, {inverse}: {pair:?}"
                );
            }
        }
    }

    /// Steps end when they are told to.
    #[test]
    fn an_iteration_can_be_stopped() {
        let ring: Vec<Vec<u32>> = (0..2000).map(|i| vec![(i + 1) % 2000, (i + 1999) % 2000]).collect();
        let network = Network::from_rows(&ring);
        let weights = Weights::One;
        let laplacian = Laplacian {
            network: &network,
            weights,
        };
        let mut heard = 0;
        let mut observe = |_| {
            heard += 1;
            if heard < 5 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let mut watch = Watch(&mut observe);
        let mut iteration = Iteration::new(laplacian, End::Least);
        let stopped = iteration.run(1000, None, |f| watch.tell(Stage::Spectrum, f));
        assert_eq!(stopped, Err(AnalysisError::Stopped));
        assert_eq!(heard, 5);
    }
}
