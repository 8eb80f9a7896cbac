//! What goes wrong, as columns and steps: once for the whole swarm, whatever its parts.

use super::Draft;
use crate::column::{ColumnId, Extent};
use crate::fault::{Faults, MEMBERS};
use crate::step::Stage;

/// The column that says who is up.
pub(super) const STATUS: &str = "faults.status";

/// The section that the columns of the faults belong to.
const SECTION: &str = "faults";

impl Draft<'_> {
    /// The column of the agents' words, where nodes are cells and anything can go wrong: four words a cell.
    pub fn members(&mut self) -> Option<ColumnId> {
        if self.faults.is_none() || !self.has_cells() {
            return None;
        }
        self.status();
        self.status.and_then(|(_, members)| members)
    }

    /// The column that says who is up.
    pub(super) fn status(&mut self) -> ColumnId {
        if let Some((status, _)) = self.status {
            return status;
        }
        let status = self.of_faults(STATUS, Extent::Node);
        let members = self
            .has_cells()
            .then(|| self.of_faults("faults.members", Extent::Words(MEMBERS)));
        self.status = Some((status, members));
        status
    }

    fn of_faults(&mut self, name: &'static str, extent: Extent) -> ColumnId {
        let section = std::mem::replace(&mut self.section, SECTION);
        let column = self.column(name, extent, false);
        self.fix(column);
        self.section = section;
        column
    }

    /// Puts the faults' own columns in, and begins with their steps. Returned are the faults, which know their columns now.
    pub(crate) fn begin_faults(&mut self) -> Option<Faults> {
        let status = self.faults.is_some().then(|| self.status())?;
        let (mut faults, words) = self.faults.take()?;
        let members = self.status.and_then(|(_, members)| members);
        (faults.status, faults.members) = (status, members);
        self.first(status, words.status);
        if let Some((members, words)) = members.zip(words.members) {
            self.first(members, words);
        }
        let table = faults.add_columns(words.strikes, &mut self.columns);
        self.owners.resize(self.columns.len(), SECTION);
        self.first.extend(table);
        (self.section, self.stage) = (SECTION, Stage::Faults);
        Some(faults)
    }

    /// The columns that a node which comes back has forgotten, all that are no node's nature: each with its words a node, the ledger of
    /// what is destroyed by that, and whether what is forgotten is given back to it.
    pub(crate) fn forgotten(&self) -> Vec<Forgotten> {
        let mut all = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let id = ColumnId(at);
            // The ledgers and the swarm's counters are no node's knowledge, and what a link carries on belongs to both its
            // ends.
            let lanes = match column.extent {
                Extent::Node => 1,
                Extent::Words(words) => words,
                Extent::Wide | Extent::LinkEnd | Extent::Groups(_) | Extent::Swarm(_) | Extent::Table(_) => continue,
            };
            if column.fixed {
                continue;
            }
            let own = |whose: &&(super::Conserved, &str)| whose.0.column == id || whose.0.basis == Some(id);
            let conserved = self.conserved.iter().find(own).map(|(conserved, _)| *conserved);
            all.push(Forgotten {
                column: id,
                lanes,
                ledger: conserved.and_then(|conserved| conserved.destroyed),
                is_basis: conserved.is_some_and(|conserved| conserved.basis == Some(id)),
            });
        }
        all
    }
}

/// A column that nodes forget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forgotten {
    pub column: ColumnId,
    /// The words a node.
    pub lanes: u32,
    /// Where what is destroyed is added up.
    pub ledger: Option<ColumnId>,
    /// Whether it is what has been added to a conserved column from outside.
    pub is_basis: bool,
}
