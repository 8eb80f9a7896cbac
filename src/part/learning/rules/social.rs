//! The rule `social`: try a little, look at one other, and adopt what succeeds (Celis, Krafft, Vishnoi, *A Distributed Learning
//! Dynamics in Social Groups*, PODC 2017). In the limit of many nodes it is stochastic multiplicative weights.

use crate::error::Error;
use crate::hear::ask::From;
use crate::part::learning::reward::Given;
use crate::part::learning::rule::Learns;
use crate::part::learning::site::Site;
use crate::part::learning::steps::SocialStep;
use crate::part::learning::work_steps::ToldStep;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// With a small probability a node considers any strategy, else that of one other node. It adopts it with the probability `adopt` if
/// it succeeds, and with 1 − `adopt` if not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Social {
    /// The probability to consider any strategy, each alike, instead of another node's: μ.
    #[serde(default = "hundredth")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub explore: f64,
    /// The probability to adopt what succeeds: β. What fails is adopted with 1 − β.
    #[serde(default = "adopt")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub adopt: f64,
    /// Among whom a node draws the one that it looks at; of the swarm perhaps itself.
    #[serde(default)]
    pub from: From,
    /// What a node holds that has not adopted.
    #[serde(default)]
    pub idle: Idle,
    /// Lets `adopt` be below ½, so that failure spreads.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow: bool,
}

/// What a node holds that has not adopted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Idle {
    /// What it held before.
    #[default]
    Keep,
    /// Nothing until it adopts something, as in the paper. Whoever meets a node that holds nothing looks at another, 16 at most.
    SitOut,
}

fn hundredth() -> f64 {
    0.01
}

fn adopt() -> f64 {
    0.65
}

impl Learns for Social {
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.explore) {
            let message = format!("is {}; a probability is from 0 to 1", self.explore);
            return Err(Error::invalid("learning.rule.explore", message));
        }
        let key = "learning.rule.adopt";
        if !(0.0..=1.0).contains(&self.adopt) {
            return Err(Error::invalid(
                key,
                format!("is {}; a probability is from 0 to 1", self.adopt),
            ));
        }
        if self.adopt < 0.5 && !self.allow {
            let message = format!(
                "is {}, below 0.5, so that what fails spreads; take 0.5 to 1, or say learning.rule.allow = true",
                self.adopt
            );
            return Err(Error::invalid(key, message));
        }
        if let Given::Told(told) = given {
            if self.idle == Idle::SitOut {
                let message = "is sit-out, but a cell that works holds some strategy; take keep";
                return Err(Error::invalid("learning.rule.idle", message));
            }
            let step = ToldStep::new(site.base(), site.ask(self.from), *told, self);
            site.draft.step(step);
            return Ok(());
        }
        let Given::Bits(bits) = given else {
            let message = "is social, which looks at success, a bit; take the reward bandit, or the rule imitation, which compares payoffs";
            return Err(Error::invalid("learning.rule.kind", message));
        };
        let step = SocialStep::new(site.base(), site.ask(self.from), bits.clone(), self);
        site.draft.step(step);
        Ok(())
    }

    fn about(&self) -> String {
        let whom = match self.from {
            From::Neighbours => "a neighbour's",
            From::Swarm => "anybody's",
        };
        let idle = match self.idle {
            Idle::Keep => "keeps its own",
            Idle::SitOut => "holds nothing",
        };
        format!(
            "social: tries any strategy with {}, else looks at {whom}; adopts with {} what succeeds and with {} what fails, or else {idle}",
            self.explore,
            self.adopt,
            // As a person would write it.
            (1e9 * (1.0 - self.adopt)).round() / 1e9
        )
    }
}
