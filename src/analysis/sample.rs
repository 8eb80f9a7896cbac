//! Random nodes to start searches from: the same ones every time, on every machine.

use crate::number::{multiply_high, threefry2x32};
use std::collections::BTreeSet;

/// What nodes are drawn for; each purpose draws others.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Distances = 1,
    Loads = 2,
    /// The start of an iteration.
    Vector = 3,
}

/// A random word.
pub(super) fn word(purpose: Purpose, index: u32) -> u32 {
    threefry2x32([0x414E_414C, purpose as u32], [index, 0])[0]
}

/// `count` different nodes of 0..`nodes`, ascending; all of them if there are no more than that.
pub(super) fn nodes(purpose: Purpose, nodes: u32, count: u32) -> Vec<u32> {
    if count >= nodes {
        return (0..nodes).collect();
    }
    // Few are drawn and many left out, or the other way round.
    let few = count.min(nodes - count);
    let mut drawn = BTreeSet::new();
    let mut index = 0;
    while drawn.len() < few as usize {
        drawn.insert(multiply_high(word(purpose, index), nodes));
        index += 1;
    }
    if few == count {
        drawn.into_iter().collect()
    } else {
        (0..nodes).filter(|i| !drawn.contains(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_asked_for_and_all_different() {
        for (all, count) in [(1, 1), (1, 5), (10, 3), (10, 9), (1000, 500), (1_000_000, 64)] {
            let found = nodes(Purpose::Distances, all, count);
            assert_eq!(found.len() as u32, count.min(all));
            assert!(found.is_sorted_by(|a, b| a < b) && found.iter().all(|&i| i < all));
        }
        assert_ne!(nodes(Purpose::Distances, 1000, 5), nodes(Purpose::Loads, 1000, 5));
    }
}
