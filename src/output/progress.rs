//! How far a run has come: a bar on a terminal, now and then a line elsewhere, always on stderr.

use super::text::{grouped, real};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};
use tetraswarm::gauge::Measurement;

/// The time from the start to the first line, and the least time between two.
const INTERVAL: Duration = Duration::from_secs(2);

/// What shows the progress.
#[derive(Debug)]
enum Display {
    Bar(ProgressBar),
    Lines { due: Duration },
    Nothing,
}

/// The progress of a run.
#[derive(Debug)]
pub struct Progress {
    display: Display,
    start: Instant,
    /// At which tick.
    first: u32,
    /// The first tick that was told, and when: until then a GPU's programs are made ready, which no later tick waits for.
    warm: Option<(u32, Duration)>,
    ticks: u32,
    /// What the spread is of.
    what: What,
    /// As last measured; nothing where it was of nobody.
    spread: Option<u32>,
}

/// What a run has come to so far is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// How far apart beliefs are.
    Spread,
    /// How far from its aim the part of this name is, where another has an aim as well.
    SpreadOf(&'static str),
    /// How many nodes hold another opinion than most.
    Disagreeing,
    /// How many nodes are out of step.
    OutOfStep,
    /// How many tasks are outstanding.
    Outstanding,
    /// Several devices, which have the same bits so far.
    Agreement,
}

impl What {
    /// What a row is told by.
    pub fn of(row: &Measurement) -> Self {
        // What is told is of the first part.
        if row.readings.first().is_some_and(|first| first.part() == "work") {
            return Self::Outstanding;
        }
        if let Some(part) = row.whose_spread() {
            return Self::SpreadOf(part);
        }
        if row.opinions().is_some() {
            Self::Disagreeing
        } else if row.phases().is_some() {
            Self::OutOfStep
        } else {
            Self::Spread
        }
    }

    fn text(self, spread: Option<u32>) -> String {
        if self == Self::Agreement {
            return "all agree so far".to_owned();
        }
        let Some(spread) = spread else {
            return "no honest node up".to_owned();
        };
        let count = grouped(spread);
        match self {
            Self::Spread => format!("spread {count}"),
            Self::SpreadOf(part) => format!("{part}.spread {count}"),
            Self::Disagreeing => format!("{count} disagree"),
            Self::OutOfStep => format!("{count} out of step"),
            Self::Outstanding => format!("{count} tasks outstanding"),
            Self::Agreement => String::new(),
        }
    }
}

impl Progress {
    /// The progress of a run of at most `ticks` ticks that starts now; `what` is what its spread is of.
    pub fn start(ticks: u32, what: What, spread: Option<u32>, quiet: bool) -> Self {
        let display = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Display::Nothing,
            (false, true) => Display::Bar(bar(ticks)),
            (false, false) => Display::Lines { due: INTERVAL },
        };
        Self {
            display,
            start: Instant::now(),
            first: 0,
            warm: None,
            ticks,
            what,
            spread,
        }
    }

    /// So many ticks were done before it started.
    pub fn begin_at(&mut self, tick: u32) {
        self.first = tick;
        if let Display::Bar(bar) = &self.display {
            bar.set_position(tick.into());
            bar.reset_eta();
        }
    }

    /// So many ticks are done; the spread, if it has been measured.
    pub fn tell(&mut self, tick: u32, spread: Option<Option<u32>>) {
        self.spread = spread.unwrap_or(self.spread);
        let elapsed = self.start.elapsed();
        let since = since(
            (self.first, Duration::ZERO),
            *self.warm.get_or_insert((tick, elapsed)),
            tick,
        );
        match &mut self.display {
            Display::Nothing => {}
            Display::Bar(bar) => {
                bar.set_message(self.what.text(self.spread));
                bar.set_position(tick.into());
            }
            Display::Lines { due } => {
                if elapsed >= *due {
                    *due = next_line(elapsed);
                    // Where nobody reads it, the run goes on.
                    let _ = writeln!(
                        io::stderr(),
                        "{}",
                        line(
                            [since.0, tick],
                            self.ticks,
                            &self.what.text(self.spread),
                            elapsed.saturating_sub(since.1)
                        )
                    );
                }
            }
        }
    }

    /// Takes the bar away: the summary says the rest.
    pub fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }
}

/// From where on the speed is told: from the first ticks that were told, once there are ten times as many after them, else from the start.
fn since(start: (u32, Duration), warm: (u32, Duration), tick: u32) -> (u32, Duration) {
    let [before, after] = [warm.0.saturating_sub(start.0), tick.saturating_sub(warm.0)];
    match after >= before.max(1).saturating_mul(10) {
        true => warm,
        false => start,
    }
}

