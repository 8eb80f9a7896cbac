//! What a success does. Twins: `shaders/part/snow/{slush,snowflake,snowball}.wgsl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a success does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SnowKind {
    /// The node takes the opinion. It never decides.
    Slush,
    /// The node takes the opinion, and decides when β successes in a row were for it.
    Snowflake,
    /// The node takes the opinion once it has had more successes than its own, and decides when β successes in a row were for
    /// the same opinion.
    #[default]
    Snowball,
}

impl SnowKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Slush, Self::Snowflake, Self::Snowball];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Slush => "slush",
            Self::Snowflake => "snowflake",
            Self::Snowball => "snowball",
        }
    }
}
