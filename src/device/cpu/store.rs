//! The columns of a swarm in the host's memory.

use crate::error::Error;
use crate::memory;
use crate::plan::{ColumnId, Extent, Plan};
use crate::topology::Rows;
use crate::words::Words;
use std::ops::Range;

/// A column: its current words, and where a step writes the next ones.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub current: Words,
    pub next: Words,
}

/// Words of zeros, or an error instead of an abort when memory is short.
fn zeros(words: u64, device: &str, plan: &Plan) -> Result<Words, Error> {
    let rest = (plan.bytes() - plan.topology.stored_bytes()).saturating_sub(4 * words);
    memory::zeros(words).map_err(|available| too_large(plan, device, rest + available))
}

/// The error for a swarm whose columns need more than `limit` bytes.
pub(super) fn too_large(plan: &Plan, device: &str, limit: u64) -> Error {
    let needed = plan.bytes() - plan.topology.stored_bytes();
    let fit = u128::from(plan.nodes()) * u128::from(limit) / u128::from(needed.max(1));
    Error::TooLarge {
        device: device.to_owned(),
        what: "the state of the swarm".into(),
        needed,
        limit,
        // The number of a network's nodes is not ours to choose.
        agents_fit: if plan.topology.ids().is_some() { 0 } else { fit as u64 },
        instead: "a machine with more memory",
    }
}

/// Allocates all columns and fills in the values at tick 0.
pub(super) fn store(plan: &Plan, initial: Vec<Words>, device: &str) -> Result<Vec<Stored>, Error> {
    initial
        .into_iter()
        .enumerate()
        .map(|(c, values)| {
            let id = ColumnId(c);
            let words = plan.words(id);
            let current = if values.is_empty() {
                zeros(words, device, plan)?
            } else {
                values
            };
            let next = if plan.columns[c].doubled {
                zeros(words, device, plan)?
            } else {
                Words::default()
            };
            Ok(Stored { current, next })
        })
        .collect()
}

/// Cuts a column into the lanes of every block of nodes: one lane for a column of nodes; for link ends one a slot, and one
/// more for stored ends.
pub(super) fn lanes<'a>(
    words: &'a mut [u32],
    extent: Extent,
    slots: usize,
    rows: Option<Rows<'_>>,
    nodes: usize,
    block: usize,
) -> Vec<Vec<&'a mut [u32]>> {
    let blocks = nodes.div_ceil(block);
    let mut all: Vec<Vec<&mut [u32]>> = (0..blocks).map(|_| Vec::new()).collect();
    let lanes = match extent {
        Extent::Node => 1,
        Extent::Wide => 2,
        Extent::Words(words) => words as usize,
        Extent::LinkEnd => slots,
        // Of these no node has a part of its own.
        Extent::Swarm(_) | Extent::Table(_) => 0,
    };
    let (regular, mut stored) = words.split_at_mut(lanes * nodes);
    if nodes > 0 {
        for lane in regular.chunks_mut(nodes) {
            for (part, lanes) in lane.chunks_mut(block).zip(&mut all) {
                lanes.push(part);
            }
        }
    }
    if let (Extent::LinkEnd, Some(rows)) = (extent, rows) {
        for (b, lanes) in all.iter_mut().enumerate() {
            let range: Range<usize> = b * block..((b + 1) * block).min(nodes);
            let len = (rows.offsets[range.end] - rows.offsets[range.start]) as usize;
            let (part, rest) = stored.split_at_mut(len);
            lanes.push(part);
            stored = rest;
        }
    }
    all
}
