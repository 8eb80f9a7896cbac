//! A network's links as compressed sparse rows, read from a topology block by block.

use super::watch::Watch;
use super::{AnalysisError, Stage};
use crate::topology::Topology;
use rayon::prelude::*;
use std::ops::Range;

/// Nodes that are read at a time.
const BLOCK: u32 = 1 << 12;

/// The rows of an undirected network. Parallel links are one entry with its multiplicity.
///
/// Takes 4 bytes a node and 4 bytes a link end; 4 more of both where there are parallel links.
#[derive(Clone, Debug)]
pub(super) struct Network {
    offsets: Vec<u32>,
    ends: Vec<u32>,
    parallel: Option<Parallel>,
}

/// What parallel links add.
#[derive(Clone, Debug)]
struct Parallel {
    /// Entry by entry, how many links it stands for.
    multiplicity: Vec<u32>,
    /// Node by node, with multiplicity.
    degrees: Vec<u32>,
}

impl Network {
    /// Reads the links of a topology.
    pub fn read(topology: &dyn Topology, watch: &mut Watch<'_>) -> Result<Self, AnalysisError> {
        let blocks: Vec<Range<u32>> = blocks(topology.nodes()).collect();
        // Some blocks at a time, so that no second copy of the whole is ever held.
        let wave = 16 * rayon::current_num_threads();
        let mut counts = Vec::with_capacity(topology.nodes() as usize);
        for (k, some) in blocks.chunks(wave).enumerate() {
            watch.tell(Stage::Links, 0.3 * (k * wave) as f64 / blocks.len() as f64)?;
            let found: Vec<Vec<u32>> = some.par_iter().map(|nodes| count(topology, nodes.clone())).collect();
            counts.extend(found.into_iter().flatten());
        }
        let all: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        if all > u64::from(u32::MAX) {
            return Err(AnalysisError::TooManyLinks { links: all / 2 });
        }
        let offsets = offsets(&counts);
        drop(counts);
        let mut ends = vec![0u32; all as usize];
        let mut rest = ends.as_mut_slice();
        let mut parts = Vec::with_capacity(blocks.len());
        for nodes in blocks {
            let len = offsets[nodes.end as usize] - offsets[nodes.start as usize];
            let (part, others) = rest.split_at_mut(len as usize);
            parts.push((nodes, part));
            rest = others;
        }
        let total = parts.len();
        for (k, some) in parts.chunks_mut(wave).enumerate() {
            watch.tell(Stage::Links, 0.3 + 0.7 * (k * wave) as f64 / total as f64)?;
            some.par_iter_mut()
                .for_each(|(nodes, part)| fill(topology, nodes.clone(), &offsets, part));
        }
        Ok(Self::merged(offsets, ends))
    }

    /// The network whose sorted rows may name a neighbour more than once.
    fn merged(offsets: Vec<u32>, mut ends: Vec<u32>) -> Self {
        let rows = || offsets.windows(2).map(|w| w[0] as usize..w[1] as usize);
        if rows().all(|row| ends[row].is_sorted_by(|a, b| a < b)) {
            return Self {
                offsets,
                ends,
                parallel: None,
            };
        }
        let degrees: Vec<u32> = offsets.windows(2).map(|w| w[1] - w[0]).collect();
        let mut multiplicity: Vec<u32> = Vec::with_capacity(ends.len());
        let mut counts = Vec::with_capacity(degrees.len());
        for row in rows() {
            let first = multiplicity.len();
            for at in row {
                let at_hand = multiplicity.len();
                if at_hand > first && ends[at_hand - 1] == ends[at] {
                    multiplicity[at_hand - 1] += 1;
                } else {
                    // Entries only move towards the start.
                    ends[at_hand] = ends[at];
                    multiplicity.push(1);
                }
            }
            counts.push((multiplicity.len() - first) as u32);
        }
        ends.truncate(multiplicity.len());
        Self {
            offsets: self::offsets(&counts),
            ends,
            parallel: Some(Parallel { multiplicity, degrees }),
        }
    }

    /// The network of these rows.
    #[cfg(test)]
    pub fn from_rows(rows: &[Vec<u32>]) -> Self {
        let counts: Vec<u32> = rows.iter().map(|r| r.len() as u32).collect();
        let mut rows = rows.to_vec();
        rows.iter_mut().for_each(|row| row.sort_unstable());
        Self::merged(self::offsets(&counts), rows.concat())
    }