/// When the next line is due: rarer the longer a run takes, so that a log of hours is no longer than a screen or two.
fn next_line(elapsed: Duration) -> Duration {
    elapsed + INTERVAL.max(elapsed / 10)
}

fn line([first, tick]: [u32; 2], ticks: u32, what: &str, elapsed: Duration) -> String {
    let rate = f64::from(tick.saturating_sub(first)) / elapsed.as_secs_f64().max(1e-9);
    let left = f64::from(ticks.saturating_sub(tick)) / rate.max(1e-9);
    format!(
        "tick {} of {} ({:.0} %), {} ticks/s, {what}, about {} to the last tick",
        grouped(tick),
        grouped(ticks),
        100.0 * f64::from(tick) / f64::from(ticks.max(1)),
        real(rate),
        indicatif::HumanDuration(Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX))
    )
}

fn bar(ticks: u32) -> ProgressBar {
    let rate = |state: &ProgressState, to: &mut dyn fmt::Write| {
        let _ = write!(to, "{}", real(state.per_sec()));
    };
    let bar = ProgressBar::with_draw_target(Some(ticks.into()), ProgressDrawTarget::stderr());
    // The template is a constant, and the progress tests draw it.
    let style = ProgressStyle::with_template(
        "{wide_bar} tick {human_pos} of {human_len}, {rate} ticks/s, {msg}, about {eta} to the last tick",
    );
    match style {
        Ok(style) => bar.with_style(style.with_key("rate", rate)),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_everything() {
        let line = line(
            [0, 1200],
            2000,
            &What::Spread.text(Some(54_321)),
            Duration::from_secs(4),
        );
        assert_eq!(
            line,
            "tick 1,200 of 2,000 (60 %), 300.0 ticks/s, spread 54,321, about 3 seconds to the last tick"
        );
        let told = [What::Disagreeing, What::OutOfStep, What::Outstanding].map(|what| what.text(Some(5_000)));
        assert_eq!(told, ["5,000 disagree", "5,000 out of step", "5,000 tasks outstanding"]);
        assert_eq!(What::Spread.text(None), "no honest node up");
        assert_eq!(What::SpreadOf("consensus").text(Some(7)), "consensus.spread 7");
    }

    #[test]
    fn the_first_ticks_are_left_out_of_the_speed() {
        let seconds = Duration::from_secs;
        let (start, warm) = ((100, seconds(0)), (101, seconds(9)));
        assert_eq!(since(start, warm, 105), start);
        assert_eq!(since(start, warm, 111), warm);
        assert_eq!(since(start, (150, seconds(9)), 300), start);
    }

    #[test]
    fn lines_come_every_two_seconds_and_later_every_tenth_of_the_time() {
        assert_eq!(next_line(Duration::from_secs(2)), Duration::from_secs(4));
        assert_eq!(next_line(Duration::from_secs(600)), Duration::from_secs(660));
    }
}

#[cfg(test)]
mod of_what {
    use super::*;
    use std::path::Path;
    use tetraswarm::Simulation;
    use tetraswarm::device::cpu::CpuDevice;
    use tetraswarm::scenario::{Document, EMBEDDED};
    use tetraswarm::swarm::Swarm;

    #[test]
    fn what_is_told_is_what_is_counted() {
        let expected = [
            ("agreement", "spread"),
            ("orchestra", "tasks outstanding"),
            ("learning", "tasks outstanding"),
            ("living", "tasks outstanding"),
            ("snowball", "disagree"),
        ];
        for (name, words) in expected {
            let embedded = EMBEDDED.iter().find(|embedded| embedded.name == name).unwrap();
            let mut document = Document::parse(name, embedded.text).unwrap();
            document.set_all(&["agents=4096".to_owned()]).unwrap();
            if document
                .scenario()
                .unwrap()
                .parts
                .iter()
                .any(|part| part.place().section == "growth")
            {
                document.set_all(&["growth.max_agents=8192".to_owned()]).unwrap();
            }
            let swarm = Swarm::build(&document.scenario().unwrap(), Path::new("")).unwrap();
            let simulation = Simulation::load(swarm, &CpuDevice::new(1).unwrap()).unwrap();
            let row = &simulation.measurements()[0];
            let text = What::of(row).text(row.spread);
            assert!(text.ends_with(words) || text.starts_with(words), "{name}: {text}");
        }
    }
}
