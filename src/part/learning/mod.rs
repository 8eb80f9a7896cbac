//! Learning: nodes change what they do by what succeeds, and nobody tells them.
//!
//! Every node holds one of at most [`MOST`] strategies. A *reward* says how each fares: a bit, or an integer payoff. A *rule* says what
//! nodes make of it. Either is a kind of its own: a file in `rules/` or `rewards/` with its keys and what it plans, and a line in the
//! table of [`rule`] or [`reward`]; a rule's kernel is a file in `steps/` with a shader of its name in `shaders/part/learning/`. What
//! rules and rewards share stands in `site.rs`.
//!
//! The column `learning.strategy` has a word a node: 0 for none, or 1 + the strategy's place in the list.

mod account;
#[cfg(feature = "tables")]
mod export;
mod fared;
mod figures;
mod gauge;
mod ledger;
mod lines;
mod reals;
pub mod reward;
mod rewards;
pub mod rule;
mod rules;
mod search_gauge;
mod site;
mod start;
mod steps;
mod work_account;
mod work_mean;
mod work_reward;
mod work_steps;

#[cfg(feature = "tables")]
pub(crate) use export::KEY as EXPORT;
pub use fared::Fared;
pub use figures::Learnt;
pub use gauge::LearningGauge;
pub use reward::Reward;
pub use rewards::{Bandit, Change, Curve, Game, Signal, Stimulus};
pub use rule::Rule;
pub use rules::{Fixed, Hedge, How, Idle, Imitation, Random, Search, Social, Thresholds};
pub use search_gauge::{SearchGauge, Searched};
pub use start::{LearningStart, PointStart, SharesStart, StrategyFile};
pub use steps::{Weights, fibonacci, respond};
pub use work_mean::{Believed, Mean, MeanGauge, MeanRule};
pub use work_reward::Labour;

use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::Domain;
use crate::part::work::{Choice, Order, Policy, Retry, Switch};
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::timing::Timing;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use site::Site;
use std::path::{Path, PathBuf};

/// How many strategies there are at most.
pub const MOST: usize = 16;

/// The column of what each node holds: 0 for nothing, or 1 + the strategy's place in the list.
pub const STRATEGY: &str = "learning.strategy";

/// The column of how far each node's search is.
pub const SEARCHED: &str = "learning.search";

/// How nodes learn which of several strategies pays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningSpec {
    /// What a node makes of what it sees of success.
    pub rule: Rule,
    /// What success is.
    pub reward: Reward,
    /// After so many ticks each all nodes decide, in the same tick.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub decide_every: u32,
    /// What nodes hold at tick 0.
    #[serde(default)]
    pub start: LearningStart,
    /// The strategies' names, in their order; left out, they are numbered from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16))]
    pub strategy: Vec<Strategy>,
    /// Of work: how cells believe the mean of their scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Mean>,
    /// Of work: for how many ticks a cell that has changed its strategy dispatches nothing; at most `decide_every`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub switch: u32,
    /// Of work: whether it is accounted for what each strategy has brought, and when nine tenths of the cells held it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub account: bool,
    /// Where `run` writes what was learned at the end: this scenario, starting with it, and beside it the table that it starts from. The
    /// file ends in .toml; a relative name starts at the current folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<PathBuf>,
}

/// A strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// What it is called: 1 to 32 letters, digits, '-' and '_'.
    pub name: String,
    /// Of work: the share of the results that are verified, in place of `work.verify`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub verify: Option<f64>,
    /// Of work: after how many ticks a refused task is offered again, in place of `work.retry`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// Of work: which of the waiting tasks is next, in place of `work.order`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Of work: how many tasks go where, in place of `work.balance.policy`. It is the giver's: a cell takes what it has room for from anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Policy>,
    /// Of work: in which ticks the coordinator hands a task to the executor, in place of `timing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Timing>,
}

impl Strategy {
    fn choice(&self) -> Choice {
        Choice {
            order: self.order.clone(),
            balance: self.balance.clone(),
            dispatch: self.dispatch.clone(),
            verify: self.verify,
            retry: self.retry,
        }
    }

    /// What it sets, as in "strict: order fifo, verify 0.5"; its name alone if nothing.
    fn about(&self) -> String {
        let mut sets = Vec::new();
        if let Ok(serde_json::Value::Object(keys)) = serde_json::to_value(self) {
            let named = keys.iter().filter(|(key, _)| *key != "name");
            sets.extend(named.map(|(key, value)| format!("{key} {}", plain(value))));
        }
        match sets.is_empty() {
            true => self.name.clone(),
            false => format!("{}: {}", self.name, sets.join(", ")),
        }
    }
}

/// A value in the scenario's own words, as in "threshold (bound 2)".
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(keys) => {
            let kind = keys.get("kind").map(plain).unwrap_or_default();
            let rest: Vec<String> = keys
                .iter()
                .filter(|(key, _)| *key != "kind")
                .map(|(key, value)| format!("{key} {}", plain(value)))
                .collect();
            match rest.is_empty() {
                true => kind,
                false => format!("{kind} ({})", rest.join(", ")),
            }
        }
        value => value.to_string(),
    }
}

fn one() -> u32 {
    1
}

fn is_none(ticks: &u32) -> bool {
    *ticks == 0
}

