//! How far an analysis has come, and whether to go on.

use super::AnalysisError;
use std::ops::ControlFlow;

/// A part of the analysis, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The links are read.
    Links,
    /// Shortest paths.
    Distances,
    /// Eigenvalues.
    Spectrum,
    /// Loads of nodes and links.
    Loads,
}

impl Stage {
    /// What is being done, for a progress bar.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Distances => "distances",
            Self::Spectrum => "eigenvalues",
            Self::Loads => "loads",
        }
    }
}

/// How far an analysis has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The part at hand.
    pub stage: Stage,
    /// How much of it is done, 0..=1. Where a search may end early, of the most that it may take.
    pub fraction: f64,
}

/// Tells an observer, which may say stop.
pub(super) struct Watch<'a>(pub &'a mut dyn FnMut(Progress) -> ControlFlow<()>);

impl Watch<'_> {
    /// Tells how much of a stage is done.
    pub fn tell(&mut self, stage: Stage, fraction: f64) -> Result<(), AnalysisError> {
        let fraction = fraction.clamp(0.0, 1.0);
        match (self.0)(Progress { stage, fraction }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(AnalysisError::Stopped),
        }
    }
}
