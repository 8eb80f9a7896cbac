//! One opener for every file that a user brings: networks, job logs, start values, scenarios.
//!
//! `Input` opens a path (or `-`, standard input) or takes a buffer, undoes gzip (in one member or several, with zeros between
//! and after them, as tapes and block devices pad), and refuses by name what is packed otherwise. Its content is then had as
//! a text as a whole, line by line, or as bytes. A text is UTF-8: a byte order
//! mark is dropped, UTF-16 is named, a NUL byte is refused with its line.
//!
//! How much is held is known before it is taken: see `Meter`.

mod gzip;
mod lines;
mod meter;
mod packed;
mod place;
#[cfg(test)]
mod tests;
mod text;

pub use crate::error::InputError;
pub(crate) use crate::error::{excerpt, plain as shown, reason};
pub(crate) use lines::Lines;
pub use meter::limit_memory;
pub(crate) use meter::{Counted, Meter};
pub(crate) use place::locate;
pub(crate) use text::Text;

use gzip::Members;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// The name that stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// How much of the content is looked at to tell what it is: a tar archive says so at byte 257.
const HEAD: u64 = 512;

/// A buffer of this many bytes is read at a time.
const BUFFER: usize = 1 << 16;

/// A file that is open, gzip undone.
pub(crate) struct Input<'a> {
    meter: Meter,
    /// How the content starts.
    head: Vec<u8>,
    rest: Rest<'a>,
    gzip: bool,
    /// How long the content is, as far as the system says.
    length: Option<u64>,
}

/// What follows the head.
enum Rest<'a> {
    /// The whole content once more, with the head.
    Buffer(&'a [u8]),
    File(BufReader<Counted<File>>),
    Reader(Box<dyn BufRead + 'a>),
}

impl Input<'static> {
    /// Opens the file at `path`; `-` is standard input. At most `memory` bytes of it are to be held, or what [`Meter`] says.
    ///
    /// # Errors
    /// No such file, a directory, no permission; gzip that is damaged at its start.
    pub(crate) fn open(path: &Path, memory: Option<u64>) -> Result<Self, InputError> {
        if path.as_os_str() == STANDARD_INPUT {
            let meter = Meter::new("standard input", memory);
            let reader = meter.counted(io::stdin());
            return Self::of_reader(meter, Box::new(BufReader::with_capacity(BUFFER, reader)));
        }
        let meter = Meter::new(&shown(path), memory);
        let file = File::open(path).map_err(|error| InputError::of_system(meter.name(), error))?;
        let about = file
            .metadata()
            .map_err(|error| InputError::of_system(meter.name(), error))?;
        if about.is_dir() {
            return Err(InputError::Directory { file: meter.name() });
        }
        let mut reader = BufReader::with_capacity(BUFFER, meter.counted(file));
        let head = head_of(&mut reader).map_err(|error| InputError::of_system(meter.name(), error))?;
        if gzip::is_gzip(&head) {
            return Self::of_reader(meter, Box::new(Cursor::new(head).chain(reader)));
        }
        Ok(Self {
            meter,
            head,
            rest: Rest::File(reader),
            gzip: false,
            length: about.is_file().then_some(about.len()),
        })
    }
}

impl<'a> Input<'a> {
    /// Takes `bytes` as the content of a file called `name`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn of_bytes(name: &str, bytes: &'a [u8], memory: Option<u64>) -> Result<Self, InputError> {
        let meter = Meter::new(name, memory);
        if gzip::is_gzip(bytes) {
            let reader = meter.counted(bytes);
            return Self::of_reader(meter, Box::new(BufReader::with_capacity(BUFFER, reader)));
        }
        meter.add(bytes.len() as u64);
        Ok(Self {
            meter,
            head: bytes[..bytes.len().min(HEAD as usize)].to_vec(),
            rest: Rest::Buffer(bytes),
            gzip: false,
            length: Some(bytes.len() as u64),
        })
    }

    /// What a reader gives, gzipped or not.
    fn of_reader(meter: Meter, mut reader: Box<dyn BufRead + 'a>) -> Result<Self, InputError> {
        let mut head = head_of(&mut reader).map_err(|error| InputError::of_system(meter.name(), error))?;
        let gzip = gzip::is_gzip(&head);
        if gzip {
            let mut members: Box<dyn BufRead + 'a> = Box::new(BufReader::with_capacity(
                BUFFER,
                Members::new(Cursor::new(head).chain(reader)),
            ));
            head = head_of(&mut members).map_err(|error| InputError::of_gzip(meter.name(), &error))?;
            reader = members;
        }
        Ok(Self {
            meter,
            head,
            rest: Rest::Reader(reader),
            gzip,
            length: None,
        })
    }

    /// The file's name, for messages.
    pub(crate) fn name(&self) -> String {
        self.meter.name()
    }

    /// Whether the content starts with these bytes.
    pub(crate) fn starts_with(&self, magic: &[u8]) -> bool {
        self.head.starts_with(magic)
    }

    /// Accounts for what is held of the content.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The file itself, from its start, for readers that go back and forth.
    ///
    /// # Errors
    /// If it is a pipe or gzipped, which can be read forwards only.
    pub(crate) fn into_file(self) -> Result<File, InputError> {
        let file = self.meter.name();
        let Rest::File(reader) = self.rest else {
            return Err(InputError::Forwards { file });
        };
        let mut handle = reader.into_inner().into_inner();
        match handle.seek(SeekFrom::Start(0)) {
            Ok(_) => Ok(handle),
            Err(_) => Err(InputError::Forwards { file }),
        }
    }

    /// The content as a text, as a whole.
    ///
    /// # Errors
    /// Packed in a way that is not undone; UTF-16; a NUL byte; more than may be held; gzip that is damaged or cut.
    pub(crate) fn text(self) -> Result<Text<'a>, InputError> {
        packed::is_text(&self.meter, &self.head)?;
        text::whole(self)
    }

    /// The content as a text, line by line; a line of more than `longest` bytes is refused.
    ///
    /// # Errors
    /// Packed in a way that is not undone; UTF-16; a NUL byte at the start.
    pub(crate) fn lines(self, longest: usize) -> Result<Lines<'a>, InputError> {
        packed::is_text(&self.meter, &self.head)?;
        let (meter, gzip) = (self.meter.clone(), self.gzip);
        Ok(Lines::new(self.into_reader(), meter, gzip, longest))
    }

    /// The content as bytes, whatever they are.
    ///
    /// # Errors
    /// More than may be held; gzip that is damaged or cut.
    pub(crate) fn bytes(self) -> Result<Vec<u8>, InputError> {
        text::bytes(self, false)
    }

    fn into_reader(self) -> Box<dyn BufRead + 'a> {
        match self.rest {
            Rest::Buffer(bytes) => Box::new(bytes),
            Rest::File(reader) => Box::new(Cursor::new(self.head).chain(reader)),
            Rest::Reader(reader) => Box::new(Cursor::new(self.head).chain(reader)),
        }
    }
}

/// The first bytes. A pipe may hand over its first byte alone, so they are asked for by reading, not by peeking.
fn head_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}
