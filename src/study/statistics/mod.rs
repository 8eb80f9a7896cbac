//! What can be said of numbers from a few runs: means, paired differences, intervals, effect sizes, and how sure all that is.
//!
//! All of it is from textbooks, named at each formula, and compared with SciPy's and statsmodels' values in the tests. Whatever is not
//! known of so few numbers is nothing, never 0.

mod bootstrap;
mod distribution;
mod paired;
mod slope;
mod warmup;

pub use bootstrap::{RESAMPLES, bca, bca_of, resamples};
pub use distribution::{normal_cdf, normal_quantile, student_cdf, student_quantile};
pub use paired::{Paired, hedges_g, holm};
pub use slope::Slope;
pub use warmup::mser5;

use serde::{Deserialize, Serialize};

/// How sure intervals are: 95 %.
pub const LEVEL: f64 = 0.95;

/// A mean, and where the true one lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// Of how many numbers.
    pub n: usize,
    /// The mean; nothing of none.
    pub mean: Option<f64>,
    /// The standard deviation, with n − 1; nothing of fewer than two.
    pub sd: Option<f64>,
    /// The lower end of the 95 % interval of the mean by Student's t (1908); nothing of fewer than two.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl Mean {
    /// Of these numbers.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len();
        let mean = mean(values);
        let sd = mean.and_then(|mean| deviation(values, mean));
        let half = sd.map(|sd| half_width(n, sd));
        Self {
            n,
            mean,
            sd,
            low: mean.zip(half).map(|(mean, half)| mean - half),
            high: mean.zip(half).map(|(mean, half)| mean + half),
        }
    }
}

/// Half of the width of the 95 % interval of a mean of n ≥ 2 numbers.
fn half_width(n: usize, sd: f64) -> f64 {
    student_quantile(0.5 + LEVEL / 2.0, n as f64 - 1.0) * sd / (n as f64).sqrt()
}

/// The mean of some numbers; nothing of none. In two passes, so that equal numbers have exactly themselves as mean.
fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    let rest: f64 = values.iter().map(|value| value - first).sum();
    Some(first + rest / values.len() as f64)
}

/// The standard deviation about a mean, with n − 1; nothing of fewer than two numbers.
fn deviation(values: &[f64], mean: f64) -> Option<f64> {
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() as f64 - 1.0)).sqrt())
}

/// The value below which this share of sorted numbers lies, between two neighbours in proportion (Hyndman, Fan 1996, definition 7, which
/// is NumPy's). There is at least one number.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share.clamp(0.0, 1.0) * (sorted.len() as f64 - 1.0);
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - at.floor()) * (sorted[above] - sorted[below])
}
