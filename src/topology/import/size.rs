//! A first row that states the size: `n m`, or `n n m` as Matrix Market has it.

use super::edge_list::MAX_ID;
use super::lines::{Whole, whole};
use super::{Ids, Limits, matrix_market};
use crate::error::ImportError;
use rayon::prelude::*;

/// How many nodes and links there are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) nodes: u64,
    pub(super) links: u64,
}

impl Size {
    /// What a row may state.
    pub(super) fn stated_by(cells: &[impl AsRef<[u8]>]) -> Option<Self> {
        let numbers: Option<Vec<u64>> = cells
            .iter()
            .take(4)
            .map(|cell| match whole(cell.as_ref()) {
                Whole::Value(number) => Some(number),
                _ => None,
            })
            .collect();
        match numbers?[..] {
            [nodes, links] if nodes >= 2 => Some(Self { nodes, links }),
            [nodes, again, links] if nodes >= 2 && nodes == again => Some(Self { nodes, links }),
            _ => None,
        }
    }

    /// Whether so many links between ids from `least` to `largest` are what it states.
    pub(super) fn is_borne_out(&self, links: u64, least: u64, largest: u64) -> bool {
        self.links == links && links > 0 && (largest < self.nodes || largest == self.nodes && least > 0)
    }

    /// What is said of it.
    pub(super) fn note(&self) -> String {
        format!(
            "the first line is the size, {} nodes and {} links",
            self.nodes, self.links
        )
    }

    /// Numbers the nodes, those without a link too.
    pub(super) fn number(
        &self,
        links: &mut [Vec<(u32, u32)>],
        entries: u64,
        file: &str,
        limits: &Limits,
    ) -> Result<Ids, ImportError> {
        limits.nodes_within(file, self.nodes)?;
        matrix_market::believe(self.nodes, entries, (file, 1), limits)?;
        let nodes = u32::try_from(self.nodes).unwrap_or(MAX_ID); // within limits.max_nodes
        let ends = || links.par_iter().flatten().flat_map_iter(|&(one, other)| [one, other]);
        if ends().all(|end| end < nodes) && ends().any(|end| end == 0) {
            return Ok(Ids::Same { nodes });
        }
        if ends().any(|end| end == nodes) || ends().all(|end| end > 0) {
            links
                .par_iter_mut()
                .flatten()
                .for_each(|link| *link = (link.0 - 1, link.1 - 1));
            return Ok(Ids::OneBased { nodes });
        }
        Ok(Ids::Same { nodes })
    }
}
