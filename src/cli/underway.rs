//! A run from its first tick, or from where it goes on, to its results.

use super::checkpoints::Keeper;
use super::interrupt::Interrupt;
use super::keep::{Keep, KeptRows, States};
use super::selection::Selection;
use super::{Answer, answer, answer_json, tell};
use crate::output::folder::Results;
use crate::output::identity::Identity;
use crate::output::progress::{Progress, What};
use crate::output::report;
use crate::output::snapshots::Snapshots;
use crate::output::summary::{Past, Seconds, Summary};
use crate::output::text::grouped;
use crate::output::times;
use crate::output::wrap::wrapped;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tetraswarm::device::{self, Device, DeviceKind, Event, Outcome};
use tetraswarm::learned;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::order;
use tetraswarm::trace::Demand;
use tetraswarm::verify::first_bad_tick;
use tetraswarm::{Error, Report, Resumed, Simulation, Watch, shown};

/// Opens the device that is asked for, and says what had to be done without.
pub fn open(selection: &Selection, quiet: bool) -> Result<Arc<dyn Device>, Error> {
    let (device, note) = selection.open()?;
    if let (Some(note), false) = (note, quiet) {
        tell(&format!("note: {note}"));
    }
    Ok(device)
}

/// Builds the swarm and puts it on the device, or on the CPU: whoever left the choice to us gets what works.
pub fn build(
    scenario: &Scenario,
    device: Arc<dyn Device>,
    selection: &Selection,
) -> Result<(Arc<dyn Device>, Simulation), Error> {
    match Simulation::new(scenario, &*device) {
        Err(error @ (Error::TooLarge { .. } | Error::DeviceFailed { .. }))
            if selection.is_auto() && device.info().kind != DeviceKind::Cpu =>
        {
            tell(&format!("note: {error}; running on the CPU instead"));
            let (cpu, _) = device::choose(&selection.on_cpu())?;
            let simulation = Simulation::new(scenario, &*cpu)?;
            Ok((cpu, simulation))
        }
        other => Ok((device, other?)),
    }
}

/// A run with all that it needs.
pub struct Underway {
    pub scenario: Scenario,
    pub device: Arc<dyn Device>,
    pub simulation: Simulation,
    pub identity: Identity,
    pub keep: Keep,
    pub keeper: Keeper,
    /// Where it goes on, and of a branch whose past that is.
    pub past: Option<(Resumed, Option<String>)>,
    pub unused: Vec<String>,
    /// Seconds that building took.
    pub build: f64,
    pub interrupt: Interrupt,
    /// Whether a report is written, too.
    pub report: bool,
    pub json: bool,
    pub quiet: bool,
}

