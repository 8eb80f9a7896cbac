//! The reward `work`: what a cell's strategy brings it, in commits, rejections, waiting and messages.
//!
//! A cell's score of an epoch is an integer. Its reward bit is whether its score is at least what it believes the mean to be; it believes
//! by dynamic average consensus over the cells' own network, so that no figure is looked up centrally.

use super::reward::{Given, Rewards};
use super::site::Site;
use super::work_account;
use super::work_mean::{MeanRule, RestartStep, mean};
use super::work_steps::FareStep;
use crate::column::Extent;
use crate::error::Error;
use crate::fault::Domain;
use crate::number::BELIEF_LIMIT;
use crate::part::work::{Choices, Pay};
use crate::shown::{Shown, ShownKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What cells that work make of their strategies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Labour {
    /// What a result that is committed counts.
    #[serde(default = "hundred")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub commit: i32,
    /// What it counts by its tier, one number for each tier of `work.tiers`, in place of `commit`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 8), inner(range(min = 0, max = 1_000_000)))]
    pub tiers: Vec<i32>,
    /// What a result that is rejected takes.
    #[serde(default = "ten")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub reject: i32,
    /// What a waiting task takes each tick.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub wait: i32,
    /// What a message takes: an order, a member's word on a result, a result that is looked at once more.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub message: i32,
    /// What a wrong result that was committed and is found out takes.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub wrong: i32,
    /// The share of committed results that are looked at once more; the wrong ones among them are found out after `audit_delay` ticks.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub audit: f64,
    /// After so many ticks these are found out, at most `learning.decide_every`, which it is if left out; they count at the end of the epoch
    /// in which they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_delay: Option<u32>,
}

fn hundred() -> i32 {
    100
}

fn ten() -> i32 {
    10
}

/// The most tasks that wait at a cell, and the most messages of a cell in a tick.
const WAITING: i64 = 256;
const MESSAGES: i64 = 32;

impl Labour {
    /// Whether a score of an epoch of so many ticks stays within the range of beliefs.
    fn check(&self, every: u32) -> Result<(), Error> {
        let wide = i64::from;
        let gain = wide(self.tiers.iter().copied().max().unwrap_or(self.commit));
        // The wrong ones of one epoch count in the next.
        let loss = wide(self.reject) + WAITING * wide(self.wait) + MESSAGES * wide(self.message) + wide(self.wrong);
        let most = gain.max(loss).max(1);
        let fits = i64::from(BELIEF_LIMIT) / most;
        if i64::from(every) > fits {
            let message = format!(
                "is {every} ticks, in which these weights may add up to {}, and a score is at most {BELIEF_LIMIT}; let cells decide every \
                 {fits} ticks or less, or take smaller weights",
                most * i64::from(every)
            );
            return Err(Error::invalid("learning.decide_every", message));
        }
        Ok(())
    }
}

impl Rewards for Labour {
    fn strategies(&self, named: usize) -> Result<usize, Error> {
        if named == 0 {
            let message = "is missing; name what cells may choose for themselves, as in [[learning.strategy]] with name = \"lax\" and \
                           verify = 0.1";
            return Err(Error::invalid("learning.strategy", message));
        }
        Ok(named)
    }

    fn domain(&self) -> Option<Domain> {
        // 1 for failure, 2 for success.
        Some(Domain::Opinion(2))
    }

    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error> {
        if !site.draft.has_cells() {
            let message = "is work, but no cells work in this scenario; add [work], or take the reward bandit or game";
            return Err(Error::invalid("learning.reward.kind", message));
        }
        self.check(site.every.0)?;
        let delay = self.audit_delay.unwrap_or(site.every.0);
        if delay > site.every.0 {
            let message = format!(
                "is {delay} ticks, but cells decide every {}, and remember what they committed for one epoch; take at most as many",
                site.every.0
            );
            return Err(Error::invalid("learning.reward.audit_delay", message));
        }
        let earned = site.draft.column(
            "learning.earned",
            Extent::Words(Choices::words(site.change, site.accounts)),
            false,
        );
        let score = site.draft.column("learning.score", Extent::Node, false);
        let told = site.draft.column("learning.told", Extent::Node, false);
        site.draft.show(Shown::new(
            ("score", "", "what the cell's last whole epoch has brought it"),
            ShownKind::Signed,
            vec![(score, 0)],
            |words| Some(words[0]),
        ));
        let belief = mean(site, score)?;
        let members = site.draft.members();
        let audit_key = site.draft.key("learning.audit")[0];
        site.draft.know(Choices {
            strategy: site.strategy,
            earned,
            list: site.choices.clone(),
            pay: Pay {
                commit: self.commit,
                reject: self.reject,
                wait: self.wait,
                message: self.message,
            },
            tiers: self.tiers.clone(),
            audit: self.audit,
            audit_key,
            audit_delay: delay,
            change: site.change,
            accounts: site.accounts,
        });
        site.draft.step(FareStep {
            earned,
            score,
            told,
            belief,
            members,
            before: (site.change.ticks > 0).then_some(site.strategy),
            wrong: self.wrong,
            every: site.every,
        });
        if site.accounts {
            work_account::plan(site, earned, score);
        }
        if site.mean.rule == MeanRule::Trimmed {
            site.draft.step(RestartStep {
                score,
                belief,
                every: site.every,
            });
        }
        Ok(Given::Told(told))
    }

    fn about(&self) -> String {
        let commit = match self.tiers.is_empty() {
            true => self.commit.to_string(),
            false => {
                let all: Vec<String> = self.tiers.iter().map(i32::to_string).collect();
                format!("{} by tier", all.join(", "))
            }
        };
        format!(
            "work: a commit counts {commit}, a rejection takes {}, a waiting task {} a tick, a message {}, a wrong result that is found out {}; \
             {} % of the committed results are looked at once more",
            self.reject,
            self.wait,
            self.message,
            self.wrong,
            100.0 * self.audit
        )
    }
}
