//! Devices of several processes, which `mpirun` has started: the ranks of an MPI program. Each has one device and one range.
//!
//! The first rank does what a single process would: it is told what to run, and writes what comes of it. It tells the others which scenario to
//! build, and then what to do step by step; they have nothing else to do. What is exchanged is what several devices in one process
//! exchange.

use super::execution::SeveralExecution;
use super::wire::{Expected, Parcel, Wire};
use super::{full_ranges, shares_of};
use crate::device::{Device, DeviceInfo, Execution};
use crate::error::Error;
use crate::gauge::Fingerprint;
use crate::plan::Plan;
use crate::swarm::Swarm;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Root, Source};
use mpi::{Threading, request};
use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What says that this process has been started as one of several.
const VARIABLES: [&str; 4] = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"];

/// The most words of one message, 1 GiB: MPI counts in 32 bits with a sign, and some of its libraries in bytes.
const MOST: usize = 1 << 28;

/// Words of the message that says how long an order is; a short one is in it.
const HEAD: usize = 8;

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
            scenario: Mutex::new(None),
        })
    }

    /// The others': does what the first rank says, on this rank's device, until nothing more is to come. `build` makes the swarm of a
    /// scenario's text.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`]. What else fails here the first rank is told, and tells.
    pub fn serve(
        self,
        own: &Result<Arc<dyn Device>, Error>,
        build: impl Fn(&str) -> Result<Swarm, Error>,
    ) -> Result<(), Error> {
        loop {
            let words = hear();
            let Some((&[devices], words)) = words.split_first_chunk::<1>() else {
                return Ok(());
            };
            let (shares, text) = words.split_at((devices as usize).min(words.len()));
            let made = match own {
                Ok(own) => build(&text_of(text)).and_then(|swarm| self.load(own, shares, swarm)),
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

    fn load(self, own: &Arc<dyn Device>, shares: &[u32], swarm: Swarm) -> Result<(u64, SeveralExecution), Error> {
        let seal = seal(&swarm);
        let ranges = self.ranges(&swarm.plan, shares)?;
        own.check(&swarm.plan)?;
        let wire = Box::new(Messages { ranks: self });
        let execution = SeveralExecution::new(&[(self.rank, Arc::clone(own))], ranges, wire, swarm)?;
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
    own: Arc<dyn Device>,
    info: DeviceInfo,
    /// The text of what is loaded next.
    scenario: Mutex<Option<String>>,
}

impl Device for RankedDevices {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.ranks.ranges(plan, &self.shares)?;
        self.own.check(plan)
    }

    fn announce(&self, scenario: &dyn Fn() -> Result<String, Error>) -> Result<(), Error> {
        let text = scenario()?;
        *self.scenario.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        Ok(())
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        let text = self.scenario.lock().unwrap_or_else(PoisonError::into_inner).take();
        let text =
            text.ok_or_else(|| failed("the other ranks build a swarm from a scenario, and none was announced"))?;
        let mut job = vec![self.shares.len() as u32];
        job.extend(&self.shares);
        job.extend(words_of(&text));
        tell(&job);
        let made = self.ranks.load(&self.own, &self.shares, swarm);
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

/// What tells two swarms apart: the steps, the links that are stored, and all words at tick 0.
fn seal(swarm: &Swarm) -> u64 {
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
    for (column, words) in plan.columns.iter().zip(&swarm.initial) {
        column.name.hash(&mut hasher);
        Fingerprint::of(column.number(), 0, words).0.hash(&mut hasher);
    }
    hasher.finish()
}

/// How the others are reached: MPI is the process's, not anybody's.
fn world() -> SimpleCommunicator {
    SimpleCommunicator::world()
}

fn failed(message: impl ToString) -> Error {
    Error::DeviceFailed {
        device: "MPI".into(),
        message: message.to_string(),
    }
}

/// A text as words: how many bytes, and they.
fn words_of(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let word = |bytes: &[u8]| {
        let mut all = [0; 4];
        all[..bytes.len()].copy_from_slice(bytes);
        u32::from_le_bytes(all)
    };
    // A text that is sent has fewer bytes than 32 bits number.
    std::iter::once(bytes.len() as u32)
        .chain(bytes.chunks(4).map(word))
        .collect()
}

fn text_of(words: &[u32]) -> String {
    let Some((&len, words)) = words.split_first() else {
        return String::new();
    };
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    String::from_utf8_lossy(&bytes[..bytes.len().min(len as usize)]).into_owned()
}

/// The first rank's word to all.
fn tell(words: &[u32]) {
    let world = world();
    let first = world.process_at_rank(0);
    let mut head = [0; HEAD];
    head[0] = words.len() as u32;
    let is_short = words.len() < HEAD;
    if is_short {
        head[1..=words.len()].copy_from_slice(words);
    }
    first.broadcast_into(&mut head[..]);
    if !is_short {
        for part in words.chunks(MOST) {
            // The library wants to be able to write where it only reads.
            first.broadcast_into(&mut part.to_vec()[..]);
        }
    }
}

/// Waits for it.
fn hear() -> Vec<u32> {
    let world = world();
    let first = world.process_at_rank(0);
    let mut head = [0; HEAD];
    first.broadcast_into(&mut head[..]);
    let len = head[0] as usize;
    if len < HEAD {
        return head[1..=len].to_vec();
    }
    let mut words = vec![0; len];
    for part in words.chunks_mut(MOST) {
        first.broadcast_into(part);
    }
    words
}

/// Words for a rank that does not know how many there are.
fn send(to: usize, words: &[u32]) {
    let world = world();
    let to = world.process_at_rank(to as i32);
    to.send(&(words.len() as u32));
    words.chunks(MOST).for_each(|part| to.send(part));
}

fn receive(from: usize) -> Vec<u32> {
    let world = world();
    let from = world.process_at_rank(from as i32);
    let (len, _) = from.receive::<u32>();
    let mut words = vec![0; len as usize];
    for part in words.chunks_mut(MOST) {
        from.receive_into(part);
    }
    words
}

/// The way between ranks.
#[derive(Debug)]
struct Messages {
    ranks: Ranks,
}

impl Wire for Messages {
    fn is_here(&self, device: usize) -> bool {
        device == self.ranks.rank
    }

    fn swap(&mut self, parcels: Vec<Parcel>, expected: &[Expected]) -> Result<Vec<Parcel>, Error> {
        let mut arrived: Vec<Vec<u32>> = expected.iter().map(|expected| vec![0; expected.words]).collect();
        let world = world();
        // Between two ranks messages do not overtake each other, so that no tag is needed.
        request::scope(|scope| {
            let mut receipts = Vec::new();
            for (expected, words) in expected.iter().zip(&mut arrived) {
                let from = world.process_at_rank(expected.from as i32);
                receipts.extend(
                    words
                        .chunks_mut(MOST)
                        .map(|part| from.immediate_receive_into(scope, part)),
                );
            }
            let mut sendings = Vec::new();
            for parcel in &parcels {
                let to = world.process_at_rank(parcel.to as i32);
                sendings.extend(parcel.words.chunks(MOST).map(|part| to.immediate_send(scope, part)));
            }
            receipts.into_iter().for_each(|receipt| receipt.wait_without_status());
            sendings.into_iter().for_each(|sending| sending.wait_without_status());
        });
        let all = expected.iter().zip(arrived);
        let parcel = |(expected, words): (&Expected, Vec<u32>)| Parcel {
            from: expected.from,
            to: expected.to,
            words: Arc::new(words),
        };
        Ok(all.map(parcel).collect())
    }

    fn tell(&mut self, order: &[u32]) -> Result<(), Error> {
        if self.ranks.rank == 0 {
            tell(order);
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<Vec<u32>, Error> {
        Ok(hear())
    }

    fn fail(&self, error: &Error) {
        // The others wait for what will not come.
        let _ = writeln!(
            std::io::stderr(),
            "error: rank {} of {}: {error}; all ranks end",
            self.ranks.rank,
            self.ranks.size
        );
        world().abort(1);
    }
}
