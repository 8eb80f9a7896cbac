//! The rows of a run on their way to the disk, as they are measured.
//!
//! They go to the run directory in *segments*, metrics-000.parquet, metrics-001.parquet …, each a whole Parquet file of a bounded number
//! of rows, so that memory does not grow with theirs. A segment that is not full yet is written too, every few seconds, and is replaced
//! when there are more rows: what a run loses by whatever ends it are the rows of its last seconds. At the end segments become one file,
//! metrics.parquet, a group of rows each, copied as they are. (A single Parquet file would be unreadable until its end, where the format
//! has its table of contents.)
//!
//! A run that goes on from a checkpoint takes its record up again, and cuts the rows after it: see `reopen.rs`.
//!
//! When a segment cannot be written, it and those that follow go to the system's folder for temporary files; when that fails too, the
//! run goes on without, and what is missing is said.

use super::folder::{self, Place, RunFolder};
use super::metrics::Rows;
use super::text::grouped;
use super::unfinished::{self, Files};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tetraswarm::gauge::Measurement;
use tetraswarm::scenario::Scenario;
use tetraswarm::{Error, shown};

pub use behind::Behind;

mod behind;
mod finish;
mod reopen;
#[cfg(test)]
mod tests;

/// What is done, for an error.
const ACTION: &str = "write the measurements";

/// The file of all rows.
const METRICS: &str = "metrics.parquet";

/// How much is in memory, and for how long.
pub struct Pace {
    /// Numbers in a segment, of all its columns, at the most.
    pub values: usize,
    /// The longest time that a row waits for the next row or tick to be done before it is written.
    pub longest: Duration,
    /// The time since some start.
    pub clock: Box<dyn Fn() -> Duration + Send>,
}

impl Default for Pace {
    fn default() -> Self {
        let start = Instant::now();
        Self {
            // Some 10 MiB.
            values: 1 << 19,
            longest: Duration::from_secs(5),
            clock: Box::new(move || start.elapsed()),
        }
    }
}

/// The rows of a run, and where they go.
pub struct Record {
    target: RunFolder,
    /// What files' metadata say of the run.
    about: Vec<(String, String)>,
    scenario: String,
    pace: Pace,
    /// The one that was meant, and one among temporary files where that failed.
    places: Vec<Place>,
    /// Whether temporary files have been tried.
    is_elsewhere: bool,
    segments: Vec<PathBuf>,
    /// Those of the segment that is not full.
    rows: Rows,
    /// How many of them are not in its file yet.
    waiting: usize,
    /// When a segment was last written.
    written: Duration,
    /// The last tick that can be read.
    readable: Option<u32>,
    /// The last tick of segments that are full.
    full: Option<u32>,
    /// The last tick of those in the place that was meant, since they go elsewhere.
    before: Option<u32>,
    /// Why no rows are written any more.
    over: Option<String>,
    has_failed: bool,
}

impl Record {
    /// For a run of this scenario.
    pub fn new(target: RunFolder, scenario: &Scenario, about: Vec<(String, String)>, pace: Pace) -> Self {
        Self {
            target,
            about,
            scenario: folder::begun(scenario),
            written: (pace.clock)(),
            pace,
            places: Vec::new(),
            is_elsewhere: false,
            segments: Vec::new(),
            rows: Rows::default(),
            waiting: 0,
            readable: None,
            full: None,
            before: None,
            over: None,
            has_failed: false,
        }
    }

    /// Whether something could not be written where it was meant to be.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// What is to be told where it cannot be made as it was meant.
    pub fn start(&mut self) -> Result<(), String> {
        let error = match self.begin(&self.target) {
            Ok(place) => {
                self.places.push(place);
                return Ok(());
            }
            Err(error) => error,
        };
        self.has_failed = true;
        self.is_elsewhere = true;
        match self.begin(&self.target.elsewhere()) {
            Ok(place) => {
                let told = format!("error: {error}\nthe results go to {}", shown(place.path()));
                self.places.push(place);
                Err(told)
            }
            Err(second) => {
                self.over = Some(error.to_string());
                Err(format!("error: {error}\nerror: {second}\nthe results are not written"))
            }
        }
    }

    fn begin(&self, folder: &RunFolder) -> Result<Place, Error> {
        folder.begin(|place| {
            place.write("scenario.toml", "write the scenario", |to| {
                to.write_all(self.scenario.as_bytes())
            })?;
            note(place, None, Files::Segments, None)
        })
    }

    /// Takes a row that has been measured.
    ///
    /// # Errors
    /// What is to be told where it cannot be written as it was meant.
    pub fn row(&mut self, row: &Measurement) -> Result<(), String> {
        if self.over.is_some() {
            return Ok(());
        }
        if let Err(error) = self.rows.push(row) {
            return self.give_up(&Error::file(METRICS, ACTION, error), None);
        }
        self.waiting += 1;
        if self.is_full() { self.flush() } else { self.wait() }
    }

    /// Writes the rows that wait, however long they have.
    ///
    /// # Errors
    /// As [`Record::row`].
    pub fn write_all(&mut self) -> Result<(), String> {
        if self.waiting > 0 { self.flush() } else { Ok(()) }
    }

