//! The rule `imitation`: a node compares payoffs, and may take over another's strategy.

use crate::column::Extent;
use crate::error::Error;
use crate::hear::ask::From;
use crate::part::learning::reward::Given;
use crate::part::learning::rewards::Payoffs;
use crate::part::learning::rule::Learns;
use crate::part::learning::site::Site;
use crate::part::learning::steps::{BestStep, FermiStep, Logistic};
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node compares its payoff with another's, and may take over the other's strategy. All nodes look at what held before the tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Imitation {
    /// Whose strategy a node takes over, and when.
    #[serde(default)]
    pub how: How,
    /// How much a difference of payoffs counts, with `fermi`: s; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub strength: Option<f64>,
    /// Among whom a node draws the one that it looks at, with `fermi`: its neighbours, or all others.
    #[serde(default)]
    pub from: From,
}

/// Whose strategy a node takes over, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// That of one other node, drawn evenly, with the probability 1 / (1 + exp(−s·Δ)), Δ being the other's payoff less its own (Blume
    /// 1993; Szabó and Tőke 1998; Traulsen, Nowak, Pacheco 2006).
    #[default]
    Fermi,
    /// That of the neighbour with the highest payoff, or its own if none has a higher one than itself; of equals the lower strategy
    /// (Nowak and May 1992).
    Best,
}

impl Learns for Imitation {
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error> {
        let payoffs = match given {
            Given::Payoff(payoffs) => payoffs.clone(),
            Given::Bits(bits) => Payoffs::Bits(bits.clone()),
            Given::Stimuli(_) | Given::Scores(_) | Given::Told(_) => {
                let message =
                    "is imitation, which compares payoffs; take the reward game or bandit, or the rule thresholds";
                return Err(Error::invalid("learning.rule.kind", message));
            }
        };
        let strength = self.strength.unwrap_or(1.0);
        match self.how {
            How::Fermi => {
                if !(0.0..=1e6).contains(&strength) {
                    let message = format!("is {strength}; the strength of selection is from 0 to 1,000,000");
                    return Err(Error::invalid("learning.rule.strength", message));
                }
                let logistic = Logistic::new(strength);
                let table = site
                    .draft
                    .column("learning.logistic", Extent::Table(logistic.table().len() as u32), false);
                site.draft.first(table, Words::from(logistic.table()));
                let step = FermiStep::new(site.base(), site.ask(self.from), payoffs, (table, logistic));
                site.draft.step(step);
            }
            How::Best => {
                if self.strength.is_some() {
                    let message = format!(
                        "is {strength}, but with how = \"best\" nothing depends on it; leave it out, or take fermi"
                    );
                    return Err(Error::invalid("learning.rule.strength", message));
                }
                if self.from == From::Swarm {
                    let message = "is swarm, but with how = \"best\" a node looks at all its neighbours; leave it out, or take fermi";
                    return Err(Error::invalid("learning.rule.from", message));
                }
                let step = BestStep::new(site.base(), payoffs);
                site.draft.step(step);
            }
        }
        Ok(())
    }

    fn about(&self) -> String {
        let whom = match self.from {
            From::Neighbours => "a neighbour's",
            From::Swarm => "any other's",
        };
        match self.how {
            How::Fermi => format!(
                "imitation: looks at {whom} strategy, and takes it over with 1 / (1 + exp(-{} Δ)), Δ what its payoff is more",
                self.strength.unwrap_or(1.0)
            ),
            How::Best => "imitation: takes over the strategy of the neighbour with the highest payoff, if that is \
                          higher than its own"
                .to_owned(),
        }
    }
}