impl Underway {
    /// Runs it, and answers.
    pub fn finish(self) -> Answer {
        let Self {
            scenario,
            device,
            mut simulation,
            identity,
            mut keep,
            mut keeper,
            past,
            unused,
            build,
            interrupt,
            report: is_report_wanted,
            json,
            quiet,
        } = self;
        simulation.heed(interrupt.halt());
        // They leave as they are measured.
        simulation.keep_rows(false);
        if !quiet {
            for note in notes(&simulation, &unused) {
                tell(&format!("note: {note}"));
            }
            if order::would_gain(&*simulation.plan().topology) {
                tell(
                    "note: neighbours stand far apart in this network, so a tick waits for memory; it would be faster with the file that \
                     `tetraswarm topology graph --set file=FILE --export NEW.graphml --order breadth-first` writes",
                );
            }
        }
        let mut snapshots = match keep.rows.are_kept() {
            true => Snapshots::of(&scenario, &simulation),
            false => None,
        };
        let start = Instant::now();
        match &past {
            Some((resumed, branch)) => {
                if branch.is_some() {
                    keep.rows.begin();
                }
                if let Some(snapshots) = &mut snapshots {
                    match branch {
                        Some(_) => snapshots.begin_at(resumed.tick),
                        None => take_up(snapshots, &mut keep.rows, resumed.tick),
                    }
                }
                keep.rows.go_on(resumed.row.as_ref());
            }
            None => keep.rows.start(&simulation),
        }
        let end = || {
            let report = advance(
                &mut simulation,
                &interrupt,
                (&mut keep, &mut snapshots, &mut keeper),
                quiet,
            )?;
            let seconds = Seconds {
                build,
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
                if !matches!(error, Error::Ledger { .. }) || past.is_some() {
                    return Err(error.into());
                }
                // Its memory is needed for the second run.
                drop(simulation);
                return Err(look_closer(&scenario, &*device, error).into());
            }
        };
        summary.unused = unused;
        summary.past = past.map(|(resumed, branched_from)| Past {
            tick: resumed.tick,
            branched_from,
        });
        summary.checkpoints = keeper.cost();
        summary.states = keep.states.planned().iter().map(|file| shown(file)).collect();
        let reason = simulation.is_lost().then(|| {
            let tick = grouped(simulation.tick());
            format!("it was interrupted in a tick that was given up half-way, so the state of the swarm is lost; the last tick measured is {tick}.")
        });
        // The answer first, whatever becomes of the files; and the files whatever becomes of the answer.
        let answered = if json {
            answer_json(&summary)
        } else if quiet {
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
        if !(json || quiet || learnt.is_empty()) {
            let files: Vec<String> = learnt.iter().map(|file| shown(file)).collect();
            answer(&wrapped(
                &files.join(", "),
                &format!("{:<14}", "learned"),
                &" ".repeat(14),
            ))?;
        }
        let states: Vec<String> = keep.states.written().iter().map(|file| shown(file)).collect();
        if !(json || quiet || states.is_empty()) {
            let name = if states.len() == 1 { "state" } else { "states" };
            answer(&wrapped(&states.join(", "), &format!("{name:<14}"), &" ".repeat(14)))?;
        }
        let has_folder = written.is_some();
        if let Some(folder) = &written {
            keeper.clear(folder, summary.stopped_by);
        }
        let folder = written.clone();
        let place = written.map_or_else(|| "not written".to_owned(), |path| shown(&path));
        match (json, quiet) {
            (true, false) if has_folder => tell(&format!("results in {place}")),
            (false, false) => answer(&format!("results      {place}\n"))?,
            _ => {}
        }
        if let (Some(tick), true, false) = (keeper.written(), summary.stopped_by.is_interrupt(), quiet) {
            tell(&format!(
                "`tetraswarm resume {place}` goes on from tick {}",
                grouped(tick)
            ));
        }
        let is_reported = match folder.filter(|_| is_report_wanted) {
            Some(folder) => tell_report(&folder, (json, quiet))?,
            None => !is_report_wanted,
        };
        Ok(if keep.has_failed() || !is_reported {
            ExitCode::FAILURE
        } else {
            // Also where the word came when all ticks were done.
            interrupt.exit_code()
        })
    }
}

/// Writes the report of a run, and says where it is; answers whether it could be written.
fn tell_report(folder: &Path, (json, quiet): (bool, bool)) -> Result<bool, super::Failure> {
    let written = report::of(&[folder.to_owned()], &report::Options::default()).and_then(|report| {
        report
            .write(&folder.join(report::NAME))
            .map(|()| folder.join(report::NAME))
    });
    match written {
        Ok(file) if json && !quiet => tell(&format!("report in {}", shown(&file))),
        Ok(file) if !quiet => answer(&format!("report       {}\n", shown(&file)))?,
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

/// Takes over the snapshots that a run took before it was ended, and says which are missing.
fn take_up(snapshots: &mut Snapshots, rows: &mut KeptRows, tick: u32) {
    let missing = match rows.sync() {
        Some(run) => snapshots.take_up(&run, tick),
        None => Vec::new(),
    };
    if !missing.is_empty() {
        let ticks: Vec<String> = missing.into_iter().map(grouped).collect();
        tell(&format!(
            "note: the snapshots after ticks {} are not there any more; what is before tick {} cannot be looked at again",
            ticks.join(", "),
            grouped(tick)
        ));
    }
}

/// What happens along the way.
struct Along<'a> {
    rows: &'a mut KeptRows,
    states: &'a mut States,
    snapshots: &'a mut Option<Snapshots>,
    keeper: &'a mut Keeper,
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
    quiet: bool,
}

impl Along<'_> {
    /// Writes the snapshots down where a checkpoint is written. That they cannot be ends no run: it is said.
    fn keep_snapshots(&mut self, run: Option<&Path>) {
        if let (Some(run), Some(snapshots)) = (run, &self.snapshots)
            && let Err(error) = snapshots.keep(run)
        {
            tell(&format!("error: {error}\nthe run goes on"));
        }
    }
}

impl Watch for Along<'_> {
    fn event(&mut self, event: Event<'_>) -> ControlFlow<()> {
        self.rows.take(&event);
        match event {
            Event::Measured(row) => self.progress.tell(row.tick, Some(row.spread)),
            Event::Progress(tick) => self.progress.tell(tick, None),
        }
        if self.interrupt.is_asked() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn next_pause(&self, tick: u32) -> Option<u32> {
        let next = |every: NonZero<u32>| (tick / every).saturating_add(1).saturating_mul(every.get());
        let of_snapshots = self.snapshots.as_ref().map(Snapshots::ticks).unwrap_or_default();
        let snapshot = of_snapshots.into_iter().find(|&of| of > tick);
        let pauses = [self.states.every().map(next), self.keeper.next(tick), snapshot];
        pauses.into_iter().flatten().min()
    }

    fn is_due(&self) -> bool {
        self.keeper.is_due()
    }

    fn pause(&mut self, simulation: &mut Simulation) -> Result<(), Error> {
        let tick = simulation.tick();
        if self
            .states
            .every()
            .is_some_and(|every| tick.is_multiple_of(every.get()))
        {
            self.states.along(simulation)?;
        }
        if let Some(snapshots) = self.snapshots {
            snapshots.along(simulation)?;
        }
        if self.keeper.is_at(tick) {
            let run = self.rows.sync();
            self.keep_snapshots(run.as_deref());
            self.keeper.write(simulation, run.as_deref(), None)?;
        }
        Ok(())
    }

    fn end(&mut self, simulation: &mut Simulation, outcome: Outcome) -> Result<(), Error> {
        // Word may have come when all was done.
        let outcome =
            if self.interrupt.is_asked() && outcome == Outcome::Ticks && simulation.tick() < simulation.plan().ticks {
                Outcome::Interrupt
            } else {
                outcome
            };
        let run = if self.keeper.is_wanted_at_end(outcome) {
            self.rows.sync()
        } else {
            None
        };
        self.keep_snapshots(run.as_deref());
        self.keeper.end(simulation, (run.as_deref(), outcome, self.quiet))
    }
}

/// Runs to the end, or until the user has had enough.
fn advance(
    simulation: &mut Simulation,
    interrupt: &Interrupt,
    (keep, snapshots, keeper): (&mut Keep, &mut Option<Snapshots>, &mut Keeper),
    quiet: bool,
) -> Result<Report, Error> {
    let ticks = simulation.plan().ticks;
    let row = simulation.measurements().last();
    let (what, spread) = row.map_or((What::Spread, None), |row| (What::of(row), row.spread));
    let mut progress = Progress::start(ticks, what, spread, quiet);
    progress.begin_at(simulation.tick());
    // Whoever asks for an end while the swarm is being built wants no tick at all.
    let until = if interrupt.is_asked() { simulation.tick() } else { ticks };
    let Keep { rows, states } = keep;
    if let Some(snapshots) = snapshots {
        snapshots.along(simulation)?;
    }
    let mut along = Along {
        rows,
        states,
        snapshots,
        keeper,
        progress: &mut progress,
        interrupt,
        quiet,
    };
    let report = simulation.run_watched(until, &mut along);
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
