//! The dense list of the marked nodes, given how many are marked before each. Twin: `shaders/scan/compact.wgsl`.

use super::NOBODY;
use crate::column::{Access, Binding, ColumnId};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use std::ops::Range;

/// The k-th place of the list looks for the k-th marked node.
#[derive(Clone, Copy, Debug)]
pub struct CompactStep {
    /// How many are marked before each node.
    pub prefix: ColumnId,
    /// How many are marked.
    pub total: ColumnId,
    /// Where the list goes.
    pub list: ColumnId,
}

/// Writes the places of a list from the `first` on: the nodes before which so many are marked, and which are marked themselves.
fn list(prefix: &[u32], total: u32, first: u32, list: &mut [u32]) {
    let there = total.saturating_sub(first).min(list.len() as u32);
    let (found, nobody) = list.split_at_mut(there as usize);
    // Of the nodes with as many before them the last is the marked one. From one to the next the search goes on in doubling steps, as
    // they are near each other where many are marked.
    let mut at = 0;
    for (place, node) in (first..).zip(found) {
        let mut width = 1;
        while prefix.get(at + width).is_some_and(|&before| before <= place) {
            width *= 2;
        }
        let end = (at + width).min(prefix.len());
        at += prefix[at..end].partition_point(|&before| before <= place) - 1;
        *node = at as u32;
    }
    nobody.fill(NOBODY);
}

impl Step for CompactStep {
    fn name(&self) -> &'static str {
        "compact"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.prefix, Access::Read),
            Binding::new(1, self.total, Access::Read),
            Binding::new(2, self.list, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("scan/compact")]
    }

    fn turns(&self, _: Bounds) -> u64 {
        32
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        list(view.reads[0], view.reads[1][0], block.start, outputs[0][0]);
    }

    fn describe(&self) -> String {
        "the marked nodes, one after the other".to_owned()
    }
}
