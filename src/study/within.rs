//! Checkpoints within a long run of a study: a study that was killed goes on in the midst of the runs that were under way.
//!
//! Each run has a folder of its own, called by the run's key, so that whatever decides on its numbers decides on the name; it is taken away
//! when the run is in the journal. What a study has read off the rows is written beside the columns, under the same rename.

use super::figure::Watch;
use crate::checkpoint::{Checkpoint, Checkpoints, Lock, Setting};
use crate::device::{Device, Event, Halt, Outcome};
use crate::error::Error;
use crate::scenario::Scenario;
use crate::simulation::{self, Resumed, Simulation};
use crate::{grouped, shown};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder of a study in which those of the runs that are under way are.
pub const UNDER_WAY: &str = "under-way";

/// What has been read off the rows, beside a checkpoint's columns.
const ROWS: &str = "rows.json";

/// When a run of a study writes a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After so much time.
    Time(Duration),
    /// After so many ticks.
    Ticks(u32),
}

/// Where the runs of a study keep their checkpoints, and when they write them.
#[derive(Clone, Debug)]
pub struct Within {
    folder: PathBuf,
    when: When,
    telling: Option<Telling>,
}

/// Who is told, line by line, from where runs go on; and whether only of what is not as it was left.
type Telling = (fn(&str), bool);

impl Within {
    /// For a study with this folder.
    #[must_use]
    pub fn new(study: &Path, when: When) -> Self {
        Self {
            folder: study.join(UNDER_WAY),
            when,
            telling: None,
        }
    }

    /// The same that tells from where runs go on, and which checkpoints were passed over; where it is quiet, only the latter.
    #[must_use]
    pub fn telling(mut self, tell: fn(&str), is_quiet: bool) -> Self {
        self.telling = Some((tell, is_quiet));
        self
    }

    /// How many runs have left a checkpoint to go on from.
    #[must_use]
    pub fn left(&self) -> usize {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let has_some = |run: &Path| {
            ["run", "twin"]
                .iter()
                .any(|part| !Checkpoints::of(&run.join(part)).list().is_empty())
        };
        folders.filter(|entry| has_some(&entry.path())).count()
    }

    /// Of the run of a key.
    pub(super) fn of(&self, key: &str) -> Own {
        Own {
            folder: self.folder.join(key),
            when: self.when,
            telling: self.telling,
        }
    }

