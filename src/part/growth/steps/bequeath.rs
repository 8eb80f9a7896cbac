//! What is conserved goes to the parent when a family goes, so that its sum does not change. Twin of `shaders/part/growth/bequeath.wgsl`.

use super::wish;
use crate::column::{Access, Binding, ColumnId};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;

/// What the words of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bequest {
    /// One a node: a signed number.
    Word,
    /// Two a node: a number of 64 bits.
    Wide,
}

/// The step and its parameters. Its children are known before they are gone: it stands before the step that makes them so.
#[derive(Clone, Debug)]
pub struct BequeathStep {
    /// What is bequeathed.
    pub column: ColumnId,
    /// What each cell has decided: whether its family goes.
    pub wish: ColumnId,
    /// What its words are.
    pub kind: Bequest,
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
        let kind = match self.kind {
            Bequest::Word => module!("part/growth/bequest-word"),
            Bequest::Wide => module!("part/growth/bequest-wide"),
        };
        vec![module!("part/growth/words"), kind, module!("part/growth/bequeath")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (wishes, lanes) = (view.reads[1], view.lanes(0));
        let count = outputs[0].len();
        for (lane, to) in outputs[0].iter_mut().enumerate() {
            to.copy_from_slice(&lanes.lane(lane)[block.start as usize..block.end as usize]);
        }
        for (at, cell) in block.enumerate() {
            let goes = |parent: u32| wishes[parent as usize] & wish::GOES != 0;
            if view.topology.parent(cell).is_some_and(goes) {
                outputs[0].iter_mut().for_each(|lane| lane[at] = 0);
            } else if let Some(family) = view.topology.family(cell).filter(|_| goes(cell)) {
                let read = |lane: usize, child: u32| u64::from(lanes.at(lane, child as usize));
                let of = |child: u32| match count {
                    1 => read(0, child),
                    _ => read(0, child) | read(1, child) << 32,
                };
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
