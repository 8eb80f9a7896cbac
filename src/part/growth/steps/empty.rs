//! Of a cell that is gone nothing is left. Twin of `shaders/part/growth/empty.wgsl` with a piece that names the columns.

use super::{any_has, event};
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

/// The most columns that one step empties.
pub const MOST_EMPTIED: usize = 5;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct EmptyStep {
    /// What has happened to each cell.
    pub event: ColumnId,
    /// What is emptied, each with its words a node.
    pub columns: Vec<(ColumnId, u32)>,
}

impl Step for EmptyStep {
    fn name(&self) -> &'static str {
        "empty"
    }

    fn bindings(&self) -> Vec<Binding> {
        let event = Binding::new(0, self.event, Access::Read).within(Reach::Own);
        let columns = (1..).zip(&self.columns);
        std::iter::once(event)
            .chain(columns.map(|(slot, (column, _))| Binding::new(slot, *column, Access::Update)))
            .collect()
    }

    fn visits_places(&self) -> bool {
        true
    }

    fn rests_at_places(&self, _: &View<'_>) -> bool {
        true
    }

    fn always_rests_at_places(&self) -> bool {
        true
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let (mut text, mut calls) = (String::new(), String::new());
        for (slot, (_, lanes)) in (1..).zip(&self.columns) {
            let _ = write!(
                text,
                "@group(2) @binding({slot}) var<storage, read_write> emptied_{slot}: array<u32>;\n\n"
            );
            let _ = write!(
                calls,
                "    for (var lane = 0u; lane < {lanes}u; lane++) {{\n        emptied_{slot}[word_at(lane, i)] = 0u;\n    }}\n"
            );
        }
        let _ = write!(text, "fn empty(i: u32) {{\n{calls}}}\n");
        let columns = Module {
            name: "part/growth/emptied",
            source: Cow::Owned(text),
            constants: Vec::new(),
        };
        vec![module!("part/growth/words"), columns, module!("part/growth/empty")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        // Nobody goes who is there from the start, and others hardly ever.
        if block.end <= view.topology.founders() || !any_has(view.own(0, &block), u32::MAX) {
            return;
        }
        for (at, _) in view
            .own(0, &block)
            .iter()
            .enumerate()
            .filter(|(_, what)| **what == event::GONE)
        {
            for lane in outputs.iter_mut().flatten() {
                lane[at] = 0;
            }
        }
    }

    fn describe(&self) -> String {
        "of a cell that is gone nothing is left".to_owned()
    }
}
