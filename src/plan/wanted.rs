//! Which words at tick 0 are needed where a swarm is run by parts elsewhere, so that nobody makes those of all nodes.

use super::Plan;
use crate::column::{ColumnId, Extent};
use rayon::prelude::*;
use std::ops::Range;

/// The nodes whose words at tick 0 are needed, column by column; of what is not needed a part may leave zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<Option<Vec<Range<u32>>>>);

impl Wanted {
    /// For each column ranges of nodes that follow each other, or nothing where all are needed.
    #[must_use]
    pub fn new(columns: Vec<Option<Vec<Range<u32>>>>) -> Self {
        Self(columns)
    }

    /// The ranges of a column; nothing if all words are needed.
    #[must_use]
    pub fn of(&self, column: ColumnId) -> Option<&[Range<u32>]> {
        self.0.get(column.0).and_then(Option::as_deref)
    }
}

impl Plan {
    /// The stretches of words that some nodes have in a column; of one that is not of nodes, none.
    #[must_use]
    pub fn pieces(&self, column: ColumnId, nodes: &Range<u32>) -> Vec<Range<u64>> {
        let all = u64::from(self.nodes());
        let (first, end) = (u64::from(nodes.start), u64::from(nodes.end));
        let lanes = |lanes: u64| (0..lanes).map(|lane| lane * all + first..lane * all + end);
        match self.columns[column.0].extent {
            Extent::Node => lanes(1).collect(),
            Extent::Wide => lanes(2).collect(),
            Extent::Words(words) => lanes(words.into()).collect(),
            Extent::LinkEnd => {
                let slots = u64::from(self.topology.slots());
                let mut pieces: Vec<Range<u64>> = lanes(slots).collect();
                if let Some(rows) = self.topology.rows() {
                    let at = |node: u32| slots * all + u64::from(rows.offsets[node as usize]);
                    pieces.push(at(nodes.start)..at(nodes.end));
                }
                pieces
            }
            Extent::Groups(_) | Extent::Swarm(_) | Extent::Table(_) => Vec::new(),
        }
    }

    /// Fills in the words at tick 0 of a column with one word a node, as far as they are [wanted](Plan::wanted): `fill` is handed the first
    /// node of a chunk of at most `chunk` nodes, and their words.
    pub fn fill_in(&self, column: ColumnId, words: &mut [u32], chunk: usize, fill: impl Fn(u32, &mut [u32]) + Sync) {
        let all = 0..words.len() as u32;
        let all = std::slice::from_ref(&all);
        let ranges = self.wanted.of(column).unwrap_or(all);
        let (mut rest, mut at) = (words, 0);
        for range in ranges {
            let (_, after) = rest.split_at_mut((range.start - at) as usize);
            let (own, after) = after.split_at_mut(range.len());
            let own = own.par_chunks_mut(chunk.max(1)).enumerate();
            own.for_each(|(k, words)| fill(range.start + (k * chunk) as u32, words));
            (rest, at) = (after, range.end);
        }
    }

    /// Whether a node's word at tick 0 in a column is wanted.
    #[must_use]
    pub fn is_wanted(&self, column: ColumnId, node: u32) -> bool {
        self.wanted.of(column).is_none_or(|ranges| {
            let after = ranges.partition_point(|range| range.end <= node);
            ranges.get(after).is_some_and(|range| range.contains(&node))
        })
    }
}
