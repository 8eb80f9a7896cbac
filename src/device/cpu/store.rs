//! The columns of a swarm in the host's memory.

use crate::column::ColumnId;
use crate::error::Error;
use crate::memory;
use crate::plan::Plan;
use crate::words::Words;

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
