//! The rule `trimmed`: what a scenario says of it, and the plan that it makes.

mod step;

pub use step::{MOST_FAULTS, TrimmedStep};

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

/// Parameters of the rule `trimmed`: W-MSR, the weighted mean-subsequence-reduced rule with equal weights (LeBlanc, Zhang,
/// Koutsoukos, Sundaram 2013).
///
/// Of the beliefs that it hears in a tick a node drops the F greatest of those above its own and the F least of those below
/// (all of them, if there are fewer), keeps those equal to its own, and moves to the mean of its own and the kept ones, rounded
/// down. With at most F liars among any node's neighbours, honest beliefs never leave the range in which they began; that they
/// also agree needs a network that is (2F + 1)-robust. Where two nodes have several links, each counts: a liar is heard over all
/// of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trimmed {
    /// F: how many liars among its neighbours a node withstands, and how many beliefs it drops on either side of its own. Less
    /// than half the largest number of neighbours, or else nobody can be sure that anything remains; with 0 nothing is dropped.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 32))]
    pub faults: u32,
    /// The beliefs at tick 0.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

fn one() -> u32 {
    1
}

const KEY: &str = "consensus.faults";

impl Part for Trimmed {
    fn place(&self) -> Place {
        rule("trimmed")
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
        let (faults, largest) = (self.faults, draft.topology().largest_degree());
        if faults > MOST_FAULTS {
            let message =
                format!("is {faults}; a node can drop at most {MOST_FAULTS} beliefs on either side of its own");
            return Err(Error::invalid(KEY, message));
        }
        if faults > 0 && 2 * faults >= largest {
            let remedy = match largest {
                0..=2 => "use 0, which drops none, or a network with more links".to_owned(),
                _ => format!("use at most {}, or a network with more links", (largest - 1) / 2),
            };
            let message = format!(
                "is {faults}, so that {} neighbours may be dropped, but no node of {} has more than {largest}: nobody need \
                 remain; {remedy}",
                2 * faults,
                draft.topology().kind()
            );
            return Err(Error::invalid(KEY, message));
        }
        let belief = draft.column("consensus.belief", Extent::Node, true);
        draft.show(Shown::belief(belief));
        draft.step(TrimmedStep::new(faults, belief));
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
