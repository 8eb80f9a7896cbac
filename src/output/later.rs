//! What a scenario asks for beyond the end of its run.

use super::text::grouped;
use serde::Serialize;
use tetraswarm::scenario::{Scenario, Stop};

/// Events and signals that come after a run's last tick, and so do not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// Of `[faults]`, and of arrivals.
    pub events: usize,
    /// Of `[consensus]`.
    pub signals: usize,
    /// How many ticks the run has.
    #[serde(skip)]
    ticks: u32,
    /// Whether there is a stop condition, which is not looked at before they have happened.
    #[serde(skip)]
    stops: bool,
}

impl Later {
    /// Those of a scenario whose run has so many ticks; nothing if there are none.
    pub fn of(scenario: &Scenario, ticks: u32) -> Option<Self> {
        let (events, signals) = scenario.later(ticks);
        let stops = scenario.stop != Stop::default();
        (events + signals > 0).then_some(Self {
            events,
            signals,
            ticks,
            stops,
        })
    }

    /// The line that says so.
    pub fn fact(self) -> (&'static str, String) {
        let count = |number: usize, what: &str| {
            let plural = if number == 1 { "" } else { "s" };
            (number > 0).then(|| format!("{} {what}{plural}", grouped(number as i128)))
        };
        let all: Vec<String> = [count(self.events, "event"), count(self.signals, "signal")]
            .into_iter()
            .flatten()
            .collect();
        let (come, happen) = match self.events + self.signals {
            1 => ("comes", "does not happen"),
            _ => ("come", "do not happen"),
        };
        let mut text = format!(
            "{} {come} after the {} ticks of this run and {happen}",
            all.join(" and "),
            grouped(self.ticks)
        );
        if self.stops {
            text += "; the stop condition waits for what comes, and so does not hold in this run";
        }
        ("later", text)
    }
}
