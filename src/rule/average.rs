//! The rule `average`: what a scenario says of it, and the plan that it makes.

use super::start::{Start, beliefs};
use super::{Draft, Rule};
use crate::error::Error;
use crate::measure::BeliefGauge;
use crate::plan::Plan;
use crate::step::AverageStep;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Parameters of the rule `average`: diffusion with Metropolis weights in integers.
///
/// Over a link with D = x_i − x_j, i < j, flows about D/q with q = 1 + the larger degree of the two ends (Xiao and Boyd
/// 2004): x_i loses exactly what x_j gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Average {
    /// How D/q becomes an integer.
    #[serde(default)]
    pub rounding: Rounding,
    /// The beliefs at tick 0.
    pub start: Start,
}

/// How a flow becomes an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Towards zero (Rabani, Sinclair, Wanka 1998). Cheapest; stops at differences of up to q − 1 a link.
    Trunc,
    /// ⌊(D + ρ)/q⌋ with ρ drawn from 0..q−1 for each link and tick (Berenbrink et al. 2011).
    #[default]
    Random,
    /// As random, but ρ follows a golden-ratio (Weyl) sequence over the ticks, from a phase hashed for each link: no draw and
    /// no memory.
    Golden,
    /// An accumulator for each link carries the remainder on (Friedrich, Gairing, Sauerwald 2012). Costs 4 bytes a link end.
    Quasi,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Trunc, Self::Random, Self::Golden, Self::Quasi];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trunc => "trunc",
            Self::Random => "random",
            Self::Golden => "golden",
            Self::Quasi => "quasi",
        }
    }
}

impl Rule for Average {
    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        self.start.files()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let belief = draft.conserved("belief");
        let carry = match self.rounding {
            Rounding::Quasi => {
                Some(draft.link_ends("carry", "consensus.rounding", "quasi", "golden, which keeps none")?)
            }
            _ => None,
        };
        let injected = draft.injected();
        draft
            .step(AverageStep::new(self.rounding, draft.topology(), draft.seed(), belief, carry).with_ledger(injected));
        let destroyed = draft.destroyed();
        draft.gauge(BeliefGauge {
            belief,
            is_conserved: true,
            basis: None,
            injected,
            destroyed,
        });
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<Words>, Error> {
        Ok(vec![beliefs(&self.start, plan.nodes(), seed, folder)?])
    }
}
