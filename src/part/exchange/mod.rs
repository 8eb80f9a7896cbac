//! The rule `exchange`: what a scenario says of it, and the plan that it makes.

mod step;

pub use step::ExchangeStep;

use super::consensus::{BELIEF, rule};
use super::consensus::{Start, beliefs};
use crate::column::ColumnId;
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

/// Parameters of the rule `exchange`: dimension exchange on the Hamming graph H(L, 4) (Cybenko 1989).
///
/// In tick t the four nodes whose indices differ in base-4 digit t mod L share what they have evenly: the average of the whole
/// swarm, level by level, after L ticks, to within less than one unit a level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The beliefs at tick 0.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

/// The only kind of topology that the rule works on.
const KIND: &str = "hamming";

impl Part for Exchange {
    fn place(&self) -> Place {
        rule("exchange")
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
        let kind = draft.topology().kind();
        if kind != KIND {
            let message = format!(
                "is {kind}, but consensus.rule = \"exchange\" takes the digits of a Hamming network in turn; give topology.kind = \
                 \"{KIND}\" with 4^L agents, or a rule that works on any network, such as average"
            );
            return Err(Error::invalid("topology.kind", message));
        }
        let digits = (draft.nodes().ilog2() / 2).max(1);
        let belief = draft.conserved(BELIEF);
        draft.show(Shown::belief(belief));
        let injected = draft.injected();
        draft.step(ExchangeStep::new(digits, belief).with_ledger(injected));
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
        draft.asks(Calls::Digit { digits });
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        Ok(vec![(
            plan.column("consensus.belief")?,
            beliefs(&self.start, plan, seed, folder)?,
        )])
    }
}
