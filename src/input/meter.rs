//! How much may be held of what is read, known before it is taken.
//!
//! A small file can stand for a great deal: gzip packs a thousand bytes into one, a table with one value in a hundred million
//! rows packs far more. So what is held of a file is bounded by the bytes that were really read: 64 MiB and 32 times as many,
//! which is more than any honest file takes, unless `--memory` says how much. The machine's own memory bounds it besides.

use super::InputError;
use crate::memory;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What any file may take.
const FREE: u64 = 64 << 20;

/// What each byte that was read may take besides.
const FACTOR: u64 = 32;

/// What [`limit_memory`] was told; 0 for nothing.
static MOST: AtomicU64 = AtomicU64::new(0);

/// Says how many bytes of memory may be held of each file that this process reads from now on, in place of 64 MiB and 32 times
/// the bytes read. Memory is the process's, and so is this bound; what a file means does not depend on it. 0 takes it back.
pub fn limit_memory(bytes: u64) {
    MOST.store(bytes, Relaxed);
}

/// Counts what is read of a file, and says how much may be held of it.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    name: String,
    read: Arc<AtomicU64>,
    most: Option<u64>,
}

impl Meter {
    /// For the file called `name`; at most `most` bytes are to be held.
    pub(crate) fn new(name: &str, most: Option<u64>) -> Self {
        let said = Some(MOST.load(Relaxed)).filter(|&most| most > 0);
        Self {
            name: name.to_owned(),
            read: Arc::default(),
            most: most.or(said),
        }
    }

    /// The file's name.
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    /// Says that so many more bytes were read.
    pub(crate) fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Relaxed);
    }

    /// A reader that counts for this meter.
    pub(super) fn counted<R>(&self, reader: R) -> Counted<R> {
        Counted {
            reader,
            read: Arc::clone(&self.read),
        }
    }

    /// How many bytes may be held, as far as the file has been read.
    pub(crate) fn limit(&self) -> u64 {
        self.limit_of(self.read.load(Relaxed))
    }

    /// How many bytes may be held of a file of which so many were read.
    fn limit_of(&self, read: u64) -> u64 {
        self.most.unwrap_or(FACTOR.saturating_mul(read).saturating_add(FREE))
    }

    /// Whether `held` bytes in all may be held, of which `more` are still to be taken. Call it before they are.
    ///
    /// # Errors
    /// More than the limit, or than the machine has left.
    pub(crate) fn allow(&self, held: u64, more: u64) -> Result<(), InputError> {
        self.allow_of(self.read.load(Relaxed), held)?;
        self.is_free(held, more)
    }

    /// As [`allow`](Self::allow) before anything is read, of a file that is `length` bytes long.
    pub(crate) fn allow_whole(&self, length: u64, held: u64) -> Result<(), InputError> {
        self.allow_of(length, held)?;
        self.is_free(held, held)
    }

    fn allow_of(&self, read: u64, held: u64) -> Result<(), InputError> {
        if held > self.limit_of(read) {
            return Err(self.exceeded());
        }
        Ok(())
    }

    fn is_free(&self, held: u64, more: u64) -> Result<(), InputError> {
        // Asking the system takes longer than taking a little.
        match (more > FREE / 4).then(memory::available).flatten() {
            Some(free) if free < more => Err(InputError::NoMemory {
                file: self.name(),
                needed: held,
                free,
            }),
            _ => Ok(()),
        }
    }

    /// The error of a file that takes more than may be held.
    pub(super) fn exceeded(&self) -> InputError {
        let (file, limit) = (self.name(), self.limit());
        match self.most {
            Some(limit) => InputError::OverMemory { file, limit },
            None => InputError::TooLarge {
                file,
                limit,
                read: self.read.load(Relaxed),
            },
        }
    }
}

/// A reader whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Counted<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(super) fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}
