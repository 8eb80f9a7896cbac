//! What a node makes of the opinions that it hears. Twins: `shaders/part/majority/*.wgsl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a node makes of the opinions that it hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Vote {
    /// It adopts that of one node (Clifford and Sudbury 1973; Holley and Liggett 1975). A lead wins only in proportion.
    Voter,
    /// It asks two nodes, and adopts what they agree on (Cooper, Elsässer, Radzik 2014). Having no opinion, it adopts the
    /// first that it hears.
    TwoChoices,
    /// It asks three nodes, and adopts what two of them agree on, or else what the first says (Becchetti et al. 2014, 2016).
    #[default]
    ThreeMajority,
    /// It asks one node: meeting another opinion than its own it has none, and having none it adopts the one that it meets
    /// (Angluin, Aspnes, Eisenstat 2008; Becchetti et al. 2015).
    UndecidedState,
}

impl Vote {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Voter, Self::TwoChoices, Self::ThreeMajority, Self::UndecidedState];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Voter => "voter",
            Self::TwoChoices => "two-choices",
            Self::ThreeMajority => "three-majority",
            Self::UndecidedState => "undecided-state",
        }
    }

    /// How many nodes a node asks in a tick.
    #[must_use]
    pub fn samples(self) -> u32 {
        match self {
            Self::Voter | Self::UndecidedState => 1,
            Self::TwoChoices => 2,
            Self::ThreeMajority => 3,
        }
    }
}
