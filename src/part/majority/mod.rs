//! The rule `majority`: what a scenario says of it, and the plan that it makes.

mod step;
mod vote;

pub use step::MajorityStep;
pub use vote::Vote;

use super::consensus::OpinionStart;
use super::consensus::rule;
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::gauge::Calls;
use crate::hear::ask::{Ask, From};
use crate::part::consensus::{OPINION, OpinionGauge};
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Parameters of the rule `majority`: consensus by plurality, from samples of one to three opinions a tick.
///
/// All nodes look at the opinions before the tick, and draw with replacement. Whoever is asked and has no opinion, or whose
/// answer does not arrive, is as if it had not been asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Majority {
    /// What a node makes of the opinions that it hears.
    #[serde(default)]
    pub kind: Vote,
    /// How many opinions there are.
    #[serde(default = "two")]
    #[schemars(range(min = 2, max = 256))]
    pub opinions: u32,
    /// Among whom a node draws those that it asks.
    #[serde(default)]
    pub from: From,
    /// The opinions at tick 0.
    #[serde(default)]
    pub start: OpinionStart,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

fn two() -> u32 {
    2
}

impl Part for Majority {
    fn place(&self) -> Place {
        rule("majority")
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Opinion(self.opinions))
    }

    fn liars(&self) -> Option<&Liars> {
        self.liars.as_ref()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let right = self.start.favourite(draft.nodes(), self.opinions)?;
        let opinion = draft.column("consensus.opinion", Extent::Node, true);
        draft.show(Shown::unsigned(
            ("opinion", "", "the opinion that the node holds, from 1; 0 for none"),
            opinion,
            |word| word & OPINION,
        ));
        draft.step(MajorityStep::new(self.kind, Ask::new(self.from, draft.seed()), opinion));
        draft.gauge(OpinionGauge {
            column: opinion,
            opinions: self.opinions,
            decides: false,
            right,
        });
        draft.asks(Calls::Always(self.kind.samples()));
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, _folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let column = plan.column("consensus.opinion")?;
        Ok(vec![(column, self.start.wanted((plan, column), self.opinions, seed)?)])
    }
}
