//! When a run writes checkpoints, how many are kept, and what is said of it.

use super::tell;
use crate::output::summary::Cost;
use crate::output::text::{bytes, grouped};
use std::path::Path;
use std::time::{Duration, Instant};
use tetraswarm::checkpoint::{self, Checkpoints, InputFile, Lock, Options, Setting, Written};
use tetraswarm::device::Outcome;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::study::When;
use tetraswarm::{Error, Simulation, shown};

/// How often where nobody says it.
pub const DEFAULT: Duration = Duration::from_secs(600);

/// What a disk is taken to do until one has been written, in bytes a second.
const GUESS: f64 = 200e6;

/// How long one may take after a signal without a word.
const SHORT: f64 = 1.0;

/// When checkpoints are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interval {
    Time(Duration),
    Ticks(u32),
    Never,
}

impl Interval {
    /// When a study's runs write them.
    pub fn within(self) -> Option<When> {
        match self {
            Self::Time(time) => Some(When::Time(time)),
            Self::Ticks(ticks) => Some(When::Ticks(ticks)),
            Self::Never => None,
        }
    }
}

/// How much of the disk they may take.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Budget {
    Count(usize),
    Bytes(u64),
}

/// Checkpoints of a run.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// Write a checkpoint after so much time, or so many ticks: 60s, 10min, 2h, or 1000; none writes none. Given, those of a run that has
    /// come to its end are kept, with one of the end [default: 10min]
    #[arg(long, value_name = "WHEN", value_parser = interval)]
    checkpoint: Option<Interval>,
    /// Keep so many checkpoints, or as many as fit into so much of the disk, as in 20GiB [default: 2]
    #[arg(long, value_name = "N|SIZE", value_parser = budget)]
    checkpoint_keep: Option<Budget>,
    /// Compress checkpoints (zstd): for disks, not for NumPy
    #[arg(long)]
    compress: bool,
    /// Whether the run is to have a report, which whoever goes on is to know.
    #[arg(skip)]
    report: bool,
}

fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'));
    text.split_at(end.unwrap_or(text.len()))
}

pub fn interval(text: &str) -> Result<Interval, String> {
    if text == "none" {
        return Ok(Interval::Never);
    }
    let (digits, unit) = number(text.trim());
    let digits = digits.replace('_', "");
    let refused = || "it must be a time, as 60s, 10min or 2h, a number of ticks, as 1000, or none".to_owned();
    if unit.is_empty() {
        let ticks = digits.parse().ok().filter(|&ticks: &u32| ticks > 0);
        return ticks.map(Interval::Ticks).ok_or_else(refused);
    }
    let of = match unit.trim() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(refused()),
    };
    let seconds: f64 = digits.parse().map_err(|_| refused())?;
    let time = Duration::try_from_secs_f64(of * seconds).map_err(|_| refused())?;
    (!time.is_zero()).then_some(Interval::Time(time)).ok_or_else(refused)
}

fn budget(text: &str) -> Result<Budget, String> {
    let (digits, unit) = number(text.trim());
    let refused = || "it must be a number from 1 on, or a size, as 20GiB or 500MB".to_owned();
    if unit.is_empty() {
        let count = digits.parse().ok().filter(|&count: &usize| count > 0);
        return count.map(Budget::Count).ok_or_else(refused);
    }
    let of: f64 = match unit.trim() {
        "B" => 1.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        "TiB" => 1_099_511_627_776.0,
        _ => return Err(refused()),
    };
    let size: f64 = digits.parse().map_err(|_| refused())?;
    Ok(Budget::Bytes((of * size) as u64))
}

impl Arguments {
    /// Whether they were asked for.
    pub fn is_given(&self) -> bool {
        self.checkpoint.is_some_and(|interval| interval != Interval::Never)
    }

    /// What is not given is as it was for the run that goes on.
    pub fn or(mut self, then: &Options) -> Self {
        self.checkpoint = self.checkpoint.or_else(|| interval(then.when.as_deref()?).ok());
        self.checkpoint_keep = self.checkpoint_keep.or_else(|| budget(then.keep.as_deref()?).ok());
        self.compress |= then.compress;
        self
    }

    /// As given, for whoever goes on from a checkpoint.
    fn options(&self) -> Options {
        Options {
            when: self.checkpoint.map(|interval| match interval {
                Interval::Time(time) => format!("{}ms", time.as_millis()),
                Interval::Ticks(ticks) => ticks.to_string(),
                Interval::Never => "none".to_owned(),
            }),
            keep: self.checkpoint_keep.map(|budget| match budget {
                Budget::Count(count) => count.to_string(),
                Budget::Bytes(size) => format!("{size}B"),
            }),
            compress: self.compress,
            report: self.report,
        }
    }

