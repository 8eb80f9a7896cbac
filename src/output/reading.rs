//! What a rule's nodes hold at the end, for a person.

use super::text::{grouped, real};
use tetraswarm::measure::{Beliefs, Measurement, Phases, Reading};

/// The facts of the last row.
pub fn facts(row: &Measurement, is_conserved: bool) -> Vec<(&'static str, String)> {
    match &row.reading {
        Reading::Belief(beliefs) => of_beliefs(row, beliefs, is_conserved),
        Reading::Phase(phases) => of_phases(row, phases),
    }
}

fn of_beliefs(row: &Measurement, beliefs: &Beliefs, is_conserved: bool) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (
            "beliefs",
            format!(
                "{} to {}, spread {}",
                grouped(beliefs.minimum),
                grouped(beliefs.maximum),
                grouped(row.spread)
            ),
        ),
        ("disagreement", real(beliefs.disagreement)),
    ];
    if is_conserved {
        let mut audit = format!("passed: the sum of beliefs is {}", grouped(beliefs.sum));
        let ledger = [
            ("taken from liars", beliefs.injected),
            ("forgotten", -beliefs.destroyed),
            ("inputs", beliefs.inputs),
        ];
        let lines: Vec<String> = ledger
            .into_iter()
            .filter(|(_, amount)| *amount != 0)
            .map(|(what, amount)| format!("{} {what}", grouped(amount)))
            .collect();
        if lines.is_empty() {
            audit += ", as at the start";
        } else {
            audit += &format!(", as at the start with {}", lines.join(", "));
        }
        facts.push(("audit", audit));
    }
    facts
}

fn of_phases(row: &Measurement, phases: &Phases) -> Vec<(&'static str, String)> {
    vec![
        ("order", format!("{:.4} (0: incoherent, 1: in step)", phases.order)),
        ("mean phase", format!("{:.4} turns", phases.mean_phase)),
        (
            "out of step",
            format!("{} outside the fullest half turn", grouped(row.spread)),
        ),
    ]
}
