//! What success is: the table of rewards, and what each must say.

use super::rewards::{Bandit, Bits, Curve, Game, Payoffs, Scores, Stimuli, Stimulus};
use super::site::Site;
use super::work_reward::Labour;
use crate::column::ColumnId;
use crate::error::Error;
use crate::fault::Domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// What a reward gives to rules.
#[derive(Clone, Debug)]
pub enum Given {
    /// A bit: whether a strategy succeeds.
    Bits(Bits),
    /// An integer: what the node's strategy brought it.
    Payoff(Payoffs),
    /// How much each strategy, a task, is called for.
    Stimuli(Stimuli),
    /// How well a numeric parameter is chosen.
    Scores(Scores),
    /// What each cell tells of how its strategy fares, a column.
    Told(ColumnId),
}

/// What a reward says of itself.
pub(super) trait Rewards: Debug {
    /// How many strategies there are; `named` is how many have names, 0 if none has.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    fn strategies(&self, named: usize) -> Result<usize, Error>;

    /// What liars lie about.
    fn domain(&self) -> Option<Domain>;

    /// How many changes come only after so many ticks.
    fn later(&self, ticks: u32) -> usize {
        let _ = ticks;
        0
    }

    /// Adds its columns and steps, before the rule's.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error>;

    /// What it is, for `--explain`.
    fn about(&self) -> String;
}

macro_rules! rewards {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)*) => {
        /// What success is.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Reward {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $name($name),)*
        }

        impl Reward {
            /// All of them, by their names in a scenario.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// The name in a scenario.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                }
            }

            pub(super) fn of(&self) -> &dyn Rewards {
                match self {
                    $(Self::$name(reward) => reward,)*
                }
            }

            pub(super) fn strategies(&self, named: usize) -> Result<usize, Error> {
                self.of().strategies(named)
            }
        }
    };
}

rewards! {
    /// Options that succeed with rates of their own.
    Bandit = "bandit",
    /// A game that nodes play with all their neighbours.
    Game = "game",
    /// Tasks that are called for the more the less is done of them.
    Stimulus = "stimulus",
    /// A numeric parameter, best at one point and worse the farther from it.
    Curve = "curve",
    /// Tasks that cells commit, and what that costs them.
    Labour = "work",
}
