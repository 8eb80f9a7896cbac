//! A run from beginning to end: build, load, advance, measure, audit.

mod looks;
#[cfg(feature = "checkpoint")]
mod resume;
mod watch;

#[cfg(feature = "checkpoint")]
pub use resume::Resumed;
pub use watch::Watch;

use crate::column::ColumnId;
use crate::device::{Device, DeviceInfo, Event, Execution, Halt, Memory, Outcome};
use crate::error::Error;
use crate::gauge::{Aftermath, Sightings};
use crate::gauge::{Gauge, Measurement, Reason, Rounds};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::swarm::Swarm;
use crate::trace::JobResult;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// A swarm on a device, with its measurements.
#[derive(Debug)]
pub struct Simulation {
    execution: Box<dyn Execution>,
    device: DeviceInfo,
    rows: Rows,
    /// Who may ask for an end.
    halt: Halt,
    /// A tick was given up half-way.
    is_lost: bool,
}

/// The rows of a run, and what is gathered of them.
#[derive(Debug)]
struct Rows {
    /// All of them, or the first and the last.
    kept: Vec<Measurement>,
    are_kept: bool,
    /// Where something may go wrong.
    recovery: Option<Sightings>,
    /// The tick of the last row that would be there wherever the run ended.
    #[cfg_attr(not(feature = "checkpoint"), allow(dead_code, reason = "checkpoints ask for it"))]
    regular: Option<u32>,
    /// What was gathered before a row that is there only since the run ended, which is none of a run that goes on.
    before_end: Option<Sightings>,
}

impl Rows {
    fn push(&mut self, row: Measurement) {
        self.before_end = None;
        if row.reason == Reason::End {
            self.before_end.clone_from(&self.recovery);
        } else {
            self.regular = Some(row.tick);
        }
        if let Some(recovery) = &mut self.recovery {
            recovery.row(&row);
        }
        if !self.are_kept {
            self.kept.truncate(1);
        }
        self.kept.push(row);
    }

    /// There is one from the start.
    fn first(&self) -> &Measurement {
        &self.kept[0]
    }

    fn last(&self) -> &Measurement {
        &self.kept[self.kept.len() - 1]
    }
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Why it ended.
    pub outcome: Outcome,
    /// Ticks that this call ran.
    pub ticks: u32,
    /// The last measurement.
    pub measurement: Measurement,
}

/// Checks what must hold of every part.
fn audit(gauges: &[Arc<dyn Gauge>], first: &Measurement, row: &Measurement) -> Result<(), Error> {
    gauges.iter().try_for_each(|gauge| gauge.audit(first, row))
}

/// What tells the files apart that a scenario names.
fn seal(scenario: &Scenario) -> Result<u64, Error> {
    #[cfg(feature = "checkpoint")]
    return crate::checkpoint::InputFile::seal(scenario);
    #[cfg(not(feature = "checkpoint"))]
    {
        let _ = scenario;
        Ok(0)
    }
}

impl Simulation {
    /// Builds the swarm of a scenario, whose relative file names start at the current folder, and loads it. A swarm that the
    /// device cannot hold is refused before memory is taken for it.
    ///
    /// # Errors
    /// As [`Swarm::build`], [`Device::check`] and [`Device::load`].
    pub fn new(scenario: &Scenario, device: &dyn Device) -> Result<Self, Error> {
        let folder = Path::new("");
        let load = || {
            let mut plan = Swarm::plan(scenario, folder)?;
            device.check(&plan)?;
            plan.wanted = device.wants(&plan)?;
            let swarm = Swarm::fill(plan, scenario, folder)?;
            device.announce(&|| Ok((scenario.to_toml()?, seal(scenario)?)))?;
            Self::load(swarm, device)
        };
        load().map_err(|error| scenario.advise(error))
    }

    /// Loads a swarm and measures it for the first time.
    ///
    /// # Errors
    /// As [`Device::load`].
    pub fn load(swarm: Swarm, device: &dyn Device) -> Result<Self, Error> {
        let info = device.info().clone();
        let mut execution = device.load(swarm)?;
        let first = execution.measure()?;
        let mut rows = Rows {
            kept: Vec::new(),
            are_kept: true,
            recovery: execution.plan().faults.as_ref().map(Sightings::of),
            regular: None,
            before_end: None,
        };
        rows.push(first);
        Ok(Self {
            execution,
            device: info,
            rows,
            halt: Halt::default(),
            is_lost: false,
        })
    }

