//! The CPU device: rayon over blocks of nodes, each step's twin on plain slices.

mod execution;
mod places;
mod prepared;
mod range;
mod scratches;
mod store;
mod survey;
mod workers;

use super::{Device, DeviceInfo, DeviceKind, Execution};
use crate::error::Error;
use crate::memory;
use crate::plan::Plan;
use crate::swarm::Swarm;
use rayon::ThreadPoolBuilder;
use std::sync::Arc;
use std::time::Instant;
use workers::Workers;

/// Nodes in a block: what one worker does at a time. A multiple of the steps' chunks.
pub(crate) const BLOCK: usize = 1 << 14;

/// Cells in a block: a cell that works takes longer than a node that agrees.
const CELLS: usize = 1 << 11;

/// Groups in a block: of each, 256 words are looked at.
const GROUPS: usize = 1 << 8;

/// Nodes in a block where each has many neighbours: as few as the steps' chunks allow.
const DENSE: usize = 1 << 11;

/// Link ends that a block may walk before it is one of a dense network: about what takes a tenth of a second.
const MANY_ENDS: u64 = 1 << 26;

/// How many nodes one worker does at a time, after which it looks whether the tick is still wanted.
fn block(plan: &Plan) -> usize {
    if plan.has_cells() {
        return CELLS;
    }
    let ends = 2 * plan.topology.links() / u64::from(plan.nodes().max(1)) * BLOCK as u64;
    if ends > MANY_ENDS { DENSE } else { BLOCK }
}

/// As many as 32-bit indices can name.
const MOST_NODES: u64 = u32::MAX as u64 - 1;

/// The processor.
#[derive(Debug)]
pub struct CpuDevice {
    info: DeviceInfo,
    workers: Arc<Workers>,
    shortage: Option<String>,
}

/// The instruction set that the hot loops take on this machine: the first of their targets that it has.
fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! has {
            ($($feature:tt)*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
        }
        // What the targets imply besides: only processors on which wide vectors do not slow the clock down.
        let wide = has!("avx512bitalg" "avx512bw" "avx512cd" "avx512dq" "avx512f" "avx512ifma" "avx512vbmi" "avx512vbmi2"
            "avx512vl" "avx512vnni" "avx512vpopcntdq" "gfni" "vaes" "vpclmulqdq" "avx2" "fma" "bmi1" "bmi2");
        if wide {
            "AVX-512"
        } else if has!("avx2" "fma" "bmi1" "bmi2") {
            "AVX2"
        } else {
            "SSE2"
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        if cfg!(target_arch = "aarch64") {
            "NEON"
        } else {
            "the compiler's choice of instructions"
        }
    }
}

/// The most threads that can be asked for; more than there are processors is of use for tests only, and each takes memory.
pub const MOST_THREADS: usize = 1024;

/// How many threads there are where nobody says how many: as many as the pool has that the caller works in, else what the variable
/// `RAYON_NUM_THREADS` says, else one a core.
///
/// # Errors
/// [`Error::Invalid`] if the variable is no number, or out of range.
pub fn default_threads() -> Result<usize, Error> {
    if rayon::current_thread_index().is_some() {
        return Ok(rayon::current_num_threads());
    }
    let cores = || {
        std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(MOST_THREADS)
    };
    let Some(text) = std::env::var_os("RAYON_NUM_THREADS").filter(|text| !text.is_empty() && text != "0") else {
        return Ok(cores());
    };
    let number = text.to_str().and_then(|text| text.trim().parse().ok());
    number.filter(|n| (1..=MOST_THREADS).contains(n)).ok_or_else(|| {
        let message = format!(
            "is {text:?}; it must be an integer from 1 to {MOST_THREADS}, or 0 for one a core: set it so, or unset it"
        );
        Error::invalid("the variable RAYON_NUM_THREADS", message)
    })
}

