//! What the summary of a run says of phases.

use super::Phases;
use crate::digits::{known, plural};
use crate::gauge::{Line, NOBODY, Told};

pub(super) fn of_phases(phases: &Phases, told: &Told<'_>) -> Vec<Line> {
    let (Some(order), Some(outside)) = (phases.order, told.spread) else {
        return vec![("order", NOBODY.to_owned())];
    };
    vec![
        ("order", format!("{order:.4} (0: incoherent, 1: in step)")),
        (
            "mean phase",
            known(phases.mean_phase, |turns| format!("{turns:.4} turns")),
        ),
        (
            "out of step",
            format!(
                "{} outside the fullest half turn",
                plural(outside.unsigned_abs(), "node")
            ),
        ),
    ]
}
