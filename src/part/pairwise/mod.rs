//! The rule `pairwise`: what a scenario says of it, and the plan that it makes.

mod accept;
mod deliver;
mod propose;
mod step;

pub use accept::AcceptStep;
pub use propose::ProposeStep;
pub use step::PairwiseStep;

use super::consensus::{BELIEF, rule};
use super::consensus::{Start, beliefs};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::gauge::Calls;
use crate::part::consensus::BeliefGauge;
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Parameters of the rule `pairwise`: randomised gossip (Boyd, Ghosh, Prabhakar, Shah 2006), push–pull averaging (Jelasity,
/// Montresor, Babaoglu 2005).
///
/// In every tick random pairs of linked nodes both take the average of what the two held. A node that acts proposes to one of its
/// neighbours with probability ½ and listens otherwise; whoever listens accepts one of those that proposed to it. No node is in
/// two pairs at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pairwise {
    /// The beliefs at tick 0.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

impl Part for Pairwise {
    fn place(&self) -> Place {
        rule("pairwise")
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
        let belief = draft.conserved(BELIEF);
        draft.show(Shown::belief(belief));
        let place = draft.column("consensus.place", Extent::Node, false);
        let partner = draft.column("consensus.partner", Extent::Node, false);
        let injected = draft.injected();
        let seed = draft.seed();
        draft.step(ProposeStep::new(seed, place));
        let accept = AcceptStep::new(draft.topology(), seed, place, partner);
        draft.step(accept);
        draft.step(PairwiseStep::new(seed, belief, partner).with_ledger(injected));
        let destroyed = draft.destroyed();
        let has_faults = draft.has_faults();
        draft.gauge(BeliefGauge {
            lies_change: draft.lies_change(),
            has_faults,
            belief,
            is_conserved: true,
            basis: None,
            injected,
            destroyed,
        });
        draft.asks(Calls::Marked(place));
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        Ok(vec![(
            plan.column("consensus.belief")?,
            beliefs(&self.start, plan, seed, folder)?,
        )])
    }
}
