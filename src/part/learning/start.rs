//! What nodes hold at tick 0.
//!
//! How many start with each strategy is exact, not drawn; which they are is: a random permutation deals the strategies out.

use super::rule::Kept;
use crate::column::ColumnId;
use crate::error::Error;
use crate::input::locate;
use crate::memory;
use crate::number::{HALF_ROUNDS, Permutation, hash_name, threefry2x32};
use crate::part::consensus::by_shares;
use crate::plan::Plan;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// What nodes hold at tick 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LearningStart {
    /// Each strategy is held by as many as any other, to within one; the first have the odd ones.
    Uniform(UniformStart),
    /// Each strategy has its share of the nodes, rounded by the largest remainder.
    Shares(SharesStart),
    /// One node holds one strategy, all others another.
    Point(PointStart),
    /// Nobody holds anything.
    Idle(UniformStart),
    /// From a Parquet or .npz table, as `run --save` writes it: its column `strategy`.
    File(StrategyFile),
}

/// Nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UniformStart {}

/// A share of the nodes for each strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharesStart {
    /// The share of each strategy, in their order; together 1.
    #[schemars(length(min = 1, max = 16), inner(range(min = 0, max = 1)))]
    pub shares: Vec<f64>,
}

/// One node apart from the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointStart {
    /// Which node.
    #[serde(default)]
    pub node: u32,
    /// The strategy that it holds, from 1.
    #[schemars(range(min = 1, max = 16))]
    pub strategy: u32,
    /// The strategy that all others hold, from 1; 0 for none.
    #[serde(default = "first")]
    #[schemars(range(min = 0, max = 16))]
    pub others: u32,
}

fn first() -> u32 {
    1
}

/// Strategies from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategyFile {
    /// The file. A relative name starts at the scenario's folder, or else at the current one.
    pub file: PathBuf,
}

impl Default for LearningStart {
    fn default() -> Self {
        Self::Uniform(UniformStart {})
    }
}

const KEY: &str = "learning.start";

/// Nodes that are dealt strategies together.
const CHUNK: usize = 1 << 14;

impl LearningStart {
    pub(super) fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        match self {
            Self::File(start) => vec![(format!("{KEY}.file"), &mut start.file)],
            _ => Vec::new(),
        }
    }

    /// Whether it fits the swarm.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    pub(super) fn check(&self, nodes: u32, strategies: u32) -> Result<(), Error> {
        match self {
            Self::Uniform(_) | Self::Idle(_) => Ok(()),
            Self::Shares(start) => counts(&start.shares, nodes, strategies).map(drop),
            Self::Point(start) => {
                if start.node >= nodes {
                    let message = format!("is {}, but the swarm has {nodes} nodes, numbered from 0", start.node);
                    return Err(Error::invalid(format!("{KEY}.node"), message));
                }
                for (key, strategy) in [("strategy", start.strategy), ("others", start.others)] {
                    if strategy > strategies {
                        let message = format!("is {strategy}, but there are {strategies} strategies, numbered from 1");
                        return Err(Error::invalid(format!("{KEY}.{key}"), message));
                    }
                }
                Ok(())
            }
            Self::File(start) if start.file.as_os_str().is_empty() => {
                let message = "is empty; name the table that holds a strategy for each node";
                Err(Error::invalid(format!("{KEY}.file"), message))
            }
            Self::File(_) => Ok(()),
        }
    }

    /// What nodes remember besides, where they start from a file: the words of these columns.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the file cannot be read, or has not what the rule needs.
    pub(super) fn remembered(
        &self,
        kept: &[Kept],
        plan: &Plan,
        folder: &Path,
    ) -> Result<Vec<(ColumnId, Words)>, Error> {
        let Self::File(start) = self else { return Ok(Vec::new()) };
        let path = locate(folder, &start.file);
        let mut all = Vec::new();
        for kept in kept {
            let column = plan.column(kept.column)?;
            let range = if kept.is_signed {
                i64::from(i32::MIN)..=i64::from(i32::MAX)
            } else {
                0..=i64::from(u32::MAX)
            };
            let lanes = (plan.words(column) / u64::from(plan.nodes().max(1))) as usize;
            let mut words = Vec::new();
            for name in kept.names.iter().take(lanes) {
                words.extend_from_slice(&from_table(&path, plan, name, &range)?);
            }
            all.push((column, Words::from(&*words)));
        }
        Ok(all)
    }

    /// The word of every node that is wanted.
    ///
    /// # Errors
    /// As [`LearningStart::check`]; [`Error::TooLarge`] if there is no memory for them.
    pub(super) fn words(
        &self,
        (plan, column): (&Plan, ColumnId),
        strategies: u32,
        seed: u32,
        folder: &Path,
    ) -> Result<Words, Error> {
        let nodes = plan.nodes();
        match self {
            Self::Uniform(_) => {
                let (each, odd) = (nodes / strategies, nodes % strategies);
                let counts = (0..strategies).map(|k| each + u32::from(k < odd)).collect();
                dealt(counts, (plan, column), seed)
            }
            Self::Idle(_) => Ok(Words::default()),
            Self::Shares(start) => dealt(counts(&start.shares, nodes, strategies)?, (plan, column), seed),
            Self::Point(start) => {
                let mut words = memory::column(nodes, 2)?;
                plan.fill_in(column, &mut words, CHUNK, |_, words| words.fill(start.others));
                if let Some(word) = words.get_mut(start.node as usize) {
                    *word = start.strategy;
                }
                Ok(words)
            }
            Self::File(start) => {
                let path = locate(folder, &start.file);
                from_table(&path, plan, "strategy", &(0..=i64::from(strategies)))
            }
        }
    }
}

