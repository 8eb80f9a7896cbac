//! How far a study has come: now and then a line on stderr.

use crate::cli::tell;
use crate::output::study::time;
use std::time::{Duration, Instant};
use tetraswarm::grouped;
use tetraswarm::study::Progress;

/// The time from the start to the first line, and the least time between two.
const INTERVAL: Duration = Duration::from_secs(2);

/// What has been told.
#[derive(Debug)]
pub struct Told {
    start: Instant,
    due: Duration,
    is_quiet: bool,
    /// How long it takes, if that is given.
    time: Option<Duration>,
    ended: u64,
    failed: u64,
    first: Option<String>,
}

impl Told {
    /// A study begins now, which takes so long if that is said.
    pub fn start(is_quiet: bool, time: Option<Duration>) -> Self {
        Self {
            start: Instant::now(),
            due: INTERVAL,
            is_quiet,
            time,
            ended: 0,
            failed: 0,
            first: None,
        }
    }

    /// A run has ended.
    pub fn tell(&mut self, progress: &Progress<'_>) {
        if let Some(error) = &progress.record.error {
            self.failed += 1;
            self.first.get_or_insert_with(|| error.clone());
        }
        self.ended += 1;
        let elapsed = self.start.elapsed();
        if self.is_quiet || elapsed < self.due {
            return;
        }
        // Rarer the longer it takes, so that a log of hours is no longer than a screen or two.
        self.due = elapsed + INTERVAL.max(elapsed / 10);
        if let Some(whole) = self.time {
            let left = whole.saturating_sub(elapsed).as_secs_f64();
            return tell(&format!("{} runs, {} left", grouped(self.ended), time(left)));
        }
        let (done, all) = (progress.done, progress.all);
        let left = elapsed.as_secs_f64() / done.max(1) as f64 * (all - done) as f64;
        tell(&format!(
            "{} of {} runs ({:.0} %), about {} left",
            grouped(done as u64),
            grouped(all as u64),
            100.0 * done as f64 / all.max(1) as f64,
            time(left)
        ));
    }

    /// How many have failed, and the first one's word.
    pub fn finish(self) -> Option<(u64, String)> {
        self.first.map(|first| (self.failed, first))
    }
}