impl LearningSpec {
    /// The strategies' names: those that are given, or their numbers from 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there are too few, too many, another number than the reward has, or a name twice.
    fn names(&self) -> Result<Vec<String>, Error> {
        let strategies = self.reward.strategies(self.strategy.len())?;
        let key = "learning.strategy";
        if strategies > MOST {
            let message = format!("are {strategies}; at most {MOST} are possible: leave some out");
            return Err(Error::invalid(key, message));
        }
        if self.strategy.is_empty() {
            return Ok((1..=strategies).map(|number| number.to_string()).collect());
        }
        if self.strategy.len() != strategies {
            let message = format!(
                "names {}, but the reward {} has {strategies}; name each, or none",
                self.strategy.len(),
                self.reward.name()
            );
            return Err(Error::invalid(key, message));
        }
        for (at, Strategy { name, .. }) in self.strategy.iter().enumerate() {
            let key = format!("{key}[{at}].name");
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if name.is_empty() || name.len() > 32 || !name.chars().all(fits) {
                let message = format!(
                    "is {}; take 1 to 32 letters, digits, '-' and '_'",
                    crate::error::quoted(name)
                );
                return Err(Error::invalid(key, message));
            }
            if let Some(before) = self.strategy[..at].iter().position(|other| other.name == *name) {
                let message =
                    format!("is {name}, as that of learning.strategy[{before}] is; give each a name of its own");
                return Err(Error::invalid(key, message));
            }
        }
        Ok(self.strategy.iter().map(|strategy| strategy.name.clone()).collect())
    }
}

impl LearningSpec {
    /// Refuses what only cells that work have.
    fn of_work(&self) -> Result<(), Error> {
        if matches!(self.reward, Reward::Labour(_)) {
            if self.switch > self.decide_every {
                let message = format!(
                    "is {} ticks, but cells decide every {}; take at most as many, or let them decide more rarely",
                    self.switch, self.decide_every
                );
                return Err(Error::invalid("learning.switch", message));
            }
            return Ok(());
        }
        let chosen = self
            .strategy
            .iter()
            .position(|strategy| strategy.choice() != Choice::default());
        let key = match (chosen, &self.mean, self.switch) {
            (Some(at), _, _) => format!("learning.strategy[{at}]"),
            (None, Some(_), _) => "learning.mean".to_owned(),
            (None, None, 1..) => "learning.switch".to_owned(),
            (None, None, 0) if self.account => "learning.account".to_owned(),
            (None, None, 0) => return Ok(()),
        };
        let message = format!(
            "is of work, but the reward is {}; take learning.reward.kind = \"work\", or leave it out",
            self.reward.name()
        );
        Err(Error::invalid(key, message))
    }
}

impl Part for LearningSpec {
    fn place(&self) -> Place {
        Place::section("learning")
    }

    fn stage(&self) -> Stage {
        Stage::Learning
    }

    fn domain(&self) -> Option<Domain> {
        self.reward.of().domain()
    }

    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        self.start.files()
    }

    fn later(&self, ticks: u32) -> usize {
        self.reward.of().later(ticks)
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let names = self.names()?;
        self.start.check(draft.nodes(), names.len() as u32)?;
        #[cfg(feature = "tables")]
        if let Some(file) = &self.export {
            export::check(file)?;
        }
        let strategy = draft.column(STRATEGY, Extent::Node, true);
        draft.show(Shown::unsigned(
            ("strategy", "", "the strategy that the node holds, from 1; 0 for none"),
            strategy,
            |word| word,
        ));
        // What is sent for it is counted in its own ledger.
        draft.counts_messages();
        let mut site = Site::new(draft, strategy, names.len() as u32, self.decide_every);
        self.of_work()?;
        site.mean = self.mean.clone().unwrap_or_default();
        site.accounts = self.account;
        site.choices = self.strategy.iter().map(Strategy::choice).collect();
        site.change = Switch {
            ticks: self.switch,
            every: self.decide_every,
        };
        let given = self.reward.of().plan(&mut site)?;
        // First: what a stop condition means by spread is of the first gauge.
        let gauge = LearningGauge::new(&site, names, &given);
        site.draft.gauge(gauge);
        if let Some(gauge) = site.mean_gauge.take() {
            site.draft.gauge(gauge);
        }
        self.rule.of().plan(&mut site, &given)
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let strategies = self.names()?.len() as u32;
        let column = plan.column(STRATEGY)?;
        let words = self.start.words((plan, column), strategies, seed, folder)?;
        let mut all = self.start.remembered(&self.rule.of().kept(), plan, folder)?;
        all.push((column, words));
        Ok(all)
    }

    fn describe(&self, _plan: &Plan) -> Vec<(&'static str, String)> {
        let names = self.names().unwrap_or_default();
        let every = match self.decide_every {
            1 => "every tick".to_owned(),
            ticks => format!("every {ticks} ticks"),
        };
        let mut all = vec![
            ("learning", format!("{}, {every}", self.rule.of().about())),
            ("reward", self.reward.of().about()),
        ];
        if self
            .strategy
            .iter()
            .all(|strategy| strategy.choice() == Choice::default())
        {
            all.push(("strategies", names.join(", ")));
        } else {
            let labels = std::iter::once("strategies").chain(std::iter::repeat(""));
            all.extend(labels.zip(self.strategy.iter().map(Strategy::about)));
        }
        if self.switch > 0 {
            all.push((
                "switch",
                format!(
                    "a cell that has changed its strategy dispatches nothing for {} ticks",
                    self.switch
                ),
            ));
        }
        all
    }
}
