//! The rule `rumour`: what a scenario says of it, and the plan that it makes.

mod aim;
mod kind;
mod sight;
mod step;

pub use aim::{AimStep, Aims};
pub use kind::RumourKind;
pub use step::RumourStep;

use super::consensus::rule;
use super::consensus::{OpinionStart, Shares};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::hear::ask::From;
use crate::memory;
use crate::part::consensus::{OPINION, OpinionGauge};
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Parameters of the rule `rumour`: who knows it tells it, who does not asks for it (Frieze, Grimmett 1985; Karp, Schindelhauer,
/// Shenker, Vöcking 2000).
///
/// In each tick a node that acts calls at most one node, drawn evenly. To know the rumour is opinion 1, not to know it none, so
/// that the spread is how many do not know it yet. A liar never passes it on, whatever its behaviour.
///
/// In the whole swarm a node that tells draws one of 64 random permutations of all nodes, new ones in each tick, and tells
/// whomever it takes the node to. So each tells anybody with the same probability, but a node is told by at most 64. If all
/// others know the rumour, a node remains ignorant in a tick with probability (1 − 1/64)^64 = 0.3650, where independent draws
/// leave it so with 1/e = 0.3679: the last ln n of the log₂ n + ln n rounds that push needs are shorter by 0.8 %.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rumour {
    /// Who calls.
    #[serde(default)]
    pub kind: RumourKind,
    /// Among whom a node draws the one that it calls: the whole swarm, itself included, or its neighbours.
    #[serde(default)]
    pub from: From,
    /// Who knows the rumour at tick 0.
    #[serde(default)]
    pub start: Informed,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

/// Who knows the rumour at tick 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Informed {
    /// The nodes of a list.
    Nodes(InformedNodes),
    /// A share of all nodes, dealt by a random permutation.
    Share(InformedShare),
}

/// A list of nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InformedNodes {
    /// Their numbers, from 0; node 0 if left out.
    #[serde(default = "first_node")]
    #[schemars(length(min = 1, max = 65_536))]
    pub nodes: Vec<u32>,
}

/// A share of the nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InformedShare {
    /// The share, of which at least half a node comes out.
    #[schemars(range(min = 0, max = 1))]
    pub share: f64,
}

impl Default for Informed {
    fn default() -> Self {
        Self::Nodes(InformedNodes { nodes: first_node() })
    }
}

fn first_node() -> Vec<u32> {
    vec![0]
}

impl Informed {
    /// The words at tick 0: 1 of those that know.
    fn words(&self, plan: &Plan, column: ColumnId, seed: u32) -> Result<Words, Error> {
        let nodes = plan.nodes();
        match self {
            Self::Nodes(start) => {
                let mut words = memory::column(nodes, 2)?;
                for &node in &start.nodes {
                    words[node as usize] = 1;
                }
                Ok(words)
            }
            Self::Share(start) => {
                let shares = OpinionStart::Shares(Shares {
                    shares: vec![start.share, 1.0 - start.share],
                });
                let mut words = shares.wanted((plan, column), 2, seed)?;
                plan.fill_in(column, &mut words, 1 << 14, |_, words| {
                    words.iter_mut().for_each(|word| *word &= 1)
                });
                Ok(words)
            }
        }
    }

    fn check(&self, nodes: u32) -> Result<(), Error> {
        let key = |name: &str| format!("consensus.start.{name}");
        match self {
            Self::Nodes(start) => {
                if start.nodes.is_empty() {
                    let message = "names nobody who knows the rumour; name at least one node";
                    return Err(Error::invalid(key("nodes"), message));
                }
                match start.nodes.iter().find(|&&node| node >= nodes) {
                    Some(node) => {
                        let message = format!("names node {node}, but the swarm has {nodes} nodes, numbered from 0");
                        Err(Error::invalid(key("nodes"), message))
                    }
                    None => Ok(()),
                }
            }
            Self::Share(start) => {
                let share = start.share;
                if !(0.0..=1.0).contains(&share) {
                    let message = format!("is {share}; a share is from 0 to 1");
                    return Err(Error::invalid(key("share"), message));
                }
                if share * f64::from(nodes) < 0.5 {
                    let message =
                        format!("is {share}, which of {nodes} nodes is nobody who knows the rumour; make it larger");
                    return Err(Error::invalid(key("share"), message));
                }
                Ok(())
            }
        }
    }
}

impl Part for Rumour {
    fn place(&self) -> Place {
        rule("rumour")
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Opinion(1))
    }

    fn liars(&self) -> Option<&Liars> {
        self.liars.as_ref()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        self.start.check(draft.nodes())?;
        let rumour = draft.column("consensus.rumour", Extent::Node, true);
        let heard = draft.column("consensus.heard", Extent::Node, false);
        let aims = Aims::new(self.from, draft.seed());
        let aim = (self.kind != RumourKind::Pull).then(|| draft.column("consensus.aim", Extent::Node, false));
        if let Some(aim) = aim {
            draft.step(AimStep::new(aims, rumour, aim));
        }
        draft.step(RumourStep::new(self.kind, aims, rumour, heard, aim));
        draft.note(heard, "hear");
        draft.show(Shown::flag(
            "informed",
            "whether the node knows the rumour",
            rumour,
            |word| word & OPINION != 0,
        ));
        let about = "the tick in which the node heard the rumour; nothing if it has not, or knew it at the start";
        draft.show(Shown::noted("heard", about, heard));
        draft.gauge(OpinionGauge {
            column: rumour,
            opinions: 1,
            decides: false,
            right: 1,
        });
        draft.asks(self.kind.calls(rumour));
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, _folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let column = plan.column("consensus.rumour")?;
        Ok(vec![(column, self.start.words(plan, column, seed)?)])
    }
}
