//! How many ask and how many families of places are free, in each group of 256 cells; and how many of those that ask may. Twins of
//! `shaders/part/growth/count.wgsl` and `shaders/part/growth/cap.wgsl`.

use super::wish;
use crate::column::{Access, Binding, ColumnId, GROUP, Reach, Space};
use crate::number::multiply_high;
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// Counts the wishes of each group.
#[derive(Clone, Debug)]
pub struct CountStep {
    /// What each cell has decided.
    pub wish: ColumnId,
    /// How many of a group ask, and how many families are free there.
    pub sums: [ColumnId; 2],
    /// How many places there are.
    pub nodes: u32,
}

impl Step for CountStep {
    fn name(&self) -> &'static str {
        "count"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.wish, Access::Read).within(Reach::Own),
            Binding::new(1, self.sums[0], Access::Update),
            Binding::new(2, self.sums[1], Access::Update),
        ]
    }

    fn space(&self) -> Space {
        Space::Groups(1)
    }

    /// Of places at rest all families are free.
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
        vec![
            module!("part/growth/words"),
            module!("part/growth/count").with("MEMBERS", self.nodes),
        ]
    }

    fn turns(&self, _: Bounds) -> u64 {
        GROUP.into()
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let group = GROUP as usize;
        let words = &view.reads[0][block.start as usize * group..];
        let [asks, free] = outputs.as_mut_slice() else { return };
        for ((asks, free), words) in asks[0].iter_mut().zip(free[0].iter_mut()).zip(words.chunks(group)) {
            [*asks, *free] = wishes_of(words);
        }
    }

    fn describe(&self) -> String {
        format!("how many of {GROUP} cells ask, and how many families are free among them")
    }
}

/// How many of these ask, and how many are the first of a free family.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn wishes_of(words: &[u32]) -> [u32; 2] {
    let (mut asks, mut free) = (0, 0);
    for word in words {
        asks += u32::from(word & wish::ASKS != 0);
        free += u32::from(word & wish::FREE != 0);
    }
    [asks, free]
}

/// Lets no group take more than a share of what is free.
#[derive(Clone, Debug)]
pub struct CapStep {
    /// How many of a group ask; afterwards, how many of them may.
    pub sums: ColumnId,
    /// How many families are free, one word.
    pub free: ColumnId,
    /// The share of them that a group may take, in 2^-32; `u32::MAX` for all.
    pub share: u32,
}

impl CapStep {
    /// How many a group may take of so many.
    #[inline(always)]
    fn cap(&self, free: u32) -> u32 {
        if self.share == u32::MAX {
            free
        } else {
            multiply_high(self.share, free).max(1)
        }
    }
}

impl Step for CapStep {
    fn name(&self) -> &'static str {
        "cap"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.sums, Access::Update),
            Binding::new(1, self.free, Access::Read),
        ]
    }

    fn space(&self) -> Space {
        Space::Groups(1)
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/growth/cap").with("SHARE", self.share)]
    }

    fn run(&self, view: &View<'_>, _block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let cap = self.cap(view.reads[0][0]);
        outputs[0][0].iter_mut().for_each(|sum| *sum = (*sum).min(cap));
    }

    fn describe(&self) -> String {
        match self.share {
            u32::MAX => "all that is free may go to one group".to_owned(),
            share => format!(
                "at most {:.4} of what is free, and at least one, to a group",
                f64::from(share) / 2f64.powi(32)
            ),
        }
    }
}
