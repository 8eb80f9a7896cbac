//! The fingerprints of columns: of as many at once as every device can bind, and of columns that no step writes once and for all.

use crate::column::ColumnId;
use crate::plan::Plan;
use crate::shader::{Module, module};
use std::borrow::Cow;
use std::fmt::Write;

/// Columns whose fingerprints are one dispatch: the eight buffers that every device can bind less the control block and the parts.
const AT_ONCE: usize = 6;

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
            meant.chunks(AT_ONCE).map(<[usize]>::to_vec).collect()
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

/// The slots of a batch: the parts, which it adds to, and the columns.
pub(super) fn slots(batch: &[usize]) -> Vec<(u32, bool)> {
    std::iter::once((0, false))
        .chain((1..).zip(batch).map(|(slot, _)| (slot, true)))
        .collect()
}

/// The pieces of a batch's shader.
pub(super) fn modules(plan: &Plan, batch: &[usize], parts: u32) -> Vec<Module> {
    let mut text = String::new();
    let mut sum = String::new();
    for (slot, &column) in (1..).zip(batch) {
        let (number, words) = (plan.columns[column].number(), plan.words(ColumnId(column)));
        let _ = writeln!(
            text,
            "@group(2) @binding({slot}) var<storage, read> column_{slot}: array<u32>;\n\n\
             fn print_{slot}(group: u32, lane: u32) -> vec2<u32> {{\n    \
             var own = vec2<u32>();\n    \
             if (!is_asked({number}u)) {{\n        return own;\n    }}\n    \
             for (var stretch = group; stretch < {}u; stretch += PARTS) {{\n        \
             let index = stretch * 64u + lane;\n        \
             if (index < {words}u) {{\n            own += mix({number}u, index, column_{slot}[index]);\n        }}\n    }}\n    \
             return own;\n}}\n",
            words.div_ceil(64)
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
