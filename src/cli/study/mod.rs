//! `tetraswarm study`: a scenario, what varies in it, and what comes of it.

mod explain;
pub(super) mod progress;
mod words;

use super::interrupt::Interrupt;
use super::memory::MemoryArgument;
use super::selection::Selection;
use super::{Answer, answer, answer_json, tell};
use crate::output::identity::quoted;
use crate::output::study::text;
use progress::Told;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tetraswarm::device::Device;
use tetraswarm::scenario::Registry;
use tetraswarm::study::{
    self, About, Better, Design, Engine, Extent, FigureSpec, Folder, Journal, RESULTS, Results, Role, STUDY, Sample,
    Seeds, Study, Tune,
};
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

/// What is asked for.
#[derive(Debug, clap::Args)]
struct Request {
    /// A study's file, a scenario's file, or the name of a scenario that `tetraswarm scenarios` lists
    study: Option<String>,
    /// Compare the values of a key: KEY=V1,V2,… or KEY=LOW..HIGH, with :COUNT or :log behind it; may be repeated
    #[arg(long, value_name = "KEY=VALUES")]
    axis: Vec<String>,
    /// Compare at each value of a key by itself, as a load or a number of agents; written as --axis
    #[arg(long, value_name = "KEY=VALUES")]
    level: Vec<String>,
    /// Choose the best value of a key for each variant, on seeds of their own; written as --axis
    #[arg(long, value_name = "KEY=VALUES")]
    tune: Vec<String>,
    /// Find the best value of a key, by successive halving, and confirm it on fresh seeds: KEY=LOW..HIGH; up to twice
    #[arg(long, value_name = "KEY=LOW..HIGH", conflicts_with_all = ["axis", "tune", "sample"])]
    find: Vec<String>,
    /// What --find makes as small as it can: a figure as --figure has it
    #[arg(long, value_name = "FIGURE", conflicts_with = "most")]
    least: Option<String>,
    /// What --find makes as great as it can
    #[arg(long, value_name = "FIGURE")]
    most: Option<String>,
    /// Take N points of the ranges of all axes together, in place of every combination: latin:N or sobol:N
    #[arg(long, value_name = "KIND:N", value_parser = words::sample)]
    sample: Option<Sample>,
    /// A figure that matters: NAME, or NAME:HOW with last, mean, min, max, deviation, sum, percentile:99, time-to:<=16, recovery:BOUND; may be repeated
    #[arg(long, value_name = "FIGURE")]
    figure: Vec<String>,
    /// What others are compared with: a value of the axis [default: its first]
    #[arg(long, value_name = "VALUE")]
    baseline: Option<String>,
    /// Compare on so many seeds [default: 20]
    #[arg(long, value_name = "N")]
    seeds: Option<u32>,
    /// Choose on so many seeds, on which nothing is compared [default: 8]
    #[arg(long, value_name = "N")]
    tune_seeds: Option<u32>,
    /// Add seeds until the 95 % interval of the first figure reaches no farther to either side, as a share of the mean: 2%
    #[arg(long, value_name = "SHARE", value_parser = words::share)]
    until: Option<f64>,
    /// Add seeds for so long, in place of --seeds: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = words::time, conflicts_with_all = ["until", "shard"])]
    time: Option<Duration>,
    /// The smallest difference that matters, as a share of the baseline's mean [default: 2%]
    #[arg(long, value_name = "SHARE", value_parser = words::share)]
    smallest: Option<f64>,
    /// Run everything a second time without faults.events, for figures that compare with it
    #[arg(long)]
    twin: bool,
    /// Leave out the beginning, up to where this figure of a first run has settled (MSER-5)
    #[arg(long, value_name = "FIGURE")]
    warm_up: Option<String>,
    /// Override any key of the scenario in all runs; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take a key out of the scenario, before anything is set; may be repeated
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Override the number of agents
    #[arg(long, value_name = "N")]
    agents: Option<String>,
    /// Override the number of ticks
    #[arg(long, value_name = "N")]
    ticks: Option<String>,
    /// The first seed [default: the scenario's]
    #[arg(long, value_name = "N")]
    seed: Option<String>,
    /// So many small runs side by side on a CPU [default: as many as it has threads]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Write to this folder [default: runs/study-<name>, or that with -2, -3 … where it exists]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with the study in that folder: runs that are there are not done again
    #[arg(long)]
    resume: bool,
    /// Do the I-th of N parts of the runs, as in a job array; `study merge` puts them together
    #[arg(long, value_name = "I/N", value_parser = words::shard)]
    shard: Option<(u32, u32)>,
    /// Change what the study's [quick] says, for a first look
    #[arg(long)]
    quick: bool,
    /// Say how many runs there would be, how long they would take and in how much memory, by a timed sample, and write nothing
    #[arg(long)]
    explain: bool,
    /// Print the results as one JSON object
    #[arg(long)]
    json: bool,
    /// Print neither progress nor, without --json, results
    #[arg(long, short)]
    quiet: bool,
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
        Some(Action::Rerun { folder, row, selection }) => rerun(folder, *row, selection, registry),
        Some(Action::Merge { folders, out, json }) => merge(folders, out.as_deref(), *json, registry),
        None => conduct(&arguments.request, &arguments.selection, registry),
    }
}

