//! The jobs of a log as they are read, whatever its format; and the ticks that they become.

use super::account::{Account, reasons};
use super::cell::Cell;
use super::moment::{Clock, LATEST, SECOND};
use super::reason::{Field, Kind, Reason};
use super::spec::{LogSpec, TierBy, TraceFormat};
use super::{Job, MOST_NEED, MOST_TASKS, Trace};
use crate::error::Error;
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
    /// Microseconds, at least 0.
    pub(super) submit: i64,
    /// The tier, or the queue that becomes it: [`NO_QUEUE`] for none.
    pub(super) mark: u32,
    pub(super) need: u32,
    pub(super) tasks: u32,
    pub(super) user: u32,
    pub(super) number: u64,
    pub(super) line: u64,
}

/// The queue of a job without one.
pub(super) const NO_QUEUE: u32 = u32::MAX;

/// A line without a usable job.
pub(super) struct Trouble {
    pub(super) reason: Reason,
    pub(super) message: String,
}

/// A log that is being read.
pub(super) struct Log<'a> {
    spec: &'a LogSpec,
    name: String,
    /// Told by the content where the scenario does not say.
    pub(super) format: TraceFormat,
    tiers: u32,
    /// Microseconds in a tick.
    tick: i64,
    drafts: Vec<Draft>,
    skipped: BTreeMap<Reason, u64>,
    pub(super) lines: u64,
    pub(super) facts: BTreeMap<String, String>,
}

impl<'a> Log<'a> {
    pub(super) fn new(spec: &'a LogSpec, name: String, tiers: u32) -> Result<Self, Error> {
        let seconds = spec.tick_seconds;
        if !(0.000_001..=1e6).contains(&seconds) {
            let message = format!("is {seconds}; it must be a number from 0.000001 to 1_000_000");
            return Err(Error::invalid(format!("{SECTION}.tick_seconds"), message));
        }
        Ok(Self {
            spec,
            name,
            format: spec.format,
            tiers: tiers.max(1),
            tick: (seconds * SECOND as f64).round() as i64, // from 1 to 10^12
            drafts: Vec::new(),
            skipped: BTreeMap::new(),
            lines: 0,
            facts: BTreeMap::new(),
        })
    }

    pub(super) fn spec(&self) -> &'a LogSpec {
        self.spec
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An error about the file as a whole.
    pub(super) fn error(&self, message: impl AsRef<str>) -> Error {
        Error::invalid(FILE, format!("{}: {}", self.name, message.as_ref()))
    }

    /// An error at a line that nothing can skip.
    pub(super) fn error_at(&self, line: u64, message: impl AsRef<str>) -> Error {
        let message = format!("{}:{line}: {}", self.name, message.as_ref());
        Error::invalid(FILE, message)
    }

    /// An error about a key of the scenario's section, such as `columns.need`.
    pub(super) fn error_of(&self, key: &str, message: impl Into<String>) -> Error {
        Error::invalid(format!("{SECTION}.{key}"), message)
    }

    /// Takes what a line holds.
    pub(super) fn take(&mut self, line: u64, read: Result<Draft, Trouble>) -> Result<(), Error> {
        match read {
            Ok(_) if self.drafts.len() == MOST_JOBS => {
                let message = format!("is one job more than the {MOST_JOBS} that there can be; cut the log");
                Err(self.error_at(line, message))
            }
            Ok(draft) => {
                self.drafts.push(draft);
                Ok(())
            }
            Err(trouble) => self.skip(line, trouble),
        }
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
        Trouble {
            reason: Reason::Value(field, kind),
            message: format!("{called} is {shown}{unknown}; it must be {}", self.allowed(field)),
        }
    }

    fn allowed(&self, field: Field) -> String {
        match field {
            Field::Arrival | Field::Start | Field::End => format!(
                "seconds from 0 to {LATEST}, and at most {MOST_NEED} ticks ({SECTION}.tick_seconds = {}) after the first",
                self.spec.tick_seconds
            ),
            Field::Need => format!(
                "seconds from 0 to {}, which are {MOST_NEED} ticks ({SECTION}.tick_seconds = {})",
                (i128::from(MOST_NEED) * i128::from(self.tick) / i128::from(SECOND)).min(LATEST.into()),
                self.spec.tick_seconds
            ),
            Field::Processors => format!("a whole number from 1 to {MOST_TASKS}"),
            Field::Tier => format!("a whole number from 0 to {}", self.most_mark()),
            Field::User => format!("a whole number from 0 to {}", u32::MAX),
            Field::Number => format!("a whole number from 0 to {}", i64::MAX),
        }
    }

    fn most_mark(&self) -> u32 {
        if self.by_queue() { NO_QUEUE - 1 } else { self.tiers - 1 }
    }

    fn by_queue(&self) -> bool {
        self.format == TraceFormat::Swf
    }

    /// When a job arrives, in microseconds.
    pub(super) fn arrival(cell: Cell<'_>) -> Result<i64, Kind> {
        let time = cell.time()?;
        if time.clock == Clock::Seconds && time.microseconds < 0 {
            return Err(Kind::OutOfRange);
        }
        Ok(time.microseconds)
    }

