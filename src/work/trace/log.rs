//! The jobs of a log as they are read, whatever its format; and the ticks that they become.

use super::account::{Account, counted, reasons};
use super::cell::{Cell, Mark};
use super::moment::{self, Clock, LATEST, SECOND, Time};
use super::names::Names;
use super::reason::{Field, Kind, Reason};
use super::spec::{LogSpec, Placement, TierBy, TraceFormat};
use super::tiers::Tiers;
use super::{Job, MOST_NEED, MOST_TASKS, Trace};
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

    /// A value that is at fault. `called` is what the log calls it, as in "field 4 (run time)".
    pub(super) fn trouble(&self, field: Field, kind: Kind, called: &str, cell: Cell<'_>) -> Trouble {
        let shown = cell.show();
        let unknown = if kind == Kind::Unknown && shown != "empty" {
            ", that is, unknown"
        } else {
            ""
        };
        let more = if kind == Kind::Date {
            format!("; a date on which jobs end is named by {SECTION}.columns.end")
        } else {
            String::new()
        };
        Trouble {
            reason: Reason::Value(field, kind),
            message: format!("{called} is {shown}{unknown}; it must be {}{more}", self.allowed(field)),
        }
    }

    fn allowed(&self, field: Field) -> String {
        let is_table = self.format != TraceFormat::Swf;
        match field {
            Field::Arrival | Field::Start | Field::End => format!(
                "seconds from 0 to {LATEST}{}, and at most {MOST_NEED} ticks ({SECTION}.tick_seconds = {}) after the first",
                if is_table {
                    " or a date, as 2024-03-01T08:00:00"
                } else {
                    ""
                },
                self.spec.tick_seconds
            ),
            Field::Need => format!(
                "seconds from 0 to {}{}, which are {MOST_NEED} ticks ({SECTION}.tick_seconds = {})",
                (i128::from(MOST_NEED) * i128::from(self.tick) / i128::from(SECOND)).min(LATEST.into()),
                if is_table { " or D-HH:MM:SS" } else { "" },
                self.spec.tick_seconds
            ),
            Field::Processors => format!("a whole number from 1 to {MOST_TASKS}"),
            Field::Tier => format!(
                "a whole number from 0 to {}{}",
                self.most_mark(),
                if is_table {
                    ", or a word of at most 256 bytes"
                } else {
                    ""
                }
            ),
            Field::User => format!(
                "a whole number from 0 to {}{}",
                u32::MAX,
                if is_table {
                    ", or a word of at most 256 bytes"
                } else {
                    ""
                }
            ),
            Field::Number => format!("a whole number from 0 to {}", i64::MAX),
        }
    }

    fn most_mark(&self) -> u32 {
        if self.format == TraceFormat::Swf {
            NO_QUEUE - 1
        } else {
            self.tiers - 1
        }
    }

    /// When a job arrives.
    pub(super) fn arrival(time: Time) -> Result<Time, Kind> {
        if time.clock == Clock::Seconds && time.microseconds < 0 {
            return Err(Kind::OutOfRange);
        }
        Ok(time)
    }

    /// How many ticks a job needs that runs for so many microseconds: at least one, since a run time of 0 means less than half a
    /// second.
    pub(super) fn need(&self, microseconds: i64) -> Result<u32, Kind> {
        let time = u64::try_from(microseconds).map_err(|_| Kind::OutOfRange)?;
        // Rounded up; neither term is beyond 10^19.
        let ticks = time.div_ceil(self.tick as u64).max(1);
        u32::try_from(ticks)
            .ok()
            .filter(|&ticks| ticks <= MOST_NEED)
            .ok_or(Kind::OutOfRange)
    }

    /// How many tasks a job is.
    pub(super) fn tasks(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 1, MOST_TASKS)
    }

    /// The queue.
    pub(super) fn queue(&self, cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, self.most_mark())
    }

    /// Whose a job is, by number.
    pub(super) fn user(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, u32::MAX)
    }

    /// The tier: a number below the number of tiers, or a word.
    pub(super) fn tier_mark<'c>(&self, cell: Cell<'c>) -> Result<Mark<'c>, Kind> {
        // Among words numbers are words.
        let high = if self.tier_words.are_words() {
            i64::MAX
        } else {
            self.most_mark().into()
        };
        mark(cell, high)
    }

    /// Whose a job is, by number or word.
    pub(super) fn user_mark<'c>(&self, cell: Cell<'c>) -> Result<Mark<'c>, Kind> {
        let high = if self.users.are_words() {
            i64::MAX
        } else {
            u32::MAX.into()
        };
        mark(cell, high)
    }

    /// The jobs, by arrival.
    pub(super) fn finish(mut self) -> Result<Trace, Error> {
        self.check_parts()?;
        self.drop_late()?;
        let first = self.drafts.iter().map(|draft| draft.submit).min();
        let Some(first) = first else {
            return Err(self.nothing());
        };
        self.check_users()?;
        let (held, jobs) = (size_of_val(&self.drafts[..]), self.drafts.len() * size_of::<Job>());
        self.meter.allow((held + jobs) as u64, jobs as u64).map_err(refused)?;
        let in_order = self.drafts.is_sorted_by_key(|draft| draft.submit);
        if !in_order {
            // Without the room that a stable sort takes; lines are in order.
            self.drafts.sort_unstable_by_key(|draft| (draft.submit, draft.line));
        }
        let clock = self.clock.map_or(Clock::Seconds, |(clock, _)| clock);
        let tiers = self.tier_of();
        self.tell(first, clock, &tiers);
        let jobs: Vec<Job> = self
            .drafts
            .iter()
            .map(|draft| Job {
                arrival: ((draft.submit - first) / self.tick) as u32, // as drop_late has seen to
                need: draft.need,
                tasks: draft.tasks,
                tier: tiers.of(draft.mark, draft.tasks),
                user: draft.user,
                number: draft.number,
                line: draft.line,
            })
            .collect();
        let skipped: u64 = self.skipped.values().sum();
        let partial = self.parts.len() as u64;
        let work = |job: &Job| u64::from(job.tasks) * u64::from(job.need);
        let account = Account {
            file: self.name,
            format: self.format,
            lines: self.lines,
            jobs: jobs.len() as u64,
            cancelled: self.cancelled,
            partial,
            other: self.lines - skipped - jobs.len() as u64 - self.cancelled - partial,
            skipped: self.skipped,
            in_order,
            clock,
            tick_seconds: self.tick as f64 / SECOND as f64,
            first_submit: first.div_euclid(SECOND),
            last_arrival: jobs.last().map_or(0, |job| job.arrival),
            tasks: jobs.iter().map(|job| u64::from(job.tasks)).sum(),
            work: jobs.iter().map(work).fold(0, u64::saturating_add),
            slowdown_bound: self.spec.slowdown_bound,
            columns: self.columns,
            facts: self.facts,
            notes: self.notes,
        };
        Ok(Trace { jobs, account })
    }

    /// A partial execution is not counted if its job is; where the job has no line as a whole, it would be lost.
    fn check_parts(&mut self) -> Result<(), Error> {
        if self.parts.is_empty() {
            return Ok(());
        }
        self.wholes.sort_unstable();
        let (parts, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|(of, _)| self.wholes.binary_search(of).is_ok());
        self.parts = parts;
        for (_, line) in lost {
            let is_swf = self.format == TraceFormat::Swf;
            let trouble = Trouble {
                reason: Reason::Part,
                message: if is_swf {
                    "is a partial execution (status 2, 3 or 4) of a job that has no line as a whole (status 0, 1 or 5)"
                        .to_owned()
                } else {
                    format!(
                        "is a step of a job, as the point in its name says, whose own row is not there; if it is a job of its own, say \
                         {SECTION}.columns.job = false"
                    )
                },
            };
            self.skip(line, trouble)?;
        }
        Ok(())
    }

    /// All jobs of a user arrive at one cell; of no user, all jobs would.
    fn check_users(&mut self) -> Result<(), Error> {
        let jobs = self.drafts.len() as u64;
        let knows_none = !self.has_users || self.unknown_users >= jobs;
        if self.spec.cells != Placement::User {
            return Ok(());
        }
        if knows_none {
            let what = if self.has_users {
                "knows no job's user"
            } else {
                "has no column of users"
            };
            let remedy = if self.format == TraceFormat::Swf || self.has_users {
                ""
            } else {
                "name it, as in work.log.columns.user = \"owner\", or "
            };
            let message = format!(
                "is \"user\", but {} {what}, so that all jobs would arrive at one cell; {remedy}choose hash or round-robin",
                self.name
            );
            return Err(self.error_of("cells", message));
        }
        if self.unknown_users > 0 {
            let note = format!(
                "{} jobs of unknown user count as user 0's, and arrive at one cell",
                self.unknown_users
            );
            self.notes.push(note);
        }
        Ok(())
    }

    /// Looks for jobs that arrive more ticks after the first than can be counted.
    fn drop_late(&mut self) -> Result<(), Error> {
        let first = self.drafts.iter().map(|draft| draft.submit).min().unwrap_or(0);
        let last = self.drafts.iter().map(|draft| draft.submit).max().unwrap_or(0);
        let is_late = |submit: i64| (submit - first) / self.tick > MOST_NEED.into();
        if !is_late(last) {
            return Ok(());
        }
        let (late, kept): (Vec<Draft>, Vec<Draft>) = self.drafts.iter().partition(|draft| is_late(draft.submit));
        self.drafts = kept;
        let zoned = match self.clock {
            Some((Clock::Dates, _)) => Some(true),
            Some((Clock::LocalDates, _)) => Some(false),
            _ => None,
        };
        for draft in late {
            let cell = match zoned {
                Some(zoned) => Cell::Date {
                    nanoseconds: 1000 * i128::from(draft.submit),
                    zoned,
                },
                None => Cell::Integer((draft.submit / SECOND).into()),
            };
            let trouble = self.trouble(Field::Arrival, Kind::OutOfRange, "the arrival", cell);
            self.skip(draft.line, trouble)?;
        }
        Ok(())
    }

    fn nothing(&self) -> Error {
        let (lines, cancelled, partial) = (self.lines, self.cancelled, self.parts.len());
        let no_jobs = if cancelled + partial as u64 > 0 {
            format!(
                ", {} and {}",
                counted(cancelled, "cancelled job"),
                counted(partial as u64, "partial execution")
            )
        } else {
            String::new()
        };
        self.error(if lines == 0 {
            "is empty; a log holds at least one job".to_owned()
        } else if self.skipped.is_empty() {
            format!(
                "has {} and no job{no_jobs}; a log holds at least one",
                counted(lines, "line")
            )
        } else {
            format!(
                "has no usable job: {} skipped ({}){no_jobs}; is it in the format {}?",
                counted(self.skipped.values().sum(), "line"),
                reasons(&self.skipped),
                self.format.name()
            )
        })
    }

    /// How a job gets its tier.
    fn tier_of(&self) -> Tiers {
        let last = self.tiers - 1;
        if self.spec.tier == TierBy::Size {
            Tiers::Size { last }
        } else if self.tier_words.are_words() {
            Tiers::Words { last }
        } else if self.format == TraceFormat::Swf {
            Tiers::queues(last, self.drafts.iter().map(|draft| draft.mark))
        } else {
            Tiers::Given
        }
    }

    /// Says what the jobs' numbers mean.
    fn tell(&mut self, first: i64, clock: Clock, tiers: &Tiers) {
        if clock != Clock::Seconds || first != 0 {
            let unit = if clock == Clock::Seconds { "second " } else { "" };
            let local = match clock {
                Clock::LocalDates => "; times are without a zone, and taken as they stand",
                _ => "",
            };
            let note = format!(
                "tick 0 is {unit}{}, the first arrival{local}",
                moment::show(first, clock)
            );
            self.notes.insert(0, note);
        }
        self.notes.extend(tiers.told(&self.tier_words));
        if self.users.are_words() && self.spec.cells == Placement::User {
            let note = format!(
                "users are {} words, numbered from 0 in the order of their first appearance: {}",
                self.users.count(),
                listed(&self.users)
            );
            self.notes.push(note);
        }
    }
}

/// The first words, and whether there are more.
pub(super) fn listed(names: &Names) -> String {
    let more = if names.count() > names.told().len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", names.told().join(", "))
}

fn within(cell: Cell<'_>, low: u32, high: u32) -> Result<u32, Kind> {
    let value = cell.whole()?;
    u32::try_from(value)
        .ok()
        .filter(|value| (low..=high).contains(value))
        .ok_or(Kind::OutOfRange)
}

/// The longest word that is a user or a tier, in bytes.
const LONGEST_WORD: usize = 256;

/// A number from 0 to `high`, or a word.
fn mark(cell: Cell<'_>, high: i64) -> Result<Mark<'_>, Kind> {
    match cell.mark()? {
        Mark::Number(number) if !(0..=high).contains(&number) => Err(Kind::OutOfRange),
        Mark::Word(word) if word.len() > LONGEST_WORD => Err(Kind::OutOfRange),
        mark => Ok(mark),
    }
}
