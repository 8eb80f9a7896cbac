//! What the summary of a run says of a part: the last row in words.

use super::{Figure, Measurement};

/// A name and what is said of it; an empty name goes on with the one before.
pub type Line = (&'static str, String);

/// What a part may look at for its lines.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The part's name.
    pub part: &'static str,
    /// The last row.
    pub row: &'a Measurement,
    /// The row at the start.
    pub first: &'a Measurement,
    /// How far the part is from its aim: its gauge's first indicator. Nothing where it has none, or it is of nobody.
    pub spread: Option<i64>,
    /// Whether anything could go wrong.
    pub has_faults: bool,
    /// Whether its gauge audits a sum.
    pub is_conserved: bool,
}

/// The figures as they are, where a part says nothing else.
pub(super) fn of_figures(part: &'static str, figures: &[Figure]) -> Vec<Line> {
    let figure = |figure: &Figure| format!("{} {}", figure.name.replace('_', " "), figure.number.readable());
    vec![(part, figures.iter().map(figure).collect::<Vec<_>>().join(", "))]
}

/// What is said of figures of nobody.
pub(crate) const NOBODY: &str = "of nobody: no honest node is up";
