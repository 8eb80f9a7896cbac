//! The opinions at tick 0: what a scenario says of them, and their words.
//!
//! Opinions are numbered from 1; the lower 16 bits of a node's word hold its opinion, 0 for none. How many nodes start with
//! each opinion is exact, not drawn; which nodes they are is: a random permutation of all nodes deals the opinions out.

use crate::column::ColumnId;
use crate::error::Error;
use crate::memory;
use crate::number::{HALF_ROUNDS, Permutation, Stream, threefry2x32};
use crate::plan::Plan;
use crate::words::Words;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The opinions at tick 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum OpinionStart {
    /// Each opinion has as many nodes as any other, to within one; the first opinions have the odd ones.
    Balanced(Balanced),
    /// Each opinion has its share of the nodes, rounded by the largest remainder.
    Shares(Shares),
    /// As balanced, but opinion 1 has so many nodes more than each other opinion.
    Lead(Lead),
}

/// Nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Balanced {}

/// A share of the nodes for each opinion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// The share of each opinion, in their order; together 1.
    #[schemars(length(min = 1, max = 256), inner(range(min = 0, max = 1)))]
    pub shares: Vec<f64>,
}

/// One opinion ahead of the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// How many nodes more than any other opinion has opinion 1; one more than that where the rest cannot be divided evenly.
    #[schemars(range(min = 0, max = 4_294_967_294u32))]
    pub lead: u32,
}

impl Default for OpinionStart {
    fn default() -> Self {
        Self::Balanced(Balanced {})
    }
}

const KEY: &str = "consensus.start";

/// How far the shares' sum may be from 1.
const TOLERANCE: f64 = 1e-9;

impl OpinionStart {
    /// How many of `nodes` nodes start with each of the opinions 1..=`opinions`.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key, if the shares are not one for each opinion or do not add up to 1, or if the lead is
    /// more than there are nodes.
    pub fn counts(&self, nodes: u32, opinions: u32) -> Result<Vec<u32>, Error> {
        match self {
            Self::Balanced(_) => Ok(evenly(nodes, opinions)),
            Self::Shares(start) => {
                let key = format!("{KEY}.shares");
                by_shares(&key, ["opinion", "opinions"], &start.shares, nodes, opinions)
            }
            Self::Lead(start) => {
                let Some(rest) = nodes.checked_sub(start.lead) else {
                    let message = format!(
                        "is {}, but the swarm has only {nodes} nodes; at most all of them can be ahead",
                        start.lead
                    );
                    return Err(Error::invalid(format!("{KEY}.lead"), message));
                };
                let mut counts = evenly(rest, opinions);
                if let Some(first) = counts.first_mut() {
                    *first += start.lead;
                }
                Ok(counts)
            }
        }
    }

    /// The opinion that most nodes start with, of equals the lowest.
    ///
    /// # Errors
    /// As [`Self::counts`].
    pub fn favourite(&self, nodes: u32, opinions: u32) -> Result<u32, Error> {
        let counts = self.counts(nodes, opinions)?;
        let ranked = (1..)
            .zip(counts)
            .max_by_key(|&(opinion, count)| (count, std::cmp::Reverse(opinion)));
        Ok(ranked.map_or(0, |(opinion, _)| opinion))
    }

    /// The word of every node: its opinion.
    ///
    /// # Errors
    /// As [`Self::counts`]; [`Error::TooLarge`] if there is no memory for them.
    pub fn words(&self, nodes: u32, opinions: u32, seed: u32) -> Result<Words, Error> {
        let deal = self.dealer(nodes, opinions, seed)?;
        let mut words = memory::column(nodes, 2)?;
        let chunks = words.par_chunks_mut(CHUNK).enumerate();
        chunks.for_each(|(chunk, words)| deal((chunk * CHUNK) as u32, words));
        Ok(words)
    }

    /// The same of the nodes that are wanted.
    ///
    /// # Errors
    /// As [`Self::words`].
    pub(crate) fn wanted(&self, (plan, column): (&Plan, ColumnId), opinions: u32, seed: u32) -> Result<Words, Error> {
        let deal = self.dealer(plan.nodes(), opinions, seed)?;
        let mut words = memory::column(plan.nodes(), 2)?;
        plan.fill_in(column, &mut words, CHUNK, deal);
        Ok(words)
    }

    /// What fills in the words of nodes that follow each other, from the first of them on.
    fn dealer(&self, nodes: u32, opinions: u32, seed: u32) -> Result<impl Fn(u32, &mut [u32]) + Sync + use<>, Error> {
        // Behind the last node of each opinion, in the order that the permutation makes.
        let mut ends = self.counts(nodes, opinions)?;
        for opinion in 1..ends.len() {
            ends[opinion] += ends[opinion - 1];
        }
        let order = Permutation::new(nodes, keys(seed));
        Ok(move |first: u32, words: &mut [u32]| {
            for (word, node) in words.iter_mut().zip(first..) {
                *word = node;
            }
            order.permute(words);
            for word in words {
                // Permutations are of at least three indices.
                while *word >= nodes {
                    *word = order.permuted(*word);
                }
                *word = 1 + ends.partition_point(|end| end <= word) as u32;
            }
        })
    }
}

/// Nodes that are dealt opinions together.
const CHUNK: usize = 1 << 14;

/// The keys of the permutation: not those of [`Permutation::random`], with which networks are drawn.
fn keys(seed: u32) -> [u32; HALF_ROUNDS] {
    let mut keys = [0; HALF_ROUNDS];
    for (pair, k) in keys.chunks_exact_mut(2).zip(0..) {
        pair.copy_from_slice(&threefry2x32([seed, Stream::Start as u32], [k, 1]));
    }
    keys
}

