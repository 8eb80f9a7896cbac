//! Nodes that hold numbers and do not talk over all their links in a tick. Twins: `shaders/measure/asked-*.wgsl`.

use super::{BeliefGauge, Gauge, Measurement, Reading, Talk, Tally};
use crate::error::Error;
use crate::plan::ColumnId;
use crate::shader::{Module, module};
use crate::traffic::Traffic;
use std::ops::Range;

/// How many nodes one that acts asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// One if its word in this column is not 0.
    Marked(ColumnId),
    /// Those that differ from it in one base-4 digit, a digit a tick, and have a greater one: so that of four that all act, each
    /// pair is counted once.
    Digit {
        /// How many digits an index has.
        digits: u32,
    },
}

/// Reads a column of beliefs as [`BeliefGauge`] does, and counts messages by who asks whom.
#[derive(Clone, Copy, Debug)]
pub struct AskingGauge {
    /// What the nodes hold.
    pub beliefs: BeliefGauge,
    /// Whom they ask.
    pub asked: Calls,
}

impl Gauge for AskingGauge {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let mut columns = self.beliefs.columns();
        if let Calls::Marked(column) = self.asked {
            columns.push((6, column));
        }
        columns
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.beliefs.modules();
        modules.push(match self.asked {
            Calls::Marked(_) => module!("measure/asked-marked"),
            Calls::Digit { digits } => module!("measure/asked-digit").with("ASKED_DIGITS", digits),
        });
        modules
    }

    fn spread_module(&self) -> Module {
        self.beliefs.spread_module()
    }

    fn talk(&self) -> Talk {
        Talk::Asks
    }

    fn asked(&self, columns: &[&[u32]], node: u32, tick: u32) -> u32 {
        match self.asked {
            Calls::Marked(_) => columns.last().map_or(0, |words| u32::from(words[node as usize] != 0)),
            Calls::Digit { digits } => 3 - (node >> (2 * (tick % digits)) & 3),
        }
    }

    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
        self.beliefs.add(columns, traffic, nodes, tally);
    }

    fn spread(&self, tally: &Tally) -> u32 {
        self.beliefs.spread(tally)
    }

    fn reading(&self, tally: &Tally) -> Reading {
        self.beliefs.reading(tally)
    }

    fn counts_down(&self) -> bool {
        self.beliefs.counts_down()
    }

    fn is_conserved(&self) -> bool {
        self.beliefs.is_conserved()
    }

    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        self.beliefs.audit(first, row)
    }
}
