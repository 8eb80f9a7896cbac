//! Where a run's beginning ends: the marginal standard error rule on means of five (White, *An effective truncation heuristic for bias
//! reduction in simulation output*, Simulation 69, 1997; White, Cobb and Spratt, Winter Simulation Conference 2000, who found it the best of
//! five).

/// Rows in a batch.
const BATCH: usize = 5;

/// How many rows from the start are to be left out: of batches of five the number d that makes Σ (z − mean)² / (n − d)², over those that
/// are left, the least. Nothing where that is more than half of them, since the series is then too short to tell, or of fewer than ten
/// batches.
#[must_use]
pub fn mser5(values: &[f64]) -> Option<usize> {
    let batches: Vec<f64> = values
        .chunks_exact(BATCH)
        .map(|batch| batch.iter().sum::<f64>() / BATCH as f64)
        .collect();
    if batches.len() < 10 {
        return None;
    }
    let error = |d: usize| {
        let left = &batches[d..];
        let mean = left.iter().sum::<f64>() / left.len() as f64;
        left.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / (left.len() as f64).powi(2)
    };
    // The last few say nothing: a batch alone has no error at all.
    let all = 0..batches.len() - BATCH;
    let best = all.min_by(|&a, &b| error(a).total_cmp(&error(b)))?;
    (best <= batches.len() / 2).then_some(BATCH * best)
}
