//! The Laplacian's inverse by sparse Cholesky factors, where they stay sparse: chains, trees, surfaces, fractals — just the
//! networks whose second eigenvalue is too small for steps along links to find.
//!
//! One node is held at 0 (grounded), which makes the matrix of a connected network positive definite; on vectors of sum 0
//! the solution differs from that of the pseudo-inverse by a constant. Fill-reducing order: approximate minimum degree
//! (Amestoy, Davis and Duff 1996).

use super::laplacian::Laplacian;
use crate::analysis::network::Network;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::LltRegularization;
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, LltRef, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering,
    factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par, Side, Spec};

/// The most nodes and entries whose order is looked for: beyond, that alone takes long.
const LARGEST_NODES: u32 = 4_000_000;
const LARGEST_ENTRIES: usize = 40_000_000;

/// The most values of the factor: 1 GB.
const LARGEST_FACTOR: usize = 125_000_000;

/// Multiplications and additions of the factorisation in a second, about.
const FLOPS_PER_SECOND: f64 = 3e10;

/// Where the values of the factor will lie: what the Laplacian and the Metropolis matrix of a network share.
pub(super) struct Plan {
    symbolic: SymbolicCholesky<u32>,
    /// The node that is held at 0.
    ground: u32,
    columns: Vec<u32>,
    rows: Vec<u32>,
}

impl Plan {
    /// A plan, if the factors of this connected network take little memory, and little more than `effort` seconds.
    pub fn new(network: &Network, effort: f64) -> Option<Self> {
        if network.nodes() < 2 || network.nodes() > LARGEST_NODES || network.entries() > LARGEST_ENTRIES {
            return None;
        }
        // The node of the greatest degree, whose row would fill in the most.
        let ground = (0..network.nodes()).max_by_key(|&i| network.degree(i))?;
        let (mut columns, mut rows) = (
            vec![0],
            Vec::with_capacity(network.entries() / 2 + network.nodes() as usize),
        );
        for i in (0..network.nodes()).filter(|&i| i != ground) {
            let lower = network.neighbours(i).iter().filter(|&&j| j < i && j != ground);
            rows.extend(lower.map(|&j| j - u32::from(j > ground)));
            rows.push(i - u32::from(i > ground));
            columns.push(rows.len() as u32);
        }
        let n = columns.len() - 1;
        let matrix = SymbolicSparseColMatRef::new_checked(n, n, &columns, None, &rows);
        let parameters = CholeskySymbolicParams::default();
        let symbolic = factorize_symbolic_cholesky(matrix, Side::Upper, SymmetricOrdering::Amd, parameters).ok()?;
        let affordable = symbolic.len_val() <= LARGEST_FACTOR && flops(&symbolic) <= effort * FLOPS_PER_SECOND;
        affordable.then_some(Self {
            symbolic,
            ground,
            columns,
            rows,
        })
    }

    /// The factor of one Laplacian; nothing if there is no memory for it, or rounding made it singular.
    pub fn factor(&self, laplacian: Laplacian<'_>) -> Option<Factor<'_>> {
        let network = laplacian.network;
        let mut values = Vec::with_capacity(self.rows.len());
        for i in (0..network.nodes()).filter(|&i| i != self.ground) {
            for entry in network.row(i) {
                let j = network.ends()[entry];
                if j < i && j != self.ground {
                    values.push(-laplacian.weight(i, entry));
                }
            }
            values.push(laplacian.diagonal(i));
        }
        let n = self.columns.len() - 1;
        let pattern = SymbolicSparseColMatRef::new_checked(n, n, &self.columns, None, &self.rows);
        let matrix = SparseColMatRef::new(pattern, &values[..]);
        let mut factor = bytemuck::allocation::try_zeroed_vec(self.symbolic.len_val()).ok()?;
        let scratch = self
            .symbolic
            .factorize_numeric_llt_scratch::<f64>(Par::Seq, Spec::default());
        self.symbolic
            .factorize_numeric_llt(
                &mut factor,
                matrix,
                Side::Upper,
                LltRegularization::default(),
                Par::Seq,
                MemStack::new(&mut MemBuffer::try_new(scratch).ok()?),
                Spec::default(),
            )
            .ok()?;
        let scratch = self.symbolic.solve_in_place_scratch::<f64>(1, Par::Seq);
        Some(Factor {
            plan: self,
            values: factor,
            right: vec![0.0; n],
            scratch: MemBuffer::try_new(scratch).ok()?,
        })
    }
}

/// The operations of the factorisation: Σ over columns of the square of their length.
fn flops(symbolic: &SymbolicCholesky<u32>) -> f64 {
    let square = |lengths: f64| lengths * lengths;
    match symbolic.raw() {
        SymbolicCholeskyRaw::Simplicial(columns) => {
            let starts = columns.col_ptr();
            starts.windows(2).map(|w| square(f64::from(w[1] - w[0]))).sum()
        }
        SymbolicCholeskyRaw::Supernodal(blocks) => {
            let starts = blocks.col_ptr_for_row_idx();
            let columns = blocks.supernode_begin().iter().zip(blocks.supernode_end());
            columns
                .zip(starts.windows(2))
                .map(|((begin, end), rows)| {
                    let (own, below) = (f64::from(end - begin), f64::from(rows[1] - rows[0]));
                    own * square(own + below)
                })
                .sum()
        }
    }
}

/// Factors to solve with.
pub(super) struct Factor<'a> {
    plan: &'a Plan,
    values: Vec<f64>,
    right: Vec<f64>,
    scratch: MemBuffer,
}

impl Factor<'_> {
    /// Replaces b, whose sum is 0, by an x with Lx = b, 0 at the grounded node.
    pub fn solve(&mut self, b: &mut [f64]) {
        let ground = self.plan.ground as usize;
        self.right[..ground].copy_from_slice(&b[..ground]);
        self.right[ground..].copy_from_slice(&b[ground + 1..]);
        let n = self.right.len();
        let factor = LltRef::<u32, f64>::new(&self.plan.symbolic, &self.values);
        factor.solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(&mut self.right, n, 1),
            Par::Seq,
            MemStack::new(&mut self.scratch),
        );
        b[..ground].copy_from_slice(&self.right[..ground]);
        b[ground] = 0.0;
        b[ground + 1..].copy_from_slice(&self.right[ground..]);
    }
}
