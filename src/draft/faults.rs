//! What goes wrong, as columns and steps: once for the whole swarm, whatever its parts.

use super::Draft;
use crate::column::{ColumnId, Extent};
use crate::fault::{Faults, MEMBERS};
use crate::part::Stage;
use crate::part::faults::{FaultStep, ForgetStep, MembersStep};

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

    /// Puts the faults' own columns and steps in. Returned are the faults, which know their columns now.
    pub(super) fn put_faults(&mut self) -> Option<Faults> {
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
        match members {
            Some(members) => self.step(MembersStep::new(faults.clone(), members, self.nodes())),
            None => self.step(FaultStep::new(faults.clone(), self.nodes())),
        }
        if faults.forgets {
            self.forget(&faults);
        }
        Some(faults)
    }

    /// Lets nodes that come back forget all that is no node's nature.
    fn forget(&mut self, faults: &Faults) {
        let mut steps = Vec::new();
        for (id, column) in self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (ColumnId(at), column))
        {
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
            let ledger = conserved.and_then(|conserved| conserved.destroyed);
            let step = match faults.members {
                Some(members) => ForgetStep::of_cells(members, id, lanes, ledger),
                None => ForgetStep::new(faults.status, id, lanes, ledger),
            };
            let is_basis = conserved.is_some_and(|conserved| conserved.basis == Some(id));
            steps.push(if is_basis { step.giving_back() } else { step });
        }
        steps.into_iter().for_each(|step| self.step(step));
    }
}
