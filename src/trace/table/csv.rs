//! Texts that are tables (RFC 4180): values between commas, semicolons, tabs or bars, which may be quoted and may then hold the
//! separator, line ends and doubled quotes. The first line names the columns, unless it holds a value: then there are no names.

use super::roles::{Header, Roles};
use crate::error::Error;
use crate::input::Lines;
use crate::trace::LONGEST;
use crate::trace::cell::Cell;
use crate::trace::log::{Log, Trouble, refused};
use crate::trace::reason::Reason;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// What stands between values. Where several would do, what occurs most often in the first line is taken, the earlier here among
/// equals: a comma may be a decimal's.
const SEPARATORS: [u8; 4] = [b'\t', b';', b'|', b','];

/// Reads the whole table.
pub(in crate::trace) fn read(lines: &mut Lines<'_>, log: &mut Log<'_>) -> Result<(), Error> {
    let Some(first) = first_line(lines)? else {
        log.lines = lines.number();
        return Ok(());
    };
    // All lines before it are blank.
    let mut row = Row::after(lines.number() - 1, separator(&first, log));
    lines.once_more();
    let Some(mut line) = row.next(lines, log)? else {
        log.lines = lines.number();
        return Ok(());
    };
    let count = row.count;
    let names = names(&row);
    let header = names.as_deref().map_or(Header::Numbers(count), Header::Names);
    let roles = Roles::search(header, log)?;
    roles.tell(header, log);
    let mut number = 0;
    let mut is_job = names.is_none();
    loop {
        if !std::mem::replace(&mut is_job, false) {
            match row.next(lines, log)? {
                Some(next) => line = next,
                None => break,
            }
        }
        number += 1;
        if row.count == count {
            roles.take(number, line, log, |at| Cell::Text(row.value(at)))?;
        } else {
            let names = if names.is_some() {
                "the header names"
            } else {
                "the first line has"
            };
            let trouble = Trouble {
                reason: Reason::Columns,
                message: format!("has {} values; {names} {count} columns", row.count),
            };
            log.take(line, None, Err(trouble))?;
        }
    }
    log.lines = u64::from(names.is_some()) + number + row.blank;
    Ok(())
}

/// The first line that is not blank.
fn first_line(lines: &mut Lines<'_>) -> Result<Option<Vec<u8>>, Error> {
    while let Some(line) = lines.next().map_err(refused)? {
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line.to_vec()));
        }
    }
    Ok(None)
}

/// What separates the values of a table that begins with this line: what the columns are found by, or else what is there most often.
fn separator(line: &[u8], log: &Log<'_>) -> u8 {
    let count = |separator: u8| memchr::memchr_iter(separator, line).count();
    let mut there: Vec<u8> = SEPARATORS
        .into_iter()
        .filter(|&separator| count(separator) > 0)
        .collect();
    there.sort_by_key(|&separator| std::cmp::Reverse(count(separator)));
    let finds = |&&separator: &&u8| {
        let row = split(line, separator);
        let names = names(&row);
        let header = names.as_deref().map_or(Header::Numbers(row.count), Header::Names);
        Roles::search(header, log).is_ok()
    };
    let found = if there.len() > 1 {
        there.iter().find(finds)
    } else {
        None
    };
    found.or(there.first()).copied().unwrap_or(b',')
}

/// A line by itself as a row; an open quotation mark ends it early.
fn split(line: &[u8], separator: u8) -> Row {
    let mut row = Row::after(0, separator);
    row.line = [line, b"\n"].concat();
    row.text.resize(row.line.len(), 0);
    row.ends.resize(row.line.len() + 1, 0);
    (_, _, _, row.count) = row.reader.read_record(&row.line, &mut row.text, &mut row.ends);
    row
}

/// The names of the columns, if the row holds names: no number, date or time among them.
fn names(row: &Row) -> Option<Vec<String>> {
    let values = || (0..row.count).map(|at| row.value(at).trim_ascii());
    if values().any(|value| Cell::Text(value).time().is_ok()) {
        return None;
    }
    Some(
        values()
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect(),
    )
}

/// A row, and what it takes to read one.
struct Row {
    reader: Reader,
    line: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// Blank lines before and between rows.
    blank: u64,
}

impl Row {
    /// None yet, but so many blank lines.
    fn after(blank: u64, separator: u8) -> Self {
        Self {
            reader: ReaderBuilder::new()
                .delimiter(separator)
                // A line has been taken from the text already; what it holds besides is a value's.
                .terminator(Terminator::Any(b'\n'))
                .build(),
            line: Vec::new(),
            text: Vec::new(),
            ends: Vec::new(),
            count: 0,
            blank,
        }
    }

    fn value(&self, at: usize) -> &[u8] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[from..self.ends[at]]
    }

    /// Reads the next row; gives the line that it begins in.
    fn next(&mut self, lines: &mut Lines<'_>, log: &Log<'_>) -> Result<Option<u64>, Error> {
        let (mut begin, mut taken, mut length, mut count) = (None, 0, 0, 0);
        loop {
            let Some(line) = lines.next().map_err(refused)? else {
                return begin.map_or(Ok(None), |line| {
                    Err(log.error_at(line, "opens a quotation mark that nothing closes; is the file cut?"))
                });
            };
            if begin.is_none() && line.trim_ascii().is_empty() {
                self.blank += 1;
                continue;
            }
            self.line.clear();
            self.line.extend_from_slice(line);
            self.line.push(b'\n');
            let begin = *begin.get_or_insert(lines.number());
            taken += self.line.len();
            if taken > LONGEST {
                let message = format!("begins a row of more than {LONGEST} bytes; a quotation mark is not closed");
                return Err(log.error_at(begin, message));
            }
            // A row never holds more bytes or more values than were taken for it.
            self.text.resize(self.text.len().max(taken), 0);
            self.ends.resize(self.ends.len().max(taken + 1), 0);
            let (result, _, written, ended) =
                self.reader
                    .read_record(&self.line, &mut self.text[length..], &mut self.ends[count..]);
            length += written;
            count += ended;
            if matches!(result, ReadRecordResult::Record) {
                self.count = count;
                return Ok(Some(begin));
            }
        }
    }
}
