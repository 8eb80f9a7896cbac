//! Job logs: work as it was once submitted to a real machine.
//!
//! [`read`] takes a log in the [Standard Workload Format](swf), as a text with separators, or (feature `tables`) as Parquet. What a log
//! is, is told by its content: Parquet by its magic number; a text whose first line that is not blank starts with a semicolon or
//! with 18 numbers is a Standard Workload; any other text is a table. Texts may be gzipped, and may end their lines with CR LF.
//!
//! A job of p processors is p tasks, and ends with its last. Its arrival is floor((submit − first submit) / tick_seconds) and its
//! need max(1, ceil(run time / tick_seconds)) ticks, in whole microseconds throughout: the first job arrives in tick 0, whether times
//! are seconds or dates.
//!
//! A line without a usable job is an error that names it. A lenient reader skips such lines and counts them by [`Reason`]; a file
//! that is cut or damaged as a whole is an error to it as well, so that no part of a log is ever taken for all of it.

mod account;
mod cell;
mod demand;
mod log;
mod moment;
mod names;
mod reason;
mod result;
mod spec;
pub mod swf;
mod table;
#[cfg(test)]
mod tests;
mod tiers;

pub use account::Account;
pub use demand::Demand;
pub use moment::Clock;
pub use reason::{Field, Kind, Reason};
pub use result::JobResult;
pub use spec::{ColumnName, Columns, LogSpec, Placement, TierBy, TraceFormat};

use crate::error::Error;
use crate::input::locate;
use crate::input::{Input, Lines};
use log::Log;
use std::fs::File;
use std::path::Path;

/// The most ticks that a job needs, and that lie between the first arrival and the last: 2^31 − 1.
pub const MOST_NEED: u32 = u32::MAX >> 1;

/// The most tasks of a job: 2^20.
pub const MOST_TASKS: u32 = 1 << 20;

const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// The longest line, and the longest row of a text, in bytes.
const LONGEST: usize = 1 << 20;

/// A job of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The tick that it arrives in; that of the first job is 0. At most [`MOST_NEED`].
    pub arrival: u32,
    /// How many ticks each of its tasks takes, from 1 to [`MOST_NEED`].
    pub need: u32,
    /// How many tasks it is, from 1 to [`MOST_TASKS`].
    pub tasks: u32,
    /// Its tier, below the number of tiers.
    pub tier: u32,
    /// Whose it is; 0 if the log does not say.
    pub user: u32,
    /// What the log calls it; of a table the row, from 1.
    pub number: u64,
    /// Where it stands: the line, from 1; of Parquet the row.
    pub line: u64,
}

/// A log, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The jobs by arrival, those that arrive together as the log has them. At least one.
    pub jobs: Vec<Job>,
    /// What was read and what was not.
    pub account: Account,
}

/// Reads the log that a scenario in `folder` names as its `work.trace`: a relative name starts there, or else at the current folder.
/// `tiers` is how many tiers there are, at least 1.
///
/// # Errors
/// [`Error::Invalid`] naming the file, the line (of Parquet the row), the field, its value and what is allowed; or a key of
/// `work.log`.
pub fn read(file: &Path, spec: &LogSpec, folder: &Path, tiers: u32) -> Result<Trace, Error> {
    if file.as_os_str().is_empty() {
        let message = "is empty; name the file of a job log, as in --set work.trace=FILE";
        return Err(Error::invalid(log::FILE, message));
    }
    let input = Input::open(&locate(folder, file), None).map_err(log::refused)?;
    let log = Log::new(spec, input.meter().clone(), tiers)?;
    if !is_parquet(spec.format, &input) {
        return text(input, log);
    }
    let meter = input.meter().clone();
    let file = input.into_file().map_err(log::refused)?;
    // Whatever order its parts are read in, no more than that is.
    meter.add(file.metadata().map_or(0, |about| about.len()));
    parquet(file, log)
}

/// Reads a log from the content of a text file, gzipped or not. `name` is what errors call it.
///
/// # Errors
/// As [`read`]; also if the content is Parquet, which is read from files only.
pub fn read_bytes(spec: &LogSpec, name: &str, bytes: &[u8], tiers: u32) -> Result<Trace, Error> {
    let input = Input::of_bytes(name, bytes, None).map_err(log::refused)?;
    let log = Log::new(spec, input.meter().clone(), tiers)?;
    if is_parquet(spec.format, &input) {
        return Err(log.error("is Parquet, which is read from files only"));
    }
    text(input, log)
}

fn is_parquet(format: TraceFormat, input: &Input<'_>) -> bool {
    format == TraceFormat::Parquet || format == TraceFormat::Auto && input.starts_with(PARQUET_MAGIC)
}

#[cfg(feature = "tables")]
fn parquet(file: File, mut log: Log<'_>) -> Result<Trace, Error> {
    log.format = TraceFormat::Parquet;
    table::parquet::read(file, &mut log)?;
    log.finish()
}

#[cfg(not(feature = "tables"))]
fn parquet(_: File, log: Log<'_>) -> Result<Trace, Error> {
    Err(log.error("is Parquet, which this build cannot read; build with `--features tables`, or write the log as CSV"))
}

fn text(input: Input<'_>, mut log: Log<'_>) -> Result<Trace, Error> {
    let mut lines = input.lines(LONGEST).map_err(log::refused)?;
    if log.format == TraceFormat::Auto {
        log.format = seems(&mut lines)?;
    }
    if log.format == TraceFormat::Swf {
        swf::read(&mut lines, &mut log)?;
    } else {
        table::csv::read(&mut lines, &mut log)?;
    }
    log.finish()
}

/// What a text is by its first line that is not blank: a Standard Workload if it is a comment, starts with 18 numbers, or starts
/// with a number and has nothing that could separate the values of a table.
fn seems(lines: &mut Lines<'_>) -> Result<TraceFormat, Error> {
    let mut format = TraceFormat::Swf;
    while let Some(line) = lines.next().map_err(log::refused)? {
        let line = line.trim_ascii();
        if let [first, rest @ ..] = line {
            let is_number = first.is_ascii_digit() || matches!(first, b'-' | b'+') && !rest.is_empty();
            let is_separated = line.iter().any(|byte| b",;|\t".contains(byte));
            if *first != b';' && swf::numbers(line) < swf::FIELDS && (is_separated || !is_number) {
                format = TraceFormat::Csv;
            }
            break;
        }
    }
    lines.once_more();
    Ok(format)
}
