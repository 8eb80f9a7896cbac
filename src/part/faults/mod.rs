//! The steps of what goes wrong: who is up, and who has forgotten. They are no part of their own, but stand before all parts.

mod forget;
mod members;
mod step;
mod strikes;

pub use forget::ForgetStep;
pub use members::MembersStep;
pub use step::FaultStep;
