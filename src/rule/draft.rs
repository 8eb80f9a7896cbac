//! A plan in the making: what a rule puts its columns and steps into.

use crate::error::Error;
use crate::fault::{Faults, FirstWords};
use crate::measure::Gauge;
use crate::plan::{Column, ColumnId, Extent, Noted, is_called};
use crate::shown::Shown;
use crate::step::{FaultStep, ForgetStep, Step};
use crate::topology::Topology;
use crate::words::Words;
use std::sync::Arc;

/// The column that the faults keep.
const STATUS: &str = "faults.status";

/// What a rule needs to know, and what it has asked for.
#[derive(Debug)]
pub struct Draft<'a> {
    topology: &'a Arc<dyn Topology>,
    seed: u32,
    /// Whether there are liars, and whether nodes that come back have forgotten.
    has_liars: bool,
    forgets: bool,
    /// Whether anything can go wrong, and the column that says for whom, if it is there already.
    has_faults: bool,
    status: Option<ColumnId>,
    pub(crate) columns: Vec<Column>,
    pub(crate) steps: Vec<Box<dyn Step>>,
    pub(crate) gauge: Option<Arc<dyn Gauge>>,
    pub(crate) noted: Option<Noted>,
    pub(crate) shown: Vec<Shown>,
    /// The column whose sum is conserved.
    conserved: Option<ColumnId>,
    /// The column of what has been added to it from outside.
    basis: Option<ColumnId>,
    injected: Option<ColumnId>,
    destroyed: Option<ColumnId>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(topology: &'a Arc<dyn Topology>, seed: u32, faults: Option<&Faults>) -> Self {
        Self {
            topology,
            seed,
            has_liars: faults.is_some_and(|faults| faults.lie.is_some()),
            forgets: faults.is_some_and(|faults| faults.forgets),
            has_faults: faults.is_some(),
            status: None,
            columns: Vec::new(),
            steps: Vec::new(),
            gauge: None,
            noted: None,
            shown: Vec::new(),
            conserved: None,
            basis: None,
            injected: None,
            destroyed: None,
        }
    }

    /// The network.
    #[must_use]
    pub fn topology(&self) -> &'a dyn Topology {
        &**self.topology
    }

    /// The scenario's seed.
    #[must_use]
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.topology.nodes()
    }

    /// Adds a column. The name says whose it is and what, as in `consensus.belief`, and stands for the column in the fingerprint.
    /// `doubled`: a step reads the neighbours' words and writes its own.
    pub fn column(&mut self, name: &'static str, extent: Extent, doubled: bool) -> ColumnId {
        self.columns.push(Column {
            name,
            extent,
            doubled,
            fixed: false,
        });
        ColumnId(self.columns.len() - 1)
    }

    /// Says that a column is a node's nature, which it does not forget.
    pub fn fix(&mut self, column: ColumnId) {
        self.columns[column.0].fixed = true;
    }

    /// Adds a doubled column of beliefs whose sum is conserved, and the ledgers that go with it: what is taken from liars, and
    /// what nodes that come back have forgotten.
    pub fn conserved(&mut self, name: &'static str) -> ColumnId {
        let column = self.column(name, Extent::Node, true);
        self.conserved = Some(column);
        column
    }

    /// Adds a column of what has been added to the conserved one from outside, so that the difference of the two is what is
    /// conserved, and what a node that forgets both destroys.
    pub fn basis(&mut self, name: &'static str) -> ColumnId {
        let column = self.column(name, Extent::Node, false);
        self.basis = Some(column);
        column
    }

    /// A column, one word a node, that is not the rule's own: what the other parts of the tick keep.
    ///
    /// # Errors
    /// The names of those that there are.
    pub fn foreign(&mut self, name: &str) -> Result<ColumnId, Vec<&'static str>> {
        let known: Vec<&'static str> = self.has_faults.then_some(STATUS).into_iter().collect();
        if !known.iter().any(|whole| is_called(whole, name)) {
            return Err(known);
        }
        Ok(self.status())
    }

    fn status(&mut self) -> ColumnId {
        if let Some(status) = self.status {
            return status;
        }
        let status = self.column(STATUS, Extent::Node, false);
        self.status = Some(status);
        status
    }

    /// The wide column that adds up, node by node, what is taken from liars; nothing where there are none.
    pub fn injected(&mut self) -> Option<ColumnId> {
        if self.has_liars && self.injected.is_none() {
            self.injected = Some(self.column("consensus.injected", Extent::Wide, false));
        }
        self.injected
    }

    /// The wide column that adds up, node by node, what is forgotten; nothing where nothing is.
    pub fn destroyed(&mut self) -> Option<ColumnId> {
        if self.forgets && self.destroyed.is_none() {
            self.destroyed = Some(self.column("consensus.destroyed", Extent::Wide, false));
        }
        self.destroyed
    }

    /// Adds a column of link ends. `key` is that of the value that asks for it; `instead` says what does without.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there are more link ends than 32-bit indices.
    pub fn link_ends(&mut self, name: &'static str, key: &str, value: &str, instead: &str) -> Result<ColumnId, Error> {
        let ends = self.topology.link_ends();
        if ends > u64::from(u32::MAX) {
            let message = format!(
                "is {value}, which keeps a word for each of {ends} link ends; at most {} are possible: use {instead}",
                u32::MAX
            );
            return Err(Error::invalid(key, message));
        }
        Ok(self.column(name, Extent::LinkEnd, false))
    }

    /// Adds a step at the end of the tick.
    pub fn step(&mut self, step: impl Step + 'static) {
        self.steps.push(Box::new(step));
    }

    /// Says how the nodes are read.
    pub fn gauge(&mut self, gauge: impl Gauge + 'static) {
        self.gauge = Some(Arc::new(gauge));
    }

    /// Says what of its columns means something to whoever reads the state.
    pub fn show(&mut self, shown: Shown) {
        self.shown.push(shown);
    }

    /// Says that in this column each node notes 1 + the tick in which it did what `verb` says, 0 if it has not.
    pub fn note(&mut self, column: ColumnId, verb: &'static str) {
        self.noted = Some(Noted { column, verb });
    }

    /// Puts the faults' own columns and steps in; returned are the faults and the words of those columns at tick 0.
    pub(crate) fn finish(&mut self, faults: Faults, words: FirstWords) -> (Faults, Vec<(ColumnId, Words)>) {
        let mut faults = faults;
        faults.status = self.status();
        let table = faults.add_columns(words.strikes, &mut self.columns);
        let words = std::iter::once((faults.status, words.status)).chain(table).collect();
        let mut first: Vec<Box<dyn Step>> = vec![Box::new(FaultStep::new(faults.clone(), self.nodes()))];
        if self.forgets {
            for (id, column) in self.columns.iter().enumerate().map(|(k, column)| (ColumnId(k), column)) {
                // The ledgers and the swarm's counters are no node's knowledge, and what a link carries on belongs to both its
                // ends.
                let lanes = match column.extent {
                    Extent::Node => 1,
                    Extent::Words(words) => words,
                    Extent::Wide | Extent::LinkEnd | Extent::Groups(_) | Extent::Swarm(_) | Extent::Table(_) => {
                        continue;
                    }
                };
                if id != faults.status && !column.fixed {
                    let is_basis = self.basis == Some(id);
                    let ledger = self.destroyed.filter(|_| is_basis || self.conserved == Some(id));
                    let step = ForgetStep::new(faults.status, id, lanes, ledger);
                    first.push(Box::new(if is_basis { step.giving_back() } else { step }));
                }
            }
        }
        self.steps.splice(0..0, first);
        (faults, words)
    }
}
