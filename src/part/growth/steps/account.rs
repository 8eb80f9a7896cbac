//! What has come of tasks that children do, see [`account`](crate::part::growth::account). Twin of `shaders/part/growth/account.wgsl`.
//!
//! It stands between [`JoinStep`](super::JoinStep) and [`TakeStep`](super::TakeStep): it sees what has just been put together, which parts
//! are about to be laid down, and which are about to be taken.

use super::join::{attempt, is_for};
use crate::column::{Access, Binding, ColumnId, Fold, Folded, Reach};
use crate::counters::{add64, words};
use crate::part::growth::account::{self as counted, Standing};
use crate::part::growth::delegated::LEVELS;
use crate::part::work::delegation::{order, part, result};
use crate::part::work::ledger::bucket;
use crate::part::work::{Mode, TaskFormat, state};
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct AccountStep {
    /// The orders, what neighbours read of a cell, the parts, and what is counted.
    pub columns: [ColumnId; 4],
    /// How many cells are there from the start.
    pub founders: u32,
    /// What children make of a task.
    pub mode: Mode,
    /// Parts that need so many ticks or more are divided once more; replicas above this level are replicated once more.
    pub limits: [u32; 2],
    /// What a task's words mean.
    pub format: TaskFormat,
}

impl Step for AccountStep {
    fn name(&self) -> &'static str {
        "account"
    }

    fn bindings(&self) -> Vec<Binding> {
        let [orders, state, parts, ledger] = self.columns;
        vec![
            // Of the parent.
            Binding::new(0, orders, Access::Read),
            Binding::new(1, state, Access::Read).within(Reach::Own),
            Binding::new(2, parts, Access::Update),
            Binding::new(7, ledger, Access::Fold),
        ]
    }

    fn visits_places(&self) -> bool {
        // A cell that is gone may have left a part behind.
        true
    }

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
            crate::counters::module(counted::ALL as u32),
            module!("part/work/state"),
            self.format.module(),
            module!("part/work/delegation"),
            match self.mode {
                Mode::Divide => module!("part/growth/take-divide").with("DIVIDE_NEED", self.limits[0]),
                Mode::Replicate => module!("part/growth/take-replicate").with("LEVELS", self.limits[1]),
            },
            module!("part/growth/standing"),
            module!("part/growth/account")
                .with("WAITS", counted::WAITS as u32)
                .with("RESPONSES", counted::RESPONSES as u32),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        vec![Folded::new(self.columns[3], 0..words(counted::ALL as u32), Fold::Add64)]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let count = Counts(view.folds[0]);
        let lanes = &mut outputs[0];
        for (at, cell) in block.enumerate() {
            let parent = view.topology.parent(cell).filter(|_| cell >= self.founders);
            if cell < self.founders || parent.is_some() {
                self.order(view, cell, count);
            }
            let own: [u32; part::ALL] = std::array::from_fn(|word| lanes[word][at]);
            let is_there = own[part::PATH] != 0 || own[part::SIZE] != 0;
            let Some(parent) = parent else {
                if is_there {
                    lay_down(own, lanes, at, count);
                }
                continue;
            };
            let of = |word: usize| view.word(0, word, parent);
            let who = (cell - self.founders) % FAMILY;
            let is_out = of(order::PATH) != 0 && of(order::STATE) & order::STANDS == order::OUT;
            if is_there {
                let k = own[part::STATE] >> part::INDEX_SHIFT & 3;
                let counts_still = is_out
                    && own[part::PATH] == of(order::PATH) << 2 | k
                    && is_for(of(order::PARTS), k, who)
                    && own[part::ATTEMPT] == attempt(of(order::ATTEMPT), of(order::PARTS), k);
                if counts_still {
                    continue;
                }
                // What still counts on has words of its own for the step that lays it down; what is forgotten has not.
                if own[part::PATH] == 0 {
                    lay_down(own, lanes, at, count);
                } else {
                    settle(own, count);
                }
            }
            if let Some(k) = (0..4).find(|&k| is_out && is_for(of(order::PARTS), k, who)) {
                count.add(counted::TAKEN, self.mode.size(of(order::SIZE), k).into());
            }
        }
    }

    fn describe(&self) -> String {
        "what parts needed, and what has come of it".to_owned()
    }
}

impl AccountStep {
    /// What has happened to the cell's order in this tick, if that is a whole task.
    fn order(&self, view: &View<'_>, cell: u32, count: Counts<'_>) {
        let of = |word: usize| view.word(0, word, cell);
        if of(order::PATH) != 1 {
            return;
        }
        let (stands, since) = (of(order::STATE), of(order::SINCE));
        let submitted = self.format.tick(of(order::RECORD));
        if stands & order::JUST_OUT != 0 {
            count.add(counted::GIVEN, 1);
            count.time(counted::WAITED, counted::WAITS, since.wrapping_sub(submitted));
        }
        // A closed cell has put together nothing in this tick.
        let is_open = view.reads[1][cell as usize] >> state::CLOSED_SHIFT == 0;
        let found = stands >> order::RESULT_SHIFT & part::RESULT;
        if stands & order::STANDS == order::DONE && is_open && found != result::FAILED {
            let now = view.tick + 1;
            count.add(counted::JOINED, 1);
            count.time(counted::RESPONDED, counted::RESPONSES, now.wrapping_sub(submitted));
            count.add(counted::SPANS, now.wrapping_sub(since).into());
            count.add(counted::NEEDED, of(order::SIZE).into());
        }
    }
}

/// The counters of the swarm: few things are counted in a tick, so that each is added as it comes.
#[derive(Clone, Copy)]
struct Counts<'a>(&'a [AtomicU32]);

impl Counts<'_> {
    fn add(self, which: usize, by: u64) {
        if by != 0 {
            add64(self.0, counted::ALL, which, by);
        }
    }

    fn time(self, sum: usize, histogram: usize, ticks: u32) {
        self.add(sum, ticks.into());
        self.add(histogram + bucket(ticks) as usize, 1);
    }
}

/// A part ends that is no more.
fn settle(own: [u32; part::ALL], count: Counts<'_>) {
    let (size, remaining, stands) = (own[part::SIZE], own[part::REMAINING], own[part::STATE]);
    let standing = Standing::of([size, remaining, stands]);
    count.add(counted::AGAIN, standing.again);
    count.add(counted::EXECUTED, standing.executed);
    count.add(counted::GIVEN_UP, standing.left);
    count.add(counted::PASSED, standing.passed);
    let found = stands & part::RESULT;
    if standing.passed == 0 && found != result::NONE {
        count.add(counted::LEAVES, 1);
        // Of what is forgotten nobody knows at which level it was.
        if found == result::WRONG && own[part::PATH] != 0 {
            let level = (31 - own[part::PATH].leading_zeros()) / 2;
            count.add(counted::WRONG + (level as usize).clamp(1, LEVELS) - 1, 1);
        }
    }
}

/// One of which nobody else would take the words away.
fn lay_down(own: [u32; part::ALL], lanes: &mut [&mut [u32]], at: usize, count: Counts<'_>) {
    settle(own, count);
    lanes.iter_mut().for_each(|lane| lane[at] = 0);
}
