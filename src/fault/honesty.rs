//! Who begins to lie, and who ceases to.

use super::Selection;
use super::spec::Whom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What agents of cells lie about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Work, as `faults.liars` says.
    Work,
    /// What their cells tell others, as `consensus.liars` says.
    Beliefs,
}

/// Who begins to lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lying {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes; what they tell, `faults.liars` says, and of cells besides `consensus.liars`.
    pub who: Selection,
    /// Of cells, what about: work or beliefs. Left out, whatever the scenario has liars about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// A name, for `honest`; what is drawn depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// Who lies no longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Honesty {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes, of which those that lie cease to. Left out, all that lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Whom>,
    /// Of cells, what about: work or beliefs. Left out, whatever the scenario has liars about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// A name; what is drawn depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}
