//! What a value of a log may be, and what it becomes: ticks, tasks, a tier, a user.

use super::{Log, NO_QUEUE, SECTION, Trouble};
use crate::trace::cell::{Cell, Mark};
use crate::trace::moment::{Clock, LATEST, SECOND, Time};
use crate::trace::reason::{Field, Kind, Reason};
use crate::trace::spec::TraceFormat;
use crate::trace::{MOST_NEED, MOST_TASKS};

impl Log<'_> {
    /// A value that is at fault. `called` is what the log calls it, as in "field 4 (run time)".
    pub(in crate::trace) fn trouble(&self, field: Field, kind: Kind, called: &str, cell: Cell<'_>) -> Trouble {
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
    pub(in crate::trace) fn arrival(time: Time) -> Result<Time, Kind> {
        if time.clock == Clock::Seconds && time.microseconds < 0 {
            return Err(Kind::OutOfRange);
        }
        Ok(time)
    }

    /// How many ticks a job needs that runs for so many microseconds: at least one, since a run time of 0 means less than half a
    /// second.
    pub(in crate::trace) fn need(&self, microseconds: i64) -> Result<u32, Kind> {
        let time = u64::try_from(microseconds).map_err(|_| Kind::OutOfRange)?;
        // Rounded up; neither term is beyond 10^19.
        let ticks = time.div_ceil(self.tick as u64).max(1);
        u32::try_from(ticks)
            .ok()
            .filter(|&ticks| ticks <= MOST_NEED)
            .ok_or(Kind::OutOfRange)
    }

    /// How many tasks a job is.
    pub(in crate::trace) fn tasks(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 1, MOST_TASKS)
    }

    /// The queue.
    pub(in crate::trace) fn queue(&self, cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, self.most_mark())
    }

    /// Whose a job is, by number.
    pub(in crate::trace) fn user(cell: Cell<'_>) -> Result<u32, Kind> {
        within(cell, 0, u32::MAX)
    }

    /// The tier: a number below the number of tiers, or a word.
    pub(in crate::trace) fn tier_mark<'c>(&self, cell: Cell<'c>) -> Result<Mark<'c>, Kind> {
        // Among words numbers are words.
        let high = if self.tier_words.are_words() {
            i64::MAX
        } else {
            self.most_mark().into()
        };
        mark(cell, high)
    }

    /// Whose a job is, by number or word.
    pub(in crate::trace) fn user_mark<'c>(&self, cell: Cell<'c>) -> Result<Mark<'c>, Kind> {
        let high = if self.users.are_words() {
            i64::MAX
        } else {
            u32::MAX.into()
        };
        mark(cell, high)
    }
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
