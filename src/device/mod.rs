//! What executes a plan: the CPU, or one GPU adapter.
//!
//! A device is handed a whole [`Swarm`] and holds its columns for the run. State leaves it only on request; what comes
//! back by itself are measurements.

mod choice;
pub mod cpu;
#[cfg(feature = "gpu")]
pub mod gpu;
mod held;
mod patience;
pub mod several;

pub use choice::{Choice, Listed, choose, list};
pub use held::Held;
use patience::Patience;

use crate::column::ColumnId;
use crate::error::Error;
use crate::gauge::{Fingerprint, Measurement, Tallies};
use crate::plan::{Plan, Wanted};
use crate::swarm::Swarm;
use serde::Serialize;
use std::any::Any;
use std::fmt::{self, Debug, Display};
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What kind of machine a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// The processor, through rayon.
    Cpu,
    /// A GPU with memory of its own.
    DiscreteGpu,
    /// A GPU that shares the processor's memory.
    IntegratedGpu,
    /// A GPU of a virtual machine, or of a kind that the driver does not tell.
    OtherGpu,
    /// A GPU driver that computes on the processor (lavapipe, llvmpipe, WARP): for tests.
    SoftwareGpu,
}

impl Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "CPU",
            Self::DiscreteGpu => "discrete GPU",
            Self::IntegratedGpu => "integrated GPU",
            Self::OtherGpu => "other GPU",
            Self::SoftwareGpu => "software GPU",
        })
    }
}

/// A device, described.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceInfo {
    /// What it is.
    pub kind: DeviceKind,
    /// Its name.
    pub name: String,
    /// The programming interface: cpu, vulkan, metal, dx12 or gl.
    pub backend: &'static str,
    /// The driver and its version, or the CPU's instruction set in use.
    pub driver: String,
    /// Threads, on the CPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// The largest number of bytes that one copy of a column can have.
    pub largest_column_bytes: u64,
    /// The most agents that one copy of a column has room for.
    pub most_agents: u64,
    /// The least and the largest size of a subgroup, on a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subgroup: Option<[u32; 2]>,
}

/// Memory that a run holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Bytes on the device: columns, stored links, and what the device needs besides.
    pub device_bytes: u64,
    /// Bytes of the host's that the run holds besides.
    pub host_bytes: u64,
}

/// What a run reports while it goes on.
#[derive(Debug)]
pub enum Event<'a> {
    /// The swarm has been measured.
    Measured(&'a Measurement),
    /// So many ticks are done.
    Progress(u32),
}

/// Why [`Execution::advance`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All ticks were done.
    Ticks,
    /// The stop condition held.
    Condition,
    /// The observer asked to stop, or a [`Halt`].
    Interrupt,
    /// A [`Halt`] came in a tick that would have taken long: it was given up half-way, so the state is that of no tick any more.
    #[serde(rename = "interrupt")]
    GivenUp,
}

impl Outcome {
    /// Whether somebody asked for the end.
    #[must_use]
    pub fn is_interrupt(self) -> bool {
        matches!(self, Self::Interrupt | Self::GivenUp)
    }
}

/// A word from elsewhere, as from another thread or a signal's handler, that a run is to end: after the tick under way if that is
/// estimated to be done within [`Halt::GRACE`], or else in the midst of it. Once said it stays.
#[derive(Clone, Debug, Default)]
pub struct Halt(Arc<AtomicBool>);

impl Halt {
    /// How long a tick may go on after the word.
    pub const GRACE: Duration = Duration::from_secs(1);

    /// Says it. It takes neither a lock nor memory, so that a signal's handler may do it.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has been said.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Words of a column that a process has written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFile {
    /// Of which column.
    pub column: ColumnId,
    /// The file's name.
    pub file: String,
    /// Its shape as an array.
    pub shape: Vec<u64>,
    /// Where its words stand in the column, stretch by stretch.
    pub words: Vec<Range<u64>>,
    /// Their part of the column's fingerprint.
    pub print: Fingerprint,
    /// The file's length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Something that can execute plans.
pub trait Device: Send + Sync + Debug {
    /// What it is.
    fn info(&self) -> &DeviceInfo;

    /// Says, before anything is allocated, whether the swarm of this plan can be held, as far as that can be known.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    fn check(&self, plan: &Plan) -> Result<(), Error> {
        let _ = plan;
        Ok(())
    }

