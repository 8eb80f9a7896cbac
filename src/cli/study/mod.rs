//! `tetraswarm study`: a scenario, what varies in it, and what comes of it.

mod explain;
mod folders;
pub(super) mod progress;
mod request;
mod words;

use super::checkpoints::{self, Interval};
use super::interrupt::Interrupt;
use super::memory::MemoryArgument;
use super::selection::Selection;
use super::{Answer, answer, answer_json, tell};
use crate::output::identity::quoted;
use crate::output::study::text;
use progress::Told;
use request::Request;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tetraswarm::device::Device;
use tetraswarm::scenario::Registry;
use tetraswarm::study::{self, About, Design, Engine, Extent, FigureSpec, Folder, Results, STUDY, Study, Within};
use tetraswarm::{Error, grouped, shown};
pub(super) use words::shard;

/// Run a scenario in variants with many seeds, and say which is better, by how much and how surely
///
/// A study is a file (docs/studies.md), or a scenario with --axis. Runs that have ended are kept as they end; --resume goes on.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    request: Request,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub memory: MemoryArgument,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Run one row of a study again, and compare its fingerprint
    Rerun {
        /// The study's folder
        folder: PathBuf,
        /// The number of the row, as runs.parquet and journal.jsonl have it
        row: u64,
        #[command(flatten)]
        selection: Selection,
    },
    /// Put the folders of a study's shards together
    Merge {
        /// The folders of the shards
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Write to this folder, which is new [default: runs/study-<name>]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Print the results as one JSON object
        #[arg(long)]
        json: bool,
    },
}

impl Arguments {
    /// Whether it may open a GPU.
    pub fn may_open_gpu(&self) -> bool {
        match &self.action {
            Some(Action::Rerun { selection, .. }) => selection.may_open_gpu(),
            Some(Action::Merge { .. }) => false,
            None => self.selection.may_open_gpu(),
        }
    }

    /// The device that each rank is to open, where they share the runs.
    #[cfg(feature = "mpi")]
    pub fn shared(&self) -> Option<&Selection> {
        self.action.is_none().then_some(&self.selection)
    }

    /// How many threads there are to be.
    pub fn threads(&self) -> Result<usize, Error> {
        match &self.action {
            Some(Action::Rerun { selection, .. }) => selection.threads(),
            Some(Action::Merge { .. }) => Ok(1),
            None => self.selection.threads(),
        }
    }
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    match &arguments.action {
        Some(Action::Rerun { folder, row, selection }) => folders::rerun(folder, *row, selection, registry),
        Some(Action::Merge { folders, out, json }) => folders::merge(folders, out.as_deref(), *json, registry),
        None => conduct(&arguments.request, &arguments.selection, registry),
    }
}

/// What the results say of how they came about.
pub(super) fn about(folder: &Path, device: &dyn Device) -> About {
    let info = device.info();
    About {
        command: format!("tetraswarm study {}", quoted(&folder.join(STUDY).to_string_lossy())),
        device: format!("{} ({}, {})", info.name, info.backend, info.driver),
    }
}

/// Opens the device; as one of several ranks, the own one, since they share runs and not swarms.
fn open(selection: &Selection) -> Result<(Arc<dyn Device>, Option<String>), Error> {
    #[cfg(feature = "mpi")]
    if super::ranks::here().is_some() {
        return selection.open_own();
    }
    selection.open()
}

