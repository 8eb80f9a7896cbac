//! Where the words of some nodes are in a column, and what folds come to together.

use super::Nodes;
use crate::column::{ColumnId, Extent, Fold, Folded};
use crate::plan::Plan;
use crate::step::Step;
use std::ops::Range;

/// The words that the nodes of a place have in a column; of one that is not of nodes, none.
pub(super) fn pieces(plan: &Plan, column: ColumnId, nodes: &Nodes) -> Vec<Range<u64>> {
    nodes.iter().flat_map(|range| plan.pieces(column, range)).collect()
}

/// Whether a column has words for each node.
pub(super) fn is_of_nodes(extent: Extent) -> bool {
    matches!(extent, Extent::Node | Extent::Wide | Extent::Words(_) | Extent::LinkEnd)
}

/// Puts what one device has folded into a column to what has been put together, both having begun with the same words.
pub(super) fn fold(step: &dyn Step, column: ColumnId, beginning: &[u32], all: &mut [u32], one: &[u32]) {
    for Folded { words, fold, .. } in step.folds().into_iter().filter(|folded| folded.column == column) {
        let words = words.start as usize..words.end as usize;
        if fold == Fold::Add64 {
            let numbers = words.len() / 2;
            for low in words.start..words.start + numbers {
                let high = low + numbers;
                let number = |of: &[u32]| u64::from(of[low]) | u64::from(of[high]) << 32;
                let sum = number(all).wrapping_add(number(one)).wrapping_sub(number(beginning));
                (all[low], all[high]) = (sum as u32, (sum >> 32) as u32);
            }
            continue;
        }
        for k in words {
            all[k] = match fold {
                Fold::Add | Fold::Add64 => all[k].wrapping_add(one[k]).wrapping_sub(beginning[k]),
                Fold::Max => all[k].max(one[k]),
                Fold::Min => all[k].min(one[k]),
                Fold::Or => all[k] | one[k],
                Fold::And => all[k] & one[k],
            };
        }
    }
}
