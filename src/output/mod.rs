//! What a command shows and leaves behind: progress, summaries, tables, and the run directory.

pub mod folder;
pub mod metrics;
pub mod progress;
pub mod reading;
pub mod summary;
pub mod text;
pub mod waiting;
