//! What can go wrong, for a caller to match on and for a person to read: each message names the place, the value,
//! what is allowed and the remedy.

#[cfg(feature = "analysis")]
mod analysis;
mod excerpt;
mod import;
mod input;
mod text;

#[cfg(feature = "analysis")]
pub use analysis::AnalysisError;
pub(crate) use excerpt::{excerpt, plain, reason};
pub use import::{GraphError, ImportError};
pub use input::InputError;
pub use text::{escaped, nearest, shown};
pub(crate) use text::{for_shell, listed, printable, quoted};

use crate::digits::grouped;
use std::fmt;
use std::path::PathBuf;

/// Where a scenario's value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file (or another named text), counted from 1.
    Text {
        /// The file's name.
        name: String,
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// In an embedded scenario of this name, whose text the user has not before them.
    Embedded(String),
    /// In an argument such as `--set topology.kind=ring`.
    Argument(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { name, line, column } => write!(f, "{name}:{line}:{column}"),
            Self::Embedded(name) => write!(f, "the embedded scenario {name}"),
            Self::Argument(argument) => {
                let short: String = argument.chars().take(100).collect();
                let shown: String = printable(&short).chars().take(200).collect();
                let cut = if short.len() < argument.len() { "…" } else { "" };
                write!(f, "argument {shown}{cut}")
            }
        }
    }
}

/// Any error of the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A scenario's text is no TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What the parser says.
        message: String,
    },
    /// A scenario's value cannot be used.
    #[error("{}{key} {message}", place_prefix(.place.as_ref()))]
    Invalid {
        /// Where it was written, if it was.
        place: Option<Place>,
        /// The dotted key.
        key: String,
        /// What is wrong, what is allowed, and the remedy.
        message: String,
    },
    /// There is no embedded scenario and no file of this name.
    #[error("there is no scenario '{}': no such file, and the embedded ones are {}{}", name_or_path(.name), .known.join(", "), suggestion(.near.as_deref()))]
    UnknownScenario {
        /// As asked for.
        name: String,
        /// The embedded ones.
        known: Vec<String>,
        /// The nearest of them.
        near: Option<String>,
    },
    /// A network's file cannot be used.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A file cannot be read, or not as the text that it should be.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A network's measures were not had.
    #[cfg(feature = "analysis")]
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A file could not be read or written.
    #[error("{}: cannot {action}: {source}{}", shown(.path), io_remedy(.source))]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried, as in "write the measurements".
        action: &'static str,
        /// The system's word.
        source: std::io::Error,
    },
    /// A file of a checkpoint is not as it was written.
    #[error("{}: the checkpoint is damaged: {message}", shown(.path))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What shows it.
        message: String,
    },
    /// No device answers to that name.
    #[error("no device '{}': {reason}; `tetraswarm devices` lists what there is, --device cpu always works", escaped(.asked))]
    NoDevice {
        /// As asked for.
        asked: String,
        /// What was found instead.
        reason: String,
    },
    /// The swarm does not fit the device.
    #[error("{device}: {what} needs {}, but there is room for {}; {}use {instead}", bytes(*.needed), bytes(*.limit), fewer(*.agents_fit))]
    TooLarge {
        /// The device's name.
        device: String,
        /// What does not fit.
        what: String,
        /// Bytes.
        needed: u64,
        /// Bytes.
        limit: u64,
        /// How many agents would fit; 0 where that is not known, or their number is not free.
        agents_fit: u64,
        /// What else to use.
        instead: &'static str,
    },
    /// The device failed while it ran.
    #[error("{device}: {message}; the run cannot go on: start it again, or use --device cpu")]
    DeviceFailed {
        /// The device's name.
        device: String,
        /// The driver's word.
        message: String,
    },
    /// What must be conserved was not.
    #[error(
        "audit failed at tick {tick}: {quantity} is {found}, but was {expected} at the start; this is a fault of the engine or of the device, not of the scenario: please report it with scenario.toml, and try `tetraswarm verify`"
    )]
    Audit {
        /// The first measured tick at which it shows.
        tick: u32,
        /// What is conserved.
        quantity: &'static str,
        /// Its value at the start.
        expected: i128,
        /// Its value now.
        found: i128,
    },
    /// The ledger of tasks does not add up.
    #[error(
        "the ledger is broken at tick {tick}: {message}; this is a fault of the engine or of the device, not of the scenario: please report it with scenario.toml, and try `tetraswarm verify`"
    )]
    Ledger {
        /// The first measured tick at which it shows.
        tick: u32,
        /// What does not add up.
        message: String,
    },
    /// The ledger of tasks does not add up, and it is known since when: see [`first_bad_tick`](crate::verify::first_bad_tick).
    #[error(
        "the ledger is broken at tick {tick}, and at no tick before: {message}; this is a fault of the engine or of the device, not of \
         the scenario: please report it with scenario.toml, and try `tetraswarm verify`"
    )]
    FirstBadTick {
        /// The first tick at which it shows.
        tick: u32,
        /// What does not add up.
        message: String,
    },
    /// The ledger of tasks did not add up, but did when the same was run again.
    #[error(
        "the ledger was broken at tick {tick}: {message}; run again, it was clean up to that tick, though a run is the same each time: \
         {device} is unreliable; do not trust its results, and try `tetraswarm verify`, or --device cpu"
    )]
    Unreliable {
        /// The device's name.
        device: String,
        /// The first measured tick at which it showed.
        tick: u32,
        /// What did not add up.
        message: String,
    },
    /// A value left the range that the arithmetic is exact in.
    #[error(
        "at tick {tick} a belief is {value}, outside ±{limit}, where arithmetic is exact; start with smaller beliefs"
    )]
    Range {
        /// The first measured tick at which it shows.
        tick: u32,
        /// The belief.
        value: i64,
        /// The largest magnitude.
        limit: i64,
    },
}