/// The words of a column of the file at `path`.
#[cfg(feature = "tables")]
fn from_table(path: &Path, plan: &Plan, column: &'static str, range: &RangeInclusive<i64>) -> Result<Words, Error> {
    use crate::part::consensus::table::{Wanted, read};
    let key = format!("{KEY}.file");
    let wanted = Wanted {
        key: &key,
        column,
        range,
    };
    read(path, plan, wanted)?.ok_or_else(|| {
        if let Err(error) = std::fs::File::open(path) {
            let message = format!(
                "is {}, which cannot be opened: {error}; name a table that `run --save` has written",
                crate::error::shown(path)
            );
            return Error::invalid(&key, message);
        }
        let message = format!(
            "is {}, which is no Parquet or .npz table; take one that `run --save` has written",
            crate::error::shown(path)
        );
        Error::invalid(&key, message)
    })
}

#[cfg(not(feature = "tables"))]
fn from_table(_: &Path, _: &Plan, _: &'static str, _: &RangeInclusive<i64>) -> Result<Words, Error> {
    let message = "is file, but this build reads no tables; build it with the feature tables";
    Err(Error::invalid(format!("{KEY}.kind"), message))
}

/// How many have each strategy.
fn counts(shares: &[f64], nodes: u32, strategies: u32) -> Result<Vec<u32>, Error> {
    let key = format!("{KEY}.shares");
    by_shares(&key, ["strategy", "strategies"], shares, nodes, strategies)
}

/// So many of each strategy, in random places.
fn dealt(counts: Vec<u32>, (plan, column): (&Plan, ColumnId), seed: u32) -> Result<Words, Error> {
    let nodes = plan.nodes();
    // Behind the last node of each, in the order that the permutation makes.
    let mut ends = counts;
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let key = threefry2x32([seed, hash_name(KEY)], [0, 0]);
    let mut keys = [0; HALF_ROUNDS];
    for (pair, k) in keys.chunks_exact_mut(2).zip(1..) {
        pair.copy_from_slice(&threefry2x32(key, [k, 0]));
    }
    let order = Permutation::new(nodes, keys);
    let mut words = memory::column(nodes, 2)?;
    plan.fill_in(column, &mut words, CHUNK, |first, words| {
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
    });
    Ok(words)
}
