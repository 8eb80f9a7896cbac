//! The rule `average`: what a scenario says of it, and the plan that it makes.

mod rounding;
mod second_order;
mod step;

pub use rounding::Rounding;
pub use second_order::SecondOrderStep;
pub use step::AverageStep;

use super::consensus::{BELIEF, rule};
use super::consensus::{Start, beliefs};
use crate::column::ColumnId;
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

/// Parameters of the rule `average`: diffusion with Metropolis weights in integers.
///
/// Over a link with D = x_i − x_j, i < j, flows about D/q with q = 1 + the larger degree of the two ends (Xiao and Boyd
/// 2004): x_i loses exactly what x_j gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Average {
    /// How the flow over a link, D/q, becomes an integer: D is the difference of the two beliefs, q is 1 + the greater number of
    /// neighbours of the two nodes.
    #[serde(default)]
    pub rounding: Rounding,
    /// 1: what flows depends on the difference alone. 2: besides, from the second tick on, every link goes on with (β − 1) times its
    /// last flow, which is far faster where networks mix slowly, but overshoots: beliefs may leave the range of the start state for
    /// a while (Ghosh, Muthukrishnan, Schultz 1996). Costs 4 bytes a link end.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    #[schemars(range(min = 1, max = 2))]
    pub order: u32,
    /// β of order 2, above 0 and below 2, kept in steps of 2^-16. The fastest is 2/(1 + √(1 − λ²)), where λ is the second largest
    /// modulus of an eigenvalue of the Metropolis matrix; 1 is order 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub beta: Option<f64>,
    /// The beliefs at tick 0.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

fn first() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_first(order: &u32) -> bool {
    *order == 1
}

impl Average {
    /// β in 2^-16, of order 2; nothing of order 1.
    fn fixed_beta(&self) -> Result<Option<u32>, Error> {
        let key = "consensus.beta";
        let choose = "the fastest is 2/(1 + sqrt(1 - λ²)), where λ is the Metropolis matrix's second largest modulus; \
                      `tetraswarm topology` prints its λ₂ and the ticks to mix, ln n over 1 - λ";
        match (self.order, self.beta) {
            (2, None) => Err(Error::invalid(
                key,
                format!("is missing, and order 2 needs it: {choose}"),
            )),
            (2, Some(beta)) => {
                let fixed = (beta * 65_536.0).round();
                if (1.0..131_072.0).contains(&fixed) {
                    return Ok(Some(fixed as u32));
                }
                let message = format!("is {beta}; it must be above 0 and below 2, by 2^-16 at least: {choose}");
                Err(Error::invalid(key, message))
            }
            (_, Some(beta)) => {
                let message = format!("is {beta}, but only order 2 has it; give order = 2 too, or leave it out");
                Err(Error::invalid(key, message))
            }
            _ => Ok(None),
        }
    }
}

impl Part for Average {
    fn place(&self) -> Place {
        rule("average")
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
        let beta = self.fixed_beta()?;
        let belief = draft.conserved(BELIEF);
        draft.show(Shown::belief(belief));
        let carry = match self.rounding {
            Rounding::Quasi => Some(draft.link_ends(
                "consensus.carry",
                "consensus.rounding",
                "quasi",
                "golden, which keeps none",
            )?),
            _ => None,
        };
        let (injected, seed) = (draft.injected(), draft.seed());
        match beta {
            Some(beta) => {
                let flow = draft.link_ends("consensus.flow", "consensus.order", "2", "order 1, which keeps none")?;
                let step = SecondOrderStep::new(self.rounding, beta, draft.topology(), seed, belief, flow, carry);
                draft.step(step.with_ledger(injected));
            }
            None => {
                let step = AverageStep::new(self.rounding, draft.topology(), seed, belief, carry);
                draft.step(step.with_ledger(injected));
            }
        }
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
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        Ok(vec![(
            plan.column("consensus.belief")?,
            beliefs(&self.start, plan, seed, folder)?,
        )])
    }
}