fn place_prefix(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |p| format!("{p}: "))
}

/// What may be the name of a scenario or the path of a file, which is shown whole.
fn name_or_path(name: &str) -> String {
    if name.contains(['/', '\\', '.']) {
        printable(name)
    } else {
        escaped(name)
    }
}

fn suggestion(near: Option<&str>) -> String {
    near.map_or_else(String::new, |n| format!("; did you mean '{n}'?"))
}

fn io_remedy(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "; check the name, and that its folder exists",
        ErrorKind::PermissionDenied => "; check the permissions, or name another place with --out",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; free some space or raise the limit, or name another place with --out"
        }
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            "; a file stands where a folder is meant: name another place with --out"
        }
        ErrorKind::ReadOnlyFilesystem => "; name another place with --out",
        _ => "",
    }
}

fn fewer(agents_fit: u64) -> String {
    if agents_fit == 0 {
        return String::new();
    }
    // What is to be pasted has no commas.
    let agents = grouped(agents_fit);
    format!("about {agents} agents of this scenario would fit: give --agents {agents_fit}, or ")
}

fn bytes(count: u64) -> String {
    let gib = count as f64 / (1u64 << 30) as f64;
    if gib < 0.1 {
        format!("{} bytes", grouped(count))
    } else {
        format!("{gib:.2} GiB")
    }
}

impl Error {
    /// A scenario's value that cannot be used, before its place is known.
    pub fn invalid(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            place: None,
            key: key.into(),
            message: message.into(),
        }
    }

    /// A file that could not be read or written.
    pub fn file(path: impl Into<PathBuf>, action: &'static str, source: std::io::Error) -> Self {
        Self::File {
            path: path.into(),
            action,
            source,
        }
    }

    /// Whether the request was at fault rather than the run: the binary then exits with 2, else with 1.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        #[cfg(feature = "analysis")]
        if let Self::Analysis(error) = self {
            use AnalysisError::{TooLarge, TooManyLinks};
            return matches!(error, TooLarge { .. } | TooManyLinks { .. });
        }
        matches!(
            self,
            Self::Syntax { .. }
                | Self::Invalid { .. }
                | Self::UnknownScenario { .. }
                | Self::Import(_)
                | Self::Input(_)
                | Self::NoDevice { .. }
                | Self::TooLarge { .. }
        )
    }
}
