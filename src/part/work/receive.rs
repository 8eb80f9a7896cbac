//! What a cell takes of its neighbours' offers. Twin of `shaders/part/work/receive.wgsl`.
//!
//! It takes them giver by giver, in ascending order, while it has room, and answers how far it came: so each giver can tell from
//! one word which of its tasks were taken. A task that it takes has moved: that is counted here, for the swarm and for the task's job.

use crate::column::{Access, Binding, ColumnId, Folded, Lanes, Reach};
use crate::counters::add64;
use crate::hear::links::{for_each_batch, words_of};
use crate::part::work::ledger::{Layout, of_all};
use crate::part::work::{ALL_TAKEN, TAKEN_SHIFT, TaskFormat, job, outbox, state};
use crate::shader::{Module, module};
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::words::fetch;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct ReceiveColumns {
    /// What cells offer.
    pub outbox: ColumnId,
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// The waiting tasks.
    pub queue: ColumnId,
    /// The answers to givers.
    pub answer: ColumnId,
    /// What the swarm counts.
    pub ledger: ColumnId,
    /// The results of jobs, if tasks come from a log.
    pub jobs: Option<ColumnId>,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct ReceiveStep {
    /// The columns.
    pub columns: ReceiveColumns,
    /// The most tasks that a cell holds.
    pub capacity: u32,
    /// How many jobs there are.
    pub jobs: u32,
    /// What a task's words mean.
    pub format: TaskFormat,
    /// Where the ledger has what.
    pub layout: Layout,
}

impl Step for ReceiveStep {
    fn name(&self) -> &'static str {
        "receive"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        let mut all = vec![
            Binding::new(0, columns.outbox, Access::Read).within(Reach::Links),
            Binding::new(1, columns.state, Access::Update),
            Binding::new(2, columns.queue, Access::Update),
            Binding::new(3, columns.answer, Access::Update),
        ];
        all.extend(columns.jobs.map(|jobs| Binding::new(5, jobs, Access::Fold)));
        all.push(Binding::new(7, columns.ledger, Access::Fold));
        all
    }

    fn reads_links(&self) -> bool {
        true
    }

    fn hears(&self) -> bool {
        // Whether a link carries messages the giver has seen to.
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            crate::counters::module(self.layout.counters() as u32),
            module!("part/work/state"),
            self.format.module(),
            match self.columns.jobs {
                Some(_) => module!("part/work/jobs").with("JOBS", self.jobs),
                None => module!("part/work/jobs-none"),
            },
            module!("part/work/receive")
                .with("CAPACITY", self.capacity)
                .with("TRANSFERRED", self.layout.of_all(of_all::TRANSFERS) as u32),
        ]
    }

    fn folds(&self) -> Vec<Folded> {
        let jobs = self.columns.jobs.iter().flat_map(|&jobs| job::folds(jobs, self.jobs));
        jobs.chain(self.layout.folds(self.columns.ledger)).collect()
    }

    fn turns(&self, bounds: Bounds) -> u64 {
        let degree = u64::from(bounds.degree);
        let givers = degree.min(u64::from(self.capacity) + 1);
        // A pass over the links finds four givers.
        (givers / 4 + 1) * degree + 5 * givers
    }

    fn table(&self, view: &View<'_>) -> usize {
        // Nobody offers anything to a place where nobody is.
        view.topology.end() as usize
    }

    /// The table says of every cell who offers it something: nobody, one cell, or several.
    fn survey(&self, view: &View<'_>, block: Range<u32>, table: &[AtomicU32], _scratch: &mut Scratch) {
        let all = view.lanes(0);
        let headers = view.own(0, &block);
        for_each_set(headers, |at| {
            let giver = block.start + at as u32;
            for offer in 0..outbox::count(headers[at]) {
                let target = &table[all.at(outbox::TARGETS + offer, giver as usize) as usize];
                // Whoever is first stands there until another comes. What comes of it does not depend on the order.
                if let Err(other) = target.compare_exchange(0, 1 + giver, Relaxed, Relaxed)
                    && other != 1 + giver
                {
                    target.store(SEVERAL, Relaxed);
                }
            }
        });
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let all = view.lanes(0);
        // Pairs of a cell of the block and a giver that offers it something.
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        match view.table {
            Some(table) => pairs_in(table, view, block.clone(), &mut pairs),
            None => pairs_over_links(view, block.clone(), scratch, &mut pairs),
        }
        pairs.sort_unstable();
        // Over parallel links an offer is seen more than once.
        pairs.dedup();
        let [states, queue, answers] = outputs.as_mut_slice() else {
            return;
        };
        let (jobs, ledger) = match view.folds {
            [jobs, ledger] => (Some(*jobs), ledger),
            [ledger] => (None, ledger),
            _ => return,
        };
        let moved = |origin: u32| {
            if let Some(jobs) = jobs {
                let word = job::HOPS * self.jobs as usize + self.format.source(origin) as usize;
                jobs[word].fetch_add(1, Relaxed);
            }
        };
        let mut taken = 0;
        let mut done = 0;
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            // What the next ones read and write is fetched meanwhile.
            done += same.len();
            if let Some(&(own, giver)) = pairs.get(done + AHEAD) {
                let at = (own - block.start) as usize;
                let slot = 2 * (states[0][at] & state::QUEUED) as usize;
                queue[slot..].iter().take(2).for_each(|lane| fetch(lane, at));
                fetch(answers[0], at);
                for word in [outbox::HEADER, outbox::TARGETS, outbox::TASKS, outbox::TASKS + 1] {
                    fetch(all.lane(word), giver as usize);
                }
            }
            let at = (same[0].0 - block.start) as usize;
            let own = (&mut states[0][at], &mut queue[..], &mut answers[0][at]);
            taken += self.take(all, same, at, own, &moved);
        }
        if taken > 0 {
            let counter = self.layout.of_all(of_all::TRANSFERS);
            add64(ledger, self.layout.counters(), counter, taken);
        }
    }

    fn describe(&self) -> String {
        format!("while there is room for {} tasks", self.capacity)
    }
}

