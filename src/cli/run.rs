//! `tetraswarm run`: a scenario from its text to its results.

use super::interrupt::Interrupt;
use super::keep::{self, Keep};
use super::memory::MemoryArgument;
use super::selection::Selection;
use super::{Answer, answer, answer_json, explain, meant, tell};
use crate::output::folder::Results;
use crate::output::identity::{Identity, quoted};
use crate::output::progress::{Progress, What};
use crate::output::report;
use crate::output::snapshots::Snapshots;
use crate::output::summary::{Seconds, Summary};
use crate::output::text::grouped;
use crate::output::times;
use crate::output::unused::unused;
use crate::output::wrap::wrapped;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use tetraswarm::device::{self, Device, DeviceKind, Event, Outcome};
use tetraswarm::learned;
use tetraswarm::scenario::{Document, EMBEDDED, Registry, Scenario};
use tetraswarm::swarm::Swarm;
use tetraswarm::trace::Demand;
use tetraswarm::verify::first_bad_tick;
use tetraswarm::{Error, Report, Simulation, shown};

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
        let mut document = Document::open(name)?;
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
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
    /// Print neither progress nor, without --json, a summary
    #[arg(long, short)]
    quiet: bool,
    /// Print the plan, its columns and the memory they need, and run nothing
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    explain: bool,
}

impl Arguments {
    /// Whether it may open a GPU.
    pub fn may_open_gpu(&self) -> bool {
        !self.explain && self.selection.may_open_gpu()
    }

    /// How much may be held of files.
    pub fn memory(&self) -> &MemoryArgument {
        &self.source.memory
    }
}

