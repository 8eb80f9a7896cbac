//! The steps of a tick. Each is one file here and one of the same name in `shaders/step/`: what it reads and writes, its
//! parameters, and its twin for the CPU.

mod accept;
pub mod ask;
mod average;
mod cell;
pub mod counters;
mod exchange;
mod extremum;
mod faults;
mod forget;
mod links;
mod listen;
mod majority;
mod members;
mod offer;
mod pairwise;
mod phase;
mod propose;
mod receive;
mod rumour;
pub mod sample;
mod second_order;
mod settle;
mod signal;
mod snow;
mod strikes;
mod track;
mod trimmed;

pub use accept::AcceptStep;
pub use average::{AverageStep, BELIEF_RANGE};
pub use cell::{
    Ageing, COORDINATOR, Case, CellStep, Columns as CellColumns, Counts, Drawn, EXECUTOR, Events, InForce, Learnt, Log,
    MOST_AT_ONCE, Needs, Next, Parameters as CellParameters, Places, REFEREE, Source, Stretch, Verdict, member, pause,
    verdict,
};
pub use exchange::ExchangeStep;
pub use extremum::ExtremumStep;
pub use faults::FaultStep;
pub use forget::ForgetStep;
pub use majority::MajorityStep;
pub use members::MembersStep;
pub use offer::{OfferColumns, OfferStep};
pub use pairwise::PairwiseStep;
pub use phase::{Coupling, PhaseStep, Pull, mean_sine};
pub use propose::ProposeStep;
pub use receive::{ReceiveColumns, ReceiveStep};
pub use rumour::{AimStep, Aims, RumourStep};
pub use second_order::SecondOrderStep;
pub use settle::SettleStep;
pub use signal::{Change, SignalStep};
pub(crate) use snow::SETTLED;
pub use snow::{Memory as SnowMemory, SnowStep};
pub use track::TrackStep;
pub use trimmed::{MOST_FAULTS, TrimmedStep};

use crate::plan::{Binding, Plan, Space};
use crate::shader::Module;
use crate::timing::Schedule;
use crate::topology::Topology;
use crate::traffic::Traffic;
use crate::words::Words;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// What the CPU twin of a step sees of the swarm.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The network.
    pub topology: &'a dyn Topology,
    /// Who hears whom in this tick.
    pub traffic: Traffic<'a>,
    /// The tick that is executed.
    pub tick: u32,
    /// The words, before the tick, of the columns that the step reads anywhere, in binding order.
    pub reads: &'a [&'a [u32]],
    /// The words of the columns that the step folds into, [`Access::Fold`](crate::plan::Access::Fold), in binding order. Other
    /// blocks fold into them at the same time, so what they hold is not to be looked at, nor what an operation returns. They
    /// are shared by all threads: it is much cheaper to add up a block's share first and fold it in once.
    pub folds: &'a [&'a [AtomicU32]],
}

/// The words that the CPU twin writes for a block of nodes: for each column that it writes at its own index, in binding order, its lanes.
/// A column of nodes has one lane, a wide one two; a column of link ends has one lane a slot and, if links are stored, one more.
pub type Outputs<'a> = Vec<Vec<&'a mut [u32]>>;

/// Memory that one worker of the CPU device reuses from block to block.
#[derive(Debug, Default)]
pub struct Scratch {
    pool: Vec<Words>,
}

impl Scratch {
    /// A buffer of at least `len` words with arbitrary content.
    pub fn take(&mut self, len: usize) -> Words {
        match self.pool.pop() {
            Some(words) if words.len() >= len => words,
            _ => Words::zeros(len),
        }
    }

    /// Hands a buffer back.
    pub fn give(&mut self, words: Words) {
        self.pool.push(words);
    }
}

/// One kernel of a tick: a gather. It may read any column at its own index and at its neighbours', and writes only its own
/// index. What the whole swarm counts together it folds into a column of the swarm, in any order.
pub trait Step: Send + Sync + Debug {
    /// The name of the step, of its shader and of its source file.
    fn name(&self) -> &'static str;

    /// Its columns, in binding order.
    fn bindings(&self) -> Vec<Binding>;

    /// Over what it runs. Of what is not nodes nobody hears anything.
    fn space(&self) -> Space {
        Space::Nodes
    }

    /// Whether it walks the links, and so reads the stored ones.
    fn reads_links(&self) -> bool;

    /// Whether it asks who hears whom, and so reads the nodes' status where there are faults.
    fn hears(&self) -> bool {
        self.reads_links()
    }

    /// The WGSL that follows the topology's, the timing's and the traffic's: what the step builds on, then the step itself.
    fn modules(&self) -> Vec<Module>;

    /// A timing of its own, by which nodes act in this step in place of the plan's.
    fn schedule(&self) -> Option<Schedule> {
        None
    }

    /// How often the loops of one invocation of the shader turn at the most: software GPUs break loops off after 65 535 turns.
    fn turns(&self, plan: &Plan) -> u64 {
        plan.topology.largest_degree().into()
    }

    /// Runs the step for the nodes of `block`, or those of what else it runs over.
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch);

    /// Whether it would change nothing in this tick, so that it can be left out.
    fn rests(&self, tick: u32) -> bool {
        let _ = tick;
        false
    }

    /// Its parameters, for `--explain`.
    fn describe(&self) -> String;
}
