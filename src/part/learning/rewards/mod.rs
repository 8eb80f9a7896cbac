//! The rewards: a file each, with its keys, its columns and what it gives to rules.

mod bandit;
mod curve;
mod game;
mod stimulus;

pub use bandit::{Bandit, Bits, Change, Signal};
pub use curve::{Curve, Scores};
pub use game::{Game, Payoffs};
pub use stimulus::{Stimuli, Stimulus};
