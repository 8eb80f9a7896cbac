//! What a file holds that links have no place for.

use super::{Limits, Weights};
use crate::error::ImportError;

/// What was left out, for the note after the import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// The header of an edge list, skipped; an excerpt.
    pub(super) header: Option<String>,
    /// What else is to be said, each a clause.
    pub(super) notes: Vec<String>,
    /// Where links have weights, as in "column 3".
    pub(super) weights: Option<String>,
}

impl Account {
    /// Says something once.
    pub(super) fn note(&mut self, clause: impl Into<String>) {
        let clause = clause.into();
        if !self.notes.contains(&clause) {
            self.notes.push(clause);
        }
    }

    /// Says that links have directions, which are not kept.
    pub(super) fn directed(&mut self) {
        self.note("directions are not used");
    }

    /// Says that links have weights, and where.
    pub(super) fn weighted(&mut self, place: impl FnOnce() -> String) {
        if self.weights.is_none() {
            self.weights = Some(place());
        }
    }

    /// Refuses weights where they are to be errors.
    pub(super) fn weighed(&self, file: &str, limits: &Limits) -> Result<(), ImportError> {
        match &self.weights {
            Some(place) if limits.weights == Weights::Error => Err(ImportError::Weighted {
                file: file.to_owned(),
                place: place.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// All clauses.
    pub(super) fn clauses(self) -> Vec<String> {
        let weights = self.weights.map(|place| format!("weights in {place} are not used"));
        weights.into_iter().chain(self.notes).collect()
    }
}