    /// Runs to the scenario's last tick, or until its stop condition holds.
    ///
    /// # Errors
    /// [`Error::Audit`], [`Error::Ledger`] or [`Error::Range`] at the first measurement that breaks what must hold,
    /// [`Error::DeviceFailed`].
    pub fn run(&mut self) -> Result<Report, Error> {
        let ticks = self.plan().ticks;
        self.run_until(ticks, |_| ControlFlow::Continue(()))
    }

    /// Runs until `tick` ticks are done, the stop condition holds, or `observer` breaks. The observer is handed every row as it is
    /// measured: also the last, and one that breaks what must hold. A break takes effect when what is under
    /// way is done, which on a GPU may be many ticks; to end at a certain tick on every device, say so with `tick` or the
    /// scenario's stop condition.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_until(
        &mut self,
        tick: u32,
        observer: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Report, Error> {
        self.run_pausing(tick, None, observer, |_| Ok(()))
    }

    /// As [`Simulation::run_until`], but after every `every` ticks hands itself over to `pause`, as to be saved; not at the end. No bit
    /// of the state and no measurement depends on it.
    ///
    /// # Errors
    /// As [`Simulation::run`], and those of `pause`.
    pub fn run_pausing(
        &mut self,
        tick: u32,
        every: Option<NonZero<u32>>,
        observer: impl FnMut(Event<'_>) -> ControlFlow<()>,
        pause: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<Report, Error> {
        self.run_watched(tick, &mut watch::Pausing { every, observer, pause })
    }

    /// As [`Simulation::run_until`], for whoever watches a run and may have it pause, as to save it. No bit of the state and no
    /// measurement depends on it.
    ///
    /// # Errors
    /// As [`Simulation::run`], and those of `watch`.
    pub fn run_watched(&mut self, tick: u32, watch: &mut dyn Watch) -> Result<Report, Error> {
        let start = self.execution.tick();
        let first = self.rows.first().clone();
        let gauges = self.plan().gauges.clone();
        audit(&gauges, &first, &first)?;
        let outcome = loop {
            let next = watch
                .next_pause(self.execution.tick())
                .map_or(tick, |next| next.min(tick));
            let mut is_asked = false;
            let outcome = self.advance(next, start, &gauges, &mut |event| {
                let flow = watch.event(event);
                is_asked |= flow.is_break();
                if flow.is_continue() && watch.is_due() {
                    return ControlFlow::Break(());
                }
                flow
            })?;
            let is_there = self.execution.tick() >= tick;
            match outcome {
                Outcome::Ticks if !is_there => {}
                // Nobody asked for an end.
                Outcome::Interrupt if !is_asked && !self.halt.is_asked() => {
                    if is_there {
                        break Outcome::Ticks;
                    }
                }
                other => break other,
            }
            watch.pause(self)?;
        };
        self.is_lost = outcome == Outcome::GivenUp;
        if self.is_lost {
            let measurement = self.rows.last().clone();
            return Ok(Report {
                outcome,
                ticks: measurement.tick.saturating_sub(start),
                measurement,
            });
        }
        watch.end(self, outcome)?;
        let now = self.execution.tick();
        if self.rows.last().tick != now {
            let row = self.execution.measure()?;
            // The run ends here, whatever it answers.
            let _ = watch.event(Event::Measured(&row));
            self.rows.push(row.clone());
            audit(&gauges, &first, &row)?;
        }
        let measurement = self.rows.last().clone();
        Ok(Report {
            outcome,
            ticks: now - start,
            measurement,
        })
    }

    /// Advances a run that began at tick `start`, and audits what is measured.
    fn advance(
        &mut self,
        tick: u32,
        start: u32,
        gauges: &[Arc<dyn Gauge>],
        observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let first = self.rows.first().clone();
        let rows = &mut self.rows;
        let plan = self.execution.plan();
        let mut broken = None;
        let last = rows.last();
        let holds = self.execution.tick() == start && last.tick == start && last.stops(plan);
        let outcome = if holds {
            Outcome::Condition
        } else {
            self.execution.advance(tick, &mut |event| {
                if broken.is_some() {
                    // What was under way when the audit broke.
                    return ControlFlow::Break(());
                }
                if let Event::Measured(row) = event {
                    rows.push(row.clone());
                    if let Err(error) = audit(gauges, &first, row) {
                        broken = Some(error);
                        let _ = observer(event);
                        return ControlFlow::Break(());
                    }
                }
                observer(event)
            })?
        };
        broken.map_or(Ok(outcome), Err)
    }

    /// From now on a run ends when `halt` says so, even in the midst of a tick that would take long. The state is then lost: what has
    /// been measured is all there is, and the report is of the last row.
    pub fn heed(&mut self, halt: &Halt) {
        self.halt = halt.clone();
        self.execution.heed(halt.clone());
    }

    /// Whether a tick was given up half-way, so that the state is that of no tick.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        self.execution.plan()
    }

    /// How many ticks are done; where the state is lost, up to the last that was measured.
    #[must_use]
    pub fn tick(&self) -> u32 {
        if self.is_lost {
            self.rows.last().tick
        } else {
            self.execution.tick()
        }
    }

    /// Refuses what the columns hold if that is the state of no tick.
    fn check_state(&self) -> Result<(), Error> {
        if self.is_lost {
            let message =
                "is lost: a tick was given up half-way, and what the columns hold is the state of no tick; run again";
            return Err(Error::invalid("the state", message));
        }
        Ok(())
    }

    /// The words of a column.
    fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error> {
        self.check_state()?;
        self.execution.read(column)
    }

    /// All measurements so far; the first is of tick 0. A run of many rows takes memory for each, some hundred bytes and more; where
    /// they are not kept, see [`Simulation::keep_rows`], these are the first and the last.
    #[must_use]
    pub fn measurements(&self) -> &[Measurement] {
        &self.rows.kept
    }

    /// Whether rows are kept from now on, as they are by default. If not, those but the first and the last are dropped, and memory does
    /// not grow with their number: the observer of [`Simulation::run_until`] is handed each as it is measured.
    pub fn keep_rows(&mut self, keep: bool) {
        let kept = &mut self.rows.kept;
        if !keep && kept.len() > 2 {
            kept.drain(1..kept.len() - 1);
            kept.shrink_to_fit();
        }
        self.rows.are_kept = keep;
    }

    /// What has happened to the swarm so far, and what was seen of it then.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    pub fn aftermath(&mut self) -> Result<Vec<Aftermath>, Error> {
        let struck = self.plan().faults.as_ref().and_then(|faults| faults.struck);
        let changed = match struck {
            Some(struck) => self.execution.read(struck.changed)?,
            None => Vec::new(),
        };
        let faults = self.execution.plan().faults.as_ref();
        let recovery = self.rows.recovery.as_ref();
        let seen = recovery.zip(faults);
        Ok(seen.map_or_else(Vec::new, |(recovery, faults)| recovery.aftermath(faults, &changed)))
    }

