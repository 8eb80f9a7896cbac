//! What a run leaves behind, and where: the folder of its results, and its state. A place that can take neither is refused before the
//! run takes its time; one that fails after it costs nothing but a message, since what is to be kept goes to the system's folder for
//! temporary files.

use super::tell;
use crate::output::folder::{Results, RunFolder};
use crate::output::record::{Behind, Pace, Record};
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use tetraswarm::device::Event;
use tetraswarm::gauge::Measurement;
use tetraswarm::save::{self, SaveFormat};
use tetraswarm::scenario::Scenario;
use tetraswarm::{Error, Simulation, shown};

/// Where results go.
#[derive(Debug, clap::Args)]
// Flattened into a command's own, which have this name, too.
#[group(skip)]
pub struct Arguments {
    /// Write the results to this folder, or to DIR-2, DIR-3 … where it exists [default: runs/<scenario>-<seed>]
    #[arg(long, value_name = "DIR", conflicts_with = "no_out")]
    out: Option<PathBuf>,
    /// Write no results
    #[arg(long)]
    no_out: bool,
    #[command(flatten)]
    save: SaveArguments,
}

/// Where states go.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct SaveArguments {
    /// Save the last state, a row a node, to this file: .parquet or .npz
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Save the state every N ticks too, to files of that name and the tick, as in state-0100.parquet
    #[arg(long, value_name = "N", requires = "save", value_parser = clap::value_parser!(u32).range(1..))]
    save_every: Option<u32>,
    /// Let --save overwrite files
    #[arg(long, requires = "save")]
    force: bool,
}

/// Places that have been seen to take what goes there.
pub struct Keep {
    pub rows: KeptRows,
    pub states: States,
}

/// Where rows go, and the results with them.
pub struct KeptRows {
    record: Kept,
    has_failed: bool,
}

/// A record, and who writes it.
enum Kept {
    /// The thread that runs the swarm.
    Here(Box<Record>),
    /// One of its own.
    Behind(Behind),
    /// Nobody: none is asked for, or it is done.
    No,
}

/// The states that are saved.
#[derive(Debug)]
pub struct States {
    save: Option<Save>,
    /// Whether one could not be written where it was meant to be.
    has_failed: bool,
}

/// Where states are saved.
#[derive(Debug)]
struct Save {
    file: PathBuf,
    every: Option<NonZero<u32>>,
    /// Digits of the run's last tick, so that names are in the order of ticks.
    digits: usize,
    about: Vec<(String, String)>,
    /// What has been written, wherever it is.
    written: Vec<PathBuf>,
    /// Whether no state can be saved any more, anywhere.
    is_over: bool,
}

impl Arguments {
    /// Sees to it, before a run takes its time, that what it leaves behind can be written. `about` is what the files' metadata say.
    pub fn prepare(&self, scenario: &Scenario, about: Vec<(String, String)>) -> Result<Keep, Error> {
        let states = self.save.prepare(scenario, about.clone())?;
        let record = match self.target(scenario) {
            None => Kept::No,
            Some(target) => {
                let (folder, trouble) = RunFolder::prepare(target)?;
                if let Some(error) = trouble {
                    tell(&format!(
                        "note: {error}; the results will go to the folder of temporary files"
                    ));
                }
                Kept::Here(Box::new(Record::new(folder, scenario, about, Pace::default())))
            }
        };
        Ok(Keep {
            rows: KeptRows {
                record,
                has_failed: false,
            },
            states,
        })
    }

    /// Whether none are written.
    pub fn is_without(&self) -> bool {
        self.no_out
    }

    /// The folder that results are to go to, if they are written.
    pub fn target(&self, scenario: &Scenario) -> Option<PathBuf> {
        let default = || PathBuf::from(format!("runs/{}-{}", scenario.name, scenario.seed));
        (!self.no_out).then(|| self.out.clone().unwrap_or_else(default))
    }
}

impl SaveArguments {
    /// Sees to it that states can be saved.
    pub fn prepare(&self, scenario: &Scenario, about: Vec<(String, String)>) -> Result<States, Error> {
        let save = match &self.save {
            Some(file) => Some(self.prepare_save(file, scenario.ticks, about)?),
            None => None,
        };
        Ok(States {
            save,
            has_failed: false,
        })
    }

