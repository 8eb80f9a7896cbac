//! What is seen of the swarm by whoever goes through its nodes on the CPU.

use super::Traffic;
use crate::topology::Topology;
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
    /// The words of the columns that the step folds into, [`Access::Fold`](crate::column::Access::Fold), in binding order. Other
    /// blocks fold into them at the same time, so what they hold is not to be looked at, nor what an operation returns. They
    /// are shared by all threads: it is much cheaper to add up a block's share first and fold it in once.
    pub folds: &'a [&'a [AtomicU32]],
}