    /// The current words of the column of that name, see [`Plan::column`], as unsigned integers; beliefs are two's complement, see
    /// [`Simulation::beliefs`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such column, [`Error::DeviceFailed`].
    pub fn column(&mut self, name: &str) -> Result<Vec<u32>, Error> {
        let column = self.plan().column(name)?;
        self.read(column)
    }

    /// What the nodes hold as signed integers, node by node: the beliefs, where they hold beliefs.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    pub fn beliefs(&mut self) -> Result<Vec<i32>, Error> {
        let words = self.read(self.plan().main())?;
        Ok(bytemuck::cast_vec(words))
    }

    /// Saves the current state to a file that ends in .parquet or .npz: a row a node, see [`crate::save`]; an existing one of that
    /// name is replaced. `about` is what else the file's metadata say, as pairs of a key and a text.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another ending, [`Error::File`] if it cannot be written, [`Error::DeviceFailed`].
    #[cfg(feature = "tables")]
    pub fn save(&mut self, path: &Path, about: &[(String, String)]) -> Result<(), Error> {
        self.check_state()?;
        crate::save::save(&mut *self.execution, path, about)
    }

    /// In which rounds nodes decided, or heard, so far; nothing if the rule's nodes do not, or the state is lost.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    pub fn rounds(&mut self) -> Result<Option<Rounds>, Error> {
        match self.plan().noted {
            Some(noted) if !self.is_lost => self.read(noted.column).map(|words| Some(Rounds::of(&words))),
            _ => Ok(None),
        }
    }

    /// What has become of the jobs so far, in the order of their arrival; nothing if the work comes from no log, or
    /// the state is lost.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    pub fn jobs(&mut self) -> Result<Option<Vec<JobResult>>, Error> {
        let log = |plan: &Plan| plan.work().and_then(|work| work.log.as_ref().map(|log| log.results));
        let Some(column) = log(self.plan()).filter(|_| !self.is_lost) else {
            return Ok(None);
        };
        let words = self.read(column)?;
        let log = self.plan().work().and_then(|work| work.log.as_ref());
        Ok(log.map(|log| log.results(&words)))
    }

    /// What it runs on.
    #[must_use]
    pub fn device(&self) -> &DeviceInfo {
        &self.device
    }

    /// The memory that it holds.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.execution.memory()
    }
}
