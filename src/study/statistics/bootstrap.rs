//! The bias-corrected and accelerated bootstrap interval of a mean (Efron, *Better bootstrap confidence intervals*, JASA 1987; Efron and
//! Tibshirani 1993, chapter 14). It is for display: of 20 numbers such intervals cover 89 to 92 % where they say 95.

use super::{LEVEL, normal_cdf, normal_quantile, quantile};
use crate::number::threefry2x32;

/// How many resamples an interval is of.
pub const RESAMPLES: u32 = 2000;

/// The key of all draws: an interval of the same numbers is the same every time.
const KEY: [u32; 2] = [0x6263_6121, 0];

/// The indices of one resample of n numbers after the other: n draws with replacement each.
pub fn resamples(n: usize, count: u32) -> impl Iterator<Item = Vec<usize>> {
    (0..count).map(move |k| {
        let draw = |i: usize| {
            let word = threefry2x32(KEY, [i as u32, k])[0];
            ((u64::from(word) * n as u64) >> 32) as usize
        };
        (0..n).map(draw).collect()
    })
}

/// The 95 % interval of the mean, by [`RESAMPLES`] resamples with a fixed seed; nothing of fewer than two numbers. Of numbers that are all
/// the same it is that number.
#[must_use]
pub fn bca(values: &[f64]) -> Option<(f64, f64)> {
    bca_of(values, resamples(values.len(), RESAMPLES))
}

/// The same by given resamples.
#[must_use]
pub fn bca_of(values: &[f64], resamples: impl IntoIterator<Item = Vec<usize>>) -> Option<(f64, f64)> {
    let n = values.len();
    let mean = super::mean(values).filter(|_| n > 1)?;
    if values.iter().all(|value| value == &values[0]) {
        return Some((mean, mean));
    }
    let mut means: Vec<f64> = resamples
        .into_iter()
        .map(|indices| indices.iter().map(|&i| values[i]).sum::<f64>() / n as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    if means.is_empty() {
        return None;
    }
    // The share of the resamples below the estimate, of equals the half.
    let below = means.partition_point(|other| *other < mean) + means.partition_point(|other| *other <= mean);
    let bias = normal_quantile(below as f64 / (2 * means.len()) as f64);
    // The jackknife's skewness: of a mean, that of the numbers themselves, turned round.
    let total: f64 = values.iter().sum();
    let without: Vec<f64> = values.iter().map(|value| (total - value) / (n as f64 - 1.0)).collect();
    let middle = without.iter().sum::<f64>() / n as f64;
    let power = |p: i32| without.iter().map(|one| (middle - one).powi(p)).sum::<f64>();
    let acceleration = power(3) / (6.0 * power(2).powf(1.5));
    let at = |tail: f64| {
        let shifted = bias + normal_quantile(tail);
        quantile(&means, normal_cdf(bias + shifted / (1.0 - acceleration * shifted)))
    };
    let tail = (1.0 - LEVEL) / 2.0;
    let (low, high) = (at(tail), at(1.0 - tail));
    (low.is_finite() && high.is_finite()).then_some((low, high))
}
