//! Devices of several processes, which `mpirun` has started: the ranks of an MPI program. Each has one device and one range.
//!
//! The first rank does what a single process would: it is told what to run, and writes what comes of it. It tells the others which scenario to
//! build, and then what to do step by step; they have nothing else to do. What is exchanged is what several devices in one process
//! exchange.

use super::columns::is_of_nodes;
use super::errands::ERRANDS;
use super::execution::SeveralExecution;
use super::messages::{Messages, failed, hear, receive, send, tell};
use super::wire::{text_of, words_of};
use super::{Nodes, full_ranges, shares_of};
use crate::device::{Device, DeviceInfo, DeviceKind, Execution, Halt};
use crate::error::Error;
use crate::gauge::Fingerprint;
use crate::plan::{Plan, Wanted};
use crate::swarm::Swarm;
use mpi::Threading;
use mpi::environment::Universe;
use mpi::traits::Communicator;
use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What says that this process has been started as one of several.
const VARIABLES: [&str; 4] = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"];

/// Says which words at tick 0 are needed of a plan.
pub type Wants<'a> = dyn Fn(&Plan) -> Result<Wanted, Error> + 'a;

/// This process among those that run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranks {
    rank: usize,
    size: usize,
}

/// That this process takes part; when it is dropped, it does no more.
pub struct Membership(#[expect(dead_code, reason = "it ends MPI when it is dropped")] Universe);

impl Ranks {
    /// Takes part, if the process was started by `mpirun`, `srun` or the like. To be called once, before anything else.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] if MPI cannot be used.
    pub fn join() -> Result<Option<(Self, Membership)>, Error> {
        if VARIABLES.iter().all(|name| env::var_os(name).is_none()) {
            return Ok(None);
        }
        // Not always by the thread that asks now, but by one at a time.
        let Some((universe, threading)) = mpi::initialize_with_threading(Threading::Serialized) else {
            return Err(failed("it has been begun before"));
        };
        if threading < Threading::Serialized {
            return Err(failed("this library cannot be called by one thread after another"));
        }
        let world = universe.world();
        // There is at least one process, and its rank is not negative.
        let ranks = Self {
            rank: world.rank() as usize,
            size: world.size() as usize,
        };
        Ok(Some((ranks, Membership(universe))))
    }

    /// Which one this is; the first is 0.
    #[must_use]
    pub fn rank(self) -> usize {
        self.rank
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.size
    }

    /// Has the first rank tell the others that nothing more is to come.
    pub fn dismiss(self) {
        if self.rank == 0 {
            tell(&[]);
        }
    }

    /// The first rank's: the devices of all ranks together, of which this is its own. `shares` are those of the ranks; alike where there
    /// are none.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is not a share above 0 for each.
    pub fn device(self, own: Arc<dyn Device>, shares: &[u32]) -> Result<RankedDevices, Error> {
        let info = DeviceInfo {
            name: format!("{} ranks, the first of which has: {}", self.size, own.info().name),
            backend: "mpi",
            ..own.info().clone()
        };
        Ok(RankedDevices {
            ranks: self,
            shares: shares_of(shares, self.size)?,
            own,
            info,
            halo: 1,
            scenario: Mutex::new(None),
        })
    }

    /// The others': does what the first rank says, on this rank's device, until nothing more is to come. `build` makes the swarm of a
    /// scenario's text, with the words that are wanted of its plan, and answers what tells the files apart that the scenario names.
    /// `errand` does what the first rank asks of this one alone, see [`Ranks::errands`], until it is done or the word to end comes.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`]. What else fails here the first rank is told, and tells.
    pub fn serve(
        self,
        own: &Result<Arc<dyn Device>, Error>,
        build: impl Fn(&str, &Wants<'_>) -> Result<(Swarm, u64), Error>,
        errand: impl Fn(&str, &dyn Device, &Halt) -> String + Sync,
    ) -> Result<(), Error> {
        loop {
            let words = hear();
            let Some((&[devices], words)) = words.split_first_chunk::<1>() else {
                return Ok(());
            };
            if devices == ERRANDS {
                self.do_errands(own, &errand);
                continue;
            }
            let (shares, text) = words.split_at((devices as usize).min(words.len()));
            let (&halo, text) = text.split_first().unwrap_or((&1, &[]));
            let split = (shares, halo);
            let made = match own {
                Ok(own) => build(&text_of(text), &|plan| {
                    self.check(own, split, plan)?;
                    self.wants(split, plan)
                })
                .and_then(|built| self.load(own, split, built)),
                Err(error) => Err(Error::invalid(
                    format!("--device of rank {}", self.rank),
                    error.to_string(),
                )),
            };
            let report = match &made {
                Ok((seal, _)) => vec![1, *seal as u32, (*seal >> 32) as u32],
                Err(error) => [vec![0], words_of(&error.to_string())].concat(),
            };
            send(0, &report);
            if let (Ok((_, mut execution)), [1]) = (made, &*hear()) {
                execution.serve()?;
            }
        }
    }

    /// Whose words at tick 0 this rank needs.
    fn wants(self, (shares, halo): (&[u32], u32), plan: &Plan) -> Result<Wanted, Error> {
        let ranges = self.ranges(plan, shares)?;
        if self.size == 1 || plan.kinship.is_some() {
            return Ok(Wanted::default());
        }
        super::wanted(plan, (&ranges, halo), self.rank)
    }

    /// Whether this rank has room for its share: on the processor no memory is taken for what is not touched.
    fn check(self, own: &Arc<dyn Device>, (shares, halo): (&[u32], u32), plan: &Plan) -> Result<(), Error> {
        let ranges = self.ranges(plan, shares)?;
        if halo > 1 && self.size > 1 {
            if own.info().kind != DeviceKind::Cpu {
                return Err(super::deep_gpu(&own.info().name));
            }
            let places: Vec<Nodes> = ranges.iter().map(|range| vec![range.clone()]).collect();
            super::deep::Deep::new(plan, &places, halo)?;
        }
        if own.info().kind != DeviceKind::Cpu && self.size > 1 {
            let places: Vec<Nodes> = ranges.into_iter().map(|range| vec![range]).collect();
            let nodes = places[self.rank].clone();
            let routes = super::Routes::new(plan, places, Some(self.rank));
            return match super::stretch::held(plan, &routes, (self.rank, &nodes)) {
                Some(held) => own.check_range(plan, &held),
                None => own.check(plan),
            };
        }
        if self.size == 1 {
            return own.check(plan);
        }
        let needed = super::forecast::touched_by(plan, &ranges, self.rank) - plan.topology.stored_bytes();
        match crate::memory::available() {
            Some(limit) if needed > limit => Err(Error::TooLarge {
                device: format!("rank {}", self.rank),
                what: "its share of the swarm".into(),
                needed,
                limit,
                agents_fit: (u128::from(plan.nodes()) * u128::from(limit) / u128::from(needed)) as u64,
                instead: "more ranks, each on a machine of its own",
            }),
            _ => Ok(()),
        }
    }

    fn load(
        self,
        own: &Arc<dyn Device>,
        (shares, halo): (&[u32], u32),
        (swarm, files): (Swarm, u64),
    ) -> Result<(u64, SeveralExecution), Error> {
        let seal = seal(&swarm, files);
        let ranges = self.ranges(&swarm.plan, shares)?;
        let ranges = ranges.into_iter().map(|range| vec![range]).collect();
        let wire = Box::new(Messages::new(self));
        let execution = SeveralExecution::new(&[(self.rank, Arc::clone(own))], (ranges, halo), wire, swarm)?;
        Ok((seal, execution))
    }

    fn ranges(self, plan: &Plan, shares: &[u32]) -> Result<Vec<Range<u32>>, Error> {
        let names: Vec<String> = (0..self.size).map(|rank| format!("rank {rank}")).collect();
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        full_ranges(plan, shares, &names, "ranks")
    }
}

/// The devices of all ranks, as the first one has them.
#[derive(Debug)]
pub struct RankedDevices {
    ranks: Ranks,
    shares: Vec<u32>,
    /// Every how many ticks words are brought.
    halo: u32,
    own: Arc<dyn Device>,
    info: DeviceInfo,
    /// The text of what is loaded next, and what tells its files apart.
    scenario: Mutex<Option<(String, u64)>>,
}

impl RankedDevices {
    /// The same that bring each other words every so many ticks, see
    /// [`SeveralDevices::with_halo`](super::SeveralDevices::with_halo).
    #[must_use]
    pub fn with_halo(mut self, ticks: u32) -> Self {
        self.halo = ticks.max(1);
        self
    }
}

impl Device for RankedDevices {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.ranks.check(&self.own, (&self.shares, self.halo), plan)
    }

    fn announce(&self, scenario: &dyn Fn() -> Result<(String, u64), Error>) -> Result<(), Error> {
        let announced = scenario()?;
        *self.scenario.lock().unwrap_or_else(PoisonError::into_inner) = Some(announced);
        Ok(())
    }

    fn wants(&self, plan: &Plan) -> Result<Wanted, Error> {
        self.ranks.wants((&self.shares, self.halo), plan)
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        let text = self.scenario.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (text, files) =
            text.ok_or_else(|| failed("the other ranks build a swarm from a scenario, and none was announced"))?;
        let mut job = vec![self.shares.len() as u32];
        job.extend(&self.shares);
        job.push(self.halo);
        job.extend(words_of(&text));
        tell(&job);
        let made = self.ranks.load(&self.own, (&self.shares, self.halo), (swarm, files));
        // All answer, whatever came of it here.
        let reports: Vec<Vec<u32>> = (1..self.ranks.size).map(receive).collect();
        let checked = made.and_then(|(seal, execution)| {
            let mut reports = (1..).zip(&reports);
            reports.try_for_each(|(rank, report)| check(rank, report, seal))?;
            Ok(execution)
        });
        tell(&[u32::from(checked.is_ok())]);
        Ok(Box::new(checked?.leading()))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        self.own.copy_seconds(words, repetitions)
    }
}

/// Whether a rank has built what this one has.
fn check(rank: usize, report: &[u32], seal: u64) -> Result<(), Error> {
    match report {
        [1, low, high] if (u64::from(*low) | u64::from(*high) << 32) == seal => Ok(()),
        [1, ..] => {
            let message = "has built another swarm from the same scenario: a file that it names is another one there, or the program is; \
                           bring the same to all";
            Err(Error::invalid(format!("rank {rank}"), message))
        }
        [_, text @ ..] => Err(Error::invalid(
            format!("rank {rank}"),
            format!("says: {}", text_of(text)),
        )),
        [] => Err(failed(format!("rank {rank} did not answer"))),
    }
}

/// What tells two swarms apart: the steps, the links that are stored, the files that the scenario names, and the words at tick 0 that are of
/// no node. Those of nodes follow from these, and nobody has all of them.
fn seal(swarm: &Swarm, files: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    let plan = &swarm.plan;
    (
        plan.nodes(),
        plan.founders(),
        plan.topology.links(),
        plan.ticks,
        plan.every,
    )
        .hash(&mut hasher);
    for step in &plan.steps {
        (step.name(), step.describe()).hash(&mut hasher);
    }
    if let Some(rows) = plan.topology.rows() {
        for words in [rows.offsets, rows.ends] {
            Fingerprint::of(0, 0, words).0.hash(&mut hasher);
        }
    }
    files.hash(&mut hasher);
    for (column, words) in plan.columns.iter().zip(&swarm.initial) {
        column.name.hash(&mut hasher);
        if !is_of_nodes(column.extent) {
            Fingerprint::of(column.number(), 0, words).0.hash(&mut hasher);
        }
    }
    hasher.finish()
}
