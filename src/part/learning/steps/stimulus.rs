//! How much a task is called for: once for the swarm. Twin of `shaders/part/learning/stimulus.wgsl`.
//!
//! A stimulus is a whole number of 2^-16, from 0 to below 2^15. Of n nodes a do the task: it falls by ⌊a · 2^b · c / 2^32⌋ with the
//! greatest b for which n · 2^b < 2^32, and c = α · 2^16 · 2^32 / (n · 2^b), rounded, so that α is met to 1 in α · 2^16.

use crate::column::{Access, Binding, ColumnId, Extent, Fold, Folded, Space, TOP_LEVEL};
use crate::number::multiply_high;
use crate::part::learning::site::{Base, Site};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;
use std::sync::atomic::Ordering;

/// Above this no stimulus rises.
const MOST: u32 = (1 << 31) - 1;

/// The step of one task.
#[derive(Clone, Debug)]
pub struct StimulusStep {
    base: Base,
    task: u32,
    stimulus: ColumnId,
    toil: ColumnId,
    /// Its own word of the stimulus, and how many had done the task when it was worked out.
    own: [ColumnId; 2],
    growth: u32,
    /// b and c.
    shift: u32,
    relief: u32,
}

impl StimulusStep {
    /// The step of a task, which adds what it remembers under these names. δ is at most 1000, α at most 10,000.
    pub fn new(
        site: &mut Site<'_, '_>,
        task: u32,
        (stimulus, toil): (ColumnId, ColumnId),
        names: [&'static str; 2],
        [growth, relief]: [f64; 2],
    ) -> Self {
        let nodes = site.draft.nodes();
        let shift = nodes.leading_zeros();
        let scaled = f64::from(nodes) * f64::from(2u32).powi(shift as i32);
        Self {
            base: site.base(),
            task,
            stimulus,
            toil,
            own: names.map(|name| site.draft.column(name, Extent::Groups(TOP_LEVEL), false)),
            growth: (growth * 65_536.0).round() as u32,
            shift,
            relief: (relief * 65_536.0 * 4_294_967_296.0 / scaled).round() as u32,
        }
    }
}

impl Step for StimulusStep {
    fn name(&self) -> &'static str {
        "stimulus"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.toil, Access::Read),
            Binding::new(1, self.own[0], Access::Update),
            Binding::new(2, self.own[1], Access::Update),
            Binding::new(3, self.stimulus, Access::Fold),
        ]
    }

    fn space(&self) -> Space {
        Space::Groups(TOP_LEVEL)
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(self.stimulus, self.task..self.task + 1, Fold::Add)]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/learning/stimulus")
                .with("TASK", self.task)
                .with("GROWTH", self.growth)
                .with("RELIEF_SHIFT", self.shift)
                .with("RELIEF", self.relief)
                .with("MOST_STIMULUS", MOST),
        ]
    }

    fn run(&self, view: &View<'_>, _block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let [own, seen] = outputs.as_mut_slice() else { return };
        let (own, seen) = (&mut own[0][0], &mut seen[0][0]);
        let done = view.reads[0].get(self.task as usize).copied().unwrap_or(0);
        let busy = done.wrapping_sub(std::mem::replace(seen, done));
        let relief = multiply_high(busy << self.shift, self.relief);
        let next = (*own + self.growth).saturating_sub(relief).min(MOST);
        if let Some(word) = view.folds.first().and_then(|words| words.get(self.task as usize)) {
            // What others read is the sum of all changes.
            word.fetch_add(next.wrapping_sub(*own), Ordering::Relaxed);
        }
        *own = next;
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!("the stimulus of task {}", self.task + 1)
    }
}
