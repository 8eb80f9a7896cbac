//! The jobs of a log as they are read, whatever its format.

mod end;
mod value;

pub(super) use end::listed;

use super::cell::Mark;
use super::moment::{Clock, SECOND};
use super::names::Names;
use super::reason::{Field, Kind, Reason};
use super::spec::{LogSpec, TraceFormat};
use crate::error::Error;
use crate::input::{InputError, Meter};
use std::collections::BTreeMap;

/// The scenario's key that names the log.
pub(super) const FILE: &str = "work.trace";
/// The scenario's section that says how it is read.
const SECTION: &str = "work.log";

/// The most jobs: they take a dozen gigabytes.
const MOST_JOBS: usize = 1 << 28;

/// A job whose ticks wait for the first arrival to be known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    /// Microseconds by the log's clock.
    pub(super) submit: i64,
    /// The tier, or the queue or word that becomes it: [`NO_QUEUE`] for none.
    pub(super) mark: u32,
    pub(super) need: u32,
    pub(super) tasks: u32,
    pub(super) user: u32,
    pub(super) number: u64,
    pub(super) line: u64,
}

/// The queue of a job without one.
pub(super) const NO_QUEUE: u32 = u32::MAX;

/// The opener's word about the log.
pub(super) fn refused(error: InputError) -> Error {
    Error::invalid(FILE, error.to_string())
}

/// What a line holds.
pub(super) enum Read<'a> {
    /// A job.
    Job(Row<'a>),
    /// One of the executions of a job that has a line of its own as a whole.
    Part {
        /// Which job, as [`Log::take`] is told of whole ones.
        of: u64,
    },
    /// A job that was cancelled before it ran.
    Cancelled,
}

/// A job, and what becomes part of its draft once it is known to be usable.
pub(super) struct Row<'a> {
    pub(super) draft: Draft,
    pub(super) clock: Clock,
    /// In place of the draft's.
    pub(super) user: Option<Mark<'a>>,
    /// In place of the draft's.
    pub(super) tier: Option<Mark<'a>>,
}

/// A line without a usable job.
pub(super) struct Trouble {
    pub(super) reason: Reason,
    pub(super) message: String,
}

/// A log that is being read.
pub(super) struct Log<'a> {
    spec: &'a LogSpec,
    name: String,
    /// How much of it may be held.
    meter: Meter,
    /// Told by the content where the scenario does not say.
    pub(super) format: TraceFormat,
    tiers: u32,
    /// Microseconds in a tick.
    tick: i64,
    drafts: Vec<Draft>,
    /// What the first usable job's times count from, and its line.
    clock: Option<(Clock, u64)>,
    users: Names,
    tier_words: Names,
    /// Whether no job says whose it is, and how many do not.
    pub(super) has_users: bool,
    unknown_users: u64,
    /// Jobs that have whole lines, and lines that are parts of jobs: which, and where.
    wholes: Vec<u64>,
    parts: Vec<(u64, u64)>,
    cancelled: u64,
    skipped: BTreeMap<Reason, u64>,
    pub(super) lines: u64,
    pub(super) facts: BTreeMap<String, String>,
    /// Which columns of a table hold what.
    pub(super) columns: BTreeMap<&'static str, String>,
    /// What is not used, and what that means.
    pub(super) notes: Vec<String>,
}

impl<'a> Log<'a> {
    pub(super) fn new(spec: &'a LogSpec, meter: Meter, tiers: u32) -> Result<Self, Error> {
        let seconds = spec.tick_seconds;
        if !(0.000_001..=1e6).contains(&seconds) {
            let message = format!("is {seconds}; it must be a number from 0.000001 to 1_000_000");
            return Err(Error::invalid(format!("{SECTION}.tick_seconds"), message));
        }
        Ok(Self {
            spec,
            name: meter.name(),
            meter,
            format: spec.format,
            tiers: tiers.max(1),
            tick: (seconds * SECOND as f64).round() as i64, // from 1 to 10^12
            drafts: Vec::new(),
            clock: None,
            users: Names::default(),
            tier_words: Names::default(),
            has_users: false,
            unknown_users: 0,
            wholes: Vec::new(),
            parts: Vec::new(),
            cancelled: 0,
            skipped: BTreeMap::new(),
            lines: 0,
            facts: BTreeMap::new(),
            columns: BTreeMap::new(),
            notes: Vec::new(),
        })
    }

    pub(super) fn spec(&self) -> &'a LogSpec {
        self.spec
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many tiers there are.
    pub(super) fn tiers(&self) -> u32 {
        self.tiers
    }

