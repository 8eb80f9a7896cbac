//! Those whom their family says: where cells come and go, who is meant is asked in the tick in which it happens. Twin:
//! `shaders/part/faults/kin.wgsl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A depth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfDepth {
    /// How deep: 0 for the cells that are there from the start, 1 for their children, and so on.
    #[schemars(range(min = 0, max = 8))]
    pub depth: u32,
}

/// A family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfFamily {
    /// Whose children: a cell that is there from the start.
    pub cell: u32,
}

/// Nothing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithFamily {}

/// Some of the cells, by their families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kin {
    /// Those that are so deep.
    Depth(u32),
    /// The children of this one.
    Family(u32),
    /// Those that have a family.
    Parents,
}

/// Whose child each cell is, as 1 + its number, or 0; the first of its children, or 0; and how deep it is, where anybody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Relations<'a> {
    /// See above.
    pub parents: &'a [u32],
    /// See above.
    pub families: &'a [u32],
    /// See above.
    pub depths: &'a [u32],
}

impl Kin {
    /// What stands for it in a table, and its number.
    pub(super) const fn words(self) -> [u32; 2] {
        match self {
            Self::Depth(depth) => [5, depth],
            Self::Family(cell) => [6, cell],
            Self::Parents => [7, 0],
        }
    }

    /// Whether a cell that is there is meant.
    #[inline(always)]
    #[must_use]
    pub fn names(self, cell: u32, relations: &Relations<'_>) -> bool {
        let of = |words: &[u32]| words.get(cell as usize).copied();
        match self {
            Self::Depth(depth) => of(relations.depths) == Some(depth),
            Self::Family(parent) => of(relations.parents) == Some(parent + 1),
            Self::Parents => of(relations.families).is_some_and(|family| family != 0),
        }
    }

    /// Who that is, as in "cells at depth 2".
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Depth(depth) => format!("cells at depth {depth}"),
            Self::Family(cell) => format!("the family of cell {cell}"),
            Self::Parents => "cells that have a family".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_named_by_its_own_words() {
        // Cell 0 has the family 4 to 7, of which cell 5 has the family 8 to 11.
        let parents = [0, 0, 0, 0, 1, 1, 1, 1, 6, 6, 6, 6];
        let families = [4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0];
        let depths = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
        let relations = Relations {
            parents: &parents,
            families: &families,
            depths: &depths,
        };
        let named = |kin: Kin| -> Vec<u32> { (0..14).filter(|&cell| kin.names(cell, &relations)).collect() };
        assert_eq!(named(Kin::Depth(0)), [0, 1, 2, 3]);
        assert_eq!(named(Kin::Depth(2)), [8, 9, 10, 11]);
        assert_eq!(named(Kin::Family(0)), [4, 5, 6, 7]);
        assert!(named(Kin::Family(1)).is_empty());
        assert_eq!(named(Kin::Parents), [0, 5]);
    }
}
