//! The Standard Workload Format, version 2.2: S. J. Chapin et al., Benchmarks and standards for the evaluation of parallel
//! job schedulers, JSSPP 1999; kept by D. Feitelson's Parallel Workloads Archive.
//!
//! * A job is a line of 18 numbers between blanks; what follows them, as in some archives, is ignored. −1 means unknown.
//! * Lines that start with a semicolon are comments; those at the top say `; Key: value` of the log.
//! * Of the fields count: 1 job number, 2 submit time, 4 run time, 5 allocated and 8 requested processors, 11 status, 12 user, 15
//!   queue.
//! * A run time of 0 is less than half a second: the job needs one tick. A job of unknown run time is unusable; so is one of
//!   unknown submit time, or of no processors. One that was cancelled (status 5) and never ran is no job, and is counted apart.
//! * A job that is swapped out or checkpointed has a line as a whole (status 0 or 1), and one for each of its partial executions
//!   (status 2, 3 or 4), which are no jobs of their own.

use super::cell::{Cell, Mark};
use super::log::{Draft, Log, NO_QUEUE, Read, Row, Trouble, refused};
use super::moment::{self, Clock, Time};
use super::reason::{Field, Kind, Reason};
use crate::error::Error;
use crate::error::excerpt;
use crate::input::Lines;

/// The fields of a line.
pub(super) const FIELDS: usize = 18;

/// Facts of a header worth keeping.
const FACTS: [&str; 10] = [
    "Version",
    "Computer",
    "Installation",
    "Acknowledge",
    "MaxJobs",
    "MaxNodes",
    "MaxProcs",
    "UnixStartTime",
    "StartTime",
    "EndTime",
];

/// Reads all lines.
pub(super) fn read(lines: &mut Lines<'_>, log: &mut Log<'_>) -> Result<(), Error> {
    if !log.spec().columns.is_default() {
        let note = "work.log.columns is not used: a Standard Workload says by itself what its columns are";
        log.notes.push(note.to_owned());
    }
    log.has_users = true;
    while let Some(line) = lines.next().map_err(refused)? {
        let text = line.trim_ascii();
        let fact = match text {
            [] => None,
            [b';', comment @ ..] => fact(comment),
            _ => {
                let (whole, read) = match fields(text) {
                    Ok(fields) => (whole(&fields), job(&fields, log)),
                    Err(trouble) => (None, Err(trouble)),
                };
                log.take(lines.number(), whole, read)?;
                None
            }
        };
        if let Some((key, value)) = fact {
            log.facts.entry(key).or_insert(value);
        }
    }
    log.lines = lines.number();
    Ok(())
}

/// The fact of a comment, if it holds one worth keeping.
fn fact(comment: &[u8]) -> Option<(String, String)> {
    let colon = comment.iter().position(|&byte| byte == b':')?;
    let key = comment[..colon].trim_ascii();
    let key = FACTS.iter().find(|fact| fact.as_bytes() == key)?;
    Some(((*key).to_owned(), excerpt(&comment[colon + 1..])))
}

/// The fields of a line.
type Fields<'a> = [&'a [u8]; FIELDS];

/// How many of the fields at the start of a line are numbers.
pub(super) fn numbers(line: &[u8]) -> usize {
    let columns = line.split(u8::is_ascii_whitespace).filter(|column| !column.is_empty());
    columns
        .take(FIELDS)
        .take_while(|column| moment::seconds(column).is_ok())
        .count()
}

fn fields(text: &[u8]) -> Result<Fields<'_>, Trouble> {
    let mut fields: Fields<'_> = [&[]; FIELDS];
    let mut found = 0;
    let columns = text.split(u8::is_ascii_whitespace).filter(|column| !column.is_empty());
    for (field, column) in fields.iter_mut().zip(columns) {
        *field = column;
        found += 1;
    }
    if found == FIELDS {
        return Ok(fields);
    }
    Err(Trouble {
        reason: Reason::Columns,
        message: format!(
            "'{}' has {found} fields; a job of the Standard Workload Format has {FIELDS}, with -1 for what is unknown",
            excerpt(text)
        ),
    })
}

/// What the log calls a job.
fn number(fields: &Fields<'_>) -> Result<u64, Kind> {
    let number = match fields[0] {
        b"-1" => return Err(Kind::Unknown),
        text => Cell::Text(text).whole()?,
    };
    u64::try_from(number).map_err(|_| Kind::OutOfRange)
}

/// The number of a job that this is the whole line of.
fn whole(fields: &Fields<'_>) -> Option<u64> {
    (!is_part(fields)).then(|| number(fields).ok()).flatten()
}

/// Whether the line is one of a job's executions, by its status: 2 is one that was continued, 3 the last, 4 the last of a job that
/// failed.
fn is_part(fields: &Fields<'_>) -> bool {
    matches!(fields[10], b"2" | b"3" | b"4")
}

/// Whether the job was cancelled before it ran.
fn is_cancelled(fields: &Fields<'_>) -> bool {
    let run = Cell::Text(fields[3]).whole();
    fields[10] == b"5" && matches!(run, Ok(0 | -1))
}

fn job(fields: &Fields<'_>, log: &Log<'_>) -> Result<Read<'static>, Trouble> {
    let known = |number: usize| match fields[number - 1] {
        b"-1" => None,
        text => Some(Cell::Text(text)),
    };
    let refuse = |field: Field, number: usize, name: &str| {
        let (called, cell) = (format!("field {number} ({name})"), Cell::Text(fields[number - 1]));
        move |kind| log.trouble(field, kind, &called, cell)
    };
    let required = |number| known(number).ok_or(Kind::Unknown);
    let name = || number(fields).map_err(|kind| refuse(Field::Number, 1, "job number")(kind));
    if is_part(fields) {
        return Ok(Read::Part { of: name()? });
    }
    if is_cancelled(fields) {
        return Ok(Read::Cancelled);
    }
    let submit = required(2)
        .and_then(Cell::seconds)
        .and_then(|time| Log::arrival(Time::seconds(time)))
        .map_err(|kind| refuse(Field::Arrival, 2, "submit time")(kind))?;
    let need = required(4)
        .and_then(Cell::seconds)
        .and_then(|time| log.need(time))
        .map_err(|kind| refuse(Field::Need, 4, "run time")(kind))?;
    let (processors, called) = if known(5).is_some() {
        (5, "allocated processors")
    } else {
        (8, "requested processors, those allocated being unknown")
    };
    let tasks = required(processors)
        .and_then(Log::tasks)
        .map_err(|kind| refuse(Field::Processors, processors, called)(kind))?;
    let user = known(12)
        .map(Log::user)
        .transpose()
        .map_err(|kind| refuse(Field::User, 12, "user")(kind))?;
    let mark = known(15)
        .map_or(Ok(NO_QUEUE), |cell| log.queue(cell))
        .map_err(|kind| refuse(Field::Tier, 15, "queue")(kind))?;
    Ok(Read::Job(Row {
        draft: Draft {
            submit: submit.microseconds,
            mark,
            need,
            tasks,
            user: 0,
            number: name()?,
            line: 0,
        },
        clock: Clock::Seconds,
        user: user.map(|user| Mark::Number(user.into())),
        tier: None,
    }))
}
