//! The rules by which nodes change their strategy: the table, and what each must say.

use super::reward::Given;
use super::rules::{Fixed, Hedge, Imitation, Random, Search, Social, Thresholds};
use super::site::Site;
use crate::error::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// What nodes remember besides their strategy: so a saved state has it, and a run starts with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The column.
    pub column: &'static str,
    /// What its words are called in a saved state, of which there are as many as there are strategies, or fewer.
    pub names: &'static [&'static str],
    /// Whether they may be below 0.
    pub is_signed: bool,
    /// What each means.
    pub about: &'static str,
}

/// What a rule says of itself.
pub(super) trait Learns: Debug {
    /// Adds its columns and steps, given what the reward gives.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key, if its values do not fit each other, the reward or the network.
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error>;

    /// What its nodes remember.
    fn kept(&self) -> Vec<Kept> {
        Vec::new()
    }

    /// What it does, for `--explain`.
    fn about(&self) -> String;
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)*) => {
        /// What a node makes of what it sees of success.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Rule {
            $($(#[doc = $doc])+ $name($name),)*
        }

        impl Rule {
            /// All of them, by their names in a scenario.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// The name in a scenario.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                }
            }

            pub(super) fn of(&self) -> &dyn Learns {
                match self {
                    $(Self::$name(rule) => rule,)*
                }
            }
        }
    };
}

rules! {
    /// With a small probability a node tries any strategy, else it looks at another node's; it adopts it more readily if it succeeds
    /// (Celis, Krafft, Vishnoi 2017).
    Social = "social",
    /// A node compares its payoff with another's, and may take over the other's strategy.
    Imitation = "imitation",
    /// A node keeps account of how often each strategy failed, and draws them by weights that fall with it: multiplicative weights.
    Hedge = "hedge",
    /// A node looks for the best of many points by Fibonacci search, and at each comparison goes the way that most of its neighbours would.
    Search = "search",
    /// A node that does nothing takes up a task the more readily the greater its stimulus is, and lays it down with a probability.
    Thresholds = "thresholds",
    /// Nobody ever changes: the baseline.
    Fixed = "fixed",
    /// Every node draws any strategy each time: the baseline that learns nothing.
    Random = "random",
}