    /// An error about the file as a whole.
    pub(super) fn error(&self, message: impl AsRef<str>) -> Error {
        Error::invalid(FILE, format!("{}: {}", self.name, message.as_ref()))
    }

    /// An error at a line that nothing can skip.
    pub(super) fn error_at(&self, line: u64, message: impl AsRef<str>) -> Error {
        // A table has rows, which no editor shows as lines.
        let place = match self.format {
            TraceFormat::Parquet => format!(": row {line}"),
            _ => format!(":{line}"),
        };
        Error::invalid(FILE, format!("{}{place}: {}", self.name, message.as_ref()))
    }

    /// An error about a key of the scenario's section, such as `columns.need`.
    pub(super) fn error_of(&self, key: &str, message: impl Into<String>) -> Error {
        Error::invalid(format!("{SECTION}.{key}"), message)
    }

    /// Takes what a line holds; `whole` is which job it is about as a whole, if it says.
    pub(super) fn take(&mut self, line: u64, whole: Option<u64>, read: Result<Read<'_>, Trouble>) -> Result<(), Error> {
        if let Some(job) = whole {
            self.room()?;
            self.wholes.push(job);
        }
        let read = read.and_then(|read| self.by_one_clock(read));
        match read {
            Ok(Read::Job(_)) if self.drafts.len() == MOST_JOBS => {
                let message = format!("is one job more than the {MOST_JOBS} that there can be; cut the log");
                Err(self.error_at(line, message))
            }
            Ok(Read::Job(row)) => {
                self.room()?;
                self.keep(line, row);
                Ok(())
            }
            Ok(Read::Part { of }) => {
                self.room()?;
                self.parts.push((of, line));
                Ok(())
            }
            Ok(Read::Cancelled) => {
                self.cancelled += 1;
                Ok(())
            }
            Err(trouble) => self.skip(line, trouble),
        }
    }

    /// Times by different clocks cannot be compared.
    fn by_one_clock<'r>(&self, read: Read<'r>) -> Result<Read<'r>, Trouble> {
        match (&read, self.clock) {
            (Read::Job(row), Some((clock, first))) if row.clock != clock => {
                let kind = Kind::OtherClock;
                Err(Trouble {
                    reason: Reason::Value(Field::Arrival, kind),
                    message: format!(
                        "times are {}, but those before, as in line {first}, are {}; write all of them alike",
                        row.clock.called(),
                        clock.called()
                    ),
                })
            }
            _ => Ok(read),
        }
    }

    /// Makes room for one more of everything that is held, if it may be.
    fn room(&mut self) -> Result<(), Error> {
        let is_full = |length: usize, capacity: usize| length == capacity;
        if !is_full(self.drafts.len(), self.drafts.capacity())
            && !is_full(self.wholes.len(), self.wholes.capacity())
            && !is_full(self.parts.len(), self.parts.capacity())
        {
            return Ok(());
        }
        // By half as many again, which lie beside the old ones while they are moved.
        let more = |length: usize| (length / 2).max(64);
        let size = |length: usize, each: usize| ((2 * length + more(length)) * each) as u64;
        let held = size(self.drafts.len(), size_of::<Draft>())
            + size(self.wholes.len(), size_of::<u64>())
            + size(self.parts.len(), size_of::<(u64, u64)>())
            + self.users.bytes()
            + self.tier_words.bytes();
        let drafts = (more(self.drafts.len()) * size_of::<Draft>()) as u64;
        self.meter.allow(held, drafts).map_err(refused)?;
        self.drafts.reserve_exact(more(self.drafts.len()));
        self.wholes.reserve_exact(more(self.wholes.len()));
        self.parts.reserve_exact(more(self.parts.len()));
        Ok(())
    }

    fn keep(&mut self, line: u64, row: Row<'_>) {
        self.clock.get_or_insert((row.clock, line));
        let mut draft = Draft { line, ..row.draft };
        match row.user {
            Some(mark) => {
                draft.user = self
                    .users
                    .number(mark, self.drafts.iter_mut().map(|draft| &mut draft.user))
            }
            None => self.unknown_users += 1,
        }
        if let Some(mark) = row.tier {
            draft.mark = self
                .tier_words
                .number(mark, self.drafts.iter_mut().map(|draft| &mut draft.mark));
        }
        self.drafts.push(draft);
    }

    fn skip(&mut self, line: u64, trouble: Trouble) -> Result<(), Error> {
        if !self.spec.lenient {
            let message = format!(
                "{}; correct it, or skip and count such lines by `--lenient` ({SECTION}.lenient = true)",
                trouble.message
            );
            return Err(self.error_at(line, message));
        }
        *self.skipped.entry(trouble.reason).or_default() += 1;
        Ok(())
    }
}
