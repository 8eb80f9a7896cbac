//! How a flow over a link, a fraction, becomes an integer. Twins: `shaders/part/average/rounding-*.wgsl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a flow becomes an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Towards zero (Rabani, Sinclair, Wanka 1998). Cheapest; stops at differences of up to q − 1 a link.
    Trunc,
    /// (D + ρ)/q, rounded down, with ρ drawn from 0 to q − 1 for each link and tick (Berenbrink et al. 2011).
    #[default]
    Random,
    /// As random, but ρ follows a golden-ratio (Weyl) sequence over the ticks, from a phase hashed for each link: no draw and
    /// no memory.
    Golden,
    /// An accumulator for each link carries the remainder on (Friedrich, Gairing, Sauerwald 2012). Costs 4 bytes a link end.
    Quasi,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Trunc, Self::Random, Self::Golden, Self::Quasi];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trunc => "trunc",
            Self::Random => "random",
            Self::Golden => "golden",
            Self::Quasi => "quasi",
        }
    }
}
