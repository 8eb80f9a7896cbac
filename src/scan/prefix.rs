//! The prefix sums within each group of 256, on top of what all groups before come to. Twin: `shaders/scan/prefix.wgsl`.

use super::Summand;
use crate::column::{Access, Binding, ColumnId, GROUP, Reach, Space};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use std::ops::Range;

/// For each value the sum of those before it, without its own.
#[derive(Clone, Copy, Debug)]
pub struct PrefixStep {
    /// The values.
    pub values: ColumnId,
    /// What the groups before each group of them come to; nothing where there is one group only.
    pub offsets: Option<ColumnId>,
    /// Where the sums go.
    pub prefix: ColumnId,
    /// What of a value is summed up.
    pub summand: Summand,
    /// Of what there is a value each.
    pub space: Space,
}

impl Step for PrefixStep {
    fn name(&self) -> &'static str {
        "prefix"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = vec![
            Binding::new(0, self.values, Access::Read).within(Reach::Own),
            Binding::new(1, self.prefix, Access::Update),
        ];
        bindings.extend(
            self.offsets
                .map(|offsets| Binding::new(2, offsets, Access::Read).within(Reach::Own)),
        );
        bindings
    }

    fn space(&self) -> Space {
        self.space
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let offsets = match self.offsets {
            Some(_) => module!("scan/offsets"),
            None => module!("scan/offsets-none"),
        };
        let marks = u32::from(self.summand == Summand::Mark);
        vec![offsets, module!("scan/prefix").with("MARKS", marks)]
    }

    fn grain(&self) -> u32 {
        // What stands before in the same group is added up again.
        GROUP
    }

    fn turns(&self, _: Bounds) -> u64 {
        GROUP.ilog2().into()
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let group = GROUP as usize;
        let values = view.reads[0];
        let summands = |values: &[u32]| {
            values
                .iter()
                .fold(0, |sum: u32, &word| sum.wrapping_add(self.summand.of(word)))
        };
        let mut at = block.start as usize;
        let mut left = &mut *outputs[0][0];
        while !left.is_empty() {
            // Up to the group's end; a block may begin in its midst.
            let first = at / group * group;
            let (part, rest) = left.split_at_mut((first + group - at).min(left.len()));
            let offset = self.offsets.map_or(0, |_| view.reads[1][at / group]);
            let mut sum = offset.wrapping_add(summands(&values[first..at]));
            for (prefix, &word) in part.iter_mut().zip(&values[at..]) {
                *prefix = sum;
                sum = sum.wrapping_add(self.summand.of(word));
            }
            at += part.len();
            left = rest;
        }
    }

    fn describe(&self) -> String {
        match self.space {
            Space::Nodes => "the sum of all before each node".to_owned(),
            Space::Groups(level) => format!("the sum of all before each group, level {level}"),
        }
    }
}
