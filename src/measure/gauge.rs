//! What a rule's nodes contribute to a measurement.

use super::{Measurement, Reading, Tally};
use crate::error::Error;
use crate::plan::ColumnId;
use crate::shader::Module;
use crate::traffic::Traffic;
use std::fmt::Debug;
use std::ops::Range;

/// What is sent in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// Whoever acts sends to all neighbours, and each answers.
    Links,
    /// Whoever acts asks as many nodes as [`Gauge::asked`] says, and each answers.
    Asks,
}

/// How the nodes of a rule are read.
///
/// On the GPU it is a shader below `shaders/measure/` with the function `reading(i)`, and, for [`Talk::Asks`], the function
/// `asked(i, tick)`. The columns are bound from slot 2 of group 2 on.
pub trait Gauge: Send + Sync + Debug {
    /// The columns that it reads, each with its binding slot, which is 2 or more. The first is what nodes hold; one of the
    /// whole swarm is no node's.
    fn columns(&self) -> Vec<(u32, ColumnId)>;

    /// The column that a person means who asks what the nodes hold.
    fn main(&self) -> ColumnId {
        self.columns().first().map_or_else(ColumnId::default, |column| column.1)
    }

    /// How many classes of nodes are counted; at least 1.
    fn bins(&self) -> u32 {
        1
    }

    /// Columns of the whole swarm whose words come back with every measurement, one column's after the other's, in
    /// [`Tally::record`].
    fn records(&self) -> Vec<ColumnId> {
        Vec::new()
    }

    /// The WGSL of `reading(i)`. It may itself add to `bins`, an array of atomics: they are sums modulo 2^32.
    fn modules(&self) -> Vec<Module>;

    /// The WGSL of `spread(all)`, which looks at a whole [`Tally`] and at `bins`, and at the k-th word of the record by
    /// `recorded(k)`. What it says of a tally in which nobody counts is not used.
    fn spread_module(&self) -> Module;

    /// What is sent in a tick.
    fn talk(&self) -> Talk {
        Talk::Links
    }

    /// How many nodes a node that acts and takes part asked in `tick`, seen from the state after it.
    fn asked(&self, columns: &[&[u32]], node: u32, tick: u32) -> u32 {
        let _ = (columns, node, tick);
        0
    }

    /// Whether nodes that are down count, too: for sums over all that ever were.
    fn counts_down(&self) -> bool {
        false
    }

    /// Adds what `nodes` hold to a tally: sums, extremes, bins, and how many count. `columns` are in the order of
    /// [`Gauge::columns`].
    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally);

    /// How far the swarm is from agreement, of a tally in which somebody counts: of nobody it is not asked.
    fn spread(&self, tally: &Tally) -> u32;

    /// What a whole tally means.
    fn reading(&self, tally: &Tally) -> Reading;

    /// Whether a sum is conserved, and audited.
    fn is_conserved(&self) -> bool {
        false
    }

    /// Checks what must hold after any number of ticks, given the row at the start.
    ///
    /// # Errors
    /// [`Error::Audit`] or [`Error::Range`].
    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let _ = (first, row);
        Ok(())
    }
}
