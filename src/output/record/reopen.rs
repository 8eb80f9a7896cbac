//! A record that is taken up again by a run that goes on: its rows up to a tick stay, those after it are cut, since the run measures them
//! again.
//!
//! Whatever ends the program in the midst of this, the next attempt finds enough: rows leave one file only when they are whole in
//! another.

use super::{ACTION, METRICS, Pace, Record, note};
use crate::output::folder::{self, Place, RunFolder};
use crate::output::metrics::Rows;
use crate::output::unfinished::Files;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tetraswarm::Error;
use tetraswarm::gauge::Measurement;
use tetraswarm::scenario::Scenario;

impl Record {
    /// Takes up the record in a folder: rows after `last`, or all if there is none, are cut. `like` is any row of the run, which says
    /// what columns there are.
    ///
    /// # Errors
    /// [`Error::File`] naming the file if rows cannot be read or cut.
    pub fn reopen(
        folder: &Path,
        (scenario, about): (&Scenario, Vec<(String, String)>),
        pace: Pace,
        (last, like): (Option<u32>, &Measurement),
    ) -> Result<Self, Error> {
        let mut record = Self::new(RunFolder::again(folder.to_owned()), scenario, about, pace);
        record.rows = Rows::like(like);
        record.places.push(Place::of(folder.to_owned()));
        record.split(folder)?;
        record.cut(folder, last)?;
        let place = &record.places[0];
        // What was said of the end is not so any more.
        ["summary.json", "jobs.parquet"]
            .into_iter()
            .for_each(|name| place.remove(name));
        place.write("scenario.toml", "write the scenario", |to| {
            to.write_all(folder::begun(scenario).as_bytes())
        })?;
        note(place, record.readable, Files::Segments, None)?;
        Ok(record)
    }

    /// Makes segments of the one file of all rows, if there is one.
    fn split(&mut self, folder: &Path) -> Result<(), Error> {
        let whole = folder.join(METRICS);
        if !whole.exists() {
            return Ok(());
        }
        let failed = |error: io::Error| Error::file(&whole, "read the measurements", error);
        // They are all in that file.
        for segment in segments(folder) {
            fs::remove_file(&segment).map_err(|error| Error::file(&segment, ACTION, error))?;
        }
        let file = File::open(&whole).map_err(failed)?;
        for group in 0..tetraswarm::table::group_count(&file).map_err(failed)? {
            self.rows.read(&file, group, u32::MAX).map_err(failed)?;
            let name = format!("metrics-{group:03}.parquet");
            self.places[0].write(&name, ACTION, |to| self.rows.write(&self.about, to))?;
        }
        fs::remove_file(&whole).map_err(failed)
    }

    /// Cuts the rows after `last`, the last segment first, and goes on with the one that is then the last.
    fn cut(&mut self, folder: &Path, last: Option<u32>) -> Result<(), Error> {
        self.segments = segments(folder);
        self.rows.clear();
        while let Some(path) = self.segments.last().cloned() {
            let failed = |error| Error::file(&path, "read the measurements", error);
            let file = File::open(&path).map_err(failed)?;
            // A segment has one group.
            let is_whole = match last {
                Some(last) => self.rows.read(&file, 0, last).map_err(failed)?,
                None => false,
            };
            if last.is_none() || self.rows.is_empty() {
                fs::remove_file(&path).map_err(|error| Error::file(&path, ACTION, error))?;
                self.segments.pop();
                self.rows.clear();
                continue;
            }
            self.readable = self.rows.last_tick();
            if !is_whole {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.places[0].write(&name, ACTION, |to| self.rows.write(&self.about, to))?;
            }
            if self.is_full() {
                self.full = self.readable;
                self.rows.clear();
            }
            break;
        }
        Ok(())
    }
}

/// The segments in a folder, in their order.
fn segments(folder: &Path) -> Vec<PathBuf> {
    let number = |path: &Path| -> Option<u32> {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix("metrics-")?.strip_suffix(".parquet")?.parse().ok()
    };
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut all: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((number(&path)?, path))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, path)| path).collect()
}
