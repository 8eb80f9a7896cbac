//! The run directory: the place of a run's results, from its first row on.
//!
//! What a run came to is worth more than the place that was meant for it: where that cannot be written any more, the results go to the
//! system's folder for temporary files.
//!
//! No existing folder is touched: the next free name of DIR, DIR-2, DIR-3 … is taken, where an empty folder counts as free. It is taken
//! by a folder that is made beside it and renamed, so that two runs never share one. Each file in it is whole or not there: it is written
//! under a hidden name, down to the disk, and then renamed. Until the run has ended well, the file `unfinished` is among them.

use super::snapshots::Snapshots;
use super::stopped::Held;
use super::summary::Summary;
use super::times::Bucket;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use tetraswarm::scenario::Scenario;
use tetraswarm::topology::import::Ids;
use tetraswarm::trace::JobResult;
use tetraswarm::{Error, shown};

/// The place for the results of a run.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
}

/// What a run leaves behind beside its rows.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// Complete and resolved, so that it means the same anywhere.
    pub scenario: &'a Scenario,
    pub summary: &'a Summary,
    /// What became of the jobs of a log.
    pub jobs: Option<&'a [JobResult]>,
    /// How many tasks waited how long, where there are tasks.
    pub times: Option<&'a [Bucket]>,
    /// What nodes held after chosen ticks.
    pub snapshots: Option<&'a Snapshots>,
    /// What an imported network calls its nodes.
    pub ids: Option<&'a Ids>,
    /// Why the run ended badly, if it did.
    pub reason: Option<&'a str>,
}

/// A folder that is removed unless it is to stay, with those above it that were made for it.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    /// Innermost first.
    made: Vec<PathBuf>,
    stays: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.stays {
            return;
        }
        // Whoever comes here has an error to report already; folders in which there is something stay.
        let _ = fs::remove_dir_all(&self.path);
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Place {
    /// A folder that is there, and stays.
    pub fn of(path: PathBuf) -> Self {
        Self {
            path,
            made: Vec::new(),
            stays: true,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// From now on it is not removed: something is in it that cannot be had again.
    pub fn keep(&mut self) {
        self.stays = true;
    }

    /// Writes a file, which replaces another of that name when it is whole. It goes down to the disk: some file systems say only then
    /// that there is no room.
    pub fn write(
        &self,
        name: &str,
        action: &'static str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let partial = self.path.join(format!(".{name}.partial"));
        let write = || {
            let mut to = BufWriter::new(File::create(&partial)?);
            content(&mut to)?;
            to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            fs::rename(&partial, self.path.join(name))
        };
        write().map_err(|error| {
            // So that it takes no room.
            let _ = fs::remove_file(&partial);
            Error::file(self.path.join(name), action, error)
        })
    }

    /// Takes a file away, if it is there.
    pub fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.path.join(name));
    }
}

impl RunFolder {
    /// One that is there already, of a run that goes on.
    #[must_use]
    pub fn again(target: PathBuf) -> Self {
        Self { target }
    }

    /// Sees to it, before a run takes its time, that the results can be written. With it comes why they cannot, where the system does not
    /// let them: they then go [elsewhere](Self::elsewhere).
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no name of a folder, or of one below a file.
    pub fn prepare(target: PathBuf) -> Result<(Self, Option<Error>), Error> {
        let refuse = |message: &str| Err(Error::invalid(format!("--out {}", target.display()), message));
        if target.file_name().is_none() {
            return refuse("names no folder of its own; name a new one, as in --out runs/trial");
        }
        if target.metadata().is_ok_and(|about| !about.is_dir()) {
            return refuse("is no folder; name a new one, as in --out runs/trial");
        }
        let above = target
            .ancestors()
            .skip(1)
            .find(|above| above.symlink_metadata().is_ok());
        if let Some(file) = above.filter(|above| !above.is_dir()) {
            let message = format!(
                "is below {}, which is no folder; name a new one, as in --out runs/trial",
                shown(file)
            );
            return refuse(&message);
        }
        let folder = Self { target };
        let trouble = folder.create().err();
        Ok((folder, trouble))
    }

