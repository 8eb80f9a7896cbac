//! What a plan of a swarm that works knows besides its columns and steps.

use super::TaskFormat;
use super::job;
use super::ledger::Layout;
use crate::column::ColumnId;
use crate::plan::Plan;
use crate::trace;
use crate::trace::{Account, Job, JobResult};

/// What whoever reads results needs.
#[derive(Clone, Debug)]
pub struct WorkPlan {
    /// Where the ledger has what.
    pub layout: Layout,
    /// The most tasks that a cell holds.
    pub capacity: u32,
    /// What a task's words mean.
    pub format: TaskFormat,
    /// The tick of the last arrival, if arrivals end.
    pub last_arrival: Option<u32>,
    /// When more or fewer of the tasks that are drawn arrive, as the scenario lists it.
    pub changes: Vec<ArrivalChange>,
    /// The jobs of a log, if there is one.
    pub log: Option<LogPlan>,
}

/// For some ticks more or fewer tasks arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalChange {
    /// From this tick on.
    pub tick: u32,
    /// Up to before this one, if it ends.
    pub until: Option<u32>,
    /// Whether tasks arrive at that time at all.
    pub has_effect: bool,
    /// What happens, as in "3 times the arrivals at 100 of 1,000 cells".
    pub text: String,
}

/// A log's jobs, and where their results are.
#[derive(Clone, Debug)]
pub struct LogPlan {
    /// The jobs, by arrival.
    pub jobs: Vec<Job>,
    /// What was read.
    pub account: Account,
    /// The column of their results.
    pub results: ColumnId,
}

impl LogPlan {
    /// What became of the jobs, given the words of the column of results.
    #[must_use]
    pub fn results(&self, words: &[u32]) -> Vec<JobResult> {
        let count = self.jobs.len();
        let result = |(k, of): (usize, &trace::Job)| {
            let word = |word: usize| words.get(word * count + k).copied().unwrap_or(0);
            let start = Some(word(job::START))
                .filter(|&word| word != 0)
                .map(|word| u32::MAX - word);
            let end = (word(job::ENDED) == of.tasks).then(|| word(job::END));
            JobResult {
                job: of.number,
                tier: of.tier,
                tasks: of.tasks,
                need: of.need,
                submit: of.arrival,
                start,
                end,
                wait: start.map(|start| start - of.arrival),
                response: end.map(|end| end - of.arrival),
                tries: word(job::TRIES),
                hops: word(job::HOPS),
                failed: word(job::FAILED),
            }
        };
        self.jobs.iter().enumerate().map(result).collect()
    }
}

impl Plan {
    /// What is known of the work, where cells work.
    #[must_use]
    pub fn work(&self) -> Option<&WorkPlan> {
        self.facts.get()
    }
}
