//! Ctrl-C: the first asks for an end when what is under way is done, the second ends the program at once.

use super::tell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of an interrupted run: 128 and the number of the interrupt signal.
pub const EXIT_CODE: u8 = 130;

/// Whether an end has been asked for.
#[derive(Clone, Debug)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Watches for Ctrl-C (and for termination and hang-up, which ask for the same).
    ///
    /// Where the system does not let us, a Ctrl-C ends the program as it would any other.
    pub fn watch(quiet: bool) -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&asked);
        let _ = ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(EXIT_CODE));
            }
            if !quiet {
                tell("interrupted: ending as soon as what is under way is done; once more ends at once");
            }
        });
        Self { asked }
    }

    /// Whether an end has been asked for.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}
