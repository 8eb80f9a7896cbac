//! The ordered steps of a tick, as plain data: what is built from a scenario before any device is touched, and what a
//! device executes without knowing of scenarios.

use crate::step::Step;
use crate::timing::Schedule;
use crate::topology::Topology;
use std::sync::Arc;

/// A column's place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnId(pub usize);

/// How many words a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One a node.
    Node,
    /// One a link end: slot by slot one for each node, then one for each stored link end.
    LinkEnd,
}

/// One 32-bit quantity of every node or link end.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name, as reports print it.
    pub name: &'static str,
    /// One word for each of what.
    pub extent: Extent,
    /// Whether a tick's old and new values are both held, because a step reads the neighbours' and writes its own.
    pub doubled: bool,
}

/// What a step does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads it anywhere.
    Read,
    /// Writes the new value at its own index; after the step the new values are the current ones.
    Next,
    /// Reads and writes it at its own index.
    Update,
}

/// A column in a step's binding slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Which column.
    pub column: ColumnId,
    /// What the step does with it.
    pub access: Access,
}

/// Everything that a device needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The network.
    pub topology: Arc<dyn Topology>,
    /// Who acts when.
    pub schedule: Schedule,
    /// The state.
    pub columns: Vec<Column>,
    /// The steps of a tick, in order.
    pub steps: Vec<Box<dyn Step>>,
    /// The column of beliefs, which the measurement reads.
    pub belief: ColumnId,
    /// How many ticks to run at most.
    pub ticks: u32,
    /// Measure every so many ticks.
    pub every: u32,
    /// Stop when the spread is at most this.
    pub stop_spread: Option<u32>,
}

impl Plan {
    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.topology.nodes()
    }

    /// The words of one copy of a column.
    #[must_use]
    pub fn words(&self, column: ColumnId) -> u64 {
        match self.columns[column.0].extent {
            Extent::Node => u64::from(self.nodes()),
            Extent::LinkEnd => self.topology.link_ends(),
        }
    }

    /// The bytes that a column takes, both copies if it is doubled.
    #[must_use]
    pub fn column_bytes(&self, column: ColumnId) -> u64 {
        4 * self.words(column) * if self.columns[column.0].doubled { 2 } else { 1 }
    }

    /// The bytes of all columns and stored links.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let columns: u64 = (0..self.columns.len()).map(|c| self.column_bytes(ColumnId(c))).sum();
        columns + self.topology.stored_bytes()
    }

    /// The bytes that a tick must move through memory at the least: every column and every stored link that a step
    /// reads or writes, once.
    #[must_use]
    pub fn bytes_per_tick(&self) -> u64 {
        self.steps
            .iter()
            .map(|step| {
                let columns: u64 = step
                    .bindings()
                    .iter()
                    .map(|b| 4 * self.words(b.column) * if b.access == Access::Update { 2 } else { 1 })
                    .sum();
                columns
                    + if step.reads_links() {
                        self.topology.stored_bytes()
                    } else {
                        0
                    }
            })
            .sum()
    }

    /// Whether the swarm is measured after so many ticks.
    #[must_use]
    pub fn is_measured(&self, tick: u32) -> bool {
        tick.is_multiple_of(self.every.max(1)) || tick == self.ticks
    }
}
