//! What is counted of what is conserved goes to the parent when a family goes, so that its sum does not change. Twin of
//! `shaders/part/growth/bequeath.wgsl`. What cells believe is another matter, see [`EstateStep`](super::EstateStep).

use super::heirs::{for_each_heir, keep};
use crate::column::{Access, Binding, ColumnId};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;

/// The step and its parameters. Its children are known before they are gone: it stands before the step that makes them so.
#[derive(Clone, Debug)]
pub struct BequeathStep {
    /// What is bequeathed: a wide column.
    pub column: ColumnId,
    /// What each cell has decided: whether its family goes.
    pub wish: ColumnId,
}

impl Step for BequeathStep {
    fn name(&self) -> &'static str {
        "bequeath"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            // Of the children.
            Binding::new(0, self.column, Access::Read),
            // Of the parent.
            Binding::new(1, self.wish, Access::Read),
            Binding::new(2, self.column, Access::Next),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/growth/words"),
            module!("part/growth/heirs"),
            module!("part/growth/bequest-wide"),
            module!("part/growth/bequeath"),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (wishes, lanes) = (view.reads[1], view.lanes(0));
        keep(lanes, &block, &mut outputs[0]);
        let read = |lane: usize, cell: u32| u64::from(lanes.at(lane, cell as usize));
        let of = |cell: u32| read(0, cell) | read(1, cell) << 32;
        let first = block.start;
        for_each_heir(view, wishes, block, |at, family| {
            let cells = family.into_iter().flat_map(|family| family..family + FAMILY);
            let cells = family.map(|_| first + at as u32).into_iter().chain(cells);
            let sum = cells.fold(0, |sum: u64, cell| sum.wrapping_add(of(cell)));
            for (lane, to) in outputs[0].iter_mut().enumerate() {
                to[at] = (sum >> (32 * lane)) as u32;
            }
        });
    }

    fn describe(&self) -> String {
        "what a family that goes held goes to its parent".to_owned()
    }
}
