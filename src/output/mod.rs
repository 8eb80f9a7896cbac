//! What a run shows and leaves behind: progress, the summary, and the run directory.

pub mod folder;
pub mod metrics;
pub mod progress;
pub mod summary;
pub mod text;
