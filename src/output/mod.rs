//! What a command shows and leaves behind: progress, summaries, tables, and the run directory.

pub mod folder;
pub mod identity;
pub mod jobs;
pub mod later;
mod liars;
pub mod metrics;
pub mod progress;
pub mod reading;
pub mod record;
mod replay;
mod stopped;
pub mod study;
pub mod summary;
pub mod text;
mod unfinished;
pub mod units;
pub mod unused;
pub mod waiting;
pub mod work;
pub mod wrap;
