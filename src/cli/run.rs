//! `tetraswarm run`: a scenario from its text to its results.

use super::interrupt::Interrupt;
use super::memory::MemoryArgument;
use super::selection::Selection;
use super::underway::{Underway, build, open};
use super::{Answer, answer, checkpoints, explain, keep, meant, resume, tell};
use crate::output::identity::{Identity, quoted};
use crate::output::unused::unused;
use crate::output::wrap::wrapped;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tetraswarm::learned;
use tetraswarm::scenario::{Document, EMBEDDED, Registry, Scenario};
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, shown};

/// A scenario, and what overrides it.
#[derive(Clone, Debug, clap::Args)]
pub struct Source {
    /// A scenario's file, - for standard input, or the name of one that `tetraswarm scenarios` lists [default: orchestra]
    scenario: Option<String>,
    /// Override the number of agents
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    agents: Option<String>,
    /// Override the number of ticks
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    ticks: Option<String>,
    /// Override the seed of all random numbers
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Override any key of the scenario, as in --set topology.kind=ring, or of a list's item, as in --set 'faults.events[0].tick=9';
    /// may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take a key out of the scenario, before anything is set; may be repeated
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Skip and count a job log's lines without a usable job; otherwise they are errors
    #[arg(long)]
    lenient: bool,
    #[command(flatten)]
    pub memory: MemoryArgument,
}

impl Source {
    /// Whether nothing is said of what to run.
    pub fn is_default(&self) -> bool {
        let Self {
            scenario,
            agents,
            ticks,
            seed,
            set,
            unset,
            lenient,
            memory: _,
        } = self;
        let is_named = scenario.is_some() || agents.is_some() || ticks.is_some() || seed.is_some();
        !is_named && !*lenient && set.is_empty() && unset.is_empty()
    }

    /// The same with these numbers of agents and ticks.
    pub fn of_size(&self, agents: u32, ticks: u32) -> Self {
        Self {
            agents: Some(agents.to_string()),
            ticks: Some(ticks.to_string()),
            ..self.clone()
        }
    }

    /// The scenario's text with all that overrides it.
    pub fn document(&self) -> Result<Document, Error> {
        let name = self.scenario.as_deref().unwrap_or(EMBEDDED[0].name);
        meant::scenario(name)?;
        self.overridden(Document::open(name)?)
    }

    /// The same of another scenario in the place of one that is named.
    fn overridden(&self, mut document: Document) -> Result<Document, Error> {
        let named = [("agents", &self.agents), ("ticks", &self.ticks), ("seed", &self.seed)];
        for key in &self.unset {
            document.unset(key)?;
        }
        document.set_all(&self.set)?;
        for (key, value) in named {
            if let Some(value) = value {
                let shown = quoted(value);
                document.set(&format!("--{key} {shown}"), key, value)?;
            }
        }
        if self.lenient {
            document = lenient(document)?;
        }
        leave_agents_to_the_file(&mut document)?;
        Ok(document)
    }

    /// The scenario of that text.
    pub fn scenario(&self, document: &Document, registry: &Registry) -> Result<Scenario, Error> {
        document.scenario_with(registry)?.with_absolute_files(document.folder())
    }
}

/// A network from a file brings its nodes: whoever puts one in place of the scenario's own network, in arguments, does not mean the
/// scenario's number of agents.
fn leave_agents_to_the_file(document: &mut Document) -> Result<(), Error> {
    let is_of_file = document.word("topology.kind") == Some("graph") && document.is_overridden("topology.kind");
    if is_of_file && document.has("agents") && !document.is_overridden("agents") {
        document.unset("agents")?;
        tell("note: the network's file says how many nodes there are; the scenario's number of agents does not count");
    }
    Ok(())
}

/// The same with a job log's lines skipped that hold no usable job.
fn lenient(mut document: Document) -> Result<Document, Error> {
    if !document.has("work.trace") {
        let message = "is about job logs, but this scenario has none; name one, as in --set work.trace=FILE";
        return Err(Error::invalid("--lenient", message));
    }
    document.set("--lenient", "work.log.lenient", "true")?;
    Ok(document)
}

/// Run a scenario and write what was measured
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    keep: keep::Arguments,
    /// Write a report of the run beside its results: report.html, which a browser shows
    #[arg(long, conflicts_with_all = ["no_out", "explain"])]
    report: bool,
    #[command(flatten)]
    checkpoints: checkpoints::Arguments,
    /// Branch: go on from the last checkpoint of the run in this folder, or from a checkpoint's folder, with its scenario and what
    /// --set changes of it from then on
    #[arg(long, value_name = "DIR", conflicts_with_all = ["scenario", "explain"])]
    from: Option<PathBuf>,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
    /// Print neither progress nor, without --json, a summary
    #[arg(long, short)]
    quiet: bool,
    /// Print the plan, its columns and the memory they need, and run nothing
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    explain: bool,
    /// With --explain: what so many ranks would hold and bring to each other, as `mpirun -n N` starts them
    #[arg(long, value_name = "N", requires = "explain", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    ranks: Option<u32>,
}

impl Arguments {
    /// Whether it may open a GPU.
    pub fn may_open_gpu(&self) -> bool {
        (!self.explain || self.selection.is_measured() || self.selection.names_gpu()) && self.selection.may_open_gpu()
    }

