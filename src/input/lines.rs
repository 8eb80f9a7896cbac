//! A text line by line: nothing holds the whole.

use super::{InputError, Meter, excerpt};
use std::io::{BufRead, Read};

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The lines of a text.
pub(crate) struct Lines<'a> {
    reader: Box<dyn BufRead + 'a>,
    pub(super) meter: Meter,
    gzip: bool,
    longest: usize,
    line: Vec<u8>,
    again: bool,
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(reader: Box<dyn BufRead + 'a>, meter: Meter, gzip: bool, longest: usize) -> Self {
        Self {
            reader,
            meter,
            gzip,
            longest,
            line: Vec::new(),
            again: false,
            number: 0,
        }
    }

    /// How many lines have been read.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Gives the line that was read last once more.
    pub(crate) fn once_more(&mut self) {
        self.again = self.number > 0;
    }

    /// The next line without its end, LF or CR LF; the first without a byte order mark.
    ///
    /// # Errors
    /// A line that is too long or holds a NUL byte; gzip that is damaged or cut; the system's refusal.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, InputError> {
        if std::mem::take(&mut self.again) {
            return Ok(Some(&self.line));
        }
        self.line.clear();
        let mut limited = self.reader.by_ref().take(self.longest as u64 + 1);
        let file = || self.meter.name();
        let read = limited
            .read_until(b'\n', &mut self.line)
            .map_err(|error| match self.gzip {
                true => InputError::of_gzip(file(), &error),
                false => InputError::of_system(file(), error),
            })?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if let Some(at) = memchr::memchr(0, &self.line) {
            return Err(InputError::Binary {
                file: file(),
                line: self.number,
                text: excerpt(&self.line[at.saturating_sub(8)..]),
            });
        }
        if read > self.longest {
            return Err(InputError::LongLine {
                file: file(),
                line: self.number,
                limit: self.longest,
            });
        }
        if self.number == 1 && self.line.starts_with(&BYTE_ORDER_MARK) {
            self.line.drain(..BYTE_ORDER_MARK.len());
        }
        while let [.., b'\n' | b'\r'] = self.line[..] {
            self.line.pop();
        }
        Ok(Some(&self.line))
    }
}
