//! Values between commas (RFC 4180): the first line names the columns, values may be quoted and may then hold commas, line ends
//! and doubled quotes.

use super::Roles;
use crate::error::Error;
use crate::work::trace::cell::Cell;
use crate::work::trace::log::{Log, Trouble};
use crate::work::trace::reason::Reason;
use crate::work::trace::source::{LONGEST, Lines};
use csv_core::{ReadRecordResult, Reader};

/// Reads the whole table.
pub(in crate::work::trace) fn read(lines: &mut Lines<'_>, log: &mut Log<'_>) -> Result<(), Error> {
    // Looked at already to tell the format, but for the last, which is no blank one.
    let mut row = Row::after(lines.number().saturating_sub(1));
    if row.next(lines, log)?.is_none() {
        log.lines = lines.number();
        return Ok(());
    }
    let names: Vec<String> = (0..row.count)
        .map(|at| String::from_utf8_lossy(row.value(at).trim_ascii()).into_owned())
        .collect();
    let roles = Roles::find(&names, log)?;
    let mut number = 0;
    while let Some(line) = row.next(lines, log)? {
        number += 1;
        if row.count == names.len() {
            roles.take(number, line, log, |at| Cell::Text(row.value(at)))?;
        } else {
            let trouble = Trouble {
                reason: Reason::Columns,
                message: format!("has {} values; the header names {} columns", row.count, names.len()),
            };
            log.take(line, Err(trouble))?;
        }
    }
    log.lines = 1 + number + row.blank;
    Ok(())
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
    fn after(blank: u64) -> Self {
        Self {
            // Its default is another, unfinished reader.
            reader: Reader::new(),
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
            let Some(line) = lines.next(log)? else {
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
