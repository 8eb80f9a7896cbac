//! What is seen of the swarm by whoever goes through its nodes on the CPU.

use super::Traffic;
use crate::column::Lanes;
use crate::topology::Topology;
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
    /// The words, before the step, of the columns that it reads, in binding order: see [`View::own`] and [`View::lanes`].
    pub reads: &'a [&'a [u32]],
    /// The words of the columns that the step folds into, [`Access::Fold`](crate::column::Access::Fold), in binding order. Other
    /// blocks fold into them at the same time, so what they hold is not to be looked at, nor what an operation returns. They
    /// are shared by all threads: it is much cheaper to add up a block's share first and fold it in once.
    pub folds: &'a [&'a [AtomicU32]],
    /// What a look at all nodes came to before the first block, if the device had one: see [`Step::survey`](crate::step::Step::survey).
    pub table: Option<&'a [u32]>,
}

impl<'a> View<'a> {
    /// The words of a range of nodes in the `read`-th of the columns that the step reads, which has one a node.
    #[must_use]
    pub fn own(&self, read: usize, nodes: &Range<u32>) -> &'a [u32] {
        &self.reads[read][nodes.start as usize..nodes.end as usize]
    }

    /// The words of the `read`-th of the columns that the step reads, which has several a node.
    #[must_use]
    pub fn lanes(&self, read: usize) -> Lanes<'a> {
        Lanes::new(self.reads[read], self.topology.nodes() as usize)
    }

    /// A word of a node in the `read`-th of the columns that the step reads.
    #[inline(always)]
    #[must_use]
    pub fn word(&self, read: usize, lane: usize, node: u32) -> u32 {
        self.lanes(read).at(lane, node as usize)
    }
}
