//! From a path or a buffer to text: reads the file, undoes gzip, drops a byte order mark.
//!
//! Gzip is told by its magic number, may have several members (as `cat a.gz b.gz` and block compressors write), and is
//! decompressed up to a limit, so that a small file cannot fill the memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use memchr::memchr;

use super::error::{ImportError, excerpt};
use super::lines::line_number;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A graph file in memory: decompressed, and free of NUL bytes.
pub(super) struct Text<'a> {
    name: String,
    content: Cow<'a, [u8]>,
    start: usize,
}

impl<'a> Text<'a> {
    /// Reads the file at `path`. At most `max_bytes` are taken, before and after decompression.
    pub(super) fn open(path: &Path, max_bytes: u64) -> Result<Text<'static>, ImportError> {
        let name = path.display().to_string();
        let unreadable = |source| ImportError::Unreadable {
            file: name.clone(),
            source,
        };
        let file = File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ImportError::Missing { file: name.clone() },
            io::ErrorKind::IsADirectory => ImportError::Directory { file: name.clone() },
            _ => unreadable(source),
        })?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(ImportError::Directory { file: name });
        }
        let mut reader = BufReader::with_capacity(1 << 16, file);
        // A pipe may hand over its first byte alone, so the magic number is asked for by reading, not by peeking.
        let mut head = Vec::new();
        reader.by_ref().take(2).read_to_end(&mut head).map_err(unreadable)?;
        let gzip = head == GZIP_MAGIC;
        let whole = io::Cursor::new(head).chain(reader);
        let content = if gzip {
            inflate(&name, whole, max_bytes)?
        } else {
            let mut content = Vec::new();
            // The size is a hint only, and a folder entry's, not the content's claim.
            content.reserve_exact(usize::try_from(about.len().min(max_bytes)).unwrap_or(0));
            take(whole, max_bytes, &mut content).map_err(unreadable)?;
            content
        };
        Text::new(name, Cow::Owned(content), max_bytes)
    }

    /// Takes `bytes` as the content of a file called `name`.
    pub(super) fn from_bytes(name: &str, bytes: &'a [u8], max_bytes: u64) -> Result<Self, ImportError> {
        let content = if bytes.starts_with(&GZIP_MAGIC) {
            Cow::Owned(inflate(name, bytes, max_bytes)?)
        } else {
            Cow::Borrowed(bytes)
        };
        Text::new(name.to_owned(), content, max_bytes)
    }

    fn new(name: String, content: Cow<'a, [u8]>, max_bytes: u64) -> Result<Self, ImportError> {
        if content.len() as u64 > max_bytes {
            return Err(ImportError::TooLarge {
                file: name,
                limit: max_bytes,
            });
        }
        let start = if content.starts_with(&BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let text = Text { name, content, start };
        if let Some(at) = memchr(0, text.bytes()) {
            // A little of what stands before shows where it is.
            let shown = excerpt(&text.bytes()[at.saturating_sub(8)..]);
            return Err(ImportError::Binary {
                file: text.name(),
                line: text.line(at),
                text: shown,
            });
        }
        Ok(text)
    }

    /// The text, after the byte order mark if there is one.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.content[self.start..]
    }

    /// The file's name, for messages.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// The number of the line that holds byte `at`.
    pub(super) fn line(&self, at: usize) -> u64 {
        line_number(self.bytes(), at)
    }

    /// The error for a text with nothing in it but blanks and comments.
    pub(super) fn nothing(&self) -> ImportError {
        if self.bytes().iter().all(u8::is_ascii_whitespace) {
            ImportError::Empty { file: self.name() }
        } else {
            let ends_open = !self.bytes().ends_with(b"\n");
            let lines = self.line(self.bytes().len()) - 1 + u64::from(ends_open);
            ImportError::OnlyComments {
                file: self.name(),
                lines,
            }
        }
    }
}

/// Decompresses every member of a gzip stream, at most `max_bytes` and one more.
fn inflate(name: &str, compressed: impl BufRead, max_bytes: u64) -> Result<Vec<u8>, ImportError> {
    let mut content = Vec::new();
    take(MultiGzDecoder::new(compressed), max_bytes, &mut content).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ImportError::GzipTruncated { file: name.to_owned() },
        _ => ImportError::GzipCorrupt {
            file: name.to_owned(),
            reason: error.to_string(),
        },
    })?;
    content.shrink_to_fit();
    Ok(content)
}

/// Reads to the end, or one byte past the limit, which the caller then sees.
fn take(reader: impl Read, max_bytes: u64, content: &mut Vec<u8>) -> io::Result<()> {
    reader.take(max_bytes.saturating_add(1)).read_to_end(content).map(drop)
}
