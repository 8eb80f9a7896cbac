//! The Laplacian of a network with weighted links, as an operator: (Lx)_i = Σ_j w_ij (x_i − x_j).
//!
//! It is applied as differences, so that what is nearly constant comes out small and right rather than as a difference of
//! large numbers.

use crate::analysis::network::Network;
use rayon::prelude::*;

/// Nodes that a thread takes at a time. Fixed, so that sums are rounded alike on any number of threads.
pub(super) const BLOCK: usize = 1 << 12;

/// What a link weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// 1: the Laplacian.
    One,
    /// 1 / (1 + the larger degree of the two ends): I − W for the Metropolis matrix W.
    Metropolis,
}

/// The operator.
#[derive(Clone, Copy)]
pub(super) struct Laplacian<'a> {
    pub network: &'a Network,
    pub weights: Weights,
}

impl Laplacian<'_> {
    /// The weight of an entry of the row of `i`, parallel links together.
    #[inline(always)]
    pub fn weight(&self, i: u32, entry: usize) -> f64 {
        let network = self.network;
        let links = f64::from(network.multiplicity(entry));
        match self.weights {
            Weights::One => links,
            Weights::Metropolis => {
                let larger = network.degree(i).max(network.degree(network.ends()[entry]));
                links / (1.0 + f64::from(larger))
            }
        }
    }

    /// The sum of the weights of a node.
    pub fn diagonal(&self, i: u32) -> f64 {
        self.network.row(i).map(|entry| self.weight(i, entry)).sum()
    }

    /// y = Lx.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        y.par_chunks_mut(BLOCK).enumerate().for_each(|(block, part)| {
            for (l, y) in part.iter_mut().enumerate() {
                let i = (block * BLOCK + l) as u32;
                let here = x[i as usize];
                *y = self
                    .network
                    .row(i)
                    .map(|entry| self.weight(i, entry) * (here - x[self.network.ends()[entry] as usize]))
                    .sum();
            }
        });
    }

    /// xᵀLx = Σ over links of w_ij (x_i − x_j)²: a sum without cancellation.
    pub fn energy(&self, x: &[f64]) -> f64 {
        let blocks: Vec<f64> = x
            .par_chunks(BLOCK)
            .enumerate()
            .map(|(block, part)| {
                let row = |(l, here): (usize, &f64)| -> f64 {
                    let i = (block * BLOCK + l) as u32;
                    self.network
                        .row(i)
                        .map(|entry| self.weight(i, entry) * (here - x[self.network.ends()[entry] as usize]).powi(2))
                        .sum()
                };
                part.iter().enumerate().map(row).sum()
            })
            .collect();
        // Every link was met from both ends.
        blocks.iter().sum::<f64>() / 2.0
    }

    /// No eigenvalue is greater: the greatest sum of the weighted degrees of two linked nodes (Anderson and Morley 1985).
    pub fn bound(&self) -> f64 {
        let diagonal: Vec<f64> = (0..self.network.nodes()).map(|i| self.diagonal(i)).collect();
        let pairs = self.network.pairs();
        pairs
            .map(|(i, j)| diagonal[i as usize] + diagonal[j as usize])
            .fold(0.0, f64::max)
    }
}
