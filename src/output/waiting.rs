//! How far something has come that seldom takes long: nothing for two seconds, then a bar on a terminal, or now and then a
//! line elsewhere; always on stderr.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// The time from the start to the first sign.
const PATIENCE: Duration = Duration::from_secs(2);

/// The least time between two lines.
const INTERVAL: Duration = Duration::from_secs(5);

/// What shows how far it has come.
#[derive(Debug)]
pub struct Waiting {
    start: Instant,
    due: Duration,
    bar: Option<ProgressBar>,
}

/// For something that starts now.
impl Default for Waiting {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            due: PATIENCE,
            bar: None,
        }
    }
}

impl Waiting {
    /// This is being done, and so much of it is done, 0..=1.
    pub fn tell(&mut self, what: &str, fraction: f64) {
        let elapsed = self.start.elapsed();
        if elapsed < self.due {
            return;
        }
        if !io::stderr().is_terminal() {
            self.due = elapsed + INTERVAL.max(elapsed / 10);
            // Where nobody reads it, the work goes on.
            let _ = writeln!(io::stderr(), "{what}, {:.0} %", 100.0 * fraction);
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
            // The template is a constant.
            match ProgressStyle::with_template("{wide_bar} {msg}, {percent} %") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        bar.set_message(what.to_owned());
        bar.set_position((1000.0 * fraction.clamp(0.0, 1.0)) as u64);
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
