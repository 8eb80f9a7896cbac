//! What cells that work have done, for a person.

use super::text::grouped;
use tetraswarm::measure::Work;

/// The facts of the last row.
pub fn facts(work: &Work) -> Vec<(&'static str, String)> {
    vec![
        ("submitted", grouped(work.submitted)),
        ("committed", grouped(work.committed)),
    ]
}