impl CpuDevice {
    /// The processor with so many threads; 0 takes as many as [`default_threads`] says. One thread is the one that calls: no other
    /// is started, as is done too where the system starts no more, see [`CpuDevice::shortage`]. Inside a rayon pool with as many
    /// threads it is those that are used.
    ///
    /// # Errors
    /// As [`default_threads`].
    pub fn new(threads: usize) -> Result<Self, Error> {
        let asked = if threads == 0 { default_threads()? } else { threads };
        let is_inside = rayon::current_thread_index().is_some() && rayon::current_num_threads() == asked;
        let mut shortage = None;
        let workers = match asked {
            1 => Workers::Caller,
            _ if is_inside => Workers::Around,
            _ => match ThreadPoolBuilder::new()
                .num_threads(asked)
                .thread_name(|k| format!("tetraswarm-{k}"))
                .build()
            {
                Ok(pool) => Workers::Own(pool),
                Err(error) => {
                    shortage = Some(format!(
                        "{asked} threads cannot be started ({error}), so one does all the work"
                    ));
                    Workers::Caller
                }
            },
        };
        let threads = if matches!(workers, Workers::Caller) { 1 } else { asked };
        // A column has at most 2^32 − 2 words, and no more than there is memory for.
        let largest = memory::available().unwrap_or(u64::MAX).min(4 * MOST_NODES);
        let info = DeviceInfo {
            kind: DeviceKind::Cpu,
            name: format!("CPU, {threads} thread{}", if threads == 1 { "" } else { "s" }),
            backend: "cpu",
            driver: format!("rayon, {}", instruction_set()),
            threads: Some(threads),
            largest_column_bytes: largest,
            // Old and new beliefs are held.
            most_agents: (largest / 8).min(MOST_NODES),
            subgroup: None,
        };
        Ok(Self {
            info,
            workers: Arc::new(workers),
            shortage,
        })
    }

    /// Why there are fewer threads than were asked for, if there are.
    #[must_use]
    pub fn shortage(&self) -> Option<&str> {
        self.shortage.as_deref()
    }
}

impl Device for CpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        // The links are in memory already.
        let needed = plan.bytes() - plan.topology.stored_bytes();
        match memory::available() {
            Some(limit) if needed > limit => Err(store::too_large(plan, &self.info.name, limit)),
            _ => Ok(()),
        }
    }

    fn joined(&self, others: &[&DeviceInfo]) -> Option<Arc<dyn Device>> {
        let is_cpu = |info: &&DeviceInfo| info.kind == DeviceKind::Cpu && info.backend == self.info.backend;
        let of_others = others.iter().map(|info| info.threads.filter(|_| is_cpu(info)));
        let threads = of_others.chain([self.info.threads]).sum::<Option<usize>>()?;
        let device = Self::new(threads.min(MOST_THREADS)).ok()?;
        Some(Arc::new(device))
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        let execution = execution::CpuExecution::new(Arc::clone(&self.workers), swarm, &self.info.name)?;
        Ok(Box::new(execution))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        // The same blocks and threads as a tick's.
        let zeros = || {
            let needed = 8 * words as u64;
            let too_large = |limit| Error::TooLarge {
                device: self.info.name.clone(),
                what: "a copy".into(),
                needed,
                limit,
                agents_fit: limit / 8,
                instead: "a machine with more memory",
            };
            match memory::available() {
                Some(limit) if needed > limit => Err(too_large(limit)),
                _ => memory::zeros(words as u64).map_err(too_large),
            }
        };
        let (mut source, mut target) = (zeros()?, zeros()?);
        // Written once, so that the pages are there.
        source.fill(1);
        target.fill(2);
        let seconds = (0..=repetitions).map(|_| {
            let start = Instant::now();
            let mut blocks: Vec<_> = target.chunks_mut(BLOCK).zip(source.chunks(BLOCK)).collect();
            self.workers.each(&mut blocks, |_, (to, from)| to.copy_from_slice(from));
            start.elapsed().as_secs_f64()
        });
        let seconds: Vec<f64> = seconds.skip(1).collect();
        std::hint::black_box(&target);
        Ok(seconds)
    }
}
