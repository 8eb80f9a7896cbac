//! The scenario's `[growth]`.

use crate::part::work::{Mode, Share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How cells get families of four when they have too much to do, and how these merge back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrowthSpec {
    /// How many agents there can be in all, those that are there from the start included: 16 more, or a multiple of 16. Memory is taken for
    /// all of them.
    #[schemars(range(min = 8))]
    pub max_agents: u32,
    /// When a cell gets a family.
    #[serde(default)]
    pub spawn: Spawn,
    /// When a family goes.
    #[serde(default)]
    pub retire: Retire,
    /// Which tasks a cell has its children do. Left out, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegate: Option<Delegate>,
    /// How many levels of families there are at most.
    #[serde(default = "deepest")]
    #[schemars(range(min = 1, max = 8))]
    pub depth: u32,
    /// What a newborn takes over from its parent.
    #[serde(default)]
    pub inherit: Inherit,
    /// Of the free families, the share that each stretch of 256 cells may take in one tick, and at least one: so that one crowded place does
    /// not take all. From above 0 to 1.
    #[serde(default = "quarter")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub most_at_once: f64,
    /// Whether there is any of this.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
}

fn deepest() -> u32 {
    super::DEEPEST
}

fn quarter() -> f64 {
    0.25
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands out references.
fn is_true(is: &bool) -> bool {
    *is
}

/// When a cell gets a family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Spawn {
    /// So many tasks wait at the cell,
    #[schemars(range(min = 1, max = 511))]
    pub load: u32,
    /// during so many ticks, one after the other.
    #[serde(rename = "for")]
    #[schemars(range(min = 1, max = 32_767))]
    pub ticks: u32,
    /// To which child a task goes.
    pub share: Share,
    /// After so many ticks a newborn works.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub delay: u32,
}

impl Default for Spawn {
    fn default() -> Self {
        Self {
            load: 12,
            ticks: 8,
            share: Share::Rotate,
            delay: 3,
        }
    }
}

/// When a family goes that has no families of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retire {
    /// When all of its four cells have had nothing to do for so many ticks,
    #[schemars(range(min = 1, max = 65_535))]
    pub idle: u32,
    /// or what they and the parent hold together is at most so many tasks.
    #[schemars(range(min = 0, max = 510))]
    pub load: u32,
}

impl Default for Retire {
    fn default() -> Self {
        Self { idle: 34, load: 2 }
    }
}

/// Which tasks a cell has its four children do, and how. It has one at a time; while it waits for them, it goes on with others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    /// Those that need so many ticks or more.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub need: u32,
    /// What each child does of it.
    #[serde(default)]
    pub mode: Mode,
    /// With mode = "replicate": at how many levels each replica is replicated. With "divide" parts are divided as long as they need
    /// so many ticks or more.
    #[serde(default = "single")]
    #[schemars(range(min = 1, max = 8))]
    pub levels: u32,
    /// After so many ticks without a free family the cell does it alone.
    #[serde(default = "patience")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub patience: u32,
    /// Whether it is accounted for what parts needed and how long tasks took that children do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub account: bool,
}

fn single() -> u32 {
    1
}

fn patience() -> u32 {
    8
}

/// What a newborn takes over from its parent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inherit {
    /// The strategy that it holds, where cells learn.
    #[default]
    Strategy,
    /// Nothing: it holds no strategy.
    Nothing,
}
