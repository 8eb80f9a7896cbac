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
use multiversion::multiversion;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

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

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        let all = view.lanes(0);
        let headers = all.lane(outbox::HEADER);
        // Pairs of a cell of the block and a giver that offers it something.
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut heard = scratch.take(crate::hear::links::BATCH);
        let mut flags = vec![0u8; crate::hear::links::BATCH];
        for_each_batch(view.topology, block.clone(), scratch, |batch, _| {
            let len = batch.len();
            let heard = words_of(headers, batch.ids.1, batch.others, &mut heard);
            flag(heard, &mut flags[..len]);
            for lane in memchr::memchr_iter(1, &flags[..len]) {
                let (own, giver) = (batch.own[lane], batch.others[lane]);
                let count = (heard[lane] & 0xFF) as usize;
                let target = |offer: usize| all.at(outbox::TARGETS + offer, giver as usize);
                if (0..count).any(|offer| target(offer) == own) {
                    pairs.push((own, giver));
                }
            }
        });
        scratch.give(heard);
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
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
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
            let count = (word(outbox::HEADER) & 0xFF) as usize;
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

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn flag(headers: &[u32], flags: &mut [u8]) {
    for (flag, &header) in flags.iter_mut().zip(headers) {
        *flag = u8::from(header != 0);
    }
}
