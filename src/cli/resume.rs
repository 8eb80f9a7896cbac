//! `tetraswarm resume`: a run that was ended goes on, on any device.

use super::interrupt::Interrupt;
use super::keep::{Keep, KeptRows, SaveArguments};
use super::memory::MemoryArgument;
use super::selection::Selection;
use super::underway::{Underway, build, open};
use super::{Answer, checkpoints, tell};
use crate::output::identity::Identity;
use crate::output::record::{Pace, Record};
use crate::output::report;
use crate::output::text::grouped;
use crate::output::unused::unused;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tetraswarm::checkpoint::{Checkpoint, Checkpoints, NAME};
use tetraswarm::learned;
use tetraswarm::scenario::{Document, Registry, Scenario};
use tetraswarm::{Error, shown};

/// Go on with a run that was ended, from its last checkpoint, on any device
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of the run's results, or that of one of its checkpoints
    folder: PathBuf,
    /// Run to this tick in place of the scenario's
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    ticks: Option<String>,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    save: SaveArguments,
    #[command(flatten)]
    checkpoints: checkpoints::Arguments,
    #[command(flatten)]
    pub memory: MemoryArgument,
    /// Write a report of the run beside its results; without this where the run was asked for one, or has left one
    #[arg(long)]
    report: bool,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
    /// Print neither progress nor, without --json, a summary
    #[arg(long, short)]
    quiet: bool,
}

