//! What a command shows and leaves behind: progress, summaries, tables, and the run directory.

pub mod folder;
#[cfg_attr(not(test), expect(dead_code, reason = "the run that replays a log writes it"))]
pub mod jobs;
pub mod metrics;
pub mod progress;
pub mod reading;
pub mod summary;
pub mod text;
pub mod waiting;
pub mod work;