/// As many for each as for any other; the first have one more where that does not work out.
fn evenly(nodes: u32, opinions: u32) -> Vec<u32> {
    let (each, odd) = (nodes / opinions.max(1), nodes % opinions.max(1));
    (0..opinions).map(|opinion| each + u32::from(opinion < odd)).collect()
}

/// How many of so many nodes have each of some kinds, as their shares say, by Hare's method of the largest remainder; of equal remainders
/// the first. The kinds are called by one and by several.
///
/// # Errors
/// [`Error::Invalid`] naming the key, if there is not a share from 0 to 1 for each, or they do not add up to 1.
pub(crate) fn by_shares(
    key: &str,
    [one, several]: [&str; 2],
    shares: &[f64],
    nodes: u32,
    kinds: u32,
) -> Result<Vec<u32>, Error> {
    if shares.len() != kinds as usize {
        let message = format!(
            "has {} shares for {kinds} {several}; it needs one for each",
            shares.len()
        );
        return Err(Error::invalid(key, message));
    }
    if let Some((at, share)) = (1..).zip(shares).find(|(_, share)| !(0.0..=1.0).contains(*share)) {
        let message = format!("gives {one} {at} the share {share}; a share is from 0 to 1");
        return Err(Error::invalid(key, message));
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > TOLERANCE {
        let message = format!("add up to {sum}, not to 1; change one of them by {}", 1.0 - sum);
        return Err(Error::invalid(key, message));
    }
    let quotas: Vec<f64> = shares.iter().map(|share| share / sum * f64::from(nodes)).collect();
    let mut counts: Vec<u32> = quotas.iter().map(|quota| *quota as u32).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    let remainder = |at: usize| quotas[at] - f64::from(counts[at]);
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    let given: u64 = counts.iter().copied().map(u64::from).sum();
    let left = u64::from(nodes).saturating_sub(given) as usize;
    for at in order.into_iter().take(left) {
        counts[at] += 1;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(shares: &[f64]) -> OpinionStart {
        OpinionStart::Shares(Shares {
            shares: shares.to_vec(),
        })
    }

    #[test]
    fn counts_are_exact() {
        let counts = |start: &OpinionStart, nodes| start.counts(nodes, 3).unwrap();
        let balanced = OpinionStart::default();
        assert_eq!(counts(&balanced, 9), [3, 3, 3]);
        assert_eq!(counts(&balanced, 11), [4, 4, 3]);
        assert_eq!(counts(&balanced, 2), [1, 1, 0]);
        let lead = OpinionStart::Lead(Lead { lead: 5 });
        assert_eq!(counts(&lead, 11), [7, 2, 2]);
        assert_eq!(counts(&lead, 12), [8, 2, 2]);
        assert_eq!(counts(&lead, 5), [5, 0, 0]);
        assert_eq!(
            counts(&shares(&[0.5, 0.3, 0.2]), 1_000_000),
            [500_000, 300_000, 200_000]
        );
        // Quotas 1.5, 3.0, 5.5 of 10 and 0.7, 1.4, 4.9 of 7.
        assert_eq!(counts(&shares(&[0.15, 0.3, 0.55]), 10), [2, 3, 5]);
        assert_eq!(counts(&shares(&[0.1, 0.2, 0.7]), 7), [1, 1, 5]);
        assert_eq!(
            counts(&shares(&[1.0 / 3.0; 3]), u32::MAX - 1),
            [1_431_655_765, 1_431_655_765, 1_431_655_764]
        );
    }

    #[test]
    fn the_largest_group_is_the_favourite_and_the_first_of_equals() {
        assert_eq!(OpinionStart::default().favourite(12, 4).unwrap(), 1);
        assert_eq!(shares(&[0.2, 0.4, 0.4]).favourite(100, 3).unwrap(), 2);
        assert_eq!(shares(&[0.0, 0.0, 1.0]).favourite(2, 3).unwrap(), 3);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refusal = |start: &OpinionStart, opinions| start.counts(10, opinions).unwrap_err().to_string();
        assert!(refusal(&shares(&[0.5, 0.4]), 2).contains("add up to 0.9"));
        assert!(refusal(&shares(&[0.5, 0.5]), 3).contains("2 shares for 3 opinions"));
        assert!(refusal(&shares(&[1.5, -0.5]), 2).contains("opinion 1 the share 1.5"));
        assert!(refusal(&shares(&[f64::NAN, 0.5]), 2).contains("NaN"));
        assert!(refusal(&OpinionStart::Lead(Lead { lead: 11 }), 2).contains("11"));
    }

    #[test]
    fn words_have_the_counts_in_random_places() {
        for nodes in [1, 2, 3, 10, 40_000] {
            let start = shares(&[0.25, 0.0, 0.75]);
            let words = start.words(nodes, 3, 9).unwrap();
            let mut counts = vec![0; 3];
            words.iter().for_each(|&word| counts[word as usize - 1] += 1);
            assert_eq!(counts, start.counts(nodes, 3).unwrap(), "{nodes}");
        }
        // Of 40 000 neighbouring pairs at random 3/8 differ: 15 000 ± 97.
        let words = shares(&[0.25, 0.0, 0.75]).words(40_000, 3, 9).unwrap();
        let unequal = words.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((15_000 - 400..15_000 + 400).contains(&unequal), "{unequal}");
        assert_ne!(words[..], shares(&[0.25, 0.0, 0.75]).words(40_000, 3, 10).unwrap()[..]);
    }
}