    /// Of a run that is to have a report.
    pub fn with_report(mut self, report: bool) -> Self {
        self.report = report;
        self
    }

    /// Sees to it, before a run takes its time, that there is room for what is to be kept beside `run`, the folder of its results.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the option, what is needed and what there is.
    pub fn prepare(&self, run: Option<&Path>, scenario: &Scenario, parts: &str, plan: &Plan) -> Result<Keeper, Error> {
        let one = checkpoint::bytes(plan);
        let keep = match self.checkpoint_keep.unwrap_or(Budget::Count(2)) {
            Budget::Count(count) => count,
            Budget::Bytes(size) => {
                // One more is there while it is written.
                let room = size / one.max(1);
                if room < 2 && !self.compress {
                    let message = format!(
                        "is {}, but a checkpoint of this swarm is {}, and the last one stays until the next is whole; give {} or more, or \
                         --checkpoint none",
                        bytes(size),
                        bytes(one),
                        bytes(2 * one)
                    );
                    return Err(Error::invalid("--checkpoint-keep", message));
                }
                usize::try_from(room.saturating_sub(1)).unwrap_or(usize::MAX).max(1)
            }
        };
        let interval = if run.is_none() {
            Interval::Never
        } else {
            self.checkpoint.unwrap_or(Interval::Time(DEFAULT))
        };
        if let Some(free) = run.filter(|_| self.is_given() && !self.compress).and_then(free) {
            let needed = one.saturating_mul(keep as u64 + 1);
            if needed > free {
                let message = format!(
                    "does not fit: {} of {} each, and one more while it is written, are {}, but the disk of {} has {} left; keep fewer by \
                     --checkpoint-keep, or name another disk by --out",
                    grouped(keep as i128),
                    bytes(one),
                    bytes(needed),
                    shown(run.unwrap_or(Path::new("."))),
                    bytes(free)
                );
                return Err(Error::invalid("--checkpoint", message));
            }
        }
        let inputs = if interval == Interval::Never {
            Vec::new()
        } else {
            InputFile::all(scenario)?
        };
        Ok(Keeper {
            interval,
            stays: self.is_given(),
            keep,
            setting: Setting {
                scenario: scenario.to_toml()?,
                parts: parts.to_owned(),
                inputs,
                options: self.options(),
                ended: None,
            },
            size: one,
            last: Instant::now(),
            took: None,
            written: None,
            count: 0,
            seconds: 0.0,
            lock: None,
            has_failed: false,
        })
    }
}

/// Writes the checkpoints of a run.
#[derive(Debug)]
pub struct Keeper {
    interval: Interval,
    /// Whether they are kept when the run has come to its end.
    stays: bool,
    keep: usize,
    setting: Setting,
    /// Bytes of one, not compressed.
    size: u64,
    /// When the last one was written, or the run was begun.
    last: Instant,
    /// Bytes and seconds of the last one.
    took: Option<(u64, f64)>,
    written: Option<u32>,
    /// All that were written, and the seconds that they took.
    count: u32,
    seconds: f64,
    /// As long as the run may write some.
    lock: Option<Lock>,
    /// The last attempt has failed, which has been said.
    has_failed: bool,
}

impl Keeper {
    /// The tick of the last one written.
    pub fn written(&self) -> Option<u32> {
        self.written
    }

    /// What they have taken, if one was written.
    pub fn cost(&self) -> Option<Cost> {
        let ((bytes, _), last_tick) = self.took.zip(self.written)?;
        Some(Cost {
            written: self.count,
            last_tick,
            bytes,
            seconds: self.seconds,
        })
    }

    /// The lock of a folder that is taken up again.
    pub fn hold(&mut self, lock: Lock) {
        self.lock = Some(lock);
    }

    /// The next tick at which one is due.
    pub fn next(&self, tick: u32) -> Option<u32> {
        match self.interval {
            Interval::Ticks(every) => Some((tick / every).saturating_add(1).saturating_mul(every)),
            _ => None,
        }
    }

    /// Whether one is due by now.
    pub fn is_due(&self) -> bool {
        match self.interval {
            // Whoever asks for one every moment gets a run between.
            Interval::Time(time) => self.last.elapsed() >= time,
            _ => false,
        }
    }

    /// Whether one is due at this tick.
    pub fn is_at(&self, tick: u32) -> bool {
        match self.interval {
            Interval::Ticks(every) => tick.is_multiple_of(every),
            _ => self.is_due(),
        }
    }

