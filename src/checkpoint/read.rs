//! How a checkpoint is read, without believing it.

use super::inputs::{InputFile, hash};
use super::manifest::{FILE, Manifest, SCENARIO, SavedColumn, SavedPart, digits};
use crate::column_file::{PIECE, Source, head};
use crate::error::Error;
use crate::gauge::{Fingerprint, SightingsMemory};
use crate::number::hash_name;
use crate::scenario::Scenario;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Takes words from a place in a column on.
type Take<'t> = dyn FnMut(u64, &[u32]) -> Result<(), Error> + 't;

/// The longest scenario.
const LONGEST: u64 = 16 << 20;

/// A checkpoint whose manifest and scenario are as they were written. Its columns are checked when they are read.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    manifest: Manifest,
    scenario: String,
}

/// What a run knew besides its columns.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub tick: u32,
    pub sightings: Option<SightingsMemory>,
    pub last_row: Option<u32>,
}

impl Checkpoint {
    /// Opens the one in a folder.
    ///
    /// # Errors
    /// [`Error::Damaged`] if something is not as it was written, [`Error::Invalid`] if it is of another format, [`Error::File`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if folder.is_dir() && !folder.join(FILE).exists() {
            let message =
                format!("is no checkpoint: {FILE} is missing; name a run's folder, or one of its checkpoints");
            return Err(Error::invalid(crate::error::shown(folder), message));
        }
        let manifest = Manifest::read(folder)?;
        let path = folder.join(SCENARIO);
        let long = fs::metadata(&path).map(|about| about.len()).unwrap_or(0);
        let text = if long > LONGEST {
            Err(io::Error::other("it is too long for a scenario"))
        } else {
            fs::read(&path)
        };
        let text = text.map_err(|error| Error::file(&path, "read the checkpoint", error))?;
        if hash(&text) != manifest.scenario_sha256 {
            return Err(damaged(&path, "its hash is another than the manifest says"));
        }
        let scenario = String::from_utf8(text).map_err(|_| damaged(&path, "it is no UTF-8 text"))?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            scenario,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The run's scenario, complete and resolved, as TOML.
    #[must_use]
    pub fn scenario(&self) -> &str {
        &self.scenario
    }

    /// Bytes of its columns' files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.manifest.columns.iter().map(|column| column.bytes).sum()
    }

    pub(crate) fn past(&self) -> Past {
        Past {
            tick: self.manifest.tick,
            sightings: self.manifest.sightings.clone(),
            last_row: self.manifest.last_row,
        }
    }

    /// Refuses one that another version of the program wrote, or of parts of other versions: the same scenario may mean another state.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming both versions.
    pub fn check_version(&self, parts: &str) -> Result<(), Error> {
        let own = env!("CARGO_PKG_VERSION");
        let name = || crate::error::shown(&self.folder);
        if self.manifest.version != own {
            let message = format!(
                "was written by version {}, and this is {own}: versions may differ in what a tick does; go on with the version that wrote \
                 it, or run anew",
                self.manifest.version
            );
            return Err(Error::invalid(name(), message));
        }
        if self.manifest.parts != parts {
            let message = format!(
                "is of the parts '{}', and here they are '{parts}'; go on with the program that wrote it, or run anew",
                self.manifest.parts
            );
            return Err(Error::invalid(name(), message));
        }
        Ok(())
    }

    /// Refuses one whose scenario names files that have changed since.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key and the file; [`Error::File`] if one cannot be read.
    pub fn check_inputs(&self, scenario: &Scenario) -> Result<(), Error> {
        let now = InputFile::all(scenario)?;
        for then in &self.manifest.inputs {
            let same = now.iter().find(|file| file.key == then.key && file.file == then.file);
            // What a branch replaces is checked with the branch.
            if let Some(now) = same.filter(|now| now.sha256 != then.sha256) {
                let message = format!(
                    "names {}, which has changed since the run was begun ({} bytes then, {} now); put the old one back, or run anew",
                    crate::error::shown(&now.file),
                    then.bytes,
                    now.bytes
                );
                return Err(Error::invalid(now.key.clone(), message));
            }
        }
        Ok(())
    }

    /// Reads all columns and checks them.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first that is not as it was written.
    pub fn verify(&self) -> Result<(), Error> {
        self.manifest
            .columns
            .iter()
            .try_for_each(|column| self.read(column, |_, _| Ok(())))
    }

    /// Reads a column piece by piece: `take` is handed the place of the first word, and words. Whether the column was as it was written
    /// is known when all of it has been read.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::File`], and those of `take`.
    pub fn read(
        &self,
        column: &SavedColumn,
        mut take: impl FnMut(u64, &[u32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let unknown = || damaged(&self.folder.join(FILE), "it names what no checkpoint has");
        let parts = column.all_parts().ok_or_else(unknown)?;
        let mut print = Fingerprint::default();
        for part in &parts {
            if Path::new(&part.file).file_name() != Some(part.file.as_ref()) {
                return Err(unknown());
            }
            print = print.plus(self.read_part(&column.name, part, &mut take)?);
        }
        if digits(print.bits()) != column.fingerprint {
            let path = self.folder.join(&parts[0].file);
            return Err(damaged(&path, "its words are others than the manifest says"));
        }
        Ok(())
    }

    /// Reads a file of a column; answers its part of the fingerprint.
    fn read_part(&self, column: &str, part: &SavedPart, take: &mut Take<'_>) -> Result<Fingerprint, Error> {
        let path = self.folder.join(&part.file);
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(&path, "it is cut off"),
            io::ErrorKind::NotFound => damaged(&path, "it is missing"),
            // What cannot be decompressed.
            io::ErrorKind::Other | io::ErrorKind::InvalidData => damaged(&path, &error.to_string()),
            _ => Error::file(&path, "read the checkpoint", error),
        };
        let file = File::open(&path).map_err(failed)?;
        let mut source = Source::new(file, self.manifest.options.compress).map_err(failed)?;
        let expected = head(&part.shape);
        let mut found = vec![0; expected.len()];
        source.fill(&mut found).map_err(failed)?;
        if found != expected {
            return Err(damaged(&path, "its head is not that of an array of this shape"));
        }
        let number = hash_name(column);
        let mut print = Fingerprint::default();
        // As much as there is to read, and no more on the word of a manifest.
        let most = part.words.iter().map(|[first, end]| end - first).max().unwrap_or(0);
        let mut piece = vec![0u32; most.min(PIECE as u64) as usize];
        for &[mut first, end] in &part.words {
            while first < end {
                let count = (end - first).min(PIECE as u64) as usize;
                let piece = &mut piece[..count];
                source.fill(bytemuck::cast_slice_mut(piece)).map_err(failed)?;
                if cfg!(target_endian = "big") {
                    piece.iter_mut().for_each(|word| *word = word.swap_bytes());
                }
                print = print.plus(Fingerprint::of(number, first as u32, piece));
                take(first, piece)?;
                first += count as u64;
            }
        }
        let (left, bytes, sha256) = source.finish().map_err(failed)?;
        if left > 0 || bytes != part.bytes {
            return Err(damaged(&path, "it is longer than it was"));
        }
        if sha256 != part.sha256 {
            return Err(damaged(&path, "its hash is another than the manifest says"));
        }
        Ok(print)
    }
}

/// The error of a file that is not as it was written.
pub(super) fn damaged(path: &Path, what: &str) -> Error {
    Error::Damaged {
        path: path.to_owned(),
        message: what.to_owned(),
    }
}
