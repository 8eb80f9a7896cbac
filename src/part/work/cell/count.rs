//! What a block of cells adds to the ledger, gathered before it is added: one addition a block and counter, not one a task. Only the
//! buckets of times, which are many, are added to as they come.

use crate::counters::add64;
use crate::part::work::ledger::{Layout, of_tier, sum};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The block's part.
pub struct Count<'a> {
    layout: Layout,
    counters: Vec<u64>,
    /// The sums of the identities of tasks submitted and ended.
    sums: [u32; 4],
    /// The longest waits and responses, tier by tier.
    longest: Vec<u32>,
    jobs: Option<&'a [AtomicU32]>,
    times: &'a [AtomicU32],
    ledger: &'a [AtomicU32],
}

impl<'a> Count<'a> {
    /// Nothing yet.
    pub fn new(layout: Layout, jobs: Option<&'a [AtomicU32]>, times: &'a [AtomicU32], ledger: &'a [AtomicU32]) -> Self {
        Self {
            layout,
            counters: vec![0; layout.counters()],
            sums: [0; 4],
            longest: vec![0; 2 * layout.tiers],
            jobs,
            times,
            ledger,
        }
    }

    /// Adds to a counter of all.
    #[inline(always)]
    pub fn add(&mut self, which: usize, by: u64) {
        self.counters[self.layout.of_all(which)] += by;
    }

    /// Adds to a tier's counter.
    #[inline(always)]
    pub fn add_of_tier(&mut self, which: usize, tier: u32, by: u64) {
        self.counters[self.layout.of_tier(which, tier)] += by;
    }

    /// A task was submitted.
    #[inline(always)]
    pub fn submit(&mut self, identity: [u32; 2]) {
        self.sum(sum::SUBMITTED, identity);
    }

    /// A task has left the swarm.
    #[inline(always)]
    pub fn end(&mut self, identity: [u32; 2]) {
        self.sum(sum::ENDED, identity);
    }

    fn sum(&mut self, which: usize, identity: [u32; 2]) {
        for (sum, part) in self.sums[which..].iter_mut().zip(identity) {
            *sum = sum.wrapping_add(part);
        }
    }

    /// A wait, or a response, of so many ticks.
    #[inline(always)]
    pub fn time(&mut self, response: bool, tier: u32, ticks: u32) {
        let which = if response { of_tier::RESPONDED } else { of_tier::WAITED };
        self.add_of_tier(which, tier, ticks.into());
        let longest = &mut self.longest[usize::from(response) * self.layout.tiers + tier as usize];
        *longest = ticks.max(*longest);
        let bucket = self.layout.bucket(response, tier, ticks);
        add64(self.times, self.layout.buckets(), bucket, 1);
    }

    /// Adds to a word of the jobs.
    pub fn job_add(&self, word: usize, by: u32) {
        if let Some(jobs) = self.jobs {
            jobs[word].fetch_add(by, Relaxed);
        }
    }

    /// Raises a word of the jobs.
    pub fn job_max(&self, word: usize, to: u32) {
        if let Some(jobs) = self.jobs {
            jobs[word].fetch_max(to, Relaxed);
        }
    }

    /// Adds everything to the ledger.
    pub fn finish(self) {
        let layout = self.layout;
        for (counter, &by) in self.counters.iter().enumerate().filter(|(_, by)| **by != 0) {
            add64(self.ledger, layout.counters(), counter, by);
        }
        for (which, &by) in self.sums.iter().enumerate() {
            self.ledger[layout.sum(which)].fetch_add(by, Relaxed);
        }
        for (which, &to) in self.longest.iter().enumerate() {
            self.ledger[layout.sum(sum::LONGEST + which)].fetch_max(to, Relaxed);
        }
    }
}
