//! Where the words of some nodes are in a column, and what folds come to together.

use crate::column::{ColumnId, Extent, Fold, Folded};
use crate::plan::Plan;
use crate::step::Step;
use std::ops::Range;

/// The words that some nodes have in a column; of one that is not of nodes, none.
pub(in crate::device) fn pieces(plan: &Plan, column: ColumnId, nodes: &Range<u32>) -> Vec<Range<u64>> {
    let all = u64::from(plan.nodes());
    let (first, end) = (u64::from(nodes.start), u64::from(nodes.end));
    let lanes = |lanes: u64| (0..lanes).map(|lane| lane * all + first..lane * all + end);
    match plan.columns[column.0].extent {
        Extent::Node => lanes(1).collect(),
        Extent::Wide => lanes(2).collect(),
        Extent::Words(words) => lanes(words.into()).collect(),
        Extent::LinkEnd => {
            let slots = u64::from(plan.topology.slots());
            let mut pieces: Vec<Range<u64>> = lanes(slots).collect();
            if let Some(rows) = plan.topology.rows() {
                let at = |node: u32| slots * all + u64::from(rows.offsets[node as usize]);
                pieces.push(at(nodes.start)..at(nodes.end));
            }
            pieces
        }
        Extent::Groups(_) | Extent::Swarm(_) | Extent::Table(_) => Vec::new(),
    }
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
