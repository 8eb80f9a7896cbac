//! A cell gives up what its neighbours took. Twin of `shaders/part/work/settle.wgsl`.

use super::receive::for_each_set;
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::part::work::{TAKEN_SHIFT, outbox, state};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::words::fetch;
use std::ops::Range;

/// How many cells ahead words are fetched.
const AHEAD: usize = 8;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct SettleStep {
    /// The answers to givers.
    pub answer: ColumnId,
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// The waiting tasks.
    pub queue: ColumnId,
    /// What the cell offered.
    pub outbox: ColumnId,
}

impl Step for SettleStep {
    fn name(&self) -> &'static str {
        "settle"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.answer, Access::Read).within(Reach::Links),
            Binding::new(1, self.state, Access::Update),
            Binding::new(2, self.queue, Access::Update),
            Binding::new(3, self.outbox, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        // Whom it asks stands in its own words.
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/work/state"), module!("part/work/settle")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let answers = view.reads[0];
        let [states, queue, offers] = outputs.as_mut_slice() else {
            return;
        };
        let (headers, offers) = offers.split_at_mut(outbox::HEADER + 1);
        let mut givers = Vec::new();
        for_each_set(&*headers[outbox::HEADER], |at| givers.push(at));
        let target_at = |at: usize| offers[outbox::TARGETS - 1][at];
        for (k, &at) in givers.iter().enumerate() {
            // What the next ones read is fetched meanwhile: where they offered, and then what was answered there.
            if let Some(&next) = givers.get(k + 2 * AHEAD) {
                fetch(offers[outbox::TARGETS - 1], next);
            }
            if let Some(&next) = givers.get(k + AHEAD) {
                fetch(answers, target_at(next) as usize);
            }
            let (cell, header) = (block.start + at as u32, headers[outbox::HEADER][at]);
            let target_of = |offer: usize| offers[outbox::TARGETS - 1 + offer][at];
            let count = outbox::count(header);
            let offered_from = outbox::queued(header);
            let mut queued = states[0][at] & state::QUEUED;
            for offer in 0..count {
                let target = target_of(offer);
                let answer = answers[target as usize];
                let (last, taken) = (answer & ((1 << TAKEN_SHIFT) - 1), answer >> TAKEN_SHIFT);
                let before = (0..offer).filter(|&k| target_of(k) == target).count() as u32;
                if cell < last || cell == last && before < taken {
                    // The slots above have been looked at already.
                    let slot = 2 * (offered_from - 1 - offer as u32) as usize;
                    queued -= 1;
                    let end = 2 * queued as usize;
                    if slot != end {
                        queue[slot][at] = queue[end][at];
                        queue[slot + 1][at] = queue[end + 1][at];
                    }
                }
            }
            states[0][at] = states[0][at] & !state::QUEUED | queued;
        }
        headers[outbox::HEADER].fill(0);
    }

    fn describe(&self) -> String {
        "what was taken leaves the queue".to_owned()
    }
}
