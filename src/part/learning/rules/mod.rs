//! The rules: a file each, with its keys and what it plans.

mod baseline;
mod hedge;
mod imitation;
mod search;
mod social;
mod thresholds;

pub use baseline::{Fixed, Random};
pub use hedge::Hedge;
pub use imitation::{How, Imitation};
pub use search::Search;
pub use social::{Idle, Social};
pub use thresholds::Thresholds;