    /// How much may be held of files.
    pub fn memory(&self) -> &MemoryArgument {
        &self.source.memory
    }
}

pub fn run(arguments: Arguments, registry: &Registry) -> Answer {
    let start = Instant::now();
    if arguments.checkpoints.is_given() && arguments.keep.is_without() {
        let message = "has no place: checkpoints are beside a run's results; leave --no-out away";
        return Err(Error::invalid("--checkpoint", message).into());
    }
    if let Some(folder) = &arguments.from {
        return branch(&arguments, folder, registry, start);
    }
    let document = arguments.source.document()?;
    let located = |error| document.locate(error);
    let scenario = arguments.source.scenario(&document, registry)?;
    if arguments.explain {
        let plan = Swarm::plan(&scenario, document.folder()).map_err(located)?;
        let mut text = explain::text(&scenario, &plan, &unused(&document, &scenario, registry));
        let selection = &arguments.selection;
        let halo = selection.halo();
        if let Some(ranks) = arguments.ranks {
            let names: Vec<String> = (0..ranks).map(|rank| rank.to_string()).collect();
            let names: Vec<&str> = names.iter().map(|name| &**name).collect();
            text += &explain::several::text(&plan, &names, (selection.split(), halo), true)?;
        } else if let Some(cuts) = selection.cuts(&plan)? {
            let (names, shares): (Vec<&str>, Vec<u32>) = cuts.iter().map(|(name, share)| (&**name, *share)).unzip();
            text += &match names.len() {
                1 => format!("\nThe swarm fits {} in one range.\n", names[0]),
                _ => explain::several::text(&plan, &names, (&shares, halo), false)?,
            };
        } else if let Some(devices) = selection.several() {
            text += &explain::several::text(&plan, &devices, (selection.split(), halo), false)?;
        } else if let Some(room) = selection.room(&plan, |error| scenario.advise(error)) {
            text += &wrapped(&room, "", "");
        }
        answer(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let device = open(&arguments.selection, arguments.quiet)?;
    let identity = Identity::new(&scenario, std::env::args_os())?;
    let keep = arguments.keep.prepare(&scenario, identity.pairs())?;
    learned::prepare_export(&scenario)?;
    let interrupt = Interrupt::watch(arguments.quiet);
    let (device, simulation) = build(&scenario, device, &arguments.selection).map_err(located)?;
    let target = arguments.keep.target(&scenario);
    let keeper = arguments.checkpoints.clone().with_report(arguments.report).prepare(
        target.as_deref(),
        &scenario,
        identity.parts(),
        simulation.plan(),
    )?;
    Underway {
        unused: unused(&document, &scenario, registry),
        scenario,
        device,
        simulation,
        identity,
        keep,
        keeper,
        past: None,
        build: start.elapsed().as_secs_f64(),
        interrupt,
        report: arguments.report,
        json: arguments.json,
        quiet: arguments.quiet,
    }
    .finish()
}

/// Goes on from a checkpoint with what the arguments change.
fn branch(arguments: &Arguments, folder: &Path, registry: &Registry, start: Instant) -> Answer {
    let mut device = Some(open(&arguments.selection, arguments.quiet)?);
    let interrupt = Interrupt::watch(arguments.quiet);
    let made = resume::newest(folder, |checkpoint| {
        let document = resume::document(&checkpoint)?;
        let then = document.scenario_with(registry)?;
        let document = arguments.source.overridden(document)?;
        let scenario = arguments.source.scenario(&document, registry)?;
        let located = |error| document.locate(error);
        let identity = Identity::new(&scenario, std::env::args_os())?;
        resume::check_branch(&checkpoint, &then, &scenario)?;
        checkpoint.check_version(Identity::new(&then, [])?.parts())?;
        checkpoint.check_inputs(&scenario)?;
        let opened = match device.take() {
            Some(device) => device,
            None => open(&arguments.selection, true)?,
        };
        let (device, mut simulation) = build(&scenario, opened, &arguments.selection).map_err(located)?;
        let resumed = simulation.branch(&checkpoint)?;
        let unused = unused(&document, &scenario, registry);
        Ok((scenario, identity, device, simulation, resumed, unused, checkpoint))
    })?;
    let (scenario, identity, device, simulation, resumed, unused, checkpoint) = made;
    let keep = arguments.keep.prepare(&scenario, identity.pairs())?;
    learned::prepare_export(&scenario)?;
    let target = arguments.keep.target(&scenario);
    let keeper = arguments.checkpoints.clone().with_report(arguments.report).prepare(
        target.as_deref(),
        &scenario,
        identity.parts(),
        simulation.plan(),
    )?;
    let from = std::path::absolute(checkpoint.folder()).unwrap_or_else(|_| checkpoint.folder().to_owned());
    Underway {
        unused,
        scenario,
        device,
        simulation,
        identity,
        keep,
        keeper,
        past: Some((resumed, Some(shown(&from)))),
        build: start.elapsed().as_secs_f64(),
        interrupt,
        report: arguments.report,
        json: arguments.json,
        quiet: arguments.quiet,
    }
    .finish()
}
