//! Logs that are tables: texts with separators, and Parquet.

pub(super) mod csv;
#[cfg(feature = "tables")]
pub(super) mod parquet;
mod roles;

use super::cell::Cell;
use super::log::{Draft, Log, Read, Row, Trouble};
use super::moment::{Clock, Time};
use super::reason::{Field, Kind, Reason};
use crate::error::Error;
use roles::{Column, Length, Role, Roles};
use std::hash::{DefaultHasher, Hash, Hasher};

impl Roles {
    /// Takes a row that begins in this line, of which `cell` gives the columns.
    fn take<'a>(&self, row: u64, line: u64, log: &mut Log<'_>, cell: impl Fn(usize) -> Cell<'a>) -> Result<(), Error> {
        let reader = RowReader {
            roles: self,
            log,
            cell: &cell,
        };
        let (whole, read) = match reader.name() {
            Some((job, true)) => (None, Ok(Read::Part { of: job })),
            Some((job, false)) => (Some(job), reader.read(row)),
            None => (None, reader.read(row)),
        };
        log.take(line, whole, read)
    }
}

/// A row of a table.
struct RowReader<'r, 's, 'a> {
    roles: &'r Roles,
    log: &'r Log<'s>,
    cell: &'r dyn Fn(usize) -> Cell<'a>,
}

impl<'a> RowReader<'_, '_, 'a> {
    fn cell(&self, column: &Column) -> Cell<'a> {
        (self.cell)(column.at)
    }

    fn trouble(&self, field: Field, column: &Column, kind: Kind) -> Trouble {
        self.log.trouble(field, kind, &column.called(), self.cell(column))
    }

    /// Which job the row is about, as a number that equal names share, and whether of a step of it: 17.batch is a step of 17.
    fn name(&self) -> Option<(u64, bool)> {
        let text = self.cell(self.roles.job.as_ref()?).text()?;
        let point = text.iter().position(|&byte| byte == b'.');
        let mut hasher = DefaultHasher::new();
        text[..point.unwrap_or(text.len())].hash(&mut hasher);
        Some((hasher.finish(), point.is_some_and(|point| point > 0)))
    }

    /// The job of the row, which becomes its number.
    fn read(&self, row: u64) -> Result<Read<'a>, Trouble> {
        let roles = self.roles;
        let length = self.length();
        let never_ran = match &length {
            Ok(microseconds) => *microseconds <= 0,
            Err(trouble) => matches!(trouble.reason, Reason::Value(_, Kind::Unknown)),
        };
        if never_ran && self.was_given_up() {
            return Ok(Read::Cancelled);
        }
        let (role, column) = &roles.arrival;
        let field = field_of(*role);
        let arrival = self
            .cell(column)
            .time()
            .and_then(Log::arrival)
            .map_err(|kind| self.trouble(field, column, kind))?;
        let need = length.and_then(|microseconds| {
            let (field, column) = match &roles.length {
                Length::Need(need) => (Field::Need, need),
                Length::Between(_, _, end) => (Field::End, end),
            };
            self.log.need(microseconds).map_err(|kind| match &roles.length {
                Length::Need(_) => self.trouble(field, column, kind),
                Length::Between(_, from, _) => self.reversed(from, column, microseconds),
            })
        })?;
        let optional = |field: Field, column: &Option<Column>, read: &dyn Fn(Cell<'a>) -> Result<u32, Kind>| {
            let read = |column| read(self.cell(column)).map_err(|kind| self.trouble(field, column, kind));
            column.as_ref().map(read).transpose()
        };
        let mark = |field: Field, column: &Option<Column>| match column {
            None => Ok(None),
            Some(column) => match field {
                Field::Tier => self.log.tier_mark(self.cell(column)),
                _ => self.log.user_mark(self.cell(column)),
            }
            .map(Some)
            .map_err(|kind| self.trouble(field, column, kind)),
        };
        Ok(Read::Job(Row {
            draft: Draft {
                submit: arrival.microseconds,
                mark: 0,
                need,
                tasks: optional(Field::Processors, &roles.processors, &Log::tasks)?.unwrap_or(1),
                user: 0,
                number: row,
                line: 0,
            },
            clock: arrival.clock,
            user: mark(Field::User, &roles.user)?,
            tier: mark(Field::Tier, &roles.tier)?,
        }))
    }

    /// How long the job ran, in microseconds.
    fn length(&self) -> Result<i64, Trouble> {
        match &self.roles.length {
            Length::Need(need) => self
                .cell(need)
                .span()
                .map_err(|kind| self.trouble(Field::Need, need, kind)),
            Length::Between(role, from, to) => {
                let time = |field, column: &Column| -> Result<Time, Trouble> {
                    let time = self.cell(column).time().and_then(Log::arrival);
                    time.map_err(|kind| self.trouble(field, column, kind))
                };
                let (start, end) = (time(field_of(*role), from)?, time(Field::End, to)?);
                if start.clock != end.clock {
                    let called = |clock: Clock| clock.called();
                    return Err(Trouble {
                        reason: Reason::Value(Field::End, Kind::OtherClock),
                        message: format!(
                            "{} holds {}, but {} {}; write both alike",
                            to.called(),
                            called(end.clock),
                            from.called(),
                            called(start.clock)
                        ),
                    });
                }
                // Neither is beyond 9 · 10^18, and by one clock both are at least 0 or within ten thousand years.
                Ok(end.microseconds - start.microseconds)
            }
        }
    }

    /// The trouble of a job that ends before it starts, or too late.
    fn reversed(&self, from: &Column, to: &Column, microseconds: i64) -> Trouble {
        if microseconds >= 0 {
            return self.trouble(Field::End, to, Kind::OutOfRange);
        }
        let (start, end) = (self.cell(from).show(), self.cell(to).show());
        Trouble {
            reason: Reason::Value(Field::End, Kind::OutOfRange),
            message: format!(
                "{} is {end}, before {}, which is {start}; a job ends when it starts or later",
                to.called(),
                from.called()
            ),
        }
    }

    /// Whether the job was cancelled, or had not begun when the log was written: of Standard Workloads the status 5, of Slurm
    /// CANCELLED and PENDING.
    fn was_given_up(&self) -> bool {
        let Some(column) = &self.roles.status else { return false };
        match self.cell(column) {
            Cell::Integer(status) => status == 5,
            Cell::Text(text) => {
                let text = text.trim_ascii();
                let begins = |word: &[u8]| {
                    let start = text.get(..word.len());
                    start.is_some_and(|start| start.eq_ignore_ascii_case(word))
                };
                text == b"5" || begins(b"cancel") || begins(b"pending")
            }
            _ => false,
        }
    }
}

fn field_of(role: Role) -> Field {
    if role == Role::Start {
        Field::Start
    } else {
        Field::Arrival
    }
}
