//! The graph itself: compressed sparse rows, both ends of each link.
//!
//! Built by counting, not by sorting links: degrees are counted, their running sum gives the rows, links are dealt out
//! into the rows, and each row is sorted on its own. Threads deal in any order; sorting the rows makes the result the
//! same whatever their number.

use crate::error::GraphError;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;

use super::rows::tidy;

/// An undirected simple graph in compressed sparse rows.
///
/// `offsets` has one entry per node and one more, starts with 0 and never falls; the neighbours of node `i` are
/// `ends[offsets[i]..offsets[i + 1]]`, ascending, without `i` itself and without repetition. If `j` is in the row of
/// `i`, `i` is in the row of `j`, so `ends` holds each link twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    offsets: Vec<u32>,
    ends: Vec<u32>,
}

/// A graph, and what was left out to make it simple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The graph.
    pub graph: Graph,
    /// Links from a node to itself, dropped.
    pub self_loops: u64,
    /// Repetitions of a link, in either direction, dropped.
    pub duplicates: u64,
}

impl Graph {
    /// The graph of `nodes` nodes, numbered from 0, and `links`, each given at least once in either direction.
    /// Self-loops and duplicates are dropped and counted.
    ///
    /// # Errors
    /// An end outside `0..nodes`; more than 2³² − 1 link ends, counted before duplicates are dropped.
    pub fn from_links(nodes: u32, links: &[(u32, u32)]) -> Result<Built, GraphError> {
        Self::from_chunks(nodes, &links.chunks(1 << 16).collect::<Vec<_>>())
    }

    /// As [`from_links`](Self::from_links), from links in several pieces; threads take whole pieces. Beside the links
    /// and the graph no memory in proportion to either is needed.
    ///
    /// # Errors
    /// As [`from_links`](Self::from_links).
    pub fn from_chunks<C>(nodes: u32, chunks: &[C]) -> Result<Built, GraphError>
    where
        C: AsRef<[(u32, u32)]> + Sync,
    {
        let links: u64 = chunks.iter().map(|chunk| chunk.as_ref().len() as u64).sum();
        ends_within_limit(links.saturating_mul(2))?;
        // While counting, row[i + 1] is the degree of i; while dealing, where the next end of i goes. When all are
        // dealt that is where row i + 1 begins: the offsets, without a second array.
        let mut row: Vec<AtomicU32> = atomic_zeros(nodes as usize + 1);
        let counted: Vec<Result<u64, GraphError>> = chunks
            .par_iter()
            .map(|chunk| count(nodes, chunk.as_ref(), &row))
            .collect();
        let mut self_loops = 0;
        for loops in counted {
            self_loops += loops?;
        }
        let mut total = 0;
        for cell in &mut row {
            // Cell i + 1 held the degree of i and becomes the start of row i; cell 0 held and stays 0.
            total += std::mem::replace(cell.get_mut(), total);
        }
        let ends: Vec<AtomicU32> = atomic_zeros(total as usize);
        chunks.par_iter().for_each(|chunk| {
            for &(one, other) in chunk.as_ref().iter().filter(|(one, other)| one != other) {
                ends[row[one as usize + 1].fetch_add(1, Relaxed) as usize].store(other, Relaxed);
                ends[row[other as usize + 1].fetch_add(1, Relaxed) as usize].store(one, Relaxed);
            }
        });
        // Converting a vector of atomics into plain numbers keeps its memory.
        let offsets = row.into_iter().map(AtomicU32::into_inner).collect();
        let ends = ends.into_iter().map(AtomicU32::into_inner).collect();
        let tidied = tidy(offsets, ends);
        let graph = Graph {
            offsets: tidied.offsets,
            ends: tidied.ends,
        };
        Ok(Built {
            graph,
            self_loops,
            duplicates: tidied.repeated / 2,
        })
    }

