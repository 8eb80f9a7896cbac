//! The kernels: a file each, with a shader of its name in `shaders/part/learning/`.

mod best;
mod draw;
mod fermi;
mod hedge;
mod lanes;
mod links;
mod logistic;
mod play;
mod search;
mod social;
mod stimulus;
mod thresholds;
mod toil;

pub use best::BestStep;
pub use draw::DrawStep;
pub use fermi::FermiStep;
pub use hedge::{HedgeStep, Weights};
pub use logistic::Logistic;
pub use play::PlayStep;
pub use search::{SearchStep, fibonacci, is_done};
pub(super) use social::Limits;
pub use social::SocialStep;
pub use stimulus::StimulusStep;
pub use thresholds::{Response, ThresholdsStep, respond};
pub use toil::ToilStep;
