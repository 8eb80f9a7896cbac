//! What a rule's nodes hold at the end, for a person.

use super::text::{grouped, real};
use super::units::Clock;
use tetraswarm::gauge::{Line, Measurement, Reading, Rounds, Told};
use tetraswarm::part::work::Work;

/// What the facts of a row need to know besides.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The row at the start.
    pub first: Measurement,
    /// Of each gauge whether a sum was audited.
    pub are_conserved: Vec<bool>,
    /// Whether anything could go wrong.
    pub has_faults: bool,
    /// How long a tick is.
    pub clock: Clock,
}

/// The facts of the last row: what each part says of its own. Those of work are tables, which only the summary has the means for.
pub fn facts(row: &Measurement, setting: &Setting) -> Vec<Line> {
    let lines = |(k, reading): (usize, &Reading)| {
        if let Some(work) = reading.get::<Work>() {
            return super::work::facts(work, setting.clock);
        }
        reading.lines(&Told {
            part: reading.part(),
            row,
            first: &setting.first,
            spread: row.indicators.get(k).and_then(|of| of.first()).copied().flatten(),
            has_faults: setting.has_faults,
            is_conserved: setting.are_conserved.get(k).is_some_and(|is| *is),
        })
    };
    row.readings.iter().enumerate().flat_map(lines).collect()
}

/// In which rounds nodes did what `verb` says; nothing if nobody did.
pub fn rounds(rounds: &Rounds, verb: &str) -> Option<(&'static str, String)> {
    let text = format!(
        "{} on average to {verb}, {} for half of {} nodes, {} for 95 %, {} for all of them",
        real(rounds.mean()?),
        grouped(rounds.percentile(50)?),
        grouped(rounds.nodes()),
        grouped(rounds.percentile(95)?),
        grouped(rounds.last()?)
    );
    Some(("rounds", text))
}
