//! Whether a tick under way is still waited for once an end has been asked for.

use super::Halt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Watches one tick: how much of it is done, and whether the rest is worth waiting for.
#[derive(Debug)]
pub(super) struct Patience {
    halt: Halt,
    started: Instant,
    /// What the tick before took.
    expected: Option<Duration>,
    /// Parts of the tick, and how many of them are done.
    parts: usize,
    done: AtomicUsize,
    /// When the word was first heeded.
    noticed: OnceLock<Instant>,
    has_given_up: AtomicBool,
}

impl Patience {
    /// A tick of about so many parts of about the same length begins now.
    pub fn new(halt: &Halt, expected: Option<Duration>, parts: usize) -> Self {
        Self {
            halt: halt.clone(),
            started: Instant::now(),
            expected,
            parts,
            done: AtomicUsize::new(0),
            noticed: OnceLock::new(),
            has_given_up: AtomicBool::new(false),
        }
    }

    /// For what nobody gives up.
    pub fn without_end() -> Self {
        Self::new(&Halt::default(), None, 1)
    }

    /// A part is done.
    pub fn count(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the tick is given up, to be asked before each part: whoever was asked for an end waits until the tick is done, if that
    /// is estimated to be so within the time of grace.
    pub fn is_over(&self) -> bool {
        if !self.halt.is_asked() {
            return false;
        }
        if self.has_given_up() {
            return true;
        }
        let waited = self.noticed.get_or_init(Instant::now).elapsed();
        let is_over = waited + self.left() > Halt::GRACE;
        if is_over {
            self.has_given_up.store(true, Ordering::Relaxed);
        }
        is_over
    }

    /// How long the rest of the tick is estimated to take: as long as the tick before did in all, or else in proportion to what is
    /// done.
    fn left(&self) -> Duration {
        let elapsed = self.elapsed();
        match self.expected {
            Some(expected) if expected > elapsed => expected - elapsed,
            _ => {
                let done = self.done.load(Ordering::Relaxed).max(1);
                let rest = self.parts.saturating_sub(done) as f64 / done as f64;
                elapsed.mul_f64(rest)
            }
        }
    }

    /// Whether the tick was given up.
    pub fn has_given_up(&self) -> bool {
        self.has_given_up.load(Ordering::Relaxed)
    }

    /// Since the tick began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_rest_is_waited_for_and_a_long_one_is_not() {
        let halt = Halt::default();
        let tick = |expected| Patience::new(&halt, expected, 1000);
        let (short, long) = (
            tick(Some(Duration::from_millis(200))),
            tick(Some(Duration::from_secs(9))),
        );
        assert!(!long.is_over(), "nobody asked");
        halt.ask();
        assert!(!short.is_over() && !short.has_given_up());
        assert!(long.is_over() && long.has_given_up());
        assert!(!Patience::without_end().is_over());
        // Of the first tick a thousandth took 10 ms, so it takes ten seconds.
        let first = tick(None);
        first.count();
        std::thread::sleep(Duration::from_millis(10));
        assert!(first.is_over());
        // And half of it: the rest takes no longer.
        let half = tick(None);
        (0..500).for_each(|_| half.count());
        std::thread::sleep(Duration::from_millis(10));
        assert!(!half.is_over());
    }
}
