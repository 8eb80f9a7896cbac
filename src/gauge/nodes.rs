//! What a part's nodes contribute to a measurement.

use super::{Accumulator, Indicator, Measurement, Reading, Tally};
use crate::column::{ColumnId, Lanes, Reach};
use crate::error::Error;
use crate::hear::Traffic;
use crate::shader::Module;
use crate::topology::Topology;
use std::fmt::Debug;
use std::ops::Range;

/// What a gauge sees of the swarm.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The words of its columns, in the order of [`Gauge::columns`].
    pub columns: &'a [&'a [u32]],
    /// The network, with the families that there are now where nodes come and go.
    pub topology: &'a dyn Topology,
    /// Who hears whom in the last tick; before the first, in the first.
    pub traffic: &'a Traffic<'a>,
    /// How many ticks are done.
    pub ticks: u32,
}

impl<'a> Seen<'a> {
    /// The words of the k-th of its columns, which has several for each of so many nodes.
    #[must_use]
    pub fn lanes(&self, column: usize, nodes: usize) -> Lanes<'a> {
        Lanes::new(self.columns[column], nodes)
    }
}

/// How the nodes of a part are read: what is added up over them, and what the sums mean. A plan has as many gauges as its parts need.
///
/// On the GPU it is a shader with the function `gauge(i)`, which calls the `add_NAME` of its accumulators, see [`Accumulator`]. The
/// columns are bound from slot 2 of group 2 on.
pub trait Gauge: Send + Sync + Debug {
    /// The part whose figures it gives, as in `consensus`: what stands before a figure's name where two parts have one of that name.
    fn name(&self) -> &'static str;

    /// The columns that it reads, each with its binding slot, which is 2 or more. The first is what nodes hold; one of the
    /// whole swarm is no node's.
    fn columns(&self) -> Vec<(u32, ColumnId)>;

    /// How far from a node it reads the columns, and the nodes' status: what must be at hand where a range of the swarm is.
    fn reach(&self) -> Reach {
        Reach::Anywhere
    }

    /// The column that a person means who asks what the nodes hold.
    fn main(&self) -> ColumnId {
        self.columns().first().map_or_else(ColumnId::default, |column| column.1)
    }

    /// What is added up, in the order in which the other functions number it.
    fn accumulators(&self) -> Vec<Accumulator>;

    /// The WGSL of `gauge(i)`. It follows the network's, the timing's and the traffic's, and the accumulators' functions.
    fn modules(&self) -> Vec<Module>;

    /// Whether the WGSL has the function `prepare(lane)` too, which all 64 invocations of a workgroup call before they meet and any calls
    /// `gauge(i)`: as to make a table in the workgroup's memory.
    fn prepares(&self) -> bool {
        false
    }

    /// Whether no node contributes, so that no device need look at them.
    fn is_of_nobody(&self) -> bool {
        false
    }

    /// Adds what `nodes` hold to a tally.
    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally);

    /// The integers that a stop condition may look at. The first says how far the swarm is from its aim: of agreement, of being done.
    fn indicators(&self) -> Vec<Indicator>;

    /// What a whole tally means after so many ticks.
    fn reading(&self, tally: &Tally, ticks: u32) -> Reading;

    /// The same where times are told from a later tick on, given that tick and what had been counted by then; nothing if that is not
    /// known. Left out, as if they were told from tick 0 on.
    fn reading_since(&self, tally: &Tally, ticks: u32, since: (u32, Option<&Tally>)) -> Reading {
        let _ = since;
        self.reading(tally, ticks)
    }

    /// Whether a sum is conserved, and audited.
    fn is_conserved(&self) -> bool {
        false
    }

    /// Checks what must hold after any number of ticks, given the row at the start.
    ///
    /// # Errors
    /// [`Error::Audit`], [`Error::Ledger`] or [`Error::Range`].
    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let _ = (first, row);
        Ok(())
    }
}
