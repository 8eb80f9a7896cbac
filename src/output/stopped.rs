//! What ended a run.

use super::text::grouped;
use serde::Serialize;
use tetraswarm::Report;
use tetraswarm::device::Outcome;
use tetraswarm::plan::Plan;

/// A stop condition that held when a run ended by it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// As a scenario writes it, with the whole name of what it looks at.
    pub condition: String,
    /// What that was.
    pub value: i64,
}

impl Held {
    /// Those that ended a run: all of its conditions, or none.
    pub fn of(plan: &Plan, report: &Report) -> Vec<Self> {
        if report.outcome != Outcome::Condition {
            return Vec::new();
        }
        let held = plan.stop.iter().filter_map(|condition| {
            let value = condition.value(&report.measurement.indicators)?;
            let condition = condition.text(&plan.gauges);
            Some(Self { condition, value })
        });
        held.collect()
    }

    /// As in "consensus.spread <= 16 (it was 9)".
    pub fn text(&self) -> String {
        format!("{} (it was {})", self.condition, grouped(self.value))
    }
}

/// For a person, after the number of ticks.
pub fn text(outcome: Outcome, held: &[Held]) -> String {
    match outcome {
        Outcome::Ticks => "all that were asked for".to_owned(),
        Outcome::Condition => format!("then {}", Held::all(held)),
        Outcome::Interrupt | Outcome::GivenUp => "then interrupted".to_owned(),
    }
}

impl Held {
    /// All of them in words.
    pub fn all(held: &[Self]) -> String {
        let texts: Vec<String> = held.iter().map(Self::text).collect();
        match &*texts {
            [] => "the stop condition held".to_owned(),
            [one] => format!("the stop condition held: {one}"),
            all => format!("the stop conditions held: {}", all.join(", ")),
        }
    }
}
