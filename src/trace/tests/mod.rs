//! Small logs worked out by hand, one theme per file.

mod brought;
#[cfg(feature = "tables")]
mod parquet;
mod properties;
mod sources;
mod swf;
mod tables;

use super::*;

/// The log that whole runs are worked out for as well.
const TEN: &str = include_str!("../../../tests/cases/ten_jobs.swf");

fn spec() -> LogSpec {
    LogSpec::default()
}

fn lenient() -> LogSpec {
    LogSpec {
        lenient: true,
        ..spec()
    }
}

/// Reads `content` as the file `t` into two tiers.
fn import(spec: &LogSpec, content: impl AsRef<[u8]>) -> Result<Trace, Error> {
    read_bytes(spec, "t", content.as_ref(), 2)
}

fn trace(spec: &LogSpec, content: impl AsRef<[u8]>) -> Trace {
    import(spec, content).unwrap_or_else(|error| panic!("{error}"))
}

/// The message for a log that must be refused.
fn refusal(spec: &LogSpec, content: impl AsRef<[u8]>) -> String {
    import(spec, content).expect_err("a bad log").to_string()
}

/// A line of a Standard Workload: number, submit time, run time, processors, user, queue.
fn line(number: i64, submit: &str, run: &str, processors: &str, user: &str, queue: &str) -> String {
    format!("{number} {submit} -1 {run} {processors} -1 -1 -1 -1 -1 1 {user} -1 -1 {queue} -1 -1 -1\n")
}

/// Job numbers, arrivals, needs, tasks and tiers.
fn short(trace: &Trace) -> Vec<(u64, u32, u32, u32, u32)> {
    let job = |job: &Job| (job.number, job.arrival, job.need, job.tasks, job.tier);
    trace.jobs.iter().map(job).collect()
}
