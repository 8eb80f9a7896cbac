//! The runs of a study as they end, a line each, so that whatever ends it takes no more than those under way.

use super::design::{Design, Task};
use super::key::key;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What the file is called.
pub const JOURNAL: &str = "journal.jsonl";

/// A run that has ended, as its line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// By what it is recognised.
    pub key: String,
    /// Its number in the study, when it was run.
    pub row: u64,
    /// The variant's number, when it was run.
    pub variant: usize,
    /// Whether it was run to choose something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tune: bool,
    /// The variant's values by their axes.
    pub axes: Map<String, Json>,
    /// The seed.
    pub seed: u32,
    /// The figures by their titles; null where one is not known.
    pub figures: Map<String, Json>,
    /// Of the last state, as 16 hexadecimal digits; nothing where the run failed.
    pub fingerprint: Option<String>,
    /// How long it took.
    pub seconds: f64,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

impl Record {
    /// A figure's number, if it is known.
    #[must_use]
    pub fn figure(&self, title: &str) -> Option<f64> {
        self.figures.get(title).and_then(Json::as_f64)
    }
}

/// The journal of a study, and what it knows.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Nothing where it is only read.
    file: Option<File>,
    records: HashMap<String, Record>,
    /// Whether the last line was cut off.
    was_cut: bool,
}

impl Journal {
    /// Opens the journal of a folder to go on with it, or begins one. No other process can have it meanwhile.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read or written; [`Error::Invalid`] if another process has it, or naming the line if one is none.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(JOURNAL);
        let failed = |error| Error::file(&path, "write the journal", error);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Error::invalid(
                    crate::shown(&path),
                    "is being written by another process; wait for it, or name another folder by --out",
                ));
            }
            // File systems without locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let (records, whole, was_cut) = read(&path, &file)?;
        file.set_len(whole).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self {
            path,
            file: Some(file),
            records,
            was_cut,
        })
    }

    /// Reads the journal of a folder, and leaves it as it is.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(JOURNAL);
        let file = File::open(&path).map_err(|error| Error::file(&path, "read the journal", error))?;
        let (records, _, was_cut) = read(&path, &file)?;
        Ok(Self {
            path,
            file: None,
            records,
            was_cut,
        })
    }

    /// Whether it ended within a line, as a kill leaves it: the run of that line is done again.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.was_cut
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a run, whole or not at all.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn add(&mut self, record: &Record) -> Result<(), Error> {
        let mut line = serde_json::to_string(record).unwrap_or_default();
        line.push('\n');
        if let Some(file) = &mut self.file {
            file.write_all(line.as_bytes())
                .map_err(|error| Error::file(&self.path, "write the journal", error))?;
        }
        self.records.insert(record.key.clone(), record.clone());
        Ok(())
    }

    /// Takes over the runs of another.
    ///
    /// # Errors
    /// As [`Journal::add`].
    pub fn take(&mut self, other: &Self) -> Result<(), Error> {
        let mut all: Vec<&Record> = other.records.values().collect();
        all.sort_by_key(|record| record.row);
        for record in all {
            if self.records.get(&record.key).is_none_or(|own| own.error.is_some()) {
                self.add(record)?;
            }
        }
        Ok(())
    }

    /// The run of a task, if it has ended.
    #[must_use]
    pub fn get(&self, design: &Design, task: Task) -> Option<&Record> {
        self.records.get(&key(&design.variants[task.variant].hash, task.seed))
    }

    /// Whether a task is done, and well.
    #[must_use]
    pub fn has(&self, design: &Design, task: Task) -> bool {
        self.get(design, task).is_some_and(|record| record.error.is_none())
    }

    /// How many of its runs a study does not ask for: those of other variants or seeds, as it had before its axes were changed.
    #[must_use]
    pub fn others(&self, design: &Design) -> usize {
        let seeds = || design.tune_seeds.iter().chain(&design.seeds);
        let own: HashSet<String> = (design.variants.iter())
            .flat_map(|variant| seeds().map(|&seed| key(&variant.hash, seed)))
            .collect();
        self.records.keys().filter(|key| !own.contains(*key)).count()
    }

    /// How many runs it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// Runs by their keys, of which the last counts; how many bytes are whole lines; whether something follows them.
fn read(path: &Path, file: &File) -> Result<(HashMap<String, Record>, u64, bool), Error> {
    let mut records = HashMap::new();
    let (mut whole, mut reader) = (0, BufReader::new(file));
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let length = reader
            .read_until(b'\n', &mut line)
            .map_err(|error| Error::file(path, "read the journal", error))?;
        if length == 0 {
            return Ok((records, whole, false));
        }
        let is_last = line.last() != Some(&b'\n');
        if is_last {
            return Ok((records, whole, true));
        }
        let record: Record = serde_json::from_slice(&line).map_err(|error| {
            let message =
                format!("is no line of a study's journal ({error}); take that line out, and the run is done again");
            Error::invalid(format!("{}:{number}", crate::shown(path)), message)
        })?;
        records.insert(record.key.clone(), record);
        whole += length as u64;
    }
    Ok((records, whole, false))
}