    /// The folder that collects the files: beside the target, as a rename does not cross file systems.
    fn create(&self) -> Result<Place, Error> {
        let failed = |error| Error::file(&self.target, "create the run directory", error);
        let parent = self.target.parent().unwrap_or(Path::new(""));
        let above = || parent.ancestors().filter(|folder| !folder.as_os_str().is_empty());
        let made = above()
            .take_while(|folder| !folder.exists())
            .map(Path::to_owned)
            .collect();
        let mut number = 0;
        loop {
            if above().next().is_some() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            let path = parent.join(format!(".tetraswarm-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => {
                    return Ok(Place {
                        path,
                        made,
                        stays: false,
                    });
                }
                // Left by a process of that number that was killed, perhaps in another container; or the parent was
                // empty, and another run has just removed it.
                Err(error) if is_passing(&error) && number < 100 => number += 1,
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Where they go if this place fails them: of the same name, among the system's temporary files.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let name = self.target.file_name().unwrap_or_default().to_string_lossy();
        Self {
            target: std::env::temp_dir().join(format!("tetraswarm-{name}")),
        }
    }

    /// Makes the folder and puts in what `fill` writes, before it has its name.
    pub fn begin(&self, fill: impl FnOnce(&Place) -> Result<(), Error>) -> Result<Place, Error> {
        let mut place = self.create()?;
        fill(&place).map_err(|error| match error {
            // As it would have been called.
            Error::File { path, action, source } => {
                Error::file(self.target.join(path.file_name().unwrap_or_default()), action, source)
            }
            other => other,
        })?;
        self.complete(&mut place)?;
        Ok(place)
    }

    /// Gives the folder the first free name.
    fn complete(&self, place: &mut Place) -> Result<(), Error> {
        let mut number = 1u32;
        loop {
            let target = numbered(&self.target, number);
            // An empty folder is free; any other, or a file, stays, and this fails.
            let _ = fs::remove_dir(&target);
            let taken = target.symlink_metadata().is_ok();
            let moved = if taken {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                fs::rename(&place.path, &target)
            };
            match moved {
                Ok(()) => {
                    place.path = target;
                    return Ok(());
                }
                // Another run may have taken the name in between.
                Err(_) if target.symlink_metadata().is_ok() && number < u32::MAX => number += 1,
                Err(error) => return Err(Error::file(target, "create the run directory", error)),
            }
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound)
}

/// DIR, DIR-2, DIR-3 …
fn numbered(target: &Path, number: u32) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    target.with_file_name(name)
}

/// The scenario of a run that has only begun.
pub fn begun(scenario: &Scenario) -> String {
    let begun = "# Complete and resolved; the run that was to leave results here has not been finished.\n";
    match scenario.to_toml() {
        Ok(text) => format!("{begun}{text}"),
        // The run has been refused before by then.
        Err(error) => format!("{begun}# It cannot be written as TOML: {error}\n"),
    }
}

/// The scenario that gives the same state again.
pub fn scenario(results: &Results<'_>) -> Result<String, Error> {
    let Summary {
        fingerprint,
        ticks,
        stopped_by,
        conditions,
        past,
        ..
    } = results.summary;
    let branch = past
        .as_ref()
        .and_then(|past| Some((past.tick, past.branched_from.as_ref()?)));
    let mut text = match branch {
        Some((tick, folder)) => format!(
            "# Complete and resolved; from tick {tick} on, with the past in {folder}, it gives the fingerprint {fingerprint}.\n"
        ),
        None => format!("# Complete and resolved; running it again gives the fingerprint {fingerprint}.\n"),
    };
    let mut scenario = results.scenario.clone();
    if stopped_by.is_interrupt() {
        text.push_str(&format!(
            "# Interrupted after {ticks} of {} ticks, so it ends there.\n",
            scenario.ticks
        ));
        scenario.ticks = *ticks;
    } else if !conditions.is_empty() {
        let held = Held::all(conditions);
        text.push_str(&format!("# After {ticks} of {} ticks {held}.\n", scenario.ticks));
    }
    Ok(text + &scenario.to_toml()?)
}