impl Request {
    /// The study that is asked for, without its warm-up.
    fn study(&self) -> Result<Study, Error> {
        let Some(name) = &self.study else {
            return Err(Error::invalid(
                "study",
                "is of nothing; name a study's file, or a scenario, as in: tetraswarm study orchestra --axis work.balance.policy=flow,none",
            ));
        };
        let mut study = match is_study(Path::new(name)) {
            true => Study::read(Path::new(name))?,
            false => {
                super::meant::scenario(name)?;
                let document = tetraswarm::scenario::Document::open(name)?;
                let own = document.word("name").unwrap_or("unnamed").to_owned();
                let mut study = Study::new(&own, name);
                // A path starts where the command was given.
                study.folder = Some(document.folder().to_owned());
                if Path::new(name).is_file() {
                    study.scenario = study::Base::Whole(document.table());
                }
                study
            }
        };
        if self.quick {
            study = study.quick()?;
        }
        self.vary(&mut study)?;
        study.unset.extend(self.unset.iter().cloned());
        study.set.extend(self.set.iter().cloned());
        for (key, value) in [("agents", &self.agents), ("ticks", &self.ticks), ("seed", &self.seed)] {
            study.set.extend(value.as_ref().map(|value| format!("{key}={value}")));
        }
        if let Some(seeds) = self.seeds {
            study.seeds = Seeds::Count(seeds);
        }
        study.until = self.until.or(study.until);
        study.smallest = self.smallest.unwrap_or(study.smallest);
        study.twin |= self.twin;
        study.sample = self.sample.or(study.sample);
        if let Some(baseline) = &self.baseline {
            study.baseline = Some(study::toml_value(baseline));
        }
        Ok(study)
    }

    /// Adds what varies, and the figures.
    fn vary(&self, study: &mut Study) -> Result<(), Error> {
        for (option, words, role) in [
            ("--axis", &self.axis, Role::Compare),
            ("--level", &self.level, Role::Level),
            ("--tune", &self.tune, Role::Tune),
            ("--find", &self.find, Role::Tune),
        ] {
            for word in words {
                study.axes.push(words::axis(option, word, role)?);
            }
        }
        for word in &self.figure {
            study.figures.push(FigureSpec::of_word(word)?);
        }
        if self.find.len() > 2 {
            return Err(Error::invalid(
                "--find",
                "finds the best of one key or two; of more, take a sample: --axis KEY=LOW..HIGH … --sample sobol:64",
            ));
        }
        for (option, word, better) in [
            ("--least", &self.least, Better::Less),
            ("--most", &self.most, Better::More),
        ] {
            let Some(word) = word else { continue };
            if self.find.is_empty() {
                return Err(Error::invalid(
                    option,
                    "says what --find looks for; say of which key, as in --find work.lease=8..89",
                ));
            }
            let mut figure = FigureSpec::of_word(word)?;
            figure.better = Some(better);
            study.figures.retain(|other| other.title() != figure.title());
            study.figures.insert(0, figure);
        }
        if !self.find.is_empty() && self.least.is_none() && self.most.is_none() {
            return Err(Error::invalid(
                "--find",
                "looks for the best of something; say of what, as in --least response_mean or --most committed",
            ));
        }
        if !self.find.is_empty() {
            let count = if self.find.len() == 1 { 16 } else { 6 };
            for axis in study
                .axes
                .iter_mut()
                .filter(|axis| axis.role == Role::Tune && axis.is_range())
            {
                axis.count = axis.count.or(Some(count));
            }
        }
        let needs = study.axes.iter().any(|axis| axis.role == Role::Tune) || study.against.is_some();
        if let Some(seeds) = self.tune_seeds.or((needs && study.tune.is_none()).then_some(8)) {
            let halving = study.tune.map_or(!self.find.is_empty(), |tune| tune.halving);
            study.tune = Some(Tune { seeds, halving });
        }
        Ok(())
    }

    /// Where it is written.
    fn folder(&self, name: &str) -> PathBuf {
        if let Some(out) = &self.out {
            return out.clone();
        }
        let plain = PathBuf::from("runs").join(format!("study-{name}"));
        if self.resume {
            return plain;
        }
        let mut free = plain.clone();
        for number in 2.. {
            if !free.exists() {
                break;
            }
            free = PathBuf::from("runs").join(format!("study-{name}-{number}"));
        }
        free
    }
}

/// Whether a file is the text of a study: it has a scenario, which no scenario has.
fn is_study(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let begins = |line: &str| {
        line.starts_with("scenario")
            || line.starts_with("[scenario")
            || line.starts_with("[[axis]]")
            || line.starts_with("[[figure]]")
    };
    text.lines().any(|line| begins(line.trim_start()))
}

