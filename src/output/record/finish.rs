//! The end of a record: its segments become one file, beside which everything else is written.

use super::{ACTION, METRICS, Record, note};
use crate::output::folder::{self, Place, Results};
use crate::output::jobs;
use crate::output::summary::Summary;
use crate::output::text::grouped;
use crate::output::times;
use crate::output::unfinished::{self, Files};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use tetraswarm::{Error, shown};

impl Record {
    /// Writes what a run leaves behind; answers where it is, if anywhere, and what is to be told.
    pub fn finish(mut self, results: &Results<'_>) -> (Option<PathBuf>, Option<String>) {
        let mut told = Vec::new();
        if self.waiting > 0 {
            told.extend(self.flush().err());
        }
        let path = self.leave(results, &mut told);
        (path, (!told.is_empty()).then(|| told.join("\n")))
    }

    fn leave(&mut self, results: &Results<'_>, told: &mut Vec<String>) -> Option<PathBuf> {
        let place = self.places.last_mut()?;
        let path = place.path().to_owned();
        if self.over.is_some() {
            // What else there is may find room all the same.
            return match beside(place, results, &self.about) {
                Ok(()) => {
                    place.keep();
                    Some(path)
                }
                Err(_) if self.readable.is_some() => Some(path),
                Err(error) => {
                    told.push(format!("error: {error}\nthe results are not written"));
                    None
                }
            };
        }
        let place = &self.places[self.places.len() - 1];
        let error = match self.complete(place, results) {
            Ok(()) => {
                if self.is_elsewhere {
                    let there = shown(&path);
                    told.push(format!("the results are in {there}"));
                    if let [first, _] = &self.places[..] {
                        let reason =
                            format!("there was no room, or it was taken away.\nAll of its results are in {there}.");
                        let _ = note(first, self.before, Files::Segments, Some(&reason));
                    }
                }
                self.places.iter_mut().for_each(Place::keep);
                return Some(path);
            }
            Err(error) => error,
        };
        self.has_failed = true;
        let second = if self.is_elsewhere {
            None
        } else {
            let elsewhere = self.begin(&self.target.elsewhere());
            let complete = elsewhere.and_then(|place| self.complete(&place, results).map(|()| place));
            match complete {
                Ok(mut place) => {
                    place.keep();
                    let there = shown(place.path());
                    told.push(format!("error: {error}\nthe results are in {there}"));
                    self.blame(&format!("{error}\nAll of its results are in {there}."));
                    return Some(place.path().to_owned());
                }
                Err(second) => Some(second),
            }
        };
        let second = second.map_or_else(String::new, |second| format!("\nerror: {second}"));
        self.blame(&error.to_string());
        let place = &self.places[self.places.len() - 1];
        let (others, answer) = match beside(place, results, &self.about) {
            Ok(()) => ("metrics.parquet is", Some(path)),
            Err(_) => ("the results are", None),
        };
        let readable = match self.readable {
            Some(tick) => format!(
                "; the rows up to tick {} are in {}, in numbered files",
                grouped(tick),
                self.shown()
            ),
            None => String::new(),
        };
        told.push(format!("error: {error}{second}\n{others} not written{readable}"));
        answer
    }

    /// Puts all results into a folder, and takes away what says that they are not all.
    fn complete(&self, place: &Place, results: &Results<'_>) -> Result<(), Error> {
        let own = || self.segments.iter().filter(|one| one.parent() == Some(place.path()));
        // A single one becomes the whole by its name.
        let is_whole = self.segments.len() == 1 && own().count() == 1;
        if !is_whole {
            self.join(place)?;
        }
        beside(place, results, &self.about)?;
        let end = |error| Error::file(place.path().join(METRICS), ACTION, error);
        for segment in own() {
            if is_whole {
                fs::rename(segment, place.path().join(METRICS)).map_err(end)?;
            } else {
                fs::remove_file(segment).map_err(end)?;
            }
        }
        match results.reason {
            // Where there is no room for it, the last one stands.
            Some(_) => drop(note(place, self.readable, Files::Joined, results.reason)),
            None => place.remove(unfinished::NAME),
        }
        Ok(())
    }

    /// Makes one file of all segments.
    pub(super) fn join(&self, place: &Place) -> Result<(), Error> {
        place.write(METRICS, ACTION, |to| {
            let mut table = self.rows.table(&self.about, to)?;
            for segment in &self.segments {
                table.append(&File::open(segment)?)?;
            }
            table.finish().map(drop)
        })
    }
}

/// Everything but the rows.
fn beside(place: &Place, results: &Results<'_>, about: &[(String, String)]) -> Result<(), Error> {
    place.write("scenario.toml", "write the scenario", |to| {
        to.write_all(folder::scenario(results).map_err(io::Error::other)?.as_bytes())
    })?;
    place.write("summary.json", "write the summary", |to| summary(results.summary, to))?;
    if let Some(of) = results.jobs {
        place.write("jobs.parquet", "write the jobs' results", |to| {
            jobs::write(of, about, to)
        })?;
    }
    if let Some(of) = results.times {
        place.write("times.parquet", "write the tasks' times", |to| {
            times::write(of, about, to)
        })?;
    }
    if let Some(of) = results.snapshots {
        place.write("snapshots.parquet", "write the snapshots", |to| of.write(about, to))?;
        place.write("links.parquet", "write the snapshots' links", |to| {
            of.write_links(about, to)
        })?;
    }
    if let Some(ids) = results.ids {
        place.write("nodes.csv", "write the names of the nodes", |to| ids.write_csv(to))?;
    }
    Ok(())
}

fn summary(of: &Summary, to: &mut impl Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, of)?;
    to.write_all(b"\n")
}
