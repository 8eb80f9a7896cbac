//! Whether a swarm fits an adapter, and what to say if it does not.

use super::context::Context;
use crate::device::DeviceKind;
use crate::error::Error;
use crate::plan::{ColumnId, Plan};

/// The most neighbours of a node on a software GPU, which breaks loops off after 65 535 turns.
const SOFTWARE_DEGREE: u32 = 60_000;

/// What of a plan says how many agents would fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    nodes: u32,
    /// Whether the network comes from a file; its number of nodes is then not ours to choose.
    imported: bool,
    /// Bytes of all columns and links.
    pub bytes: u64,
}

impl Shape {
    pub fn of(plan: &Plan) -> Self {
        Self {
            nodes: plan.nodes(),
            imported: plan.topology.ids().is_some(),
            bytes: plan.bytes(),
        }
    }

    /// The error for a part that needs more than there is.
    pub fn too_large(&self, context: &Context, what: &str, needed: u64, limit: u64) -> Error {
        let fit = u128::from(self.nodes) * u128::from(limit) / u128::from(needed.max(1));
        Error::TooLarge {
            device: context.name(),
            what: what.to_owned(),
            needed,
            limit,
            agents_fit: if self.imported { 0 } else { fit as u64 },
            instead: "--device cpu, which has no such limit",
        }
    }
}

/// Whether every buffer is within the adapter's limits, and every loop within what it can count.
pub(super) fn check(context: &Context, plan: &Plan) -> Result<(), Error> {
    let limit = context.info.largest_column_bytes.min(4 * context.info.most_agents);
    let columns = (0..plan.columns.len()).map(|c| {
        let name = format!("the column '{}'", plan.columns[c].name);
        (name, 4 * plan.words(ColumnId(c)))
    });
    let shader = plan.topology.shader();
    let links = shader
        .buffers
        .iter()
        .map(|buffer| ("the network's links".to_owned(), 4 * buffer.words().len() as u64));
    for (what, needed) in columns.chain(links) {
        if needed > limit {
            return Err(Shape::of(plan).too_large(context, &what, needed, limit));
        }
    }
    let degree = plan.topology.largest_degree();
    if context.info.kind == DeviceKind::SoftwareGpu && degree > SOFTWARE_DEGREE {
        return Err(Error::invalid(
            "topology",
            format!(
                "has a node with {degree} neighbours, but {}, a software GPU, stops counting at 65535; use --device cpu",
                context.name()
            ),
        ));
    }
    Ok(())
}
