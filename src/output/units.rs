//! Ticks for a person, and what they are in a job log's own time.

use super::text::{grouped, plural};
use tetraswarm::part::work::WorkSpec;
use tetraswarm::scenario::Scenario;

/// How long a tick is, if anything says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Seconds of a job log that a tick stands for; nothing where the work comes from none.
    pub tick_seconds: Option<f64>,
}

impl Clock {
    /// The clock of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        let log = scenario.part::<WorkSpec>().filter(|work| work.trace.is_some());
        Self {
            tick_seconds: log.map(|work| work.log.tick_seconds),
        }
    }

    /// As in "55 ticks", with a log "55 ticks (55 min)".
    pub fn ticks(self, count: u32) -> String {
        let text = plural(count.into(), "tick");
        match self.seconds(f64::from(count)) {
            Some(seconds) => format!("{text} ({})", duration(seconds)),
            None => text,
        }
    }

    /// The unit of a table of ticks: "ticks", with a log "ticks of 60 s".
    pub fn unit(self) -> String {
        match self.tick_seconds {
            Some(seconds) => format!("ticks of {}", duration(seconds)),
            None => "ticks".to_owned(),
        }
    }

    /// So many ticks in seconds.
    pub fn seconds(self, ticks: f64) -> Option<f64> {
        self.tick_seconds.map(|seconds| ticks * seconds)
    }
}

/// A time in the largest unit of which there are two.
pub fn duration(seconds: f64) -> String {
    match seconds {
        172_800.0.. => format!("{} days", short(seconds / 86_400.0)),
        7_200.0.. => format!("{} h", short(seconds / 3_600.0)),
        120.0.. => format!("{} min", short(seconds / 60.0)),
        1.0.. => format!("{} s", short(seconds)),
        _ => format!("{seconds} s"),
    }
}

/// To a tenth if that says something.
fn short(value: f64) -> String {
    if value >= 1000.0 {
        return grouped(value.round() as i128);
    }
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_told_in_seconds_where_a_log_says_how_long_one_is() {
        let (none, log) = (
            Clock::default(),
            Clock {
                tick_seconds: Some(60.0),
            },
        );
        assert_eq!([none.ticks(1), none.ticks(1200)], ["1 tick", "1,200 ticks"]);
        assert_eq!([log.ticks(1), log.ticks(1200)], ["1 tick (60 s)", "1,200 ticks (20 h)"]);
        assert_eq!([none.unit(), log.unit()], ["ticks", "ticks of 60 s"]);
    }

    #[test]
    fn times_take_the_largest_unit_of_which_there_are_two() {
        let expected = [
            (0.0, "0 s"),
            (0.01, "0.01 s"),
            (0.5, "0.5 s"),
            (119.0, "119 s"),
            (150.0, "2.5 min"),
            (7_199.0, "120 min"),
            (86_400.0, "24 h"),
            (172_800.0, "2 days"),
            (5e8, "5,787 days"),
        ];
        for (seconds, text) in expected {
            assert_eq!(duration(seconds), text);
        }
    }
}