pub fn run(arguments: Arguments, registry: &Registry) -> Answer {
    let start = Instant::now();
    let document = arguments.source.document()?;
    let located = |error| document.locate(error);
    let scenario = arguments.source.scenario(&document, registry)?;
    if arguments.explain {
        let plan = Swarm::plan(&scenario, document.folder()).map_err(located)?;
        answer(&explain::text(
            &scenario,
            &plan,
            &unused(&document, &scenario, registry),
        ))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (device, note) = arguments.selection.open()?;
    if let (Some(note), false) = (note, arguments.quiet) {
        tell(&format!("note: {note}"));
    }
    let identity = Identity::new(&scenario, std::env::args_os())?;
    let mut keep = arguments.keep.prepare(&scenario, identity.pairs())?;
    learned::prepare_export(&scenario)?;
    let interrupt = Interrupt::watch(arguments.quiet);
    let auto = arguments.selection.is_auto();
    let (device, simulation) = match Simulation::new(&scenario, &*device) {
        // Whoever left the choice to us gets what works.
        Err(error @ (Error::TooLarge { .. } | Error::DeviceFailed { .. }))
            if auto && device.info().kind != DeviceKind::Cpu =>
        {
            tell(&format!("note: {error}; running on the CPU instead"));
            let (cpu, _) = device::choose(&arguments.selection.on_cpu())?;
            let simulation = Simulation::new(&scenario, &*cpu);
            (cpu, simulation)
        }
        other => (device, other),
    };
    let mut simulation = simulation.map_err(located)?;
    simulation.heed(interrupt.halt());
    // They leave as they are measured.
    simulation.keep_rows(false);
    let unused = unused(&document, &scenario, registry);
    if !arguments.quiet {
        for note in notes(&simulation, &unused) {
            tell(&format!("note: {note}"));
        }
    }
    let seconds = start.elapsed().as_secs_f64();

    let mut snapshots = match keep.rows.are_kept() {
        true => Snapshots::of(&scenario, &simulation),
        false => None,
    };
    let start = Instant::now();
    keep.rows.start(&simulation);
    let end = || {
        let report = advance(
            &mut simulation,
            &interrupt,
            (&mut keep, &mut snapshots),
            arguments.quiet,
        )?;
        let seconds = Seconds {
            build: seconds,
            run: start.elapsed().as_secs_f64(),
        };
        if let Some(snapshots) = &mut snapshots {
            snapshots.end(&mut simulation)?;
        }
        let jobs = simulation.jobs()?;
        let times = times::of(&mut simulation)?;
        let summary = Summary::new(&scenario, identity, &mut simulation, &report, seconds, jobs.as_deref())?;
        Ok((summary, jobs, times))
    };
    let (mut summary, jobs, times) = match end() {
        Ok(end) => end,
        Err(error) => {
            keep.rows.fail(&Error::to_string(&error));
            if !matches!(error, Error::Ledger { .. }) {
                return Err(error.into());
            }
            // Its memory is needed for the second run.
            drop(simulation);
            return Err(look_closer(&scenario, &*device, error).into());
        }
    };
    summary.unused = unused;
    summary.states = keep.states.planned().iter().map(|file| shown(file)).collect();
    let reason = simulation.is_lost().then(|| {
        let tick = grouped(simulation.tick());
        format!("it was interrupted in a tick that was given up half-way, so the state of the swarm is lost; the last tick measured is {tick}.")
    });
    // The answer first, whatever becomes of the files; and the files whatever becomes of the answer.
    let answered = if arguments.json {
        answer_json(&summary)
    } else if arguments.quiet {
        Ok(())
    } else {
        answer(&summary.text(&*simulation.plan().topology))
    };
    let written = keep.rows.finish(&Results {
        scenario: &scenario,
        summary: &summary,
        jobs: jobs.as_deref(),
        times: times.as_deref(),
        snapshots: snapshots.as_ref(),
        ids: simulation.plan().topology.ids(),
        reason: reason.as_deref(),
    });
    keep.states.last(&mut simulation)?;
    let learnt = learned::export(&scenario, &mut simulation)?;
    answered?;
    if !(arguments.json || arguments.quiet || learnt.is_empty()) {
        let files: Vec<String> = learnt.iter().map(|file| shown(file)).collect();
        answer(&wrapped(
            &files.join(", "),
            &format!("{:<14}", "learned"),
            &" ".repeat(14),
        ))?;
    }
    let states: Vec<String> = keep.states.written().iter().map(|file| shown(file)).collect();
    if !(arguments.json || arguments.quiet || states.is_empty()) {
        let name = if states.len() == 1 { "state" } else { "states" };
        answer(&wrapped(&states.join(", "), &format!("{name:<14}"), &" ".repeat(14)))?;
    }
    let has_folder = written.is_some();
    let folder = written.clone();
    let place = written.map_or_else(|| "not written".to_owned(), |path| shown(&path));
    match (arguments.json, arguments.quiet) {
        (true, false) if has_folder => tell(&format!("results in {place}")),
        (false, false) => answer(&format!("results      {place}\n"))?,
        _ => {}
    }
    let is_reported = match folder.filter(|_| arguments.report) {
        Some(folder) => tell_report(&folder, &arguments)?,
        None => !arguments.report,
    };
    Ok(if keep.has_failed() || !is_reported {
        ExitCode::FAILURE
    } else {
        // Also where the word came when all ticks were done.
        interrupt.exit_code()
    })
}

/// Writes the report of a run, and says where it is; answers whether it could be written.
fn tell_report(folder: &Path, arguments: &Arguments) -> Result<bool, super::Failure> {
    let written = report::of(&[folder.to_owned()], &report::Options::default()).and_then(|report| {
        report
            .write(&folder.join(report::NAME))
            .map(|()| folder.join(report::NAME))
    });
    match written {
        Ok(file) if arguments.json && !arguments.quiet => tell(&format!("report in {}", shown(&file))),
        Ok(file) if !arguments.quiet => answer(&format!("report       {}\n", shown(&file)))?,
        Ok(_) => {}
        Err(error) => {
            tell(&format!("error: {error}"));
            return Ok(false);
        }
    }
    Ok(true)
}

/// What whoever starts a run should know before it ends: what is not used, and what of a log the run cannot do.
fn notes(simulation: &Simulation, unused: &[String]) -> Vec<String> {
    let plan = simulation.plan();
    let mut notes: Vec<String> = unused.iter().map(|line| format!("not used: {line}")).collect();
    if let Some(log) = plan.work().and_then(|work| work.log.as_ref()) {
        notes.extend(Demand::of(&log.jobs, plan.nodes(), plan.ticks).excess());
    }
    notes
}

/// Finds the first tick at which a ledger is broken.
fn look_closer(scenario: &Scenario, device: &dyn Device, error: Error) -> Error {
    tell(&format!(
        "note: {error}\nnote: running again with every tick measured, to find the first at which it is broken"
    ));
    first_bad_tick(|| Swarm::build(scenario, Path::new("")), device, error)
}

/// Runs to the end, or until the user has had enough.
fn advance(
    simulation: &mut Simulation,
    interrupt: &Interrupt,
    (keep, snapshots): (&mut Keep, &mut Option<Snapshots>),
    quiet: bool,
) -> Result<Report, Error> {
    let ticks = simulation.plan().ticks;
    let row = simulation.measurements().last();
    let (what, spread) = row.map_or((What::Spread, None), |row| (What::of(row), row.spread));
    let mut progress = Progress::start(ticks, what, spread, quiet);
    // Whoever asks for an end while the swarm is being built wants no tick at all.
    let until = if interrupt.is_asked() { 0 } else { ticks };
    let Keep { rows, states } = keep;
    let every = states.every();
    if let Some(snapshots) = snapshots {
        snapshots.along(simulation)?;
    }
    let of_snapshots = snapshots.as_ref().map(Snapshots::ticks).unwrap_or_default();
    let next = |now: u32| {
        let state = every.map(|every| (now / every).saturating_add(1).saturating_mul(every.get()));
        let snapshot = of_snapshots.iter().copied().find(|&tick| tick > now);
        state.into_iter().chain(snapshot).min()
    };
    let pause = |simulation: &mut Simulation| {
        if every.is_some_and(|every| simulation.tick().is_multiple_of(every.get())) {
            states.along(simulation)?;
        }
        snapshots
            .iter_mut()
            .try_for_each(|snapshots| snapshots.along(simulation))
    };
    let observer = |event: Event<'_>| {
        rows.take(&event);
        match event {
            Event::Measured(row) => progress.tell(row.tick, Some(row.spread)),
            Event::Progress(tick) => progress.tell(tick, None),
        }
        if interrupt.is_asked() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let report = simulation.run_pausing_at(until, next, observer, pause);
    progress.finish();
    let mut report = report?;
    if until < ticks {
        report.outcome = Outcome::Interrupt;
    }
    if report.outcome == Outcome::GivenUp && !quiet {
        tell(&format!(
            "note: the tick under way would have taken long, so it was given up and with it the state of the swarm; the results end at \
             tick {}, the last that was measured",
            report.measurement.tick
        ));
    }
    Ok(report)
}
