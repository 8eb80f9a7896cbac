//! Whether a swarm fits an adapter, and what to say if it does not.

use super::batch::{CLOCKS, clocks};
use super::context::Context;
use super::program::{bindings, has_no_links, network};
use crate::column::ColumnId;
use crate::device::{DeviceKind, Held};
use crate::error::Error;
use crate::plan::Plan;
use crate::topology::ShaderBuffer;

/// The most neighbours of a node on a software GPU, which breaks loops off after 65 535 turns.
const SOFTWARE_DEGREE: u32 = 60_000;

/// The most turns of a step's loops for one node there: there are always some besides.
const SOFTWARE_TURNS: u64 = 65_000;

/// The most doubled columns: which copy of each is current is a bit of a word.
const MOST_DOUBLED: usize = 64;

/// The most slots that a shader can name wherever it runs; adapters that say more make room for all below the greatest.
const MOST_SLOTS: u32 = 1000;

/// The most words of a column that shaders can number, so that no index of an invocation beyond the last wraps.
const MOST_WORDS: u64 = (1 << 32) - (1 << 25);

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
    pub fn of(plan: &Plan, held: Option<&Held>) -> Self {
        let more = plan.topology.stored_bytes();
        Self {
            nodes: plan.nodes(),
            imported: plan.topology.ids().is_some(),
            bytes: held.map_or_else(|| plan.bytes(), |held| more + held.bytes(plan)),
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

/// The shader that binds the most storage buffers, and how many: the control block, the network's, the columns, the status.
pub(super) fn most_bound(plan: &Plan) -> (String, u32) {
    let shader = network(plan);
    let is_storage = |buffer: &&ShaderBuffer| matches!(buffer, ShaderBuffer::Storage(_) | ShaderBuffer::Lineage(_));
    let links = shader.buffers.iter().filter(is_storage).count();
    let of = |(k, (slots, reads_status)): (usize, (Vec<(u32, bool)>, bool))| {
        let name = match plan.steps.get(k) {
            Some(step) => format!("the step '{}'", step.name()),
            None => "the measurement".to_owned(),
        };
        let links = if has_no_links(plan, k) { 0 } else { links };
        (name, (1 + links + slots.len() + usize::from(reads_status)) as u32)
    };
    let all = bindings(plan).into_iter().enumerate().map(of);
    all.max_by_key(|(_, bound)| *bound).unwrap_or_default()
}

/// Whether every buffer is within the adapter's limits, and every loop within what it can count.
pub(super) fn check(context: &Context, plan: &Plan, held: Option<&Held>) -> Result<(), Error> {
    let limit = context.info.largest_column_bytes.min(4 * context.info.most_agents);
    let columns = (0..plan.columns.len()).map(|c| {
        let name = format!("the column '{}'", plan.columns[c].name);
        let words = held.map_or_else(|| plan.words(ColumnId(c)), |held| held.words(plan, ColumnId(c)));
        (name, 4 * words)
    });
    let shader = network(plan);
    let links = shader
        .buffers
        .iter()
        .map(|buffer| ("the network's links".to_owned(), 4 * buffer.words().len() as u64));
    let row = ("a measurement".to_owned(), 4 * plan.places().row_words as u64);
    for (what, needed) in columns.chain(links).chain([row]) {
        if needed > limit {
            return Err(Shape::of(plan, held).too_large(context, &what, needed, limit));
        }
    }
    // Shaders number the words of whole columns, even if some only are held.
    for column in (0..plan.columns.len()).map(ColumnId) {
        let needed = plan.words(column);
        if held.is_some_and(|held| held.lanes(column).is_some()) && needed > MOST_WORDS {
            let what = format!(
                "the numbering of the words of the column '{}'",
                plan.columns[column.0].name
            );
            return Err(Shape::of(plan, held).too_large(context, &what, 4 * needed, 4 * MOST_WORDS));
        }
    }
    let (shader, needed) = most_bound(plan);
    let limit = context.limits.max_storage_buffers_per_shader_stage;
    if needed > limit {
        return Err(Error::invalid(
            "--device",
            format!(
                "names {}, which binds at most {limit} storage buffers to a shader, but {shader} of this scenario needs {needed}; use \
                 --device cpu, which has no such limit",
                context.name()
            ),
        ));
    }
    check_counts(context, plan)?;
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
    let turns = plan.steps.iter().map(|step| (step.name(), step.turns(plan.bounds())));
    match turns.max_by_key(|(_, turns)| *turns) {
        Some((step, turns)) if context.info.kind == DeviceKind::SoftwareGpu && turns > SOFTWARE_TURNS => {
            let message = format!(
                "names {}, a software GPU, which stops counting at 65535; for one node of this scenario the step '{step}' may have to \
                 count to {turns}: use --device cpu",
                context.name()
            );
            Err(Error::invalid("--device", message))
        }
        _ => Ok(()),
    }
}

/// Whether there are not too many columns, old and new ones or slots to be told apart here.
fn check_counts(context: &Context, plan: &Plan) -> Result<(), Error> {
    let refuse = |what: String| {
        let message = format!(
            "names {}, {what}; use --device cpu, which has no such limit",
            context.name()
        );
        Err(Error::invalid("--device", message))
    };
    let doubled = plan.columns.iter().filter(|column| column.doubled).count();
    if doubled > MOST_DOUBLED {
        return refuse(format!(
            "which holds at most {MOST_DOUBLED} doubled columns, but this swarm has {doubled}"
        ));
    }
    let needed = clocks(plan);
    if needed > CLOCKS {
        let columns = plan.places().columns().len();
        let most = columns.saturating_sub(needed - CLOCKS);
        return refuse(format!(
            "which brings back at most {most} columns with a measurement, but this swarm has {columns} of them"
        ));
    }
    let limit = MOST_SLOTS.min(context.limits.max_bindings_per_bind_group);
    for step in &plan.steps {
        if let Some(binding) = step.bindings().iter().find(|binding| binding.slot >= limit) {
            let (slot, step) = (binding.slot, step.name());
            return refuse(format!(
                "whose slots are below {limit}, but the step '{step}' binds slot {slot}"
            ));
        }
    }
    Ok(())
}
