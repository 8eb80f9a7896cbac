//! A power of growth: the slope of a straight line through logarithms, with its interval.

use super::student_quantile;
use serde::{Deserialize, Serialize};

/// y = c·x^exponent, fitted by least squares to the logarithms of both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    /// The exponent.
    pub exponent: f64,
    /// The lower end of its 95 % interval, by Student's t with n − 2 degrees of freedom (Draper, Smith 1966, section 1.4); nothing of fewer
    /// than three points.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many points.
    pub n: usize,
}

impl Slope {
    /// Through points that are all above 0 in both; nothing where one is not, or all have the same x.
    #[must_use]
    pub fn of(points: &[(f64, f64)]) -> Option<Self> {
        if points.iter().any(|(x, y)| *x <= 0.0 || *y <= 0.0) || points.len() < 2 {
            return None;
        }
        let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
        let n = logs.len() as f64;
        let (mx, my) = (
            logs.iter().map(|log| log.0).sum::<f64>() / n,
            logs.iter().map(|log| log.1).sum::<f64>() / n,
        );
        let sxx: f64 = logs.iter().map(|(x, _)| (x - mx).powi(2)).sum();
        if sxx <= 0.0 {
            return None;
        }
        let exponent = logs.iter().map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / sxx;
        let left: f64 = logs.iter().map(|(x, y)| (y - my - exponent * (x - mx)).powi(2)).sum();
        let half = (points.len() > 2).then(|| student_quantile(0.975, n - 2.0) * (left / (n - 2.0) / sxx).sqrt());
        Some(Self {
            exponent,
            low: half.map(|half| exponent - half),
            high: half.map(|half| exponent + half),
            n: points.len(),
        })
    }
}
