//! The fingerprints of columns: of as many at once as every device can bind, and of columns that no step writes once and for all.

use crate::column::ColumnId;
use crate::plan::Plan;
use crate::shader::{Module, module};
use std::borrow::Cow;
use std::fmt::Write;

/// Columns whose fingerprints are one dispatch: the eight buffers that every device can bind less the control block and the parts.
const AT_ONCE: usize = 6;

/// How many are one dispatch in this plan: where nodes come and go, one buffer says who is there.
fn at_once(plan: &Plan) -> usize {
    AT_ONCE - usize::from(plan.kinship.is_some())
}

/// Which columns go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batches {
    pub all: Vec<Vec<usize>>,
    /// So many of them, from the first, hold what steps change, and belong to each measurement.
    pub changing: usize,
    /// So many more hold what belongs to the state and never changes.
    pub constant: usize,
}

impl Batches {
    pub fn of(plan: &Plan) -> Self {
        let is_written = |column: usize| plan.is_written(ColumnId(column));
        let among = |is_meant: &dyn Fn(bool, bool) -> bool| -> Vec<Vec<usize>> {
            let meant: Vec<usize> = (0..plan.columns.len())
                .filter(|&column| is_meant(plan.columns[column].is_state(), is_written(column)))
                .collect();
            meant.chunks(at_once(plan)).map(<[usize]>::to_vec).collect()
        };
        let changing = among(&|is_state, is_written| is_state && is_written);
        let constant = among(&|is_state, is_written| is_state && !is_written);
        let counts = (changing.len(), constant.len());
        let others = among(&|is_state, _| !is_state);
        Self {
            all: [changing, constant, others].concat(),
            changing: counts.0,
            constant: counts.1,
        }
    }

    /// The one that a column is in.
    pub fn of_column(&self, column: usize) -> usize {
        let of = self.all.iter().position(|batch| batch.contains(&column));
        // Every column of the plan is in one.
        of.unwrap_or(0)
    }
}

/// The slots of a batch: the parts, which it adds to, the columns, and where nodes come and go last who is there.
pub(super) fn slots(plan: &Plan, batch: &[usize]) -> Vec<(u32, bool)> {
    let columns = batch.len() + usize::from(plan.kinship.is_some());
    std::iter::once((0, false))
        .chain((1..).take(columns).map(|slot| (slot, true)))
        .collect()
}

/// What a word adds, as WGSL; twin: [`Fingerprint::at`](crate::gauge::Fingerprint::at).
fn summand(plan: &Plan, column: usize, slot: usize) -> String {
    let (number, extent) = (plan.columns[column].number(), plan.columns[column].extent);
    let Some(lanes) = extent.lanes().filter(|_| plan.kinship.is_some()) else {
        return format!("mix({number}u, index, column_{slot}[index])");
    };
    let founders = plan.founders();
    let places = plan.nodes() - founders;
    let before = lanes.wrapping_mul(founders);
    format!(
        "select(\n                mix({number}u, {before}u + index / NODES * {places}u + index % NODES - {founders}u, column_{slot}[index]),\n                \
         mix({number}u, index / NODES * {founders}u + index % NODES, column_{slot}[index]), index % NODES < {founders}u)\n                \
         * select(0u, 1u, index % NODES < {founders}u || print_parents[index % NODES] != 0u)"
    )
}

/// The pieces of a batch's shader.
pub(super) fn modules(plan: &Plan, batch: &[usize], parts: u32) -> Vec<Module> {
    let mut text = String::new();
    let mut sum = String::new();
    if plan.kinship.is_some() {
        let slot = batch.len() + 1;
        let _ = writeln!(
            text,
            "@group(2) @binding({slot}) var<storage, read> print_parents: array<u32>;\n"
        );
    }
    for (slot, &column) in (1..).zip(batch) {
        let (number, words) = (plan.columns[column].number(), plan.words(ColumnId(column)));
        let _ = writeln!(
            text,
            "@group(2) @binding({slot}) var<storage, read> column_{slot}: array<u32>;\n\n\
             fn print_{slot}(group: u32, lane: u32) -> vec2<u32> {{\n    \
             var own = vec2<u32>();\n    \
             if (!is_asked({number}u)) {{\n        return own;\n    }}\n    \
             let end = min({words}u, print_end());\n    \
             let stretches = end / 64u + select(0u, 1u, end % 64u != 0u);\n    \
             for (var stretch = print_first() / 64u + group; stretch < stretches; stretch += PARTS) {{\n        \
             let index = stretch * 64u + lane;\n        \
             if (index >= print_first() && index < end) {{\n            own += {};\n        }}\n    }}\n    \
             return own;\n}}\n",
            summand(plan, column, slot),
        );
        let _ = write!(sum, " + print_{slot}(group, lane)");
    }
    let _ = writeln!(
        text,
        "fn prints_of(group: u32, lane: u32) -> vec2<u32> {{\n    return vec2<u32>(){sum};\n}}"
    );
    let columns = Module {
        name: "gauge/columns",
        source: Cow::Owned(text),
        constants: Vec::new(),
    };
    vec![columns, module!("gauge/fingerprint").with("PARTS", parts)]
}