impl ReceiveStep {
    /// One cell takes what its givers offer, and answers.
    fn take(
        &self,
        all: Lanes<'_>,
        givers: &[(u32, u32)],
        at: usize,
        (state, queue, answer): (&mut u32, &mut [&mut [u32]], &mut u32),
        moved: &impl Fn(u32),
    ) -> u64 {
        let mut queued = *state & state::QUEUED;
        let mut room = self.capacity - state::load(*state);
        let before = queued;
        *answer = ALL_TAKEN;
        'givers: for &(own, giver) in givers {
            let word = |word: usize| all.at(word, giver as usize);
            let count = outbox::count(word(outbox::HEADER));
            let to_own = (0..count).filter(|&offer| word(outbox::TARGETS + offer) == own);
            for (from_it, offer) in (0u32..).zip(to_own) {
                if room == 0 {
                    *answer = giver | from_it << TAKEN_SHIFT;
                    break 'givers;
                }
                let task = [word(outbox::TASKS + 2 * offer), word(outbox::TASKS + 2 * offer + 1)];
                queue[2 * queued as usize][at] = task[0];
                queue[2 * queued as usize + 1][at] = task[1];
                moved(task[0]);
                queued += 1;
                room -= 1;
            }
        }
        *state = *state & !state::QUEUED | queued;
        u64::from(queued - before)
    }
}

/// How many pairs ahead words are fetched.
const AHEAD: usize = 8;

/// What the table says of a cell to which several offer something.
const SEVERAL: u32 = u32::MAX;

/// The givers of a block's cells, by the table.
fn pairs_in(table: &[u32], view: &View<'_>, block: Range<u32>, pairs: &mut Vec<(u32, u32)>) {
    let givers = table.get(block.start as usize..table.len().min(block.end as usize));
    let givers = givers.unwrap_or_default();
    let topology = view.topology.alone().unwrap_or(view.topology);
    for_each_set(givers, |at| {
        let own = block.start + at as u32;
        if givers[at] != SEVERAL {
            pairs.push((own, givers[at] - 1));
            return;
        }
        for place in 0..topology.slots_of(own) {
            let giver = topology.neighbour(own, place);
            if offers(view, giver, own) {
                pairs.push((own, giver));
            }
        }
    });
}

/// The same where only some of the cells are at hand.
fn pairs_over_links(view: &View<'_>, block: Range<u32>, scratch: &mut Scratch, pairs: &mut Vec<(u32, u32)>) {
    let headers = view.lanes(0).lane(outbox::HEADER);
    let mut heard = scratch.take(crate::hear::links::BATCH);
    for_each_batch(view.topology, block, scratch, |batch, _| {
        for_each_set(words_of(headers, batch.ids.1, batch.others, &mut heard), |lane| {
            let (own, giver) = (batch.own[lane], batch.others[lane]);
            if offers(view, giver, own) {
                pairs.push((own, giver));
            }
        });
    });
    scratch.give(heard);
}

/// Whether a cell offers another something.
fn offers(view: &View<'_>, giver: u32, own: u32) -> bool {
    let word = |word: usize| view.word(0, word, giver);
    let count = outbox::count(word(outbox::HEADER));
    (0..count).any(|offer| word(outbox::TARGETS + offer) == own)
}

/// Calls `f` with the places of all words that are not 0, of which there are few.
#[inline(always)]
pub(super) fn for_each_set(words: &[u32], mut f: impl FnMut(usize)) {
    for (part, some) in words.chunks(16).enumerate() {
        if some.iter().fold(0, |all, word| all | word) != 0 {
            let set = some.iter().enumerate().filter(|(_, word)| **word != 0);
            set.for_each(|(at, _)| f(16 * part + at));
        }
    }
}
