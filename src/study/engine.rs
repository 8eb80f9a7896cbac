//! Runs of a study: small ones side by side, one thread each, big ones one after the other with all threads. The device is opened once.

use super::design::{Design, Task};
use super::elsewhere::{Hand, order, read};
use super::figure::{FigureSpec, Watch};
use super::journal::{Journal, Record};
use super::key::key;
use super::within::{Keep, Own, Watching, Within};
use crate::device::cpu::CpuDevice;
use crate::device::{Device, DeviceKind, Halt};
use crate::error::Error;
use crate::memory;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::swarm::Swarm;
use rayon::ThreadPoolBuilder;
use serde_json::{Map, Value as Json};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Bytes of a swarm from which on a run has all threads: where several at once would no longer share the caches.
const BIG: u64 = 64 << 20;

/// How a run is done: what it came to, nothing if it was given up, or why it failed.
type Run<'a> = dyn Fn(&Scenario) -> Result<Option<Outcome>, String> + 'a;

/// Who runs a study.
#[derive(Debug)]
pub struct Engine<'a> {
    /// What big runs are on, and all of a GPU.
    device: &'a dyn Device,
    /// How many small ones are side by side.
    jobs: usize,
    halt: Halt,
    /// Who does runs elsewhere.
    hands: Vec<Box<dyn Hand>>,
    /// Where runs keep their checkpoints, if they do.
    within: Option<Within>,
}

/// How far a study has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Runs that have ended since it began, of those that were left.
    pub done: usize,
    /// How many were left.
    pub all: usize,
    /// The one that has ended last.
    pub record: &'a Record,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The figures, in the design's order.
    pub figures: Vec<Option<f64>>,
    /// Of the last state.
    pub fingerprint: String,
}

impl<'a> Engine<'a> {
    /// On this device, with so many runs side by side on a CPU; 0 is as many as it has threads.
    #[must_use]
    pub fn new(device: &'a dyn Device, jobs: usize, halt: Halt) -> Self {
        let jobs = match jobs {
            0 => device.info().threads.unwrap_or(1),
            jobs => jobs,
        };
        Self {
            device,
            jobs,
            halt,
            hands: Vec::new(),
            within: None,
        }
    }

    /// The same with checkpoints of runs that last: a study that was killed goes on in the midst of those that were under way here. Where
    /// one cannot be written the run goes on without.
    #[must_use]
    pub fn with_checkpoints(mut self, within: Within) -> Self {
        self.within = Some(within);
        self
    }

    /// The same with others, each of whom does a run at a time elsewhere.
    #[must_use]
    pub fn with_hands(mut self, hands: Vec<Box<dyn Hand>>) -> Self {
        self.hands = hands;
        self
    }