    fn prepare_save(&self, file: &Path, ticks: u32, about: Vec<(String, String)>) -> Result<Save, Error> {
        SaveFormat::of(file)?;
        super::has_folder("--save", file)?;
        let save = Save {
            file: file.to_owned(),
            every: self.save_every.and_then(NonZero::new),
            digits: ticks.to_string().len(),
            about,
            written: Vec::new(),
            is_over: false,
        };
        if !self.force {
            let every = self.save_every.unwrap_or(u32::MAX);
            let along = (every..ticks).step_by(every as usize);
            // Beyond these, names are looked at when their time comes.
            let files = along.take(100_000).map(|tick| save.at(tick));
            for file in [file.to_owned()].into_iter().chain(files) {
                super::may_write("--save", &file)?;
            }
        }
        save::probe(file)?;
        Ok(save)
    }
}

impl Save {
    /// The file of the state after so many ticks.
    fn at(&self, tick: u32) -> PathBuf {
        let mut name = self.file.file_stem().unwrap_or_default().to_owned();
        name.push(format!("-{tick:0digits$}.", digits = self.digits));
        name.push(self.file.extension().unwrap_or_default());
        self.file.with_file_name(name)
    }

    /// Saves the state to a file, or else among the system's temporary files; says where. Answers whether it is where it was meant to
    /// be.
    fn write(&mut self, simulation: &mut Simulation, file: &Path) -> Result<bool, Error> {
        if self.is_over {
            return Ok(false);
        }
        let error = match simulation.save(file, &self.about) {
            Ok(()) => {
                self.written.push(file.to_owned());
                return Ok(true);
            }
            Err(error @ Error::File { .. }) => error,
            Err(other) => return Err(other),
        };
        let mut name = OsString::from("tetraswarm-");
        name.push(file.file_name().unwrap_or_default());
        let elsewhere = free(&std::env::temp_dir().join(name));
        match simulation.save(&elsewhere, &self.about) {
            Ok(()) => {
                tell(&format!("error: {error}\nthe state is in {}", shown(&elsewhere)));
                self.written.push(elsewhere);
            }
            Err(second) => {
                self.is_over = true;
                tell(&format!("error: {error}\nerror: {second}\nno state is saved any more"));
            }
        }
        Ok(false)
    }
}

/// A name that nothing has: FILE, FILE-2, FILE-3 …, before the ending.
fn free(file: &Path) -> PathBuf {
    let numbered = |number: u32| {
        if number == 1 {
            return file.to_owned();
        }
        let mut name = file.file_stem().unwrap_or_default().to_owned();
        name.push(format!("-{number}."));
        name.push(file.extension().unwrap_or_default());
        file.with_file_name(name)
    };
    (1..u32::MAX)
        .map(numbered)
        .find(|file| file.symlink_metadata().is_err())
        .unwrap_or_else(|| file.to_owned())
}

impl Keep {
    /// Whether something could not be written where it was meant to be.
    pub fn has_failed(&self) -> bool {
        self.rows.has_failed || self.states.has_failed
    }
}

impl States {
    /// The files that states were saved to so far.
    pub fn written(&self) -> &[PathBuf] {
        self.save.as_ref().map_or(&[], |save| &save.written)
    }

    /// Those, and the one that the last state is to be saved to.
    pub fn planned(&self) -> Vec<PathBuf> {
        let last = self.save.as_ref().map(|save| save.file.clone());
        self.written().iter().cloned().chain(last).collect()
    }

    /// After how many ticks each the state is saved along the way.
    pub fn every(&self) -> Option<NonZero<u32>> {
        self.save.as_ref().and_then(|save| save.every)
    }

    /// Saves the state along the way.
    pub fn along(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        if let Some(save) = &mut self.save {
            let file = save.at(simulation.tick());
            self.has_failed |= !save.write(simulation, &file)?;
        }
        Ok(())
    }

    /// Saves the last state.
    pub fn last(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        if let Some(save) = &mut self.save {
            if simulation.is_lost() {
                tell("the state is not saved: it is that of no tick");
                return Ok(());
            }
            let file = save.file.clone();
            self.has_failed |= !save.write(simulation, &file)?;
        }
        Ok(())
    }
}

