//! All eigenvalues at once, from the whole matrix: for small networks.

use super::laplacian::Laplacian;
use crate::analysis::AnalysisError;
use faer::{Mat, Side};

/// The largest number of nodes: 18 MB, and less than a second.
pub(super) const LARGEST: u32 = 1500;

/// The second least and the greatest eigenvalue of the Laplacian of two nodes at least.
pub(super) fn extremes(laplacian: Laplacian<'_>) -> Result<[f64; 2], AnalysisError> {
    let n = laplacian.network.nodes();
    let mut matrix = Mat::<f64>::zeros(n as usize, n as usize);
    for i in 0..n {
        matrix[(i as usize, i as usize)] = laplacian.diagonal(i);
        for entry in laplacian.network.row(i) {
            let j = laplacian.network.ends()[entry];
            matrix[(i as usize, j as usize)] = -laplacian.weight(i, entry);
        }
    }
    let values = matrix
        .self_adjoint_eigenvalues(Side::Lower)
        .map_err(|_| AnalysisError::NoEigenvalues)?;
    Ok([values[1].max(0.0), values[values.len() - 1]])
}
