//! The rule `hedge`: multiplicative weights, node by node (Freund and Schapire 1997; Cesa-Bianchi and Lugosi, *Prediction, Learning, and
//! Games*, 2006). Where everybody sees how every strategy fares, all losses count; where a node sees its own alone, each counts by the
//! inverse of the probability with which it was tried: EXP3 (Auer, Cesa-Bianchi, Freund, Schapire 2002; Bubeck and Cesa-Bianchi 2012).

use crate::error::Error;
use crate::part::learning::reals::logarithm;
use crate::part::learning::reward::Given;
use crate::part::learning::rewards::Signal;
use crate::part::learning::rule::{Kept, Learns};
use crate::part::learning::site::Site;
use crate::part::learning::steps::{HedgeStep, Weights};
use crate::plan::Extent;
use crate::step::ask::From;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node keeps account of how often each strategy failed, and draws one by weights exp(−η · failures).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hedge {
    /// How fast weights fall: η; either this or `horizon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.000001, max = 10.0))]
    pub rate: Option<f64>,
    /// For how many decisions η is to be best: √(8 ln K / T) where all see how every one of K strategies fares, else √(2 ln K / (T K)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub horizon: Option<u32>,
    /// Among whom a node draws one that tells it what it tried, whether that succeeded, and how likely it was to try it: where each sees
    /// its own success alone. What it tried and what it heard then count half each. Left out, it hears nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
}

impl Hedge {
    /// η.
    fn rate(&self, strategies: u32, is_common: bool) -> Result<f64, Error> {
        match (self.rate, self.horizon) {
            (Some(rate), None) if (1e-6..=10.0).contains(&rate) => Ok(rate),
            (Some(rate), None) => {
                let message = format!("is {rate}; it is from 0.000001 to 10");
                Err(Error::invalid("learning.rule.rate", message))
            }
            (None, Some(decisions)) => {
                let (many, decisions) = (f64::from(strategies), f64::from(decisions.max(1)));
                let squared = match is_common {
                    true => 8.0 * logarithm(strategies) / decisions,
                    false => 2.0 * logarithm(strategies) / (decisions * many),
                };
                Ok(squared.sqrt())
            }
            (Some(_), Some(_)) => {
                let message =
                    "is given, and so is learning.rule.horizon, from which it follows; leave one of the two out";
                Err(Error::invalid("learning.rule.rate", message))
            }
            (None, None) => {
                let message = "is missing, and so is learning.rule.horizon, from which it would follow; give one of them, as in \
                               horizon = 2000";
                Err(Error::invalid("learning.rule.rate", message))
            }
        }
    }
}

/// What a node has lost with each strategy.
const LOSSES: Kept = Kept {
    column: "learning.losses",
    names: &[
        "loss_1", "loss_2", "loss_3", "loss_4", "loss_5", "loss_6", "loss_7", "loss_8", "loss_9", "loss_10", "loss_11",
        "loss_12", "loss_13", "loss_14", "loss_15", "loss_16",
    ],
    is_signed: false,
    about: "by how much the strategy of this number has cost the node more than the best: in failures, or 2^-4 of one where each sees its own",
};

/// What a failure costs it of what it tries.
const INVERSE: Kept = Kept {
    column: "learning.inverse",
    names: &["failure_cost"],
    is_signed: false,
    about: "what a failure of what the node tries costs, in 2^-4 of one; 0 if it has not drawn yet",
};

impl Learns for Hedge {
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error> {
        let Given::Bits(bits) = given else {
            let message = "is hedge, which counts failures; take the reward bandit, or the rule imitation, which compares payoffs";
            return Err(Error::invalid("learning.rule.kind", message));
        };
        let strategies = site.strategies;
        let nodes = site.draft.nodes();
        if u64::from(nodes) * u64::from(strategies) > u64::from(u32::MAX) {
            let message = format!(
                "is hedge, which keeps a word for each of {strategies} strategies and each of {nodes} nodes; at most {} are possible: take \
                 social",
                u32::MAX
            );
            return Err(Error::invalid("learning.rule.kind", message));
        }
        let is_common = bits.signal == Signal::Common;
        if is_common && self.from.is_some() {
            let message = "is given, but with common signals everybody sees how every strategy fares; leave it out, or take signal = \"own\"";
            return Err(Error::invalid("learning.rule.from", message));
        }
        let weights = Weights::new(self.rate(strategies, is_common)?, is_common);
        let table = site
            .draft
            .column("learning.weights", Extent::Table(weights.table().len() as u32), false);
        site.draft.first(table, Words::from(weights.table()));
        let losses = site.draft.column(LOSSES.column, Extent::Words(strategies), false);
        site.keep(LOSSES, losses, strategies);
        let key = site.draft.key("learning.choice");
        let mut step = HedgeStep::new(site.base(), bits.clone(), losses, (table, weights), key);
        if let Some(from) = self.from {
            let inverse = site.draft.column(INVERSE.column, Extent::Node, true);
            site.keep(INVERSE, inverse, 1);
            step = step.hearing(site.ask(from), inverse);
        }
        site.draft.step(step);
        Ok(())
    }

    fn kept(&self) -> Vec<Kept> {
        let heard = self.from.map(|_| INVERSE);
        std::iter::once(LOSSES).chain(heard).collect()
    }

    fn about(&self) -> String {
        let rate = match (self.rate, self.horizon) {
            (Some(rate), _) => format!("rate {rate}"),
            (_, horizon) => format!("for {} decisions", horizon.unwrap_or_default()),
        };
        let heard = match self.from {
            None => "",
            Some(From::Neighbours) => ", its own and a neighbour's",
            Some(From::Swarm) => ", its own and anybody's",
        };
        format!("hedge: draws strategies by weights that fall with their failures{heard}, {rate}")
    }
}