    pub fn nodes(&self) -> u32 {
        (self.offsets.len() - 1) as u32
    }

    /// Entries of all rows: two for each pair of linked nodes.
    pub fn entries(&self) -> usize {
        self.ends.len()
    }

    /// Where the row of a node lies among the entries.
    pub fn row(&self, node: u32) -> Range<usize> {
        self.offsets[node as usize] as usize..self.offsets[node as usize + 1] as usize
    }

    /// The other ends of all entries.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// The different neighbours of a node, ascending.
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.ends[self.row(node)]
    }

    /// The number of links of a node, parallel ones counted each.
    pub fn degree(&self, node: u32) -> u32 {
        match &self.parallel {
            Some(parallel) => parallel.degrees[node as usize],
            None => self.offsets[node as usize + 1] - self.offsets[node as usize],
        }
    }

    /// How many links an entry stands for.
    pub fn multiplicity(&self, entry: usize) -> u32 {
        self.parallel.as_ref().map_or(1, |p| p.multiplicity[entry])
    }

    /// Every pair of linked nodes once, lower first.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.nodes()).flat_map(|i| self.neighbours(i).iter().filter(move |&&j| j > i).map(move |&j| (i, j)))
    }
}

fn blocks(nodes: u32) -> impl Iterator<Item = Range<u32>> {
    (0..nodes.div_ceil(BLOCK)).map(move |k| k * BLOCK..(u64::from(k + 1) * u64::from(BLOCK)).min(nodes.into()) as u32)
}

fn offsets(counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    std::iter::once(0)
        .chain(counts.iter().map(|c| {
            sum += c;
            sum
        }))
        .collect()
}

/// Calls `f` with every node of the block and each of its links in turn.
fn each(topology: &dyn Topology, nodes: Range<u32>, mut f: impl FnMut(u32, u32)) {
    let mut list = vec![0; nodes.len()];
    for slot in 0..topology.slots() {
        let mut first = nodes.start;
        while first < nodes.end {
            let (answer, len) = topology.neighbours(slot, first..nodes.end, &mut list);
            let others = answer.ids(first, &list);
            for l in 0..len {
                let other = others.at(l as usize);
                if other != first + l {
                    f(first + l, other);
                }
            }
            first += len;
        }
    }
    if let Some(rows) = topology.rows() {
        for i in nodes {
            let row = rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize;
            rows.ends[row].iter().for_each(|&j| f(i, j));
        }
    }
}

fn count(topology: &dyn Topology, nodes: Range<u32>) -> Vec<u32> {
    let first = nodes.start;
    let mut counts = vec![0; nodes.len()];
    each(topology, nodes, |i, _| counts[(i - first) as usize] += 1);
    counts
}

/// Fills in the rows of a block, each ascending.
fn fill(topology: &dyn Topology, nodes: Range<u32>, offsets: &[u32], part: &mut [u32]) {
    let base = offsets[nodes.start as usize];
    let starts: Vec<usize> = offsets[nodes.start as usize..=nodes.end as usize]
        .iter()
        .map(|o| (o - base) as usize)
        .collect();
    let mut at = starts.clone();
    let first = nodes.start;
    each(topology, nodes, |i, j| {
        let cursor = &mut at[(i - first) as usize];
        part[*cursor] = j;
        *cursor += 1;
    });
    for row in starts.windows(2) {
        part[row[0]..row[1]].sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 = 1 twice, 1 – 2.
    #[test]
    fn parallel_links_are_one_entry() {
        let network = Network::from_rows(&[vec![1, 1], vec![2, 0, 0], vec![1]]);
        assert_eq!((network.nodes(), network.entries()), (3, 4));
        assert_eq!([0, 1, 2].map(|i| network.degree(i)), [2, 3, 1]);
        assert_eq!(network.neighbours(1), [0, 2]);
        assert_eq!([0, 1, 2, 3].map(|e| network.multiplicity(e)), [2, 2, 1, 1]);
        assert_eq!(network.pairs().collect::<Vec<_>>(), [(0, 1), (1, 2)]);
    }
}