    /// The same where the device runs a range of the nodes only, and is never asked for words of others than those that are held.
    ///
    /// # Errors
    /// As [`Device::check`].
    fn check_range(&self, plan: &Plan, held: &Held) -> Result<(), Error> {
        let _ = held;
        self.check(plan)
    }

    /// Says what is loaded next, to a device that has others build it, too: `scenario` makes its text, and a number that tells the files
    /// apart that it names.
    ///
    /// # Errors
    /// Those of `scenario`.
    fn announce(&self, scenario: &dyn Fn() -> Result<(String, u64), Error>) -> Result<(), Error> {
        let _ = scenario;
        Ok(())
    }

    /// Whose words at tick 0 it needs of a swarm that it takes in next: those of all nodes, unless parts of it are elsewhere.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the swarm cannot be shared.
    fn wants(&self, plan: &Plan) -> Result<Wanted, Error> {
        let _ = plan;
        Ok(Wanted::default())
    }

    /// One device in the place of this one and others, with the memory and the threads of all, if there can be one. Ranges of a swarm that
    /// each of them is given are then ranges of the same columns.
    fn joined(&self, others: &[&DeviceInfo]) -> Option<Arc<dyn Device>> {
        let _ = others;
        None
    }

    /// Takes a swarm in.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if it does not fit, [`Error::DeviceFailed`].
    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error>;

    /// Takes in a swarm of which it runs a range of the nodes, by [`Execution::step_range`] and the like, and is never asked for words of others
    /// than those that are held; it may hold more.
    ///
    /// # Errors
    /// As [`Device::load`].
    fn load_range(&self, swarm: Swarm, held: &Held) -> Result<Box<dyn Execution>, Error> {
        let _ = held;
        self.load(swarm)
    }

    /// Seconds that a copy of `words` 32-bit words from one buffer to another takes, `repetitions` times: what the memory
    /// can do, measured with this device's own means.
    ///
    /// # Errors
    /// As [`Device::load`].
    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error>;
}

/// Why a device cannot be one of several.
fn no_ranges() -> Error {
    let message = "cannot run a part of a swarm, as several devices do together; leave it out of --device's list";
    Error::invalid("the device", message)
}

/// A swarm on a device.
pub trait Execution: Send + Debug {
    /// What is executed.
    fn plan(&self) -> &Plan;

    /// How many ticks are done.
    fn tick(&self) -> u32;

    /// From now on [`Execution::advance`] ends when `halt` says so, even in the midst of a tick: between the blocks of nodes of a
    /// step on the CPU, between submissions on a GPU. A device that cannot do so ends where an observer may break.
    fn heed(&mut self, halt: Halt) {
        let _ = halt;
    }

    /// Runs until `until` ticks are done, the stop condition holds at a measured tick, or `observer` breaks. Measures every
    /// tick that the plan says, but not the one at which it starts. A break takes effect when what is under way is done: on a GPU
    /// up to two submissions of many ticks.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn advance(&mut self, until: u32, observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>)
    -> Result<Outcome, Error>;

    /// Runs one step of the current tick alone; after the last step the tick is done.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn step(&mut self, step: usize) -> Result<(), Error>;

    /// Runs one step of the current tick for some of what it runs over, alone, and takes what it writes as the new values; the tick goes on
    /// only by [`Execution::resume_at`]. The words of others are then those of no tick, until somebody writes them.
    ///
    /// # Errors
    /// [`Error::Invalid`] if this device cannot, [`Error::DeviceFailed`].
    fn step_range(&mut self, step: usize, items: Range<u32>) -> Result<(), Error> {
        let _ = (step, items);
        Err(no_ranges())
    }

