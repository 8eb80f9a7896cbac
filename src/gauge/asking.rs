//! What is sent in a tick, where nodes do not talk over all their links. Twins: `shaders/gauge/asked-*.wgsl`.

use crate::column::ColumnId;
use crate::shader::{Module, module};
use std::fmt::Debug;
use std::sync::Arc;

/// What is sent in a tick.
#[derive(Clone, Debug)]
pub enum Talk {
    /// Nothing, or what a part counts itself.
    Silent,
    /// Whoever acts sends to all neighbours, and each answers.
    Links,
    /// Whoever acts and takes part asks so many nodes, and each answers.
    Asks(Arc<dyn Asking>),
}

/// How many nodes a node asks. On the GPU it is the function `asked(i, tick)`; its columns are bound from slot 2 of group 2 on.
pub trait Asking: Send + Sync + Debug {
    /// The columns that it reads, each with its binding slot.
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        Vec::new()
    }

    /// The WGSL of `asked(i, tick)`.
    fn modules(&self) -> Vec<Module>;

    /// How many nodes a node that acts and takes part asked in `tick`, seen from the state after it. `columns` are in the order of
    /// [`Asking::columns`].
    fn asked(&self, columns: &[&[u32]], node: u32, tick: u32) -> u32;
}

/// How many nodes one that acts asks, by a simple rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// So many.
    Always(u32),
    /// One if its word in this column is not 0.
    Marked(ColumnId),
    /// Those that differ from it in one base-4 digit, a digit a tick, and have a greater one: so that of four that all act, each
    /// pair is counted once.
    Digit {
        /// How many digits an index has.
        digits: u32,
    },
    /// So many if the bits `mask` of its word in this column, as it is after the tick, are `value`; one drawn twice counts twice.
    Masked {
        /// The words.
        column: ColumnId,
        /// How many nodes it asks.
        samples: u32,
        /// The bits to look at.
        mask: u32,
        /// What they are in a word of a node that has asked.
        value: u32,
    },
}

impl Asking for Calls {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        match *self {
            Self::Marked(column) | Self::Masked { column, .. } => vec![(2, column)],
            Self::Always(_) | Self::Digit { .. } => Vec::new(),
        }
    }

    fn modules(&self) -> Vec<Module> {
        vec![match *self {
            Self::Always(samples) => module!("gauge/asked-always").with("ASKED", samples),
            Self::Marked(_) => module!("gauge/asked-marked"),
            Self::Digit { digits } => module!("gauge/asked-digit").with("ASKED_DIGITS", digits),
            Self::Masked {
                samples, mask, value, ..
            } => module!("gauge/asked-word")
                .with("ASK_SAMPLES", samples)
                .with("ASK_MASK", mask)
                .with("ASK_VALUE", value),
        }]
    }

    fn asked(&self, columns: &[&[u32]], node: u32, tick: u32) -> u32 {
        let word = || columns.first().map_or(0, |words| words[node as usize]);
        match *self {
            Self::Always(samples) => samples,
            Self::Marked(_) => u32::from(word() != 0),
            Self::Digit { digits } => 3 - (node >> (2 * (tick % digits)) & 3),
            Self::Masked {
                samples, mask, value, ..
            } => {
                if word() & mask == value {
                    samples
                } else {
                    0
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_the_bits_have_asked() {
        let calls = Calls::Masked {
            column: ColumnId(0),
            samples: 5,
            mask: 1 << 30,
            value: 0,
        };
        let asked = |node| calls.asked(&[&[3, 3 | 1 << 30]], node, 0);
        assert_eq!((asked(0), asked(1)), (5, 0));
    }
}
