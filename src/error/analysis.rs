//! Why the measures of a network were not had.

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The observer said stop.
    #[error("the analysis was stopped")]
    Stopped,
    /// The links do not fit 32-bit rows.
    #[error(
        "the network has {links} links, but at most 2147483647 can be analysed; ask for fewer nodes or a smaller degree"
    )]
    TooManyLinks {
        /// How many there are.
        links: u64,
    },
    /// The analysis would need more memory than is free.
    #[error(
        "measuring {nodes} nodes and {links} links takes about {needed:.1} GiB, but {free:.1} GiB of memory are free; ask for fewer nodes"
    )]
    TooLarge {
        /// Nodes.
        nodes: u32,
        /// Links.
        links: u64,
        /// GiB.
        needed: f64,
        /// GiB.
        free: f64,
    },
    /// The eigenvalues of a small matrix were not found: no known matrix does that.
    #[error("the linear algebra library found no eigenvalues; please report the network that does this")]
    NoEigenvalues,
}