    /// Takes those of a run away that is in the journal.
    pub(super) fn forget(&self, key: &str) {
        let _ = fs::remove_dir_all(self.folder.join(key));
        // If it was the last one.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// The checkpoints of one run, and of its twin.
#[derive(Clone, Debug)]
pub(super) struct Own {
    folder: PathBuf,
    when: When,
    telling: Option<Telling>,
}

impl Own {
    /// Of one of the two.
    pub fn part(&self, name: &str) -> Keep {
        let folder = self.folder.join(name);
        Keep {
            checkpoints: Checkpoints::of(&folder),
            done: folder.join("done.json"),
            when: self.when,
            telling: self.telling,
        }
    }
}

/// Where one run keeps its checkpoints.
#[derive(Clone, Debug)]
pub(super) struct Keep {
    checkpoints: Checkpoints,
    /// What it came to, where a twin is still to be run.
    done: PathBuf,
    when: When,
    telling: Option<Telling>,
}

/// What a study has read of a run.
#[derive(Serialize, Deserialize)]
struct Read {
    /// Per figure ticks and numbers, these by their bits.
    rows: Vec<Vec<(u32, Option<u64>)>>,
    /// Of the end, if it is known.
    fingerprint: Option<String>,
}

/// Text with the hash of what follows in its first line.
fn sealed(text: &str) -> String {
    format!("{}\n{text}", hash(text))
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path) -> Option<Read> {
    let text = fs::read_to_string(path).ok()?;
    let (seal, text) = text.split_once('\n')?;
    (hash(text) == seal).then(|| serde_json::from_str(text).ok()).flatten()
}

impl Read {
    fn of(watch: &Watch<'_>, fingerprint: Option<String>) -> Self {
        let bits = |rows: &Vec<(u32, Option<f64>)>| {
            rows.iter()
                .map(|(tick, number)| (*tick, number.map(f64::to_bits)))
                .collect()
        };
        Self {
            rows: watch.rows().iter().map(bits).collect(),
            fingerprint,
        }
    }

    fn put(self, watch: &mut Watch<'_>) {
        let numbers = |rows: Vec<(u32, Option<u64>)>| {
            rows.into_iter()
                .map(|(tick, bits)| (tick, bits.map(f64::from_bits)))
                .collect()
        };
        watch.recall(self.rows.into_iter().map(numbers).collect());
    }

    fn text(&self) -> String {
        sealed(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl Keep {
    /// What the run came to, where it has come to its end and only a twin was left.
    pub fn end(&self, watch: &mut Watch<'_>) -> Option<String> {
        let mut end = read(&self.done)?;
        let fingerprint = end.fingerprint.take()?;
        end.put(watch);
        Some(fingerprint)
    }

    /// Writes down what the run came to, before its twin begins. Where that fails, a study that is killed runs it anew.
    pub fn ended(&self, watch: &Watch<'_>, fingerprint: &str, lasted: Duration) {
        if matches!(self.when, When::Time(time) if lasted < time) {
            return;
        }
        let text = Read::of(watch, Some(fingerprint.to_owned())).text();
        let partial = self.done.with_extension("partial");
        let made = self.done.parent().map_or(Ok(()), fs::create_dir_all);
        let _ = made
            .and_then(|()| fs::write(&partial, text))
            .and_then(|()| fs::rename(&partial, &self.done));
    }

    /// A simulation that goes on from the newest checkpoint that can be used, with what was read until then; nothing if there is none.
    pub fn resumed(&self, scenario: &Scenario, device: &dyn Device, watch: &mut Watch<'_>) -> Option<Simulation> {
        let all = self.checkpoints.list();
        for (k, folder) in all.iter().enumerate() {
            match resumed(folder, scenario, device) {
                Ok((past, resumed, simulation)) => {
                    past.put(watch);
                    if let Some(row) = &resumed.row {
                        watch.row(row);
                    }
                    if let Some((tell, false)) = self.telling {
                        tell(&format!(
                            "note: the run of seed {} goes on from tick {} of {}, by {}",
                            scenario.seed,
                            grouped(resumed.tick),
                            grouped(scenario.ticks),
                            shown(folder)
                        ));
                    }
                    return Some(simulation);
                }
                Err(error) => {
                    let next = match k + 1 < all.len() {
                        true => "the one before it is taken",
                        false => "the run begins anew",
                    };
                    if let Some((tell, _)) = self.telling {
                        tell(&format!("note: {error}; {next}"));
                    }
                }
            }
        }
        None
    }
}

/// What was read until a checkpoint, and a simulation that goes on from it.
fn resumed(folder: &Path, scenario: &Scenario, device: &dyn Device) -> Result<(Read, Resumed, Simulation), Error> {
    let rows = folder.join(ROWS);
    let past = read(&rows).ok_or_else(|| Error::Damaged {
        path: rows,
        message: "it is not as it was written, or not there".to_owned(),
    })?;
    let checkpoint = Checkpoint::open(folder)?;
    let mut simulation = Simulation::new(scenario, device)?;
    simulation.keep_rows(false);
    let resumed = simulation.resume(&checkpoint)?;
    Ok((past, resumed, simulation))
}

/// Who watches a run of a study.
pub(super) struct Watching<'a, 'b> {
    pub watch: &'a mut Watch<'b>,
    pub halt: &'a Halt,
    keep: Option<Writing>,
}

/// What is needed to write checkpoints.
struct Writing {
    keep: Keep,
    setting: Setting,
    since: Instant,
    /// No other process writes there, from the first one on.
    lock: Option<Lock>,
}

impl<'a, 'b> Watching<'a, 'b> {
    /// Of a scenario that is no text there are no checkpoints.
    pub fn new(watch: &'a mut Watch<'b>, halt: &'a Halt, keep: Option<&Keep>, scenario: &Scenario) -> Self {
        let keep = keep.and_then(|keep| {
            Some(Writing {
                setting: Setting {
                    scenario: scenario.to_toml().ok()?,
                    ..Setting::default()
                },
                since: Instant::now(),
                keep: keep.clone(),
                lock: None,
            })
        });
        Self { watch, halt, keep }
    }
}

impl Writing {
    /// One that cannot be written is none: the run goes on, and the last one stands.
    fn write(&mut self, simulation: &mut Simulation, watch: &Watch<'_>) {
        self.since = Instant::now();
        self.lock = self.lock.take().or_else(|| self.keep.checkpoints.lock().ok());
        if self.lock.is_none() {
            return;
        }
        let rows = Read::of(watch, None).text();
        let fill = |folder: &Path| {
            let path = folder.join(ROWS);
            fs::write(&path, rows).map_err(|error| Error::file(&path, "write the checkpoint", error))?;
            simulation.checkpoint(folder, &self.setting)
        };
        let _ = self.keep.checkpoints.add(2, fill);
        self.since = Instant::now();
    }
}

impl simulation::Watch for Watching<'_, '_> {
    fn event(&mut self, event: Event<'_>) -> ControlFlow<()> {
        if let Event::Measured(row) = event {
            self.watch.row(row);
        }
        match self.halt.is_asked() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn next_pause(&self, tick: u32) -> Option<u32> {
        match self.keep.as_ref()?.keep.when {
            When::Ticks(every) => Some((tick / every.max(1)).saturating_add(1).saturating_mul(every.max(1))),
            When::Time(_) => None,
        }
    }

    fn is_due(&self) -> bool {
        self.keep.as_ref().is_some_and(|keep| match keep.keep.when {
            When::Time(time) => keep.since.elapsed() >= time,
            When::Ticks(_) => false,
        })
    }

    fn pause(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        if let Some(keep) = &mut self.keep {
            keep.write(simulation, self.watch);
        }
        Ok(())
    }

    fn end(&mut self, simulation: &mut Simulation, outcome: Outcome) -> Result<(), Error> {
        // Whoever asks for an end of a run that has lasted goes on from there.
        let lasted = |keep: &Writing| keep.since.elapsed() >= Duration::from_secs(10);
        if let Some(keep) = self.keep.as_mut().filter(|keep| outcome.is_interrupt() && lasted(keep)) {
            keep.write(simulation, self.watch);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