    /// Writes one to the run's folder. That it cannot ends no run: it is said, once until one can be written again.
    pub fn write(&mut self, simulation: &mut Simulation, run: Option<&Path>, ended: Option<&str>) -> Result<(), Error> {
        let start = Instant::now();
        self.last = start;
        let Some(run) = run else { return Ok(()) };
        self.setting.ended = ended.map(str::to_owned);
        let all = Checkpoints::of(run);
        let mut write = || -> Result<Written, Error> {
            if self.lock.is_none() {
                self.lock = Some(all.lock()?);
            }
            all.add(self.keep, |folder| simulation.checkpoint(folder, &self.setting))
        };
        match write() {
            Ok(written) => {
                let seconds = start.elapsed().as_secs_f64();
                self.took = Some((written.bytes, seconds));
                self.count += 1;
                self.seconds += seconds;
                self.written = Some(written.tick);
                self.has_failed = false;
            }
            Err(error @ (Error::File { .. } | Error::Invalid { .. })) => {
                if !self.has_failed {
                    let stands = match self.written {
                        Some(tick) => format!("the last checkpoint is of tick {}", grouped(tick)),
                        None => "there is no checkpoint yet".to_owned(),
                    };
                    tell(&format!("error: {error}\nthe run goes on; {stands}"));
                }
                self.has_failed = true;
            }
            Err(other) => return Err(other),
        }
        // What the writing took is no part of the time between two.
        self.last = Instant::now();
        Ok(())
    }

    /// How long one is estimated to take, in seconds.
    fn estimate(&self) -> f64 {
        match self.took {
            Some((_, seconds)) => seconds,
            None => self.size as f64 / GUESS,
        }
    }

    /// Whether one is to be written where a run has ended so.
    pub fn is_wanted_at_end(&self, outcome: Outcome) -> bool {
        self.interval != Interval::Never && (self.stays || outcome.is_interrupt())
    }

    /// Writes one where a run has ended, if it is to have one; says how long it takes where somebody waits for the end.
    pub fn end(
        &mut self,
        simulation: &mut Simulation,
        (run, outcome, quiet): (Option<&Path>, Outcome, bool),
    ) -> Result<(), Error> {
        let ended = match outcome {
            Outcome::Ticks => Some("ticks"),
            Outcome::Condition => Some("condition"),
            Outcome::Interrupt | Outcome::GivenUp => None,
        };
        // One of this tick may be there already, unless the end is to be told.
        let is_there = self.written == Some(simulation.tick()) && ended.is_none();
        if !self.is_wanted_at_end(outcome) || simulation.tick() == 0 || is_there {
            return Ok(());
        }
        let seconds = self.estimate();
        if ended.is_none() && seconds > SHORT && !quiet {
            tell(&format!(
                "a checkpoint of {} is being written, which takes about {seconds:.0} s; a second signal ends at once, and the last one stands",
                bytes(self.size)
            ));
        }
        self.write(simulation, run, ended)
    }

    /// Takes the checkpoints away that a run which has come to its end needs no more.
    pub fn clear(&mut self, run: &Path, outcome: Outcome) {
        if !self.stays && !outcome.is_interrupt() && self.lock.take().is_some() {
            Checkpoints::of(run).clear();
        }
    }
}

/// Bytes that the disk of a folder has left, if that is known; of the nearest folder above that is there.
fn free(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let above = folder.ancestors().map(|path| {
            if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                path
            }
        });
        let there = above.into_iter().find(|path| path.exists())?;
        let about = rustix::fs::statvfs(there).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_and_budgets_are_what_they_say() {
        let seconds = |s: f64| Ok(Interval::Time(Duration::from_secs_f64(s)));
        for (text, expected) in [
            ("60s", seconds(60.0)),
            ("1.5min", seconds(90.0)),
            ("2h", seconds(7200.0)),
            ("250ms", seconds(0.25)),
            ("1000", Ok(Interval::Ticks(1000))),
            ("1_000", Ok(Interval::Ticks(1000))),
            ("none", Ok(Interval::Never)),
        ] {
            assert_eq!(interval(text), expected, "{text}");
        }
        for text in ["", "0", "0s", "-1s", "s", "1 fortnight", "1.5", "1e9h", "4294967296"] {
            assert!(interval(text).is_err(), "{text}");
        }
        assert_eq!(budget("3"), Ok(Budget::Count(3)));
        assert_eq!(budget("2GiB"), Ok(Budget::Bytes(2 << 30)));
        for text in ["", "0", "-1", "GiB", "3 apples"] {
            assert!(budget(text).is_err(), "{text}");
        }
    }
}