    /// The last tick whose row can be read.
    pub fn readable(&self) -> Option<u32> {
        self.readable
    }

    /// Where rows go now, if they go anywhere.
    pub fn place(&self) -> Option<PathBuf> {
        self.places.last().map(|place| place.path().to_owned())
    }

    /// Keeps the folder, whatever becomes of the rows: something else is in it.
    pub fn keep_place(&mut self) {
        self.places.iter_mut().for_each(Place::keep);
    }

    /// Writes the rows that have waited long enough.
    ///
    /// # Errors
    /// As [`Record::row`].
    pub fn wait(&mut self) -> Result<(), String> {
        if self.waiting > 0 && (self.pace.clock)() - self.written >= self.pace.longest {
            return self.flush();
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows.len() * self.rows.columns() >= self.pace.values
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> Result<(), String> {
        let Err(error) = self.segment() else { return Ok(()) };
        self.has_failed = true;
        if self.is_elsewhere {
            return self.give_up(&error, None);
        }
        self.is_elsewhere = true;
        let (name, full) = (self.name(), self.full);
        let place = match self.begin(&self.target.elsewhere()) {
            Ok(place) => place,
            Err(second) => return self.give_up(&error, Some(&second)),
        };
        self.places.push(place);
        if let Err(second) = self.segment() {
            self.places.pop();
            return self.give_up(&error, Some(&second));
        }
        self.before = full;
        // All of its rows are in the one that was just written.
        self.places[0].remove(&name);
        let there = shown(self.places[1].path());
        let reason = format!("{error}\nThe rows that follow are in {there}.");
        let _ = note(&self.places[0], full, Files::Segments, Some(&reason));
        Err(format!(
            "error: {error}\nthe run goes on; rows {}go to {there}",
            after(full)
        ))
    }

    /// The number of the segment that is not full, which may have a file already.
    fn number(&self) -> usize {
        self.segments.len() - usize::from(self.rows.len() > self.waiting)
    }

    fn name(&self) -> String {
        format!("metrics-{:03}.parquet", self.number())
    }

    /// Writes the segment that is not full, as far as it has come.
    fn segment(&mut self) -> Result<(), Error> {
        let (number, name) = (self.number(), self.name());
        let Some(place) = self.places.last_mut() else {
            return Ok(());
        };
        place.write(&name, ACTION, |to| self.rows.write(&self.about, to))?;
        place.keep();
        self.segments.truncate(number);
        self.segments.push(place.path().join(name));
        self.waiting = 0;
        self.written = (self.pace.clock)();
        self.readable = self.rows.last_tick();
        // Where there is no room for it, the last one stands.
        let _ = note(place, self.readable, Files::Segments, None);
        if self.is_full() {
            self.full = self.readable;
            self.rows.clear();
        }
        Ok(())
    }

    /// From now on no rows are written.
    fn give_up(&mut self, error: &Error, second: Option<&Error>) -> Result<(), String> {
        self.has_failed = true;
        self.rows.clear();
        self.waiting = 0;
        let missing = match self.readable {
            Some(tick) => format!("The rows after tick {} are missing.", grouped(tick)),
            None => "The rows from tick 0 on are missing.".to_owned(),
        };
        let reason = format!("{error}\n{missing}");
        self.blame(&reason);
        self.over = Some(reason);
        let second = second.map_or_else(String::new, |second| format!("\nerror: {second}"));
        let what = match self.readable {
            Some(_) => format!(
                "rows {}are missing, those before can be read in {}",
                after(self.readable),
                self.shown()
            ),
            None => "the rows from tick 0 on are missing".to_owned(),
        };
        Err(format!("error: {error}{second}\nthe run goes on, but {what}"))
    }

    fn shown(&self) -> String {
        let places: Vec<String> = self.places.iter().map(|place| shown(place.path())).collect();
        places.join(" and ")
    }

    /// Writes down why a run ended badly.
    fn blame(&self, reason: &str) {
        if let Some(place) = self.places.last() {
            let _ = note(place, self.readable, Files::Segments, Some(reason));
        }
    }

    /// Ends the record of a run that has failed; answers where the rows are that can be read, and up to which tick.
    ///
    /// # Errors
    /// As [`Record::row`].
    pub fn fail(&mut self, reason: &str) -> Result<Option<String>, String> {
        let flushed = if self.waiting > 0 { self.flush() } else { Ok(()) };
        self.blame(reason);
        flushed?;
        let told = |tick| format!("what was measured up to tick {} is in {}", grouped(tick), self.shown());
        Ok(self.readable.map(told))
    }
}

fn note(place: &Place, readable: Option<u32>, files: Files, reason: Option<&str>) -> Result<(), Error> {
    let text = unfinished::text(place.path(), readable, files, reason);
    place.write(unfinished::NAME, "say that the run is not finished", |to| {
        to.write_all(text.as_bytes())
    })
}

/// Of which ticks, as in "after tick 5 ".
fn after(tick: Option<u32>) -> String {
    tick.map_or_else(String::new, |tick| format!("after tick {} ", grouped(tick)))
}
