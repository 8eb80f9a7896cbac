//! After how many rounds nodes did what their rule is about: decided, or heard.

use serde::Serialize;

/// How many nodes did it in which round; a round is a tick, counted from 1.
///
/// Those that had done it at tick 0, or have not done it since, are in no round; of a node that forgot and did it again, the last
/// time counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Rounds {
    /// Of each round in which any did, in order: the round, and how many.
    pub histogram: Vec<(u32, u64)>,
}

impl Rounds {
    /// Counts words that are 1 + the tick in which a node did, 0 for never.
    #[must_use]
    pub fn of(words: &[u32]) -> Self {
        let mut rounds: Vec<u32> = words.iter().copied().filter(|&round| round != 0).collect();
        rounds.sort_unstable();
        let histogram = rounds.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64));
        Self {
            histogram: histogram.collect(),
        }
    }

    /// How many nodes did it.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.histogram.iter().map(|&(_, nodes)| nodes).sum()
    }

    /// After how many rounds on average; nothing if nobody did it.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let sum: u128 = self
            .histogram
            .iter()
            .map(|&(round, nodes)| u128::from(round) * u128::from(nodes))
            .sum();
        (self.nodes() > 0).then(|| sum as f64 / self.nodes() as f64)
    }

    /// The first round by the end of which at least `percent` of those that did it had; nothing if nobody did.
    #[must_use]
    pub fn percentile(&self, percent: u32) -> Option<u32> {
        let needed = (u128::from(self.nodes()) * u128::from(percent)).div_ceil(100);
        let mut so_far = 0;
        self.histogram.iter().find_map(|&(round, nodes)| {
            so_far += u128::from(nodes);
            (so_far >= needed).then_some(round)
        })
    }

    /// The last round in which any did; nothing if nobody did.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        self.histogram.last().map(|&(round, _)| round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_counted() {
        let rounds = Rounds::of(&[3, 0, 1, 3, 3, 0, 10]);
        assert_eq!(rounds.histogram, [(1, 1), (3, 3), (10, 1)]);
        assert_eq!((rounds.nodes(), rounds.mean(), rounds.last()), (5, Some(4.0), Some(10)));
        let percentiles = [0, 20, 21, 50, 80, 81, 95, 100].map(|percent| rounds.percentile(percent));
        assert_eq!(percentiles, [1, 1, 3, 3, 3, 10, 10, 10].map(Some));
    }

    #[test]
    fn nobody_has_no_rounds() {
        let nobody = Rounds::of(&[0, 0]);
        assert_eq!(
            (nobody.nodes(), nobody.mean(), nobody.percentile(50), nobody.last()),
            (0, None, None, None)
        );
    }
}
