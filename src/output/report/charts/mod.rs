//! Charts as drawings: each kind is a function from what it shows to marks.

pub mod curves;
pub mod flow;
pub mod heat;
pub mod intervals;
pub mod lines;
mod scale;
pub mod steps;
pub mod tree;

pub use scale::{Scale, figure};

/// How wide drawings are: within a page on a screen, and on a phone.
pub const WIDTHS: [f32; 2] = [760.0, 330.0];
