//! The Standard Workload Format, version 2.2: S. J. Chapin et al., Benchmarks and standards for the evaluation of parallel
//! job schedulers, JSSPP 1999; kept by D. Feitelson's Parallel Workloads Archive.
//!
//! * A job is a line of 18 numbers between blanks; what follows them, as in some archives, is ignored. −1 means unknown.
//! * Lines that start with a semicolon are comments; those at the top say `; Key: value` of the log.
//! * Of the fields count: 1 job number, 2 submit time, 4 run time, 5 allocated and 8 requested processors, 12 user, 15 queue.
//! * A run time of 0 is less than half a second: the job needs one tick. A job of unknown run time, such as one that was
//!   cancelled before it began, is unusable; so is one of unknown submit time, or of no processors.

use super::cell::Cell;
use super::log::{Draft, Log, NO_QUEUE, Trouble};
use super::reason::{Field, Kind, Reason};
use super::source::Lines;
use crate::error::Error;
use crate::topology::import::excerpt;

/// The fields of a line.
const FIELDS: usize = 18;

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
    while let Some(line) = lines.next(log)? {
        let text = line.trim_ascii();
        let fact = match text {
            [] => None,
            [b';', comment @ ..] => fact(comment),
            _ => {
                let read = job(text, log);
                let line = lines.number();
                log.take(line, read.map(|draft| Draft { line, ..draft }))?;
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

fn job(text: &[u8], log: &Log<'_>) -> Result<Draft, Trouble> {
    let mut fields: [&[u8]; FIELDS] = [&[]; FIELDS];
    let mut found = 0;
    let columns = text.split(u8::is_ascii_whitespace).filter(|column| !column.is_empty());
    for (field, column) in fields.iter_mut().zip(columns) {
        *field = column;
        found += 1;
    }
    if found < FIELDS {
        return Err(Trouble {
            reason: Reason::Columns,
            message: format!(
                "'{}' has {found} fields; a job of the Standard Workload Format has {FIELDS}, with -1 for what is unknown",
                excerpt(text)
            ),
        });
    }
    let known = |number: usize| match fields[number - 1] {
        b"-1" => None,
        text => Some(Cell::Text(text)),
    };
    let refuse = |field: Field, number: usize, name: &str| {
        let (called, cell) = (format!("field {number} ({name})"), Cell::Text(fields[number - 1]));
        move |kind| log.trouble(field, kind, &called, cell)
    };
    let required = |number| known(number).ok_or(Kind::Unknown);
    let submit = required(2)
        .and_then(Log::arrival)
        .map_err(|kind| refuse(Field::Arrival, 2, "submit time")(kind))?;
    let need = required(4)
        .and_then(|cell| log.need(cell))
        .map_err(|kind| refuse(Field::Need, 4, "run time")(kind))?;
    let (processors, name) = if known(5).is_some() {
        (5, "allocated processors")
    } else {
        (8, "requested processors, those allocated being unknown")
    };
    let tasks = required(processors)
        .and_then(Log::tasks)
        .map_err(|kind| refuse(Field::Processors, processors, name)(kind))?;
    let user = known(12)
        .map_or(Ok(0), Log::user)
        .map_err(|kind| refuse(Field::User, 12, "user")(kind))?;
    let mark = known(15)
        .map_or(Ok(NO_QUEUE), |cell| log.mark(cell))
        .map_err(|kind| refuse(Field::Tier, 15, "queue")(kind))?;
    let number = required(1)
        .and_then(Cell::whole)
        .and_then(|number| u64::try_from(number).map_err(|_| Kind::OutOfRange))
        .map_err(|kind| refuse(Field::Number, 1, "job number")(kind))?;
    Ok(Draft {
        submit,
        mark,
        need,
        tasks,
        user,
        number,
        line: 0,
    })
}
