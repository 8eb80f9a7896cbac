//! What the parts have asked for, in order and checked against each other.

use super::Draft;
use crate::column::{Column, ColumnId, Kinship};
use crate::error::Error;
use crate::fault::Faults;
use crate::gauge::{Gauge, Talk};
use crate::plan::{Facts, Noted};
use crate::shown::Shown;
use crate::step::Step;
use crate::words::Words;
use std::sync::Arc;

/// What of a plan comes from the parts and the faults.
#[derive(Debug)]
pub(crate) struct Finished {
    pub columns: Vec<Column>,
    /// In the order of the tick.
    pub steps: Vec<Box<dyn Step>>,
    pub faults: Option<Faults>,
    pub first: Vec<(ColumnId, Words)>,
    pub gauges: Vec<Arc<dyn Gauge>>,
    pub talk: Talk,
    pub noted: Option<Noted>,
    pub shown: Vec<Shown>,
    pub facts: Facts,
    pub last_change: Option<u32>,
    /// How many places there are, and who is whose child, where nodes come and go.
    pub growth: Option<(u32, Kinship)>,
}

/// In the order of the tick; of what is at the same place as it was added.
fn in_order<K: Ord + Copy, T>(mut all: Vec<(K, T)>) -> Vec<T> {
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, one)| one).collect()
}

impl Draft<'_> {
    /// Puts all in order, with what goes wrong, whose steps have been put in.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming a column's name that two parts use, a slot that two columns of a step have, or what two parts say for all.
    pub(crate) fn finish(self, faults: Option<Faults>) -> Result<Finished, Error> {
        self.check_columns()?;
        self.check_slots()?;
        self.check_known()?;
        // Over the links goes what some part sends that counts nothing itself.
        let all_count = self.parts.iter().all(|section| self.silent.contains(section));
        let talk = self
            .talk
            .get()?
            .unwrap_or(if all_count { Talk::Silent } else { Talk::Links });
        let mut shown = in_order(self.shown);
        shown.extend(faults.iter().flat_map(Faults::shown));
        Ok(Finished {
            columns: self.columns,
            steps: in_order(self.steps),
            faults,
            first: self.first,
            gauges: in_order(self.gauges),
            talk,
            noted: self.noted.get()?,
            shown,
            facts: self.facts,
            last_change: self.last_change,
            growth: self.growth.get()?,
        })
    }

    /// Whether no two parts know a thing of one type.
    fn check_known(&self) -> Result<(), Error> {
        for (at, (fact, section)) in self.known.iter().enumerate() {
            let other = self.known[..at]
                .iter()
                .find(|(earlier, by)| earlier == fact && by != section);
            if let Some((_, first)) = other {
                let message = format!(
                    "and [{section}] both say a thing of one type, by Draft::know, which only one part of a swarm can; leave one of the two out"
                );
                return Err(Error::invalid(format!("[{first}]"), message));
            }
        }
        Ok(())
    }

    /// Whether each column's name is its own.
    fn check_columns(&self) -> Result<(), Error> {
        for (at, column) in self.columns.iter().enumerate() {
            let before = self.columns[..at].iter().position(|other| other.name == column.name);
            if let Some(before) = before {
                let message = format!(
                    "is added by [{}] and by [{}]; give each its own name, or leave one of the two out",
                    self.owners[before], self.owners[at]
                );
                return Err(Error::invalid(format!("column '{}'", column.name), message));
            }
        }
        Ok(())
    }

    /// Whether each column that a step binds has a slot of its own.
    fn check_slots(&self) -> Result<(), Error> {
        for ((_, section), step) in &self.steps {
            let bindings = step.bindings();
            for (at, binding) in bindings.iter().enumerate() {
                let Some(other) = bindings[..at].iter().find(|other| other.slot == binding.slot) else {
                    continue;
                };
                let name = |id: ColumnId| self.columns.get(id.0).map_or("none", |column| column.name);
                let message = format!(
                    "of [{section}] binds '{}' and '{}' to the slot {}; give each its own",
                    name(other.column),
                    name(binding.column),
                    binding.slot
                );
                return Err(Error::invalid(format!("step '{}'", step.name()), message));
            }
        }
        Ok(())
    }
}
