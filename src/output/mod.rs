//! What a command shows and leaves behind: progress, summaries, tables, and the run directory.

pub mod excerpt;
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
pub mod report;
pub mod snapshots;
mod stopped;
pub mod study;
pub mod summary;
pub mod text;
pub mod times;
mod unfinished;
pub mod units;
pub mod unused;
pub mod waiting;
pub mod work;
pub mod wrap;