/// What the results say of how they came about.
pub(super) fn about(folder: &Path, device: &dyn Device) -> About {
    let info = device.info();
    About {
        command: format!("tetraswarm study {}", quoted(&folder.join(STUDY).to_string_lossy())),
        device: format!("{} ({}, {})", info.name, info.backend, info.driver),
    }
}

fn conduct(request: &Request, selection: &Selection, registry: &Registry) -> Answer {
    let mut study = request.study()?;
    let (device, note) = selection.open()?;
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
    if request.explain {
        answer(&explain::text(&design, &engine, request.shard)?)?;
        return Ok(interrupt.exit_code());
    }
    if request.shard.is_some() && (design.study.until.is_some() || design.study.tune.is_some_and(|tune| tune.halving)) {
        let message = "does a part of the runs that are known beforehand, and --until and --find decide on the way which they are; leave one of the two out";
        return Err(Error::invalid("--shard", message).into());
    }
    let out = request.folder(&design.study.name);
    let mut folder = Folder::open(&out, &design, request.resume)?;
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
    let mut told = Told::start(request.quiet);
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
    study::report(folder.path())?;
    show(&results, &out, request.json, request.quiet)?;
    if let Some((count, first)) = &failed {
        tell(&format!(
            "note: {} failed, the first: {first}",
            crate::output::text::plural(*count, "run")
        ));
    }
    if interrupt.is_asked() {
        tell(&format!(
            "note: ended early; --resume --out {} goes on",
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

fn rerun(folder: &Path, row: u64, selection: &Selection, registry: &Registry) -> Answer {
    let study = Study::read(&folder.join(STUDY))?;
    let design = Design::new(study, registry)?;
    let journal = Journal::read(folder)?;
    let Some(task) = design.task_at(row) else {
        let most = (design.tune_seeds.len() + design.seeds.len()) * design.variants.len();
        return Err(Error::invalid(
            format!("row {row}"),
            format!("is none of this study, whose rows are 0 to {}", most - 1),
        )
        .into());
    };
    let (device, _) = selection.open()?;
    let interrupt = Interrupt::watch(false);
    let outcome = study::run(
        &design.scenario_of(task),
        &*device,
        &design.figures,
        design.study.twin,
        interrupt.halt(),
    )?;
    let Some(outcome) = outcome else {
        return Ok(interrupt.exit_code());
    };
    let kept = journal.get(&design, task).and_then(|record| record.fingerprint.clone());
    let mut facts = vec![
        ("row", grouped(row)),
        ("variant", design.variants[task.variant].name.clone()),
        ("seed", task.seed.to_string()),
    ];
    for (figure, number) in design.figures.iter().zip(&outcome.figures) {
        facts.push((
            "figure",
            format!("{}: {}", figure.title(), crate::output::study::figure(*number)),
        ));
    }
    facts.push(("fingerprint", outcome.fingerprint.clone()));
    let is_same = kept.as_ref().is_none_or(|kept| *kept == outcome.fingerprint);
    facts.push((
        "kept",
        match (&kept, is_same) {
            (None, _) => "none: the study has not run it, or it failed".to_owned(),
            (Some(_), true) => "the same".to_owned(),
            (Some(kept), false) => format!(
                "{kept}, which is another: the study was run by another version, or one of the machines is at fault"
            ),
        },
    ));
    answer(&crate::output::text::list(&facts))?;
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn merge(folders: &[PathBuf], out: Option<&Path>, json: bool, registry: &Registry) -> Answer {
    let first = Study::read(&folders[0].join(STUDY))?;
    for folder in &folders[1..] {
        let other = Study::read(&folder.join(STUDY))?;
        let same = Study {
            folder: first.folder.clone(),
            ..other.clone()
        };
        if same != first {
            let message = format!(
                "holds another study than {}: '{}' and '{}', or the same with other axes, seeds or figures; merge shards of one",
                shown(&folders[0]),
                other.name,
                first.name
            );
            return Err(Error::invalid(shown(folder), message).into());
        }
    }
    let design = Design::new(first, registry)?;
    let device = folders
        .iter()
        .find_map(|folder| study::load(&folder.join(RESULTS)).ok())
        .map_or_else(String::new, |results| results.device);
    let out = out.map_or_else(
        || PathBuf::from("runs").join(format!("study-{}", design.study.name)),
        Path::to_owned,
    );
    let mut folder = Folder::open(&out, &design, false)?;
    let about = About {
        command: format!("tetraswarm study {}", quoted(&out.join(STUDY).to_string_lossy())),
        device,
    };
    let paths: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let results = study::merge(&paths, &design, &mut folder, &about)?;
    folder.finish(&design, &results)?;
    study::report(folder.path())?;
    show(&results, &out, json, false)?;
    Ok(ExitCode::SUCCESS)
}