    /// Whether an end has been asked for.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.halt.is_asked()
    }

    /// What it runs on.
    #[must_use]
    pub fn device(&self) -> &dyn Device {
        self.device
    }

    /// How many of a variant's runs are side by side: as many as there are jobs, fewer where memory does not suffice, one if it is big.
    #[must_use]
    pub fn side_by_side(&self, bytes: u64) -> usize {
        if self.device.info().kind != DeviceKind::Cpu || bytes >= BIG {
            return 1;
        }
        let room = memory::available().map_or(usize::MAX, |free| {
            usize::try_from(free / 2 / bytes.max(1)).unwrap_or(usize::MAX)
        });
        self.jobs.min(room).max(1)
    }

    /// Does those of the tasks that the journal does not have, in their order, and writes each down as it ends. Where an end is asked
    /// for, those under way are given up.
    ///
    /// # Errors
    /// [`Error::File`] if the journal cannot be written. What becomes of a run, its record says.
    pub fn run(
        &self,
        design: &Design,
        tasks: &[Task],
        journal: &mut Journal,
        observe: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<(), Error> {
        let left: Vec<Task> = tasks
            .iter()
            .copied()
            .filter(|task| !journal.has(design, *task))
            .collect();
        let all = left.len();
        let is_small = |task: &Task| self.side_by_side(design.variants[task.variant].bytes) > 1;
        let (small, big): (Vec<Task>, Vec<Task>) = left.into_iter().partition(is_small);
        let most = small
            .iter()
            .map(|task| design.variants[task.variant].bytes)
            .max()
            .unwrap_or(0);
        let state = Mutex::new((journal, observe, 0usize, Ok(())));
        let done = |record: Record| {
            let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let (journal, observe, done, result) = &mut *state;
            if result.is_ok() {
                *result = journal.add(&record);
                if let (Some(within), Ok(())) = (&self.within, &result) {
                    within.forget(&record.key);
                }
                *done += 1;
                observe(Progress {
                    done: *done,
                    all,
                    record: &record,
                });
            }
            result.is_ok()
        };
        let count = small.len();
        let [next, next_big] = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let small = || small.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        let big = || big.get(next_big.fetch_add(1, Ordering::Relaxed)).copied();
        let here = |device: &dyn Device, task| {
            let own = self.within.as_ref().map(|within| within.of(&key_of(design, task)));
            let run = |scenario: &Scenario| {
                let twin = design.study.twin;
                let outcome = run_within(scenario, device, (&design.figures, twin), &self.halt, own.as_ref());
                outcome.map_err(|error| error.to_string())
            };
            self.one(&run, design, task)
        };
        let elsewhere = |hand: &dyn Hand, task| {
            let run = |scenario: &Scenario| {
                let order = order(scenario, &design.figures, design.study.twin).map_err(|error| error.to_string())?;
                hand.ask(&order, &self.halt).map_or(Ok(None), |answer| read(&answer?))
            };
            self.one(&run, design, task)
        };
        let worker = |device: &dyn Device| {
            while let Some(task) = small() {
                if !here(device, task).is_some_and(&done) {
                    break;
                }
            }
        };
        let count = self.side_by_side(most).min(count);
        std::thread::scope(|scope| {
            for hand in &self.hands {
                scope.spawn(|| {
                    while let Some(task) = small().or_else(big) {
                        if !elsewhere(&**hand, task).is_some_and(&done) {
                            break;
                        }
                    }
                });
            }
            // Big ones have all threads, so that they wait for the small ones that are here.
            std::thread::scope(|scope| {
                for _ in 0..count {
                    scope.spawn(|| {
                        // What a run asks of a pool is done by its own thread.
                        let alone = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
                        if let Ok(device) = CpuDevice::new(1) {
                            worker(&device);
                        }
                        drop(alone);
                    });
                }
            });
            while let Some(task) = big() {
                if !here(self.device, task).is_some_and(&done) {
                    break;
                }
            }
        });
        state.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).3
    }

    /// One run; nothing if it was given up.
    fn one(&self, run: &Run<'_>, design: &Design, task: Task) -> Option<Record> {
        if self.halt.is_asked() {
            return None;
        }
        let start = Instant::now();
        let variant = &design.variants[task.variant];
        let outcome = run(&design.scenario_of(task));
        let (figures, fingerprint, error) = match outcome {
            Ok(None) => return None,
            Ok(Some(outcome)) => (outcome.figures, Some(outcome.fingerprint), None),
            Err(error) => (Vec::new(), None, Some(error)),
        };
        let number = |k: usize| {
            figures
                .get(k)
                .copied()
                .flatten()
                .and_then(serde_json::Number::from_f64)
                .map_or(Json::Null, Json::Number)
        };
        let figures: Map<String, Json> = (0..)
            .zip(&design.figures)
            .map(|(k, figure)| (figure.title(), number(k)))
            .collect();
        Some(Record {
            key: key_of(design, task),
            row: task.row,
            variant: task.variant,
            tune: task.is_tune,
            axes: variant.axes.clone(),
            seed: task.seed,
            figures,
            fingerprint,
            seconds: start.elapsed().as_secs_f64(),
            error,
        })
    }
}

/// Runs a scenario to its end, and takes its figures; with a twin, a second time without the events of its faults, measured in the same
/// ticks. Nothing if an end was asked for meanwhile.
///
/// # Errors
/// As [`Simulation::new`] and [`Simulation::run`].
pub fn run(
    scenario: &Scenario,
    device: &dyn Device,
    figures: &[FigureSpec],
    twin: bool,
    halt: &Halt,
) -> Result<Option<Outcome>, Error> {
    run_within(scenario, device, (figures, twin), halt, None)
}

fn key_of(design: &Design, task: Task) -> String {
    key(&design.variants[task.variant].hash, task.seed)
}

