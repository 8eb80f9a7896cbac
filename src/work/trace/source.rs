//! From a file to its lines, one at a time: undoes gzip, drops a byte order mark.
//!
//! Nothing holds the whole text, so memory follows the jobs. Gzip is told by its magic number and may have several members.

use super::log::Log;
use crate::error::Error;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Read};

pub(super) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The longest line, and the longest row of a CSV, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// The lines of a text.
pub(super) struct Lines<'a> {
    reader: Box<dyn BufRead + 'a>,
    gzip: bool,
    line: Vec<u8>,
    again: bool,
    number: u64,
}

impl<'a> Lines<'a> {
    /// Of a text that begins with `head`; as it is, or gzipped.
    pub(super) fn new(head: &'a [u8], rest: impl BufRead + 'a) -> Self {
        let gzip = head.starts_with(&GZIP_MAGIC);
        let whole = head.chain(rest);
        let reader: Box<dyn BufRead + 'a> = if gzip {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(whole)))
        } else {
            Box::new(whole)
        };
        Self {
            reader,
            gzip,
            line: Vec::new(),
            again: false,
            number: 0,
        }
    }

    /// How many lines have been read.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Gives the line that was read last once more.
    pub(super) fn once_more(&mut self) {
        self.again = self.number > 0;
    }

    /// The next line without its end, LF or CR LF.
    pub(super) fn next(&mut self, log: &Log<'_>) -> Result<Option<&[u8]>, Error> {
        if !std::mem::take(&mut self.again) {
            self.line.clear();
            let mut limited = self.reader.by_ref().take(LONGEST as u64 + 1);
            let read = limited
                .read_until(b'\n', &mut self.line)
                .map_err(|error| self.refused(log, &error))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if read > LONGEST {
                let message = format!("is longer than {LONGEST} bytes, which no line of a log is; is it a log at all?");
                return Err(log.error_at(self.number, message));
            }
            if self.number == 1 && self.line.starts_with(&BYTE_ORDER_MARK) {
                self.line.drain(..BYTE_ORDER_MARK.len());
            }
            while let [.., b'\n' | b'\r'] = self.line[..] {
                self.line.pop();
            }
        }
        Ok(Some(&self.line))
    }

    fn refused(&self, log: &Log<'_>, error: &io::Error) -> Error {
        let line = self.number + 1;
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.gzip => log.error_at(
                line,
                "the gzip data ends early, the file is cut; fetch or compress it again",
            ),
            _ if self.gzip => log.error_at(
                line,
                format!("the gzip data is damaged ({error}); fetch or compress it again"),
            ),
            _ => log.error_at(line, format!("cannot be read: {error}")),
        }
    }
}
