//! Two variants that were run with the same seeds: their differences, seed by seed.

use super::{deviation, half_width, mean, student_cdf, student_quantile};

/// A variant against the baseline, over pairs of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// How many pairs.
    pub n: usize,
    /// The baseline's mean.
    pub baseline: f64,
    /// The mean of the differences, variant less baseline.
    pub difference: f64,
    /// Their standard deviation; nothing of fewer than two pairs, as all that follows.
    pub sd: Option<f64>,
    /// The 95 % interval of the mean difference, by Student's t (1908).
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The probability of a mean difference as great or greater, either way, where there is none.
    pub p: Option<f64>,
    /// The effect size, see [`hedges_g`].
    pub hedges_g: Option<f64>,
    /// Whether no pair differs.
    pub is_identical: bool,
}

impl Paired {
    /// Of pairs of a variant's number and the baseline's; nothing of none.
    #[must_use]
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let differences: Vec<f64> = pairs.iter().map(|(variant, baseline)| variant - baseline).collect();
        let [variants, baselines]: [Vec<f64>; 2] = [
            pairs.iter().map(|pair| pair.0).collect(),
            pairs.iter().map(|pair| pair.1).collect(),
        ];
        let n = pairs.len();
        let difference = mean(&differences)?;
        let sd = deviation(&differences, difference);
        let half = sd.map(|sd| half_width(n, sd));
        let is_identical = differences.iter().all(|difference| *difference == 0.0);
        let p = sd.map(|sd| match sd {
            _ if is_identical => 1.0,
            0.0 => 0.0,
            sd => 2.0 * student_cdf(-(difference / (sd / (n as f64).sqrt())).abs(), n as f64 - 1.0),
        });
        Some(Self {
            n,
            baseline: mean(&baselines)?,
            difference,
            sd,
            low: half.map(|half| difference - half),
            high: half.map(|half| difference + half),
            p,
            hedges_g: hedges_g(&variants, &baselines),
            is_identical,
        })
    }

    /// The least difference that would have been found, with 95 % confidence and a power of 80 %, in so many pairs that scatter so much:
    /// (t₀.₉₇₅ + t₀.₈) s/√n (Cohen 1988, by t in place of the normal distribution).
    #[must_use]
    pub fn detectable(&self) -> Option<f64> {
        let freedom = self.n as f64 - 1.0;
        let both = |_| student_quantile(0.975, freedom) + student_quantile(0.8, freedom);
        self.sd.map(|sd| both(()) * sd / (self.n as f64).sqrt())
    }
}

/// Hedges' g: how many of their standard deviations two groups' means are apart, (m₁ − m₂)/s with s² the mean of both variances weighted
/// by n − 1, corrected for few numbers by J = Γ(f/2) / (√(f/2) Γ((f − 1)/2)) with f = n₁ + n₂ − 2 (Hedges 1981). Nothing where a group
/// has fewer than two numbers, or none scatters.
#[must_use]
pub fn hedges_g(first: &[f64], second: &[f64]) -> Option<f64> {
    let (m1, m2) = (mean(first)?, mean(second)?);
    let (s1, s2) = (deviation(first, m1)?, deviation(second, m2)?);
    let (f1, f2) = (first.len() as f64 - 1.0, second.len() as f64 - 1.0);
    let freedom = f1 + f2;
    let sd = ((f1 * s1 * s1 + f2 * s2 * s2) / freedom).sqrt();
    let correction = (libm::lgamma(freedom / 2.0) - libm::lgamma((freedom - 1.0) / 2.0)).exp() / (freedom / 2.0).sqrt();
    (sd > 0.0).then(|| correction * (m1 - m2) / sd)
}

/// The probabilities of a whole table corrected for their number: with those so corrected that are below 0.05 called differences, the
/// chance that any of them is none is at most 0.05 (Holm 1979). In the order in which they are given.
#[must_use]
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
    let mut corrected = vec![0.0; probabilities.len()];
    let mut greatest = 0.0f64;
    for (rank, &at) in order.iter().enumerate() {
        greatest = greatest
            .max(probabilities[at] * (probabilities.len() - rank) as f64)
            .min(1.0);
        corrected[at] = greatest;
    }
    corrected
}
