//! Signals that ask for an end: the first for one when what is under way is done, the second for one at once.
//!
//! They are Ctrl-C, termination and hang-up. One that is ignored when the program starts, as `nohup` and shells without job control
//! have it, stays so.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tetraswarm::device::Halt;

/// What is said of the first signal: Ctrl-C, termination, hang-up.
const MESSAGES: [&str; 3] = [
    "interrupted: ending as soon as what is under way is done; a second Ctrl-C ends at once, without results\n",
    "terminated: ending as soon as what is under way is done; a second signal ends at once, without results\n",
    "hung up: ending as soon as what is under way is done; a second signal ends at once, without results\n",
];

/// Whether an end has been asked for, and by which signal.
#[derive(Clone, Debug)]
pub struct Interrupt {
    /// The number of the first signal; 0 before.
    signal: Arc<AtomicU8>,
    halt: Halt,
}

impl Interrupt {
    /// Watches for the signals.
    ///
    /// Where the system does not let us, they end the program as they would any other.
    pub fn watch(quiet: bool) -> Self {
        let interrupt = Self {
            signal: Arc::new(AtomicU8::new(0)),
            halt: Halt::default(),
        };
        system::watch(&interrupt, if quiet { [""; 3] } else { MESSAGES });
        interrupt
    }

    /// Whether an end has been asked for.
    pub fn is_asked(&self) -> bool {
        self.halt.is_asked()
    }

    /// What makes a device end.
    pub fn halt(&self) -> &Halt {
        &self.halt
    }

    /// The exit code of a program that was asked for an end: 128 and the number of the signal; 0 where none was.
    pub fn exit_code(&self) -> ExitCode {
        match self.signal.load(Ordering::Relaxed) {
            0 => ExitCode::SUCCESS,
            signal => ExitCode::from(128 + signal),
        }
    }

    /// Notes a signal; the exit code if another came before.
    fn note(&self, signal: u8) -> Option<i32> {
        let noted = self
            .signal
            .compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
        self.halt.ask();
        noted.err().map(|first| 128 + i32::from(first))
    }
}

#[cfg(unix)]
mod system {
    use super::Interrupt;
    use libc::{SIG_IGN, SIGHUP, SIGINT, SIGTERM, STDERR_FILENO};
    use signal_hook::low_level;

    pub fn watch(interrupt: &Interrupt, messages: [&'static str; 3]) {
        for (signal, message) in [SIGINT, SIGTERM, SIGHUP].into_iter().zip(messages) {
            if is_ignored(signal) {
                continue;
            }
            let interrupt = interrupt.clone();
            let handler = move || match interrupt.note(signal as u8) {
                Some(code) => low_level::exit(code),
                None => {
                    // SAFETY: the bytes live as long as the program, and `write` may be called in a signal's handler. Where
                    // nobody reads it, the run goes on.
                    unsafe { libc::write(STDERR_FILENO, message.as_ptr().cast(), message.len()) };
                }
            };
            // SAFETY: the handler does atomic operations, `write` and `_exit` only, which are safe in a signal's handler: it takes
            // no lock and no memory.
            let _ = unsafe { low_level::register(signal, handler) };
        }
    }

    /// Whether whoever started the program has the signal ignored.
    fn is_ignored(signal: i32) -> bool {
        // SAFETY: all zeros is a valid `sigaction`, which the call below fills in; with no new action it changes nothing.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut now) == 0 && now.sa_sigaction == SIG_IGN
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::Interrupt;

    /// The number of the interrupt signal.
    const INTERRUPT: u8 = 2;

    pub fn watch(interrupt: &Interrupt, [message, ..]: [&'static str; 3]) {
        let interrupt = interrupt.clone();
        let _ = ctrlc::set_handler(move || match interrupt.note(INTERRUPT) {
            Some(code) => std::process::exit(code),
            None => crate::cli::tell(message.trim_end()),
        });
    }
}
