//! What became of the jobs.

use serde::Serialize;

/// What became of a job, at the end of a run. All times are in ticks; a job ends with its last task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct JobResult {
    /// What the log calls it, as [`Job::number`](super::Job::number).
    pub job: u64,
    /// Its tier, from 0.
    pub tier: u32,
    /// How many tasks it is, at least 1.
    pub tasks: u32,
    /// How many ticks each of its tasks takes, at least 1.
    pub need: u32,
    /// The tick that it arrived in.
    pub submit: u32,
    /// The tick that its first task began in; none if none has.
    pub start: Option<u32>,
    /// The tick that its last task ended in; none if some have not.
    pub end: Option<u32>,
    /// Ticks from arrival to start; none if it has not started.
    pub wait: Option<u32>,
    /// Ticks from arrival to end; none if it has not ended.
    pub response: Option<u32>,
    /// How often its tasks were tried again, in all.
    pub tries: u32,
    /// How many links its tasks were passed along, in all.
    pub hops: u32,
    /// How many of its tasks failed.
    pub failed: u32,
}