    /// How many ticks a job needs: at least one, since a run time of 0 means less than half a second.
    pub(super) fn need(&self, cell: Cell<'_>) -> Result<u32, Kind> {
        let time = cell.span()?;
        if time < 0 {
            return Err(Kind::OutOfRange);
        }
        // Rounded up; neither term is beyond 10^19.
        let ticks = (time as u64).div_ceil(self.tick as u64).max(1);
        if ticks > MOST_NEED.into() {
            return Err(Kind::OutOfRange);
        }
        Ok(ticks as u32)
    }

    /// How many tasks a job is.
    pub(super) fn tasks(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 1, MOST_TASKS)
    }

    /// The tier or the queue.
    pub(super) fn mark(&self, cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, self.most_mark())
    }

    /// Whose a job is.
    pub(super) fn user(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, u32::MAX)
    }

    /// The jobs, by arrival.
    pub(super) fn finish(mut self) -> Result<Trace, Error> {
        self.drop_late()?;
        let first = self.drafts.iter().map(|draft| draft.submit).min();
        let Some(first) = first else {
            return Err(self.nothing());
        };
        let in_order = self.drafts.is_sorted_by_key(|draft| draft.submit);
        if !in_order {
            self.drafts.sort_by_key(|draft| draft.submit);
        }
        let tier = self.tier();
        let jobs: Vec<Job> = self
            .drafts
            .iter()
            .map(|draft| Job {
                arrival: ((draft.submit - first) / self.tick) as u32, // as drop_late has seen to
                need: draft.need,
                tasks: draft.tasks,
                tier: tier(draft),
                user: draft.user,
                number: draft.number,
                line: draft.line,
            })
            .collect();
        let skipped: u64 = self.skipped.values().sum();
        let work = |job: &Job| u64::from(job.tasks) * u64::from(job.need);
        let account = Account {
            file: self.name,
            format: self.format,
            lines: self.lines,
            jobs: jobs.len() as u64,
            other: self.lines - skipped - jobs.len() as u64,
            skipped: self.skipped,
            in_order,
            first_submit: first / SECOND,
            last_arrival: jobs.last().map_or(0, |job| job.arrival),
            tasks: jobs.iter().map(|job| u64::from(job.tasks)).sum(),
            work: jobs.iter().map(work).fold(0, u64::saturating_add),
            facts: self.facts,
        };
        Ok(Trace { jobs, account })
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
        for draft in late {
            let cell = Cell::Integer((draft.submit / SECOND).into());
            let trouble = self.trouble(Field::Arrival, Kind::OutOfRange, "the arrival", cell);
            self.skip(draft.line, trouble)?;
        }
        Ok(())
    }

    fn nothing(&self) -> Error {
        let lines = self.lines;
        self.error(if lines == 0 {
            "is empty; a log holds at least one job".to_owned()
        } else if self.skipped.is_empty() {
            format!("has {lines} lines and no job; a log holds at least one")
        } else {
            format!(
                "has no usable job: of {lines} lines {} were skipped ({}); is it in the format {}?",
                self.skipped.values().sum::<u64>(),
                reasons(&self.skipped),
                self.format.name()
            )
        })
    }

    /// How a job gets its tier.
    fn tier(&self) -> Box<dyn Fn(&Draft) -> u32> {
        let last = self.tiers - 1;
        if self.spec.tier == TierBy::Size {
            return Box::new(move |draft| size_class(draft.tasks).min(last));
        }
        if !self.by_queue() {
            return Box::new(|draft| draft.mark);
        }
        let mut queues: Vec<u32> = Vec::new();
        for draft in &self.drafts {
            if draft.mark != NO_QUEUE
                && let Err(place) = queues.binary_search(&draft.mark)
                // Beyond the last tier all queues are alike.
                && place <= last as usize
            {
                queues.insert(place, draft.mark);
                queues.truncate(last as usize + 1);
            }
        }
        Box::new(move |draft| queues.binary_search(&draft.mark).map_or(last, |tier| tier as u32))
    }
}

fn within(cell: Cell<'_>, low: u32, high: u32) -> Result<u32, Kind> {
    let value = cell.whole()?;
    u32::try_from(value)
        .ok()
        .filter(|value| (low..=high).contains(value))
        .ok_or(Kind::OutOfRange)
}

/// Powers of 4: 1 is class 0, 2 to 4 class 1, 5 to 16 class 2.
fn size_class(tasks: u32) -> u32 {
    (u32::BITS - tasks.saturating_sub(1).leading_zeros()).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::size_class;

    #[test]
    fn sizes_fall_into_powers_of_four() {
        let classes = [
            (1, 0),
            (2, 1),
            (4, 1),
            (5, 2),
            (16, 2),
            (17, 3),
            (64, 3),
            (65, 4),
            (1 << 20, 10),
        ];
        for (tasks, class) in classes {
            assert_eq!(size_class(tasks), class, "{tasks}");
        }
    }
}
