//! The run directory: all of a run's results, or nothing.
//!
//! What a run came to is worth more than the place that was meant for it: where that cannot be written any more, the results go to the
//! system's folder for temporary files.
//!
//! The files are written into a folder beside the place they are meant for, which takes its name when all are complete.
//! Whatever goes wrong before removes it. No existing folder is touched: the next free name of DIR, DIR-2, DIR-3 … is
//! taken, where an empty folder counts as free.

use super::summary::Summary;
use super::{jobs, metrics};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tetraswarm::Error;
use tetraswarm::measure::Measurement;
use tetraswarm::scenario::Scenario;
use tetraswarm::topology::import::Ids;
use tetraswarm::work::trace::JobResult;

/// The place for the results of a run.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
}

/// What a run leaves behind.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// Complete and resolved, so that it means the same anywhere.
    pub scenario: &'a Scenario,
    pub summary: &'a Summary,
    pub rows: &'a [Measurement],
    /// What became of the jobs of a log.
    pub jobs: Option<&'a [JobResult]>,
    /// What an imported network calls its nodes.
    pub ids: Option<&'a Ids>,
}

/// A folder that is removed unless it is completed, with those above it that were made for it.
#[derive(Debug)]
struct Partial {
    path: PathBuf,
    /// Innermost first.
    made: Vec<PathBuf>,
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Whoever comes here has an error to report already, or has just moved the folder away; folders in which there is
        // something stay.
        let _ = fs::remove_dir_all(&self.path);
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl RunFolder {
    /// Sees to it, before a run takes its time, that the results can be written.
    pub fn prepare(target: PathBuf) -> Result<Self, Error> {
        let refuse = |message| Err(Error::invalid(format!("--out {}", target.display()), message));
        if target.file_name().is_none() {
            return refuse("names no folder of its own; name a new one, as in --out runs/trial");
        }
        if target.metadata().is_ok_and(|about| !about.is_dir()) {
            return refuse("is no folder; name a new one, as in --out runs/trial");
        }
        let folder = Self { target };
        folder.create()?;
        Ok(folder)
    }

    /// The folder that collects the files: beside the target, as a rename does not cross file systems.
    fn create(&self) -> Result<Partial, Error> {
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
                Ok(()) => return Ok(Partial { path, made }),
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

    /// Writes everything and answers where it is.
    pub fn write(&self, results: &Results<'_>) -> Result<PathBuf, Error> {
        let partial = self.create()?;
        let about = results.summary.identity.pairs();
        let save = |name: &str, action: &'static str, content: &dyn Fn(&mut BufWriter<File>) -> io::Result<()>| {
            save(&partial.path.join(name), content).map_err(|e| Error::file(self.target.join(name), action, e))
        };
        save("scenario.toml", "write the scenario", &|to| {
            to.write_all(scenario(results).map_err(io::Error::other)?.as_bytes())
        })?;
        save("metrics.parquet", "write the measurements", &|to| {
            metrics::write(results.rows, &about, to)
        })?;
        save("summary.json", "write the summary", &|to| {
            serde_json::to_writer_pretty(&mut *to, results.summary)?;
            to.write_all(b"\n")
        })?;
        if let Some(of) = results.jobs {
            save("jobs.parquet", "write the jobs' results", &|to| {
                jobs::write(of, &about, to)
            })?;
        }
        if let Some(ids) = results.ids {
            save("nodes.csv", "write the names of the nodes", &|to| ids.write_csv(to))?;
        }
        self.complete(&partial)
    }

    /// Gives the folder the first free name.
    fn complete(&self, partial: &Partial) -> Result<PathBuf, Error> {
        let mut number = 1u32;
        loop {
            let target = numbered(&self.target, number);
            // An empty folder is free; any other, or a file, stays, and this fails.
            let _ = fs::remove_dir(&target);
            let taken = target.symlink_metadata().is_ok();
            let moved = if taken {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                fs::rename(&partial.path, &target)
            };
            match moved {
                Ok(()) => return Ok(target),
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

/// Writes a file, down to the disk: some file systems say only then that there is no room.
fn save(path: &Path, content: &dyn Fn(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut to = BufWriter::new(File::create(path)?);
    content(&mut to)?;
    to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The scenario that gives the same state again.
fn scenario(results: &Results<'_>) -> Result<String, Error> {
    let Summary {
        fingerprint,
        ticks,
        stopped_by,
        ..
    } = results.summary;
    let mut text = format!("# Complete and resolved; running it again gives the fingerprint {fingerprint}.\n");
    let mut scenario = results.scenario.clone();
    if stopped_by.is_interrupt() {
        text.push_str(&format!(
            "# Interrupted after {ticks} of {} ticks, so it ends there.\n",
            scenario.ticks
        ));
        scenario.ticks = *ticks;
    }
    Ok(text + &scenario.to_toml()?)
}