/// The folder of the run that a folder is of.
fn run_of(folder: &Path) -> PathBuf {
    let above = |path: &Path| path.parent().map(Path::to_owned).unwrap_or_default();
    if !folder.join("manifest.json").is_file() {
        return folder.to_owned();
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    above(&above(&folder))
}

/// The newest checkpoint of a run's folder that `take` takes, or the one that is named.
///
/// # Errors
/// Naming the folder where there is none; those of `take`.
pub fn newest<T>(folder: &Path, mut take: impl FnMut(Checkpoint) -> Result<T, Error>) -> Result<T, Error> {
    if !folder.is_dir() {
        let what = if folder.exists() {
            "is no folder"
        } else {
            "is not there"
        };
        let message = format!("{what}; name the folder of a run's results, as in runs/orchestra-1");
        return Err(Error::invalid(shown(folder), message));
    }
    if folder.join("manifest.json").is_file() {
        return Checkpoint::open(folder).and_then(take);
    }
    let all = Checkpoints::of(folder);
    if all.list().is_empty() {
        let what = if folder.join("unfinished").exists() {
            "has no checkpoint: the run was ended before it wrote one; `tetraswarm run` its scenario.toml again"
        } else if folder.join("summary.json").exists() {
            "has no checkpoint: that run has come to its end, and keeps them only where --checkpoint was given"
        } else {
            "is not the folder of a run: neither checkpoints nor results are in it"
        };
        return Err(Error::invalid(shown(folder), what));
    }
    // That something is not as it was left is said however quiet the rest is.
    all.newest(&mut take, |told| tell(&format!("note: {told}")))
}

/// The scenario of a checkpoint.
///
/// # Errors
/// [`Error::Syntax`].
pub fn document(checkpoint: &Checkpoint) -> Result<Document, Error> {
    Document::parse(
        &shown(&checkpoint.folder().join("scenario.toml")),
        checkpoint.scenario(),
    )
}

/// Refuses a branch of a past that cannot be its own.
///
/// # Errors
/// [`Error::Invalid`] naming the key.
pub fn check_branch(checkpoint: &Checkpoint, then: &Scenario, now: &Scenario) -> Result<(), Error> {
    let tick = checkpoint.manifest().tick;
    let refuse = |key: &str, what: &str| {
        let message = format!(
            "{what}: the past in {} was run with another; leave it as it was",
            shown(checkpoint.folder())
        );
        Err(Error::invalid(key, message))
    };
    if then.agents != now.agents {
        return refuse("agents", "cannot be changed by a branch");
    }
    if then.seed != now.seed {
        return refuse(
            "seed",
            "cannot be changed by a branch, since start values and networks depend on it",
        );
    }
    if then.topology != now.topology {
        return refuse("topology", "cannot be changed by a branch");
    }
    check_ticks(checkpoint, now.ticks)?;
    let events = |scenario: &Scenario| -> Vec<String> {
        let all = scenario.faults.iter().flat_map(|faults| &faults.events);
        all.filter(|event| event.tick() < tick)
            .map(|event| format!("{event:?}"))
            .collect()
    };
    if events(then) != events(now) {
        let what = format!(
            "of the first {} ticks cannot be changed by a branch, which begins there",
            grouped(tick)
        );
        return refuse("faults.events", &what);
    }
    let liars = |scenario: &Scenario| scenario.faults.as_ref().map(|faults| format!("{:?}", faults.liars));
    if then.faults.is_some() && liars(then) != liars(now) {
        return refuse(
            "faults.liars",
            "cannot be changed by a branch of a past with faults, since who lies is drawn at tick 0",
        );
    }
    Ok(())
}

/// Refuses to go on where nothing is left to do.
fn check_ticks(checkpoint: &Checkpoint, ticks: u32) -> Result<(), Error> {
    let manifest = checkpoint.manifest();
    if ticks > manifest.tick {
        return Ok(());
    }
    let message = format!(
        "is {}, but {} is after {} ticks already; give more",
        grouped(ticks),
        shown(checkpoint.folder()),
        grouped(manifest.tick)
    );
    Err(Error::invalid("ticks", message))
}

/// Whether the run that a checkpoint is of has left no results.
fn is_unfinished(checkpoint: &Checkpoint) -> bool {
    let run = checkpoint.folder().parent().and_then(Path::parent);
    run.is_some_and(|run| run.join("unfinished").exists())
}

/// Refuses a run that has come to its end.
fn check_end(checkpoint: &Checkpoint, ticks: u32) -> Result<(), Error> {
    let manifest = checkpoint.manifest();
    let of = || shown(checkpoint.folder());
    match manifest.ended.as_deref() {
        Some("condition") => {
            let message = format!(
                "is of a run whose stop condition held after {} ticks, which was its end; branch from it by `tetraswarm run --from` with \
                 another [stop]",
                grouped(manifest.tick)
            );
            Err(Error::invalid(of(), message))
        }
        // The one before leads to the end once more, and to results.
        Some(_) if ticks <= manifest.tick && is_unfinished(checkpoint) => Err(Error::Damaged {
            path: checkpoint.folder().to_owned(),
            message: "the run was killed after it and before its results were written".to_owned(),
        }),
        Some(_) if ticks <= manifest.tick => {
            let message = format!(
                "is of a run that has come to its end, all {} ticks of it; give more by --ticks",
                grouped(manifest.tick)
            );
            Err(Error::invalid(of(), message))
        }
        _ => check_ticks(checkpoint, ticks),
    }
}

pub fn run(arguments: Arguments, registry: &Registry) -> Answer {
    let start = Instant::now();
    let quiet = arguments.quiet;
    let run = run_of(&arguments.folder);
    let all = Checkpoints::of(&run);
    // Before anything is read: who writes there may be taking it away.
    let lock = if all.folder().is_dir() { Some(all.lock()?) } else { None };
    let mut device = Some(open(&arguments.selection, quiet)?);
    let interrupt = Interrupt::watch(quiet);
    let (scenario, identity, device, simulation, resumed, options, unused) = newest(&arguments.folder, |checkpoint| {
        let mut document = document(&checkpoint)?;
        if let Some(ticks) = &arguments.ticks {
            document.set(&format!("--ticks {ticks}"), "ticks", ticks)?;
        }
        let scenario = document.scenario_with(registry)?;
        let identity = Identity::new(&scenario, std::env::args_os())?;
        checkpoint.check_version(identity.parts())?;
        check_end(&checkpoint, scenario.ticks)?;
        checkpoint.check_inputs(&scenario)?;
        let opened = match device.take() {
            Some(device) => device,
            None => open(&arguments.selection, true)?,
        };
        let built = build(&scenario, opened, &arguments.selection);
        let (device, mut simulation) = built.map_err(|error| document.locate(error))?;
        let resumed = simulation.resume(&checkpoint)?;
        let options = checkpoint.manifest().options.clone();
        let unused = unused(&document, &scenario, registry);
        Ok((scenario, identity, device, simulation, resumed, options, unused))
    })?;
    let report = arguments.report || options.report || run.join(report::NAME).is_file();
    let first = &simulation.measurements()[0];
    let mut keeper = arguments.checkpoints.or(&options).with_report(report).prepare(
        Some(&run),
        &scenario,
        identity.parts(),
        simulation.plan(),
    )?;
    let states = arguments.save.prepare(&scenario, identity.pairs())?;
    learned::prepare_export(&scenario)?;
    let of = (&scenario, identity.pairs());
    let record = Record::reopen(&run, of, Pace::default(), (resumed.last_row, first))?;
    if record.readable() < resumed.last_row {
        // Where there was no room for them then.
        tell(&format!(
            "note: rows are missing before tick {}: they could not be written, and are not measured again",
            grouped(resumed.last_row.unwrap_or(0))
        ));
    }
    if let Some(lock) = lock {
        keeper.hold(lock);
    }
    if !quiet {
        let from = Checkpoints::of(&run);
        let place = from.folder().strip_prefix(&run).map_or_else(|_| NAME.to_owned(), shown);
        tell(&format!(
            "note: goes on from tick {}, the last in {place} of {}",
            grouped(resumed.tick),
            shown(&run)
        ));
    }
    Underway {
        scenario,
        device,
        simulation,
        identity,
        keep: Keep {
            rows: KeptRows::again(record),
            states,
        },
        keeper,
        past: Some((resumed, None)),
        unused,
        build: start.elapsed().as_secs_f64(),
        interrupt,
        report,
        json: arguments.json,
        quiet,
    }
    .finish()
}
