//! The rules `maximum` and `minimum`: what a scenario says of them, and the plan that they make.

mod step;

pub use step::ExtremumStep;

use super::consensus::rule;
use super::consensus::{Start, beliefs};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::part::consensus::BeliefGauge;
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Parameters of the rule `maximum`.
pub type Maximum = Extremum<true>;

/// Parameters of the rule `minimum`.
pub type Minimum = Extremum<false>;

/// Parameters of the rules `maximum` and `minimum`: every node takes over the most extreme belief of those that it hears and
/// its own (max-consensus: Olfati-Saber and Murray 2004).
///
/// Where all nodes act in every tick and nothing goes wrong, everybody has the extreme belief of a node after as many ticks as
/// the farthest node is links away from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extremum<const GREATEST: bool> {
    /// The beliefs at tick 0.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

impl<const GREATEST: bool> Part for Extremum<GREATEST> {
    fn place(&self) -> Place {
        rule(if GREATEST { "maximum" } else { "minimum" })
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Belief)
    }

    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        self.start.files()
    }

    fn liars(&self) -> Option<&Liars> {
        self.liars.as_ref()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let belief = draft.column("consensus.belief", Extent::Node, true);
        draft.show(Shown::belief(belief));
        draft.step(ExtremumStep::new(GREATEST, belief));
        draft.gauge(BeliefGauge::of(belief, draft.has_faults()));
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        Ok(vec![(
            plan.column("consensus.belief")?,
            beliefs(&self.start, plan, seed, folder)?,
        )])
    }
}
