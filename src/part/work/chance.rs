//! Distributions as tables of thresholds that a uniform 32-bit word is compared with.
//!
//! Made by the host with additions, multiplications and divisions only, which every machine rounds alike: an exponential
//! function would not be the same everywhere.

/// 2^32 as a real number.
const WHOLE: f64 = 4_294_967_296.0;

/// The thresholds of outcomes with these weights: outcome k is drawn by words from threshold k−1 (or 0) to below threshold k. The
/// last threshold, which is 2^32, is left out.
#[must_use]
pub fn thresholds(weights: impl IntoIterator<Item = f64>) -> Vec<u32> {
    let weights: Vec<f64> = weights.into_iter().collect();
    let total: f64 = weights.iter().sum();
    let mut so_far = 0.0;
    let mut all: Vec<u32> = weights
        .iter()
        .map(|weight| {
            so_far += weight;
            (so_far / total * WHOLE).round().min(WHOLE - 1.0) as u32
        })
        .collect();
    all.pop();
    all
}

/// The outcome that a word draws.
#[inline(always)]
#[must_use]
pub fn outcome(thresholds: &[u32], word: u32) -> usize {
    thresholds.partition_point(|&threshold| threshold <= word)
}

/// The thresholds of 1, 2, 3, … ticks where each tick is the last with probability 1/mean, until less than 2^-32 is left.
#[must_use]
pub fn geometric(mean: f64) -> Vec<u32> {
    let last = 1.0 / mean;
    let mut left = 1.0;
    let mut all = Vec::new();
    loop {
        left *= 1.0 - last;
        let threshold = ((1.0 - left) * WHOLE).round();
        if threshold >= WHOLE {
            return all;
        }
        all.push(threshold as u32);
    }
}

/// The thresholds of Poisson numbers 0, 1, 2, ….
#[must_use]
pub fn poisson(mean: f64) -> Vec<u32> {
    if mean <= 0.0 {
        return Vec::new();
    }
    // Weights relative to the most likely number's: up and down from there, until they do not count.
    let mode = mean.floor();
    let (mut weights, mut weight, mut k) = (Vec::new(), 1.0, mode);
    while k >= 0.0 {
        weights.push(weight);
        weight *= k / mean;
        k -= 1.0;
    }
    weights.reverse();
    (weight, k) = (1.0, mode);
    while weight > 1e-14 {
        k += 1.0;
        weight *= mean / k;
        weights.push(weight);
    }
    thresholds(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean and the variance of an outcome.
    fn moments(thresholds: &[u32]) -> (f64, f64) {
        let edges = thresholds.iter().map(|&t| f64::from(t)).chain([WHOLE]);
        let (mut before, mut mean, mut square) = (0.0, 0.0, 0.0);
        for (k, edge) in edges.enumerate() {
            let share = (edge - before) / WHOLE;
            before = edge;
            mean += share * k as f64;
            square += share * (k * k) as f64;
        }
        (mean, square - mean * mean)
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        for mean in [0.01, 0.7, 1.0, 3.5, 100.0, 999.5] {
            let (found, variance) = moments(&poisson(mean));
            assert!((found - mean).abs() < 1e-6 * mean.max(1.0), "{mean}: {found}");
            assert!((variance - mean).abs() < 1e-4 * mean.max(1.0), "{mean}: {variance}");
        }
        for mean in [1.0, 1.5, 10.0, 1000.0] {
            let (found, variance) = moments(&geometric(mean));
            assert!((found + 1.0 - mean).abs() < 1e-5 * mean, "{mean}: {found}");
            let exact = mean * (mean - 1.0);
            assert!((variance - exact).abs() < 1e-4 * exact.max(1.0), "{mean}: {variance}");
        }
    }

    #[test]
    fn outcomes_follow_the_weights() {
        let all = thresholds([1.0, 0.0, 2.0, 1.0]);
        assert_eq!(all, [1 << 30, 1 << 30, 3 << 30]);
        let drawn = [0, (1 << 30) - 1, 1 << 30, (3 << 30) - 1, 3 << 30, u32::MAX];
        assert_eq!(drawn.map(|word| outcome(&all, word)), [0, 0, 2, 2, 3, 3]);
        assert!(thresholds([5.0]).is_empty());
    }
}
