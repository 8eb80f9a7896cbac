//! The folder `checkpoints` of a run: the last few of them, and who may write them.

use super::write::sync_folder;
use super::{Checkpoint, Written};
use crate::error::Error;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The name of the folder in that of a run.
pub const NAME: &str = "checkpoints";

/// What the name of each begins with, before the tick.
const PREFIX: &str = "tick-";

/// What hidden names begin with, of checkpoints that are being written or taken away.
const PARTIAL: &str = ".partial-";

/// The file by which one process knows of another.
const LOCK: &str = ".lock";

/// What is done, for an error.
const ACTION: &str = "write the checkpoint";

/// The checkpoints of a run.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
}

/// As long as it lives, no other process writes checkpoints there.
#[derive(Debug)]
pub struct Lock {
    // Systems that know no locks have none.
    _file: Option<File>,
}

impl Checkpoints {
    /// Those of a run whose results are in this folder.
    #[must_use]
    pub fn of(run: &Path) -> Self {
        Self { folder: run.join(NAME) }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folders of all that are there, the newest first. What they hold has not been looked at.
    #[must_use]
    pub fn list(&self) -> Vec<PathBuf> {
        let mut all: Vec<(u64, PathBuf)> = entries(&self.folder)
            .filter_map(|path| {
                let tick = path.file_name()?.to_str()?.strip_prefix(PREFIX)?.parse().ok()?;
                path.is_dir().then_some((tick, path))
            })
            .collect();
        all.sort_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, path)| path).collect()
    }

    /// Keeps other processes away, and removes what a process left behind that was killed while it wrote.
    ///
    /// # Errors
    /// [`Error::Invalid`] if another process writes checkpoints there; [`Error::File`].
    pub fn lock(&self) -> Result<Lock, Error> {
        let failed = |error| Error::file(&self.folder, ACTION, error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let path = self.folder.join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(failed)?;
        let file = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => {
                let message = "belongs to a run that is under way; wait for its end, or end it";
                return Err(Error::invalid(crate::error::shown(&self.folder), message));
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => None,
        };
        for path in entries(&self.folder) {
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.starts_with(PARTIAL)) {
                let _ = fs::remove_dir_all(path);
            }
        }
        Ok(Lock { _file: file })
    }

    /// Writes one: `fill` is given an empty folder, which then takes its name. Of those before, the newest are kept, `keep` in all.
    ///
    /// # Errors
    /// Those of `fill`, and [`Error::File`]; what was there before is as it was.
    pub fn add(&self, keep: usize, fill: impl FnOnce(&Path) -> Result<Written, Error>) -> Result<Written, Error> {
        let failed = |error| Error::file(&self.folder, ACTION, error);
        let partial = self.folder.join(format!("{PARTIAL}{}", std::process::id()));
        let _ = fs::remove_dir_all(&partial);
        fs::create_dir_all(&partial).map_err(failed)?;
        let rename = |written: Written| {
            let target = self.folder.join(format!("{PREFIX}{:010}", written.tick));
            // One of the same tick is there where a run has gone on from its predecessor.
            let old = self.folder.join(format!("{PARTIAL}{}-old", std::process::id()));
            if target.exists() {
                fs::rename(&target, &old).map_err(failed)?;
            }
            if let Err(error) = fs::rename(&partial, &target) {
                let _ = fs::rename(&old, &target);
                return Err(failed(error));
            }
            sync_folder(&self.folder);
            let _ = fs::remove_dir_all(old);
            Ok(written)
        };
        let written = fill(&partial).and_then(rename).inspect_err(|_| {
            // So that it takes no room.
            let _ = fs::remove_dir_all(&partial);
        })?;
        let later = |path: &PathBuf| path.file_name() > Some(format!("{PREFIX}{:010}", written.tick).as_ref());
        let (late, own): (Vec<PathBuf>, Vec<PathBuf>) = self.list().into_iter().partition(later);
        // Later ones are of a future that was given up: what was wrong with them is told by whoever went on from another.
        for path in late.into_iter().chain(own.into_iter().skip(keep.max(1))) {
            self.remove(&path);
        }
        Ok(written)
    }

    /// Takes one away; at no moment is half of it there under its name.
    fn remove(&self, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let hidden = self.folder.join(format!("{PARTIAL}{name}"));
        let _ = fs::rename(path, &hidden).and_then(|()| fs::remove_dir_all(hidden));
    }

    /// Takes all of them away, with the folder.
    pub fn clear(&self) {
        for path in self.list() {
            self.remove(&path);
        }
        let _ = fs::remove_file(self.folder.join(LOCK));
        let _ = fs::remove_dir(&self.folder);
    }

    /// The newest that can be used, with the names of those that cannot and why: damaged ones are passed over, `check` may pass over
    /// more by answering with false.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is none, or none that can be used; those of `check`.
    pub fn newest<T>(
        &self,
        mut check: impl FnMut(Checkpoint) -> Result<T, Error>,
        mut told: impl FnMut(&str),
    ) -> Result<T, Error> {
        let all = self.list();
        let mut last = None;
        for path in &all {
            match Checkpoint::open(path).and_then(&mut check) {
                Err(error @ (Error::Damaged { .. } | Error::File { .. })) => {
                    let next = if all.last() == Some(path) {
                        ""
                    } else {
                        "; the one before it is taken"
                    };
                    told(&format!("{error}{next}"));
                    last = Some(error);
                }
                other => return other,
            }
        }
        Err(last.unwrap_or_else(|| {
            let message = "holds no checkpoint: runs write them every 10 minutes, or as --checkpoint says, and those that have come to \
                           their end keep theirs only where it was given";
            Error::invalid(crate::error::shown(&self.folder), message)
        }))
    }
}

/// What is in a folder.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let all = fs::read_dir(folder).into_iter().flatten();
    all.filter_map(|entry| entry.ok().map(|entry| entry.path()))
}
