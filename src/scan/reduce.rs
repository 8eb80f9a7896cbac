//! The sum of each group of 256. Twin: `shaders/scan/reduce.wgsl`.

use super::Summand;
use crate::column::{Access, Binding, ColumnId, GROUP, Reach, Space};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use std::ops::Range;

/// Sums up the groups of a level.
#[derive(Clone, Copy, Debug)]
pub struct ReduceStep {
    values: ColumnId,
    sums: ColumnId,
    summand: Summand,
    level: u32,
    /// How many values there are.
    members: u32,
}

impl ReduceStep {
    /// From the values of the level below, of which a swarm has `nodes` at the lowest, to the sums of a level.
    #[must_use]
    pub fn new((values, sums): (ColumnId, ColumnId), summand: Summand, level: u32, nodes: u32) -> Self {
        Self {
            values,
            sums,
            summand,
            level,
            members: Space::Groups(level - 1).items(nodes),
        }
    }
}

impl Step for ReduceStep {
    fn name(&self) -> &'static str {
        "reduce"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.values, Access::Read).within(Reach::Own),
            Binding::new(1, self.sums, Access::Update),
        ]
    }

    fn space(&self) -> Space {
        Space::Groups(self.level)
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let marks = u32::from(self.summand == Summand::Mark);
        vec![
            module!("scan/reduce")
                .with("MEMBERS", self.members)
                .with("MARKS", marks),
        ]
    }

    fn turns(&self, _: Bounds) -> u64 {
        GROUP.into()
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let group = GROUP as usize;
        let values = &view.reads[0][block.start as usize * group..];
        for (sum, members) in outputs[0][0].iter_mut().zip(values.chunks(group)) {
            let summands = members.iter().map(|&word| self.summand.of(word));
            *sum = summands.fold(0, u32::wrapping_add);
        }
    }

    fn describe(&self) -> String {
        format!("the sums of groups of {GROUP}, level {}", self.level)
    }
}
