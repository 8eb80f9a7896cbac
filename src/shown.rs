//! What of a swarm's state means something to whoever reads it, node by node: what a saved state holds.
//!
//! Columns are words, packed as kernels need them. Whoever adds columns that mean something to a user says so here by [`Shown`]s:
//! name, unit, meaning, type, and how a value comes from words.

use crate::column::ColumnId;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The column of what an imported network's file calls its nodes.
#[cfg(feature = "tables")]
pub(crate) const ID: &str = "id";

/// The column of the nodes' numbers, and where nodes are cells.
#[cfg(feature = "tables")]
pub(crate) const NODE: [&str; 2] = ["node", "cell"];

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownKind {
    /// An integer: its word is two's complement.
    Signed,
    /// An integer that is not negative.
    Unsigned,
    /// An integer that is not negative, or nothing.
    Optional,
    /// Yes or no: its word is 1 or 0.
    Flag,
}

/// How a value comes from the words of a node.
type Value = Arc<dyn Fn(&[u32]) -> Option<u32> + Send + Sync>;

/// A value that every node has.
#[derive(Clone)]
pub struct Shown {
    /// Its name, of which there is one in a swarm.
    pub name: &'static str,
    /// The unit, as in "ticks"; empty for a number or a name.
    pub unit: &'static str,
    /// What it means.
    pub about: Cow<'static, str>,
    /// What it is.
    pub kind: ShownKind,
    /// The words that it is made of: of a column with several words a node, which of them.
    pub words: Vec<(ColumnId, u32)>,
    value: Value,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shown({}: {:?} of {:?})", self.name, self.kind, self.words)
    }
}

impl Shown {
    /// What a column's word is as it stands: an integer in two's complement.
    #[must_use]
    pub fn signed(name: &'static str, unit: &'static str, about: &'static str, column: ColumnId) -> Self {
        Self::new((name, unit, about), ShownKind::Signed, vec![(column, 0)], |words| {
            Some(words[0])
        })
    }

    /// The beliefs of a column.
    #[must_use]
    pub fn belief(column: ColumnId) -> Self {
        Self::signed("belief", "belief", "what the node believes", column)
    }

    /// What a number not below 0 is of a column's word.
    #[must_use]
    pub fn unsigned(
        about: (&'static str, &'static str, &'static str),
        column: ColumnId,
        value: impl Fn(u32) -> u32 + Send + Sync + 'static,
    ) -> Self {
        Self::new(about, ShownKind::Unsigned, vec![(column, 0)], move |words| {
            Some(value(words[0]))
        })
    }

    /// Whether something is so by a column's word.
    #[must_use]
    pub fn flag(
        name: &'static str,
        about: &'static str,
        column: ColumnId,
        value: impl Fn(u32) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::new((name, "", about), ShownKind::Flag, vec![(column, 0)], move |words| {
            Some(value(words[0]).into())
        })
    }

    /// A tick that a column notes as 1 + the tick, and 0 for none.
    #[must_use]
    pub fn noted(name: &'static str, about: &'static str, column: ColumnId) -> Self {
        Self::new((name, "tick", about), ShownKind::Optional, vec![(column, 0)], |words| {
            words[0].checked_sub(1)
        })
    }

    /// A value of any words: name, unit and meaning; what it is; the words; and how it comes from them. Only an optional one may be
    /// nothing.
    #[must_use]
    pub fn new(
        (name, unit, about): (&'static str, &'static str, &'static str),
        kind: ShownKind,
        words: Vec<(ColumnId, u32)>,
        value: impl Fn(&[u32]) -> Option<u32> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            unit,
            about: about.into(),
            kind,
            words,
            value: Arc::new(value),
        }
    }

    /// The value, as a word, of a node with these words.
    #[must_use]
    pub fn value(&self, words: &[u32]) -> Option<u32> {
        (self.value)(words)
    }
}
