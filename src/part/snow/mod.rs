//! The rule `snow`: what a scenario says of it, and the plan that it makes.

mod kind;
mod step;

pub use kind::SnowKind;
pub(crate) use step::SETTLED;
pub use step::{Memory as SnowMemory, SnowStep};

use super::consensus::{OpinionStart, rule};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::gauge::Calls;
use crate::hear::ask::From;
use crate::hear::sample::Sample;
use crate::part::consensus::{OPINION, OpinionGauge};
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Parameters of the rule `snow`: repeated samples of k nodes, whose α-majorities sway a node (Team Rocket, *Snowflake to
/// Avalanche*, 2018; Team Rocket, Yin, Sekniqi, van Renesse, Sirer 2019).
///
/// In each tick every node that acts and has not decided asks k nodes. If at least α of the answers agree on an opinion, the
/// sample is a success for it; answers that do not arrive agree with nobody. A node that has decided stays with its opinion,
/// and answers. A node without an opinion, as one that has crashed and forgotten, takes that of its first success; with slush
/// already that of one of the answers, drawn evenly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snow {
    /// What a success does.
    #[serde(default)]
    pub kind: SnowKind,
    /// How many opinions there are.
    #[schemars(range(min = 2, max = 16))]
    pub opinions: u32,
    /// How many nodes a node asks in a tick; of the swarm at most all.
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 64))]
    pub k: u32,
    /// How many answers must agree: more than k/2, at most k.
    #[serde(default = "fifteen")]
    #[schemars(range(min = 1, max = 64))]
    pub alpha: u32,
    /// After how many successes in a row a node decides; 20 if left out. Slush never decides, and has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub beta: Option<u32>,
    /// Among whom a node draws those that it asks: of the swarm k distinct nodes, itself perhaps included, every set of them as
    /// likely as any other; of its neighbours with replacement.
    #[serde(default)]
    pub from: From,
    /// The opinions at tick 0.
    #[serde(default)]
    pub start: OpinionStart,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

fn twenty() -> u32 {
    20
}

fn fifteen() -> u32 {
    15
}

impl Snow {
    /// Checks the parameters against each other and against the number of nodes.
    fn check(&self, nodes: u32) -> Result<(), Error> {
        let (k, alpha) = (self.k, self.alpha);
        if self.from == From::Swarm && k > nodes {
            let message = format!(
                "is {k}, but the swarm has only {nodes} nodes, and a sample has no node twice; ask at most all"
            );
            return Err(Error::invalid("consensus.k", message));
        }
        if alpha > k || 2 * alpha <= k {
            let least = k / 2 + 1;
            let message = format!(
                "is {alpha}; the rule snow with k = {k} needs more than half of the answers and at most all: {least} to {k}"
            );
            return Err(Error::invalid("consensus.alpha", message));
        }
        if let (SnowKind::Slush, Some(beta)) = (self.kind, self.beta) {
            let message = format!("is {beta}, but slush never decides; leave it out, or take snowflake or snowball");
            return Err(Error::invalid("consensus.beta", message));
        }
        if self.kind == SnowKind::Snowball && u64::from(nodes) * u64::from(self.opinions) > u64::from(u32::MAX) {
            let message = format!(
                "is {}, but snowball keeps a word for each of them and each of {nodes} nodes; at most {} words are possible: take \
                 snowflake, which keeps one",
                self.opinions,
                u32::MAX
            );
            return Err(Error::invalid("consensus.opinions", message));
        }
        Ok(())
    }
}

impl Part for Snow {
    fn place(&self) -> Place {
        rule("snow")
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
        self.check(draft.nodes())?;
        let right = self.start.favourite(draft.nodes(), self.opinions)?;
        let opinion = draft.column("consensus.opinion", Extent::Node, true);
        let decides = self.kind != SnowKind::Slush;
        let memory = decides.then(|| SnowMemory {
            streak: draft.column("consensus.streak", Extent::Node, false),
            decided: draft.column("consensus.decided", Extent::Node, false),
            confidence: (self.kind == SnowKind::Snowball)
                .then(|| draft.column("consensus.confidence", Extent::Words(self.opinions), false)),
        });
        let sample = Sample::new(self.from, self.k, draft.seed());
        let thresholds = [self.alpha, self.beta.unwrap_or(20)];
        let step = SnowStep::new(self.kind, sample, thresholds, opinion, memory);
        draft.step(step.with_opinions(self.opinions));
        draft.show(Shown::unsigned(
            ("opinion", "", "the opinion that the node holds, from 1; 0 for none"),
            opinion,
            |word| word & OPINION,
        ));
        if let Some(memory) = memory {
            draft.note(memory.decided, "decide");
            let about = "the tick in which the node decided; nothing if it has not";
            draft.show(Shown::noted("decided", about, memory.decided));
        }
        draft.gauge(OpinionGauge {
            column: opinion,
            opinions: self.opinions,
            decides,
            right,
        });
        draft.asks(Calls::Masked {
            column: opinion,
            samples: self.k,
            mask: SETTLED,
            value: 0,
        });
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, _folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let column = plan.column("consensus.opinion")?;
        Ok(vec![(column, self.start.wanted((plan, column), self.opinions, seed)?)])
    }
}