/// The same with checkpoints, from which it goes on where there are any.
pub(super) fn run_within(
    scenario: &Scenario,
    device: &dyn Device,
    (figures, twin): (&[FigureSpec], bool),
    halt: &Halt,
    own: Option<&Own>,
) -> Result<Option<Outcome>, Error> {
    let start = Instant::now();
    let mut watch = Watch::of(figures, twin);
    let [keep, keep_twin] = ["run", "twin"].map(|name| own.map(|own| own.part(name)));
    let done = keep.as_ref().filter(|_| twin).and_then(|keep| keep.end(&mut watch));
    let (fingerprint, events) = match done {
        Some(fingerprint) => {
            let plan = Swarm::plan(scenario, Path::new(""))?;
            watch.look(&plan);
            (fingerprint, events_of(&plan))
        }
        None => match watched(scenario, device, &mut watch, None, halt, keep.as_ref())? {
            Some(done) => done,
            None => return Ok(None),
        },
    };
    let mut other = None;
    if twin {
        if let Some(keep) = &keep {
            keep.ended(&watch, &fingerprint, start.elapsed());
        }
        let mut calm = scenario.clone();
        if let Some(faults) = &mut calm.faults {
            faults.events.clear();
        }
        let mut rows = Watch::of(figures, true);
        let ticks = watch.ticks();
        if watched(&calm, device, &mut rows, Some(&ticks), halt, keep_twin.as_ref())?.is_none() {
            return Ok(None);
        }
        other = Some(rows);
    }
    Ok(Some(Outcome {
        figures: watch.numbers(other.as_ref(), &events),
        fingerprint,
    }))
}

/// The ticks of the events of a plan.
fn events_of(plan: &Plan) -> Vec<u32> {
    let events = plan.faults.iter().flat_map(|faults| &faults.events);
    events.map(|event| event.tick).collect()
}

/// The fingerprint of a run, and the ticks of its events; it is measured in the ticks that it says itself, and in these.
fn watched(
    scenario: &Scenario,
    device: &dyn Device,
    watch: &mut Watch<'_>,
    ticks: Option<&[u32]>,
    halt: &Halt,
    keep: Option<&Keep>,
) -> Result<Option<(String, Vec<u32>)>, Error> {
    let past = keep.and_then(|keep| keep.resumed(scenario, device, watch));
    let is_new = past.is_none();
    let mut simulation = match past {
        Some(past) => past,
        None => Simulation::new(scenario, device)?,
    };
    simulation.heed(halt);
    simulation.keep_rows(false);
    if is_new {
        watch.row(&simulation.measurements()[0]);
    }
    // A twin is of the same network.
    if ticks.is_none() {
        watch.look(simulation.plan());
    }
    let events = events_of(simulation.plan());
    let (end, now) = (simulation.plan().ticks, simulation.tick());
    // Where others were measured between rows of its own, it pauses.
    let is_own = |tick: u32| simulation.plan().is_measured(tick);
    let mut pauses: Vec<u32> = ticks
        .unwrap_or(&[])
        .iter()
        .copied()
        .filter(|tick| *tick > now && !is_own(*tick))
        .collect();
    pauses.retain(|tick| *tick < end);
    pauses.push(ticks.and_then(<[u32]>::last).map_or(end, |last| end.min(*last)));
    let mut report = None;
    let mut watching = Watching::new(watch, halt, keep, scenario);
    for pause in pauses {
        let now = simulation.run_watched(pause, &mut watching)?;
        let is_over = now.outcome != crate::device::Outcome::Ticks;
        report = Some(now);
        if is_over {
            break;
        }
    }
    drop(watching);
    let Some(report) = report.filter(|report| !report.outcome.is_interrupt()) else {
        return Ok(None);
    };
    watch.last(&report.measurement);
    Ok(Some((format!("{:016x}", report.measurement.fingerprint), events)))
}

/// The rows of one figure of a run, as what finds the warm-up needs.
///
/// # Errors
/// As [`run`].
pub fn series(
    scenario: &Scenario,
    device: &dyn Device,
    figure: &FigureSpec,
    halt: &Halt,
) -> Result<Option<Vec<Option<f64>>>, Error> {
    let figures = [figure.clone()];
    let mut watch = Watch::of(&figures, true);
    let done = watched(scenario, device, &mut watch, None, halt, None)?;
    Ok(done.map(|_| watch.series(0)))
}
