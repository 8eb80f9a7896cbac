//! What a device holds of a swarm of which it runs one range: the words of a stretch of nodes, where its steps look no farther.

use crate::column::{ColumnId, Extent};
use crate::plan::Plan;
use std::ops::Range;

/// Nodes are held so that those that follow each other in fours still do: what a shader writes four at a time stays in place.
const FOURS: u32 = 4;

/// A stretch of the nodes of a swarm, which may go on from the last node at the first, and the columns of which no other words are ever
/// looked at on a device. Such a column is held in `words(…)` words, lane by lane as the whole one is, each lane beginning with the
/// stretch's first node; the others are held whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    first: u32,
    count: u32,
    nodes: u32,
    /// The lanes of each column that is held so.
    lanes: Vec<Option<u32>>,
}

impl Held {
    /// For a device that runs the nodes `own` of a plan, and looks at those of `near`, among which they are, in the columns of which
    /// `is_near` is true: nothing if a stretch of all that would be nearly all nodes, or no column is held so.
    ///
    /// `near` are ranges in order that do not overlap.
    #[must_use]
    pub fn of(plan: &Plan, own: &Range<u32>, near: &[Range<u32>], is_near: impl Fn(ColumnId) -> bool) -> Option<Self> {
        let nodes = plan.nodes();
        let (first, count) = stretch(nodes, own, near)?;
        let lanes = |at: usize| {
            let lanes = match plan.columns[at].extent {
                Extent::LinkEnd if plan.topology.rows().is_some() => None,
                Extent::LinkEnd => Some(plan.topology.slots()),
                extent @ (Extent::Node | Extent::Wide | Extent::Words(_)) => extent.lanes(),
                Extent::Groups(_) | Extent::Swarm(_) | Extent::Table(_) => None,
            };
            lanes.filter(|&lanes| lanes > 0 && is_near(ColumnId(at)))
        };
        let lanes: Vec<Option<u32>> = (0..plan.columns.len()).map(lanes).collect();
        lanes.iter().any(Option::is_some).then_some(Self {
            first,
            count,
            nodes,
            lanes,
        })
    }

    /// The first node that is held.
    #[must_use]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// How many nodes are held, from the first one on; behind the last node of the swarm come its first ones.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many words a node has in a column that is held so; nothing of one that is held whole.
    #[must_use]
    pub fn lanes(&self, column: ColumnId) -> Option<u32> {
        self.lanes.get(column.0).copied().flatten()
    }

    /// The same with a column held whole.
    #[cfg(feature = "gpu")]
    pub(crate) fn with_whole(&mut self, column: ColumnId) {
        if let Some(lanes) = self.lanes.get_mut(column.0) {
            *lanes = None;
        }
    }

    /// The words that are held of a column of a plan.
    #[must_use]
    pub fn words(&self, plan: &Plan, column: ColumnId) -> u64 {
        let held = |lanes| u64::from(lanes) * u64::from(self.count);
        self.lanes(column).map_or_else(|| plan.words(column), held)
    }

    /// Bytes of the columns of a plan as they are held, two copies of those that have an old and a new one.
    #[must_use]
    pub fn bytes(&self, plan: &Plan) -> u64 {
        let columns = plan.columns.iter().enumerate();
        let bytes = columns.map(|(at, column)| 4 * self.words(plan, ColumnId(at)) * if column.doubled { 2 } else { 1 });
        bytes.sum()
    }

    /// Where a stretch of the words of a column is in what is held of it, piece by piece in its order; nothing if not all of it is held.
    #[must_use]
    pub fn places(&self, column: ColumnId, words: &Range<u64>) -> Option<Vec<Range<u64>>> {
        let Some(lanes) = self.lanes(column) else {
            return Some(vec![words.clone()]);
        };
        let (nodes, count) = (u64::from(self.nodes), u64::from(self.count));
        let mut places: Vec<Range<u64>> = Vec::new();
        let mut at = words.start;
        while at < words.end {
            let (lane, node) = (at / nodes, at % nodes);
            // As far as the lane goes, or the last node.
            let place = (node + nodes - u64::from(self.first)) % nodes;
            if lane >= u64::from(lanes) || place >= count {
                return None;
            }
            let most = (count - place).min(nodes - node);
            let end = words.end.min(at + most);
            let place = lane * count + place;
            places.push(place..place + (end - at));
            at = end;
        }
        Some(places)
    }