    /// The graph of adjacency rows that list each link at both ends. Rows need not be sorted; self-loops and repeated
    /// neighbours are dropped and counted (a repetition at both ends as one duplicate, at one end as half of one,
    /// rounded up). `offsets` has one entry per node and one more, from 0 to `ends.len()`, never falling.
    ///
    /// # Errors
    /// A neighbour that is no node; the first node, and its first neighbour, whose link is not listed at the other end.
    ///
    /// # Panics
    /// If `offsets` is not as described.
    pub fn from_rows(offsets: Vec<u32>, ends: Vec<u32>) -> Result<Built, GraphError> {
        let well_formed = offsets.first() == Some(&0) && offsets.is_sorted();
        assert!(
            well_formed && offsets.last().map(|&last| last as usize) == Some(ends.len()),
            "offsets of other rows"
        );
        let nodes = (offsets.len() - 1) as u32; // at most 2^32 - 1: one row per 32-bit node
        let tidied = tidy(offsets, ends);
        let graph = Graph {
            offsets: tidied.offsets,
            ends: tidied.ends,
        };
        // Rows are sorted, so a neighbour out of range is the last of its row.
        let stray = (0..nodes).into_par_iter().find_map_first(|node| {
            graph
                .row(node)
                .last()
                .filter(|&&last| last >= nodes)
                .map(|&last| (node, last))
        });
        if let Some(link) = stray {
            return Err(GraphError::EndOutOfRange { link, nodes });
        }
        let one_sided = (0..nodes).into_par_iter().find_map_first(|node| {
            let row = graph.row(node).iter();
            row.copied()
                .find(|&neighbour| !graph.linked(neighbour, node))
                .map(|neighbour| (node, neighbour))
        });
        match one_sided {
            Some((node, neighbour)) => Err(GraphError::OneSided { node, neighbour }),
            None => Ok(Built {
                graph,
                self_loops: tidied.to_self,
                duplicates: tidied.repeated.div_ceil(2),
            }),
        }
    }

    /// The graph of rows that are in order already, and list each link at both ends once.
    pub(in crate::topology) fn of_sorted_rows(offsets: Vec<u32>, ends: Vec<u32>) -> Self {
        let graph = Self { offsets, ends };
        debug_assert!((0..graph.nodes()).all(|i| {
            let row = graph.row(i);
            row.is_sorted_by(|a, b| a < b) && row.iter().all(|&j| j != i && graph.linked(j, i))
        }));
        graph
    }

    /// The number of nodes.
    pub fn nodes(&self) -> u32 {
        (self.offsets.len() - 1) as u32 // built from at most 2^32 - 1 nodes
    }

    /// The number of links; `ends` holds twice as many.
    pub fn links(&self) -> u32 {
        (self.ends.len() / 2) as u32 // at most 2^32 - 1 ends
    }

    /// The number of neighbours of a node.
    ///
    /// # Panics
    /// If `node` is not below [`nodes`](Self::nodes).
    pub fn degree(&self, node: u32) -> u32 {
        self.offsets[node as usize + 1] - self.offsets[node as usize]
    }

    /// The neighbours of a node, ascending.
    ///
    /// # Panics
    /// If `node` is not below [`nodes`](Self::nodes).
    pub fn row(&self, node: u32) -> &[u32] {
        &self.ends[self.offsets[node as usize] as usize..self.offsets[node as usize + 1] as usize]
    }

    /// Whether two nodes are linked.
    ///
    /// # Panics
    /// If `one` is not below [`nodes`](Self::nodes).
    pub fn linked(&self, one: u32, other: u32) -> bool {
        self.row(one).binary_search(&other).is_ok()
    }

    /// Where each row starts in [`ends`](Self::ends): `nodes() + 1` entries, the last one `ends().len()`.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// All rows, one after the other: `2 * links()` entries.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }
}

/// Refuses more ends than offsets can count.
pub(super) fn ends_within_limit(ends: u64) -> Result<(), GraphError> {
    if ends > u64::from(u32::MAX) {
        Err(GraphError::TooManyEnds { ends })
    } else {
        Ok(())
    }
}

fn atomic_zeros(length: usize) -> Vec<AtomicU32> {
    vec![0; length].into_iter().map(AtomicU32::new).collect()
}

/// Adds the degrees of `links` to `row[i + 1]`; returns the number of self-loops, which count for nothing.
fn count(nodes: u32, links: &[(u32, u32)], row: &[AtomicU32]) -> Result<u64, GraphError> {
    let mut self_loops = 0;
    for &(one, other) in links {
        if one.max(other) >= nodes {
            return Err(GraphError::EndOutOfRange {
                link: (one, other),
                nodes,
            });
        }
        if one == other {
            self_loops += 1;
        } else {
            row[one as usize + 1].fetch_add(1, Relaxed);
            row[other as usize + 1].fetch_add(1, Relaxed);
        }
    }
    Ok(self_loops)
}
