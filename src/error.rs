//! What can go wrong, for a caller to match on and for a person to read: each message names the place, the value,
//! what is allowed and the remedy.

use crate::digits::written;
use crate::input::{InputError, excerpt};
use crate::topology::import::ImportError;
use std::fmt;
use std::path::{Path, PathBuf};

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
    Analysis(#[from] crate::analysis::AnalysisError),
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
    let agents = written(agents_fit);
    format!("about {agents} agents of this scenario would fit: give --agents {agents}, or ")
}

fn bytes(count: u64) -> String {
    let gib = count as f64 / (1u64 << 30) as f64;
    if gib < 0.1 {
        format!("{} bytes", written(count))
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
            use crate::analysis::AnalysisError::{TooLarge, TooManyLinks};
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

/// The longest word of a user that a message shows whole, in characters.
const LONGEST_WORD: usize = 64;

/// The most words that a message lists.
const MOST_WORDS: usize = 40;

/// A user's word on one line, whole if it is short, else its start, so that no message grows with what is wrong.
#[must_use]
pub fn escaped(text: &str) -> String {
    let head: String = text.chars().take(LONGEST_WORD + 1).collect();
    let whole = printable(&head);
    if whole.chars().count() > LONGEST_WORD {
        excerpt(text.as_bytes())
    } else {
        whole
    }
}

/// The first of a user's words, with commas between, and whether there are more.
pub(crate) fn listed(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut words = words.into_iter();
    let mut shown: Vec<String> = words
        .by_ref()
        .take(MOST_WORDS)
        .map(|word| escaped(word.as_ref()))
        .collect();
    if words.next().is_some() {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// A text with what cannot be printed escaped, so that it takes one line and is seen as it is.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let (plain, odd) = match c {
                // These are seen as they are.
                '\\' | '\'' | '"' => (Some(c), None),
                c => (None, Some(c.escape_debug())),
            };
            plain.into_iter().chain(odd.into_iter().flatten())
        })
        .collect()
}

/// A user's word in quotation marks, on one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A word as a shell takes it: in single quotes unless it is plain, so that it can be copied.
pub(crate) fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./=:,+@%^".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A path for a person to read: as it is if it is plain, else in quotation marks, with what cannot be printed escaped.
#[must_use]
pub fn shown(path: &Path) -> String {
    let is_plain = |c: char| !c.is_whitespace() && c != '"' && c.escape_debug().len() == 1 || c == '\\' || c == '\'';
    match path.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Some(text) => format!("\"{}\"", printable(text)),
        // With bytes that are no text.
        None => format!("{path:?}"),
    }
}

/// The longest name that another is compared with, in bytes.
const LONGEST_NAME: usize = 256;

/// The known name that is nearest to `name`, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody means a name by that much text, and comparing it takes as many words as both lengths multiplied.
    if name.len() > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|k| k.len() <= LONGEST_NAME)
        .map(|k| (strsim::damerau_levenshtein(name, k), k))
        .min()
        .filter(|&(distance, k)| distance <= 1 + k.len().max(name.len()) / 3)
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_do_not_grow_with_what_is_wrong() {
        let long = "x".repeat(1 << 20);
        assert_eq!(quoted("a\n'b'"), "\"a\\n'b'\"");
        assert_eq!(quoted(&long), format!("\"{}…\"", "x".repeat(39)));
        assert_eq!(escaped(&long[..64]), long[..64]);
        assert!(escaped(&"\u{202e}".repeat(64)).chars().count() <= 40);
        assert!(Place::Argument("\u{202e}".repeat(1 << 20)).to_string().len() < 300);
        assert_eq!(nearest(&long, ["xx"]), None);
        assert_eq!(listed(["a", "b"]), "a, b");
        assert!(listed([&long; 1000]).ends_with("…, …"));
    }
}
