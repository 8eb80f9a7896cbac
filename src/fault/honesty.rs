//! Who begins to lie, and who ceases to.

use super::Selection;
use super::spec::Whom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who begins to lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lying {
    /// In which tick, counted from 0.
    pub tick: u32,
    /// The nodes; what they tell, `faults.liars` says.
    pub who: Selection,
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
    /// A name; what is drawn depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}
