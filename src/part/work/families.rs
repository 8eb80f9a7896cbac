//! How a cell with children hands tasks on to them: what the part `growth` asks of work.

use crate::column::ColumnId;
use crate::counters::read64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// To which of its four children a cell hands a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// To one after the other.
    #[default]
    Rotate,
    /// By two bits of a hash of the task's identity, others at each depth: a task goes the same way whenever it comes.
    Hash,
}

/// The families of a swarm of cells.
#[derive(Clone, Copy, Debug)]
pub struct Families {
    /// To which child a task goes.
    pub share: Share,
    /// The column of each cell's depth: 0 of those that are there from the start, one more of their children.
    pub depth: ColumnId,
    /// The column of what is counted of growth.
    pub ledger: ColumnId,
}

impl Share {
    /// Which of four children gets a task of this identity, the `offer`-th that a cell at this depth offers in a tick.
    #[inline(always)]
    #[must_use]
    pub const fn child(self, identity: u32, depth: u32, tick: u32, offer: u32) -> u32 {
        match self {
            Self::Rotate => tick.wrapping_add(offer) & 3,
            Self::Hash => identity >> (2 * (depth & 15)) & 3,
        }
    }
}

/// The counters of growth: how many there are, and which of them adds up the cells that were there, over all ticks.
pub(crate) const COUNTERS: usize = 7;
pub(crate) const CELL_TICKS: usize = 6;

/// How many cells were there, added up over all ticks, by the words of the column of these counters.
pub(super) fn cell_ticks(words: &[u32]) -> u64 {
    read64(words, COUNTERS, CELL_TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::threefry2x32;

    /// How many cells have families where each hands all on to four as long as it has more than so many tasks, eight levels deep.
    fn internal(share: Share, tasks: &[u32], bound: usize, depth: u32) -> u64 {
        if tasks.len() <= bound || depth == 8 {
            return 0;
        }
        let mut children: [Vec<u32>; 4] = Default::default();
        for (k, &identity) in (0..).zip(tasks) {
            children[share.child(identity, depth, 0, k) as usize].push(identity);
        }
        1 + children
            .iter()
            .map(|tasks| internal(share, tasks, bound, depth + 1))
            .sum::<u64>()
    }

    const CASES: [(u32, usize); 3] = [(256, 1), (4096, 1), (4096, 16)];

    #[test]
    fn what_rotates_is_dealt_out_evenly() {
        for ((tasks, bound), cells) in CASES.into_iter().zip([85, 1365, 85]) {
            let tasks: Vec<u32> = (0..tasks).collect();
            assert_eq!(internal(Share::Rotate, &tasks, bound, 0), cells);
        }
    }

    /// The four-way trie of depth 8 has Σ 4^l·P(Bin(n, 4^-l) > b) internal nodes for l from 0 to 7.
    #[test]
    fn what_is_hashed_is_a_trie() {
        const SEEDS: u32 = 200;
        for ((count, bound), expected) in CASES.into_iter().zip([183.5751, 2787.7519, 196.1147]) {
            let found: Vec<f64> = (0..SEEDS)
                .map(|seed| {
                    let tasks: Vec<u32> = (0..count).map(|k| threefry2x32([seed, 7], [k, 0])[0]).collect();
                    internal(Share::Hash, &tasks, bound, 0) as f64
                })
                .collect();
            let mean = found.iter().sum::<f64>() / f64::from(SEEDS);
            let variance = found.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / f64::from(SEEDS - 1);
            let error = (variance / f64::from(SEEDS)).sqrt();
            assert!(
                (mean - expected).abs() < 4.0 * error,
                "{count}, {bound}: {mean} ± {error}, not {expected}"
            );
        }
    }
}
