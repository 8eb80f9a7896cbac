//! What has come of the parts of an order, and who does them. Twin of `shaders/part/growth/join.wgsl`.
//!
//! It stands before the cells' work: what children were done with at the end of the tick before, their parent puts together, and ends the
//! task in the same tick. A closed parent puts nothing together; its children keep their results.

use crate::column::{Access, Binding, ColumnId};
use crate::part::work::delegation::{order, part, result};
use crate::part::work::{Mode, state};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct JoinStep {
    /// The parts, what neighbours read of a cell, and the orders.
    pub columns: [ColumnId; 3],
    /// What children make of a task.
    pub mode: Mode,
    /// After so many ticks without a family the cell does it alone.
    pub patience: u32,
}

impl Step for JoinStep {
    fn name(&self) -> &'static str {
        "join"
    }

    fn bindings(&self) -> Vec<Binding> {
        let [parts, state, orders] = self.columns;
        vec![
            // Of the children.
            Binding::new(0, parts, Access::Read),
            Binding::new(1, state, Access::Read),
            Binding::new(2, orders, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            module!("part/work/delegation"),
            match self.mode {
                Mode::Divide => module!("part/growth/join-divide"),
                Mode::Replicate => module!("part/growth/join-replicate"),
            },
            module!("part/growth/join").with("PATIENCE", self.patience),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let lanes = &mut outputs[0];
        for (at, cell) in block.enumerate() {
            if lanes[order::PATH][at] == 0 {
                continue;
            }
            let mut words: [u32; order::ALL] = std::array::from_fn(|word| lanes[word][at]);
            self.order(view, cell, &mut words);
            for (lane, word) in lanes.iter_mut().zip(words) {
                lane[at] = word;
            }
        }
    }

    fn describe(&self) -> String {
        format!(
            "orders without a family are done undivided after {} ticks",
            self.patience
        )
    }
}

/// What stands of one part among an order's four.
fn done(parts: u32, k: u32) -> u32 {
    parts >> (8 * k) & 3
}

fn assignee(parts: u32, k: u32) -> u32 {
    parts >> (8 * k + 2) & 3
}

fn begun(parts: u32, k: u32) -> u32 {
    parts >> (8 * k + 4) & 15
}

impl JoinStep {
    fn order(&self, view: &View<'_>, cell: u32, words: &mut [u32; order::ALL]) {
        let states = view.reads[1];
        let own_part = view.word(0, part::PATH, cell);
        // What is counted is of one tick.
        words[order::STATE] &= order::STANDS | result::FAILED << order::RESULT_SHIFT | order::ALONE;
        let alone = words[order::STATE] & order::ALONE;
        if words[order::PATH] > 1 && own_part != words[order::PATH] {
            // The part that it is of has been taken away.
            let attempt = words[order::ATTEMPT].wrapping_add(1);
            *words = [0; order::ALL];
            words[order::ATTEMPT] = attempt;
            words[order::STATE] = alone;
            return;
        }
        if states[cell as usize] >> state::CLOSED_SHIFT != 0 {
            return;
        }
        match words[order::STATE] & order::STANDS {
            order::WAITS => self.waits(view, cell, words),
            order::OUT => self.is_out(view, cell, words),
            _ => {}
        }
    }

    /// Gives the parts out, if there is a family for them; else time runs out.
    fn waits(&self, view: &View<'_>, cell: u32, words: &mut [u32; order::ALL]) {
        let states = view.reads[1];
        let is_open = |child: u32| states[child as usize] >> state::CLOSED_SHIFT == 0;
        let family = view.topology.family(cell).filter(|&family| {
            let mut children = family..family + 4;
            let is_ready = states[family as usize] & state::APART == 0;
            is_ready && children.all(|child| view.word(0, part::PATH, child) == 0)
        });
        if let Some(family) = family
            && let Some(parts) = given_out(|k| is_open(family + k))
        {
            words[order::PARTS] = parts;
            words[order::STATE] = order::OUT | order::JUST_OUT | words[order::STATE] & order::ALONE;
        } else if view.tick.saturating_sub(words[order::SINCE]) >= self.patience {
            words[order::STATE] = order::UNDIVIDED | order::JUST_UNDIVIDED | words[order::STATE] & order::ALONE;
        }
    }

    /// Takes in results, and sees to it that somebody does what is left.
    fn is_out(&self, view: &View<'_>, cell: u32, words: &mut [u32; order::ALL]) {
        let states = view.reads[1];
        let Some(family) = view.topology.family(cell) else {
            self.alone(words);
            return;
        };
        let mut parts = words[order::PARTS];
        for k in (0..4).filter(|&k| done(words[order::PARTS], k) == result::NONE) {
            let child = family + assignee(parts, k);
            let stands = view.word(0, part::STATE, child);
            let is_it = view.word(0, part::PATH, child) == words[order::PATH] << 2 | k
                && view.word(0, part::ATTEMPT, child) == attempt(words[order::ATTEMPT], parts, k);
            if is_it {
                parts |= (stands & part::RESULT) << (8 * k);
            }
        }
        let found = self.mode.joined([0, 1, 2, 3].map(|k| done(parts, k)));
        if found != result::NONE {
            words[order::PARTS] = parts;
            words[order::STATE] = order::DONE | found << order::RESULT_SHIFT | words[order::STATE] & order::ALONE;
            return;
        }
        // Of whom the lease is over, another does the part.
        let (mut again, before) = (0, parts);
        for k in (0..4).filter(|&k| done(before, k) == result::NONE) {
            let who = assignee(parts, k);
            if states[(family + who) as usize] & state::ABANDONED == 0 {
                continue;
            }
            let next = (1..4)
                .map(|step| (who + step) & 3)
                .find(|&other| states[(family + other) as usize] >> state::CLOSED_SHIFT == 0);
            let Some(next) = next else {
                self.alone(words);
                return;
            };
            let byte = next << 2 | ((begun(parts, k) + 1) & 15) << 4;
            parts = parts & !(255 << (8 * k)) | byte << (8 * k);
            again += 1;
        }
        words[order::PARTS] = parts;
        words[order::STATE] |= again << order::AGAIN_SHIFT;
    }

    /// No child is left that could: what they have done counts no more.
    fn alone(&self, words: &mut [u32; order::ALL]) {
        words[order::ATTEMPT] = words[order::ATTEMPT].wrapping_add(1);
        words[order::PARTS] = 0;
        words[order::STATE] = order::UNDIVIDED | order::JUST_UNDIVIDED | words[order::STATE] & order::ALONE;
    }
}

/// The part's attempt: of which order it is, and how often it was begun.
pub(super) fn attempt(order: u32, parts: u32, k: u32) -> u32 {
    order << 4 | begun(parts, k)
}

/// Who does which part: each child its own, if it is open, else the next that is; nothing if none is.
fn given_out(is_open: impl Fn(u32) -> bool) -> Option<u32> {
    let mut parts = 0;
    for k in 0..4 {
        let who = (0..4).map(|step| (k + step) & 3).find(|&child| is_open(child))?;
        parts |= who << (8 * k + 2);
    }
    Some(parts)
}

/// Whether a part is still to be done by the `who`-th child.
pub(super) fn is_for(parts: u32, k: u32, who: u32) -> bool {
    done(parts, k) == result::NONE && assignee(parts, k) == who
}