    /// The same for several ranges that follow each other, as one step.
    ///
    /// # Errors
    /// As [`Execution::step_range`].
    fn step_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        match ranges {
            [one] => self.step_range(step, one.clone()),
            _ => Err(no_ranges()),
        }
    }

    /// Runs a step of the current tick for some ranges of nodes, and does not take what it writes as the new values yet: that is for the call of
    /// [`Execution::step_ranges`] for the rest, which has to come next, and before which words of others may still be written. So nodes that
    /// need none of these are done while they are on their way. For steps that fold nothing.
    ///
    /// # Errors
    /// As [`Execution::step_range`].
    fn begin_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        let _ = (step, ranges);
        Err(no_ranges())
    }

    /// From now on steps over nodes are done range by range; together these are all nodes, in order. What comes of a step is the same.
    fn cut(&mut self, ranges: &[Range<u32>]) {
        let _ = ranges;
    }

    /// What the gauges make of some nodes, and the fingerprint of the words that these have in columns of nodes: added up over ranges that
    /// are all nodes together, with the fingerprints of the other columns, it is what a measurement is made of.
    ///
    /// # Errors
    /// [`Error::Invalid`] if this device cannot, [`Error::DeviceFailed`].
    fn tally_range(&mut self, nodes: Range<u32>) -> Result<Tallies, Error> {
        let _ = nodes;
        Err(no_ranges())
    }

    /// The fingerprint of the words that some nodes have in each column; of a column that is not of nodes, that of nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if this device cannot, [`Error::DeviceFailed`].
    fn prints_range(&mut self, nodes: Range<u32>) -> Result<Vec<Fingerprint>, Error> {
        let _ = nodes;
        Err(no_ranges())
    }

    /// Reads stretches of the current words of a column, one after the other.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn read_ranges(&mut self, column: ColumnId, ranges: &[Range<u64>]) -> Result<Vec<u32>, Error> {
        let mut all = Vec::new();
        for range in ranges {
            all.extend(self.read_range(column, range.clone())?);
        }
        Ok(all)
    }

    /// Overwrites stretches of a column's current words, with words that follow each other.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn write_ranges(&mut self, column: ColumnId, ranges: &[Range<u64>], words: &[u32]) -> Result<(), Error> {
        let mut rest = words;
        for range in ranges {
            let count = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let (some, others) = rest.split_at(count.min(rest.len()));
            self.write_range(column, range.start, some)?;
            rest = others;
        }
        Ok(())
    }

    /// Overwrites stretches of a column's current words with the same of another execution, without the host, if both are on one device: whether
    /// that was done.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn take(&mut self, column: ColumnId, ranges: &[Range<u64>], from: &dyn Execution) -> Result<bool, Error> {
        let _ = (column, ranges, from);
        Ok(false)
    }

    /// It itself, for others of its kind to know it.
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    /// Runs a tick and answers how many seconds each step took, by the device's own clock; 0 for one that rests. Nothing where the device
    /// has no such clock, or it stands still.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn timed_tick(&mut self) -> Result<Option<Vec<f64>>, Error> {
        Ok(None)
    }

    /// Measures the current state.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn measure(&mut self) -> Result<Measurement, Error>;

    /// The fingerprint of each column.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error>;

    /// Reads the current words of a column.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error>;

    /// Reads some of the current words of a column, without room for more than those; none where there are fewer.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn read_range(&mut self, column: ColumnId, words: Range<u64>) -> Result<Vec<u32>, Error> {
        let all = self.read(column)?;
        let [start, end] = [words.start, words.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        Ok(all.get(start..end.min(all.len())).unwrap_or_default().to_vec())
    }

    /// Overwrites one word of a column's current values. An index beyond the column changes nothing.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn write(&mut self, column: ColumnId, index: u64, word: u32) -> Result<(), Error>;

    /// Overwrites words of a column's current values from the `first`-th on; those beyond the column change nothing.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn write_range(&mut self, column: ColumnId, first: u64, words: &[u32]) -> Result<(), Error> {
        (first..)
            .zip(words)
            .try_for_each(|(at, &word)| self.write(column, at, word))
    }

    /// Has each process that has a part of the swarm write the words of its own nodes into a folder that all of them see, for a checkpoint;
    /// nothing if one process has all, or not all see the folder: then whoever asks reads the columns and writes them.
    ///
    /// # Errors
    /// [`Error::File`] naming what cannot be written, [`Error::DeviceFailed`].
    fn write_parts(&mut self, folder: &Path, compress: bool) -> Result<Option<Vec<PartFile>>, Error> {
        let _ = (folder, compress);
        Ok(None)
    }

    /// Takes what the columns hold for the state after so many ticks: a run goes on from there.
    ///
    /// # Errors
    /// [`Error::Invalid`] if this device cannot.
    fn resume_at(&mut self, tick: u32) -> Result<(), Error> {
        let _ = tick;
        let message = "cannot go on from a state in the midst of a run; use another device";
        Err(Error::invalid("the device", message))
    }

    /// Waits until everything asked for is done.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    fn finish(&mut self) -> Result<(), Error>;

    /// The memory held.
    fn memory(&self) -> Memory;
}
