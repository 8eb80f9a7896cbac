//! What can be wrong with a file before anything in it is understood, and what to do about it.

use std::io;

/// Why a file cannot be read as what it is meant to be. Each message starts with the file's name and is one printable line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// No file has this path.
    #[error("{file}: no such file; check the path")]
    Missing { file: String },
    /// The path is a folder.
    #[error("{file}: a directory, not a file; name one file inside it")]
    Directory { file: String },
    /// The system does not let it be read.
    #[error("{file}: may not be read (permission denied); check the permissions")]
    Denied { file: String },
    /// The operating system refused to read the file.
    #[error("{file}: cannot be read: {source}")]
    Unreadable { file: String, source: io::Error },
    /// More would be held of it than a file of its size may take.
    #[error(
        "{file}: takes more than {limit} bytes of memory, the limit after {read} bytes of the file (64 MiB and 32 times what was \
         read); raise it with --memory BYTES if the file is meant to be so large"
    )]
    TooLarge { file: String, limit: u64, read: u64 },
    /// More would be held of it than was said that it may take.
    #[error(
        "{file}: takes more than {limit} bytes of memory, the limit that --memory gives; raise it, or cut the file"
    )]
    OverMemory { file: String, limit: u64 },
    /// More would be held of it than the machine has left.
    #[error(
        "{file}: takes {needed} bytes of memory or more, but {free} are free; cut the file, or read it on a machine with more \
         memory"
    )]
    NoMemory { file: String, needed: u64, free: u64 },
    /// The gzip stream ends early.
    #[error("{file}: the gzip data ends early, the file is cut; fetch or compress it again")]
    GzipTruncated { file: String },
    /// The gzip stream is damaged.
    #[error("{file}: the gzip data is damaged ({reason}); fetch or compress it again")]
    GzipCorrupt { file: String, reason: String },
    /// Packed in a way that is not undone.
    #[error("{file}: {what}; {remedy}")]
    Packed {
        file: String,
        what: &'static str,
        remedy: &'static str,
    },
    /// Text in 16 or 32 bits a character.
    #[error("{file}: {encoding} text; save it as UTF-8, as `iconv -f {encoding} -t UTF-8` does")]
    Wide { file: String, encoding: &'static str },
    /// A byte that no text file holds: NUL.
    #[error("{file}:{line}: looks binary at \"{text}\"; write it as UTF-8 text, gzipped or not")]
    Binary { file: String, line: u64, text: String },
    /// Bytes that are no character of UTF-8.
    #[error("{file}:{line}: not UTF-8 text at \"{text}\"; save it as UTF-8, as `iconv -f WINDOWS-1252 -t UTF-8` does")]
    NotUtf8 { file: String, line: u64, text: String },
    /// A line that is longer than lines are.
    #[error("{file}:{line}: a line of more than {limit} bytes; is it the file that is meant?")]
    LongLine { file: String, line: u64, limit: usize },
    /// A pipe or a gzipped file where one must be read back and forth.
    #[error(
        "{file}: is read back and forth, which a pipe or a gzipped file cannot be; write it to a file, not gzipped"
    )]
    Forwards { file: String },
}

impl InputError {
    /// The system's word.
    pub(crate) fn of_system(file: String, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { file },
            io::ErrorKind::IsADirectory => Self::Directory { file },
            io::ErrorKind::PermissionDenied => Self::Denied { file },
            _ => Self::Unreadable { file, source },
        }
    }

    /// The decoder's word.
    pub(crate) fn of_gzip(file: String, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::GzipTruncated { file },
            _ => Self::GzipCorrupt {
                file,
                reason: error.to_string(),
            },
        }
    }
}