fn conduct(request: &Request, selection: &Selection, registry: &Registry) -> Answer {
    let mut study = request.study()?;
    let (device, note) = open(selection)?;
    if let (Some(note), false) = (note, request.quiet) {
        tell(&format!("note: {note}"));
    }
    let interrupt = Interrupt::watch(request.quiet);
    if let Some(figure) = &request.warm_up {
        let tick = warm_up(&study, figure, &*device, &interrupt, registry)?;
        tell(&format!(
            "note: {figure} has settled by tick {} of a first run (MSER-5); measure.from is that",
            grouped(tick)
        ));
        study.set.push(format!("measure.from={tick}"));
        for figure in study.figures.iter_mut().filter(|figure| figure.from.is_none()) {
            figure.from = Some(tick);
        }
    }
    let mut design = Design::new(study, registry)?;
    let engine = Engine::new(&*device, request.jobs.unwrap_or(0) as usize, interrupt.halt().clone());
    let out = request.folder(&design.study.name);
    let when = request
        .checkpoint
        .unwrap_or(Interval::Time(checkpoints::DEFAULT))
        .within();
    let within = when.map(|when| Within::new(&out, when).telling(tell, request.quiet));
    let engine = match within.clone() {
        Some(within) => engine.with_checkpoints(within),
        None => engine,
    };
    #[cfg(feature = "mpi")]
    let engine = match super::ranks::here() {
        Some(ranks) => engine.with_hands(super::ranks::hands(ranks)),
        None => engine,
    };
    if request.explain {
        answer(&explain::text(&design, &engine, request.shard)?)?;
        return Ok(interrupt.exit_code());
    }
    if request.shard.is_some() && (design.study.until.is_some() || design.study.tune.is_some_and(|tune| tune.halving)) {
        let message = "does a part of the runs that are known beforehand, and --until and --find decide on the way which they are; leave one of the two out";
        return Err(Error::invalid("--shard", message).into());
    }
    let is_new = !out.join(STUDY).is_file();
    let mut folder = Folder::open(&out, &design, request.resume)?;
    if request.resume && !request.quiet {
        tell(&goes_on(&out, is_new, (&folder, within.as_ref())));
    }
    if folder.journal.was_cut() && !request.quiet {
        tell(&format!(
            "note: {} ended within a line; the run of that line is done again",
            shown(folder.journal.path())
        ));
    }
    let about = about(&out, &*device);
    let extent = Extent {
        shard: request.shard,
        time: request.time,
    };
    let mut told = Told::start(request.quiet, request.time);
    let results = study::conduct(
        &mut design,
        &engine,
        &mut folder.journal,
        extent,
        &about,
        &mut |progress| told.tell(&progress),
    )?;
    let failed = told.finish();
    folder.finish(&design, &results)?;
    crate::cli::report::leave(folder.path())?;
    show(&results, &out, request.json, request.quiet)?;
    let others = folder.journal.others(&design);
    if others > 0 && !request.quiet {
        tell(&format!(
            "note: {} there of other variants or seeds than these: kept, and in none of these figures",
            crate::output::text::plural(others as u64, "run")
        ));
    }
    if let Some((count, first)) = &failed {
        tell(&format!(
            "note: {} failed, the first: {first}",
            crate::output::text::plural(*count, "run")
        ));
    }
    if interrupt.is_asked() {
        let shard = request
            .shard
            .map_or_else(String::new, |(part, of)| format!(" --shard {part}/{of}"));
        tell(&format!(
            "note: ended early, {}; `{} --resume --out {}{shard}` goes on",
            saved(&folder, within.as_ref()),
            about.command,
            quoted(&out.to_string_lossy())
        ));
    }
    Ok(if interrupt.is_asked() {
        interrupt.exit_code()
    } else if failed.is_some() || results.unchosen.is_some() && request.shard.is_none() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Of how many runs a study has the results, and how many have left a checkpoint.
fn saved(folder: &Folder, within: Option<&Within>) -> String {
    let runs = |count: usize| crate::output::text::plural(count as u64, "run");
    let kept = format!("with the results of {}", runs(folder.journal.len()));
    match within.map_or(0, Within::left) {
        0 => kept,
        left => format!("{kept}, and checkpoints within {}", runs(left)),
    }
}

/// What a study goes on with, in a line.
fn goes_on(out: &Path, is_new: bool, (folder, within): (&Folder, Option<&Within>)) -> String {
    match is_new {
        true => format!(
            "note: --resume: there is no study in {} yet, so that a new one begins",
            shown(out)
        ),
        false => format!("note: goes on in {} {}", shown(out), saved(folder, within)),
    }
}

fn show(results: &Results, folder: &Path, json: bool, quiet: bool) -> Result<(), super::Failure> {
    if json {
        return answer_json(results);
    }
    if quiet {
        return Ok(());
    }
    answer(&text(results))?;
    answer(&format!("\nresults in {}\n", shown(folder)))
}

/// The tick up to which the beginning is to be left out, by one run of the first variant.
fn warm_up(
    study: &Study,
    figure: &str,
    device: &dyn Device,
    interrupt: &Interrupt,
    registry: &Registry,
) -> Result<u32, Error> {
    let mut pilot = study.clone();
    pilot.figures = vec![FigureSpec::of_word(figure)?];
    (pilot.until, pilot.twin) = (None, false);
    let design = Design::new(pilot, registry)?;
    let task = if design.tune_seeds.is_empty() {
        design.task(0, 0, false)
    } else {
        design.task(0, 0, true)
    };
    let scenario = design.scenario_of(task);
    let series = study::series(&scenario, device, &design.figures[0], interrupt.halt())?.unwrap_or_default();
    let every = scenario.measure.every;
    // Rows of events lie between those that are due; they are left in their order.
    let known: Vec<f64> = series.iter().copied().flatten().collect();
    let left = study::statistics::mser5(&known).filter(|_| !known.is_empty());
    let Some(left) = left else {
        let message = format!(
            "has not settled within the first half of {} rows, as far as MSER-5 tells; run longer, or measure more often (measure.every = {every})",
            series.len()
        );
        return Err(Error::invalid(format!("--warm-up {figure}"), message));
    };
    let unknown = series.len() - known.len();
    Ok((left + unknown) as u32 * every)
}
