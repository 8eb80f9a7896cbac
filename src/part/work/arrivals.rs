//! Where the scenario's drawn tasks arrive, and when more or fewer do.

use crate::fault::Selection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// At which cells tasks arrive; the mean over all cells is as asked in any case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Place {
    /// At all of them alike.
    #[default]
    Everywhere,
    /// At some of them more.
    HotSpots(HotSpots),
    /// All at one.
    One(OneCell),
}

/// Cells at which more arrives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HotSpots {
    /// Their share of the cells, drawn at random.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// How many times as many tasks arrive there as elsewhere.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub multiple: f64,
}

/// The one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneCell {
    /// Its number.
    #[serde(default)]
    pub cell: u32,
}

/// From one tick on, and up to another, so many times as many tasks arrive at some cells.
///
/// The draws are those of the run without it: of fewer the first of a tick's tasks come, of more others come after them, so that a task
/// that arrives with and without the event is the same one, tier and need included. Where several events fall on a cell in one tick, their
/// factors multiply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrivalEvent {
    /// The first tick in which it holds, counted from 0.
    pub tick: u32,
    /// The first tick in which it does no longer. Left out, it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub until: Option<u32>,
    /// How many times as many tasks arrive: 0 is none, 1 as without it.
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub times: f64,
    /// The cells, by their numbers and not those of agents. Left out, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
    /// A name; which cells a share draws depends on it. Left out, on the tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

impl ArrivalEvent {
    /// Whether it ends all arrivals for good.
    pub(super) fn ends_all(&self) -> bool {
        let is_all = matches!(self.who, None | Some(Selection::All(_)));
        is_all && self.until.is_none() && self.times == 0.0
    }
}
