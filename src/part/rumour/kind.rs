//! Who calls whom, and which words say that it did.

use crate::column::ColumnId;
use crate::gauge::Calls;
use crate::part::snow::SETTLED;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RumourKind {
    /// Who knows the rumour calls a node to tell it.
    Push,
    /// Who does not know the rumour calls a node to ask for it.
    Pull,
    /// Everybody calls a node, and both know what one of them knew.
    #[default]
    PushPull,
}

impl RumourKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Push, Self::Pull, Self::PushPull];

    /// Which words say, after a tick, that a node called in it.
    pub(super) fn calls(self, column: ColumnId) -> Calls {
        let (mask, value) = match self {
            Self::Push => (SETTLED, SETTLED),
            Self::Pull => (SETTLED, 0),
            Self::PushPull => (0, 0),
        };
        Calls::Masked {
            column,
            samples: 1,
            mask,
            value,
        }
    }
}
