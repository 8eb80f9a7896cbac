//! What is counted of what is conserved goes to the parent when a family goes, so that its sum does not change. Twin of
//! `shaders/part/growth/bequeath.wgsl`. What cells believe is another matter, see [`EstateStep`](super::EstateStep).

use super::wish;
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
            module!("part/growth/bequest-wide"),
            module!("part/growth/bequeath"),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (wishes, lanes) = (view.reads[1], view.lanes(0));
        for (lane, to) in outputs[0].iter_mut().enumerate() {
            to.copy_from_slice(&lanes.lane(lane)[block.start as usize..block.end as usize]);
        }
        // Hardly ever does anybody go.
        let Some([parents, families]) = view.topology.kin() else {
            return;
        };
        let goes = |cell: u32| wishes[cell as usize] & wish::GOES != 0;
        for (at, cell) in block.enumerate() {
            let (parent, family) = (parents[cell as usize], families[cell as usize]);
            if parent != 0 && goes(parent - 1) {
                outputs[0].iter_mut().for_each(|lane| lane[at] = 0);
            } else if family != 0 && goes(cell) {
                let read = |lane: usize, child: u32| u64::from(lanes.at(lane, child as usize));
                let of = |child: u32| read(0, child) | read(1, child) << 32;
                let sum = (family..family + FAMILY).fold(of(cell), |sum, child| sum.wrapping_add(of(child)));
                for (lane, to) in outputs[0].iter_mut().enumerate() {
                    to[at] = (sum >> (32 * lane)) as u32;
                }
            }
        }
    }

    fn describe(&self) -> String {
        "what a family that goes held goes to its parent".to_owned()
    }
}