    /// The stretches of the words of a whole column that are held, in the order in which they are.
    #[cfg(any(feature = "gpu", test))]
    pub(crate) fn pieces(&self, column: ColumnId) -> Vec<Range<u64>> {
        let (nodes, first) = (u64::from(self.nodes), u64::from(self.first));
        let behind = nodes - first;
        let (before, after) = (
            u64::from(self.count).min(behind),
            u64::from(self.count).saturating_sub(behind),
        );
        let lanes = 0..u64::from(self.lanes(column).unwrap_or(0));
        lanes
            .flat_map(|lane| {
                [
                    lane * nodes + first..lane * nodes + first + before,
                    lane * nodes..lane * nodes + after,
                ]
            })
            .filter(|piece| !piece.is_empty())
            .collect()
    }
}

/// The first node and the number of the shortest stretch round the indices in which some nodes are, a few more so that its own keep
/// their places among four; nothing if it has more than seven eighths of all.
fn stretch(nodes: u32, own: &Range<u32>, near: &[Range<u32>]) -> Option<(u32, u32)> {
    let (head, tail) = (near.first()?, near.last()?);
    // The longest stretch of nodes that nobody looks at; it may go round.
    let round = (
        u64::from(head.start) + u64::from(nodes).checked_sub(tail.end.into())?,
        head.start,
    );
    let between = near
        .windows(2)
        .map(|pair| (u64::from(pair[1].start.saturating_sub(pair[0].end)), pair[1].start));
    let (gap, first) = between.fold(round, |most, one| if one.0 > most.0 { one } else { most });
    let (nodes, first) = (u64::from(nodes), u64::from(first));
    let fours = u64::from(FOURS);
    let own = u64::from(own.start);
    let before = (own + nodes - first) % nodes;
    let more = (own + fours - before % fours) % fours;
    let count = (nodes - gap + more).next_multiple_of(fours);
    if 8 * count > 7 * nodes {
        return None;
    }
    // Both are below the number of nodes.
    Some((((first + nodes - more) % nodes) as u32, count as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<T>(range: Range<T>) -> Vec<Range<T>> {
        Vec::from([range])
    }

    #[test]
    fn a_stretch_is_what_is_near() {
        // A ring of 1003: a node on either side, and those of the own stay in their fours.
        assert_eq!(stretch(1003, &(100..200), &[99..200, 200..201]), Some((96, 108)));
        // Before the first node comes the last one.
        assert_eq!(
            stretch(1003, &(0..200), &[0..200, 200..201, 1002..1003]),
            Some((999, 208))
        );
        assert_eq!(
            stretch(1003, &(800..1003), &[0..1, 799..800, 800..1003]),
            Some((796, 208))
        );
        // Nodes far apart.
        assert_eq!(stretch(1003, &(0..200), &[0..200, 600..601]), Some((0, 604)));
        assert_eq!(
            stretch(1003, &(0..200), &[0..200, 400..401, 900..901]),
            Some((899, 508))
        );
        assert_eq!(stretch(1003, &(0..900), &one(0..901)), None);
    }

    #[test]
    fn places_are_those_of_the_pieces() {
        let held = Held {
            first: 999,
            count: 208,
            nodes: 1003,
            lanes: vec![Some(3), None],
        };
        let column = ColumnId(0);
        let pieces = held.pieces(column);
        let words: Vec<u64> = pieces.iter().cloned().flatten().collect();
        assert_eq!(words.len(), 3 * 208);
        for (place, &word) in words.iter().enumerate() {
            let place = place as u64;
            assert_eq!(held.places(column, &(word..word + 1)), Some(one(place..place + 1)));
        }
        // From the end of a lane on over the first nodes of the next.
        assert_eq!(held.places(column, &(1002..1013)), Some(vec![3..4, 212..222]));
        assert_eq!(held.places(column, &(203..205)), None);
        assert_eq!(held.places(column, &(203..204)), Some(one(207..208)));
        assert_eq!(held.places(column, &(3 * 1003..3 * 1003 + 1)), None);
        assert_eq!(held.places(ColumnId(1), &(5..9)), Some(one(5..9)));
    }
}