impl KeptRows {
    /// Whether any results are to be left.
    pub fn are_kept(&self) -> bool {
        !matches!(self.record, Kept::No)
    }

    /// For a run that goes on: its record is taken up again when it starts.
    pub fn again(record: Record) -> Self {
        Self {
            record: Kept::Here(Box::new(record)),
            has_failed: false,
        }
    }

    /// Brings all rows down to the disk; answers where they are, if they are anywhere.
    pub fn sync(&mut self) -> Option<PathBuf> {
        let of = |record: &mut Record| {
            record.keep_place();
            record.place()
        };
        match &mut self.record {
            Kept::Here(record) => {
                if let Err(told) = record.write_all() {
                    tell(&told);
                }
                of(record)
            }
            Kept::Behind(behind) => behind.sync(of),
            Kept::No => None,
        }
    }

    /// Goes on with a record that has been taken up again, and with a row that it may lack.
    pub fn go_on(&mut self, row: Option<&Measurement>) {
        self.start_writer();
        if let Some(row) = row {
            self.take(&Event::Measured(row));
        }
    }

    /// Makes the folder. Nothing that goes wrong here or later ends a run: it is told.
    pub fn begin(&mut self) {
        if let Kept::Here(mut record) = std::mem::replace(&mut self.record, Kept::No) {
            if let Err(told) = record.start() {
                tell(&told);
            }
            self.record = Kept::Here(record);
        }
    }

    /// Takes the first row.
    pub fn start(&mut self, simulation: &Simulation) {
        self.begin();
        self.start_writer();
        for row in simulation.measurements() {
            self.take(&Event::Measured(row));
        }
    }

    /// From now on rows are written behind the run.
    fn start_writer(&mut self) {
        if let Kept::Here(record) = std::mem::replace(&mut self.record, Kept::No) {
            // A system that grants no further thread has the rows written on this one.
            self.record = match Behind::start(*record, tell) {
                Ok(behind) => Kept::Behind(behind),
                Err(record) => Kept::Here(record),
            };
        }
    }

    /// Takes what a run reports.
    pub fn take(&mut self, event: &Event<'_>) {
        match (&mut self.record, event) {
            (Kept::Behind(behind), Event::Measured(row)) => behind.row(row),
            (Kept::Here(record), event) => {
                let taken = match event {
                    Event::Measured(row) => record.row(row),
                    Event::Progress(_) => record.wait(),
                };
                if let Err(told) = taken {
                    tell(&told);
                }
            }
            (Kept::Behind(_), Event::Progress(_)) | (Kept::No, _) => {}
        }
    }

    /// The record with all rows, to be ended.
    fn end(&mut self) -> Option<Record> {
        let record = match std::mem::replace(&mut self.record, Kept::No) {
            Kept::Here(record) => *record,
            Kept::Behind(behind) => {
                let (record, told) = behind.end();
                if let Some(told) = told {
                    tell(&told);
                }
                record
            }
            Kept::No => return None,
        };
        self.has_failed |= record.has_failed();
        Some(record)
    }

    /// The run has failed: what was measured until then stays, with the reason.
    pub fn fail(&mut self, reason: &str) {
        match self.end().map(|mut record| record.fail(reason)) {
            None | Some(Ok(None)) => {}
            Some(Ok(Some(where_it_is))) => tell(&format!("note: {where_it_is}")),
            Some(Err(told)) => tell(&told),
        }
    }

    /// Writes the results, or else among the system's temporary files; answers where they are, if anywhere.
    pub fn finish(&mut self, results: &Results<'_>) -> Option<PathBuf> {
        let (path, told) = self.end()?.finish(results);
        if let Some(told) = told {
            self.has_failed = true;
            tell(&told);
        }
        path
    }
}

/// Makes a limit on the size of files an error of writing them, which is told and got round, instead of the end of the program.
pub fn outlive_limits() {
    #[cfg(unix)]
    {
        // SAFETY: `signal` is called with a valid signal and a disposition that installs no handler, before any thread is started.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    }
}
