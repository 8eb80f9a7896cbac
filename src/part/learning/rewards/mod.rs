//! The rewards: a file each, with its keys, its columns and what it gives to rules.

mod bandit;
mod game;
mod stimulus;

pub use bandit::{Bandit, Bits, Change, Rates, Signal};
pub use game::{Game, Payoffs};
pub use stimulus::{Stimuli, Stimulus};
