//! What is read of nodes that hold beliefs or opinions, by whatever rule.

mod belief;
mod lines;
mod opinion;

pub use belief::{BeliefGauge, Beliefs};
pub use opinion::{DECIDED, OPINION, OpinionGauge, Opinions};
