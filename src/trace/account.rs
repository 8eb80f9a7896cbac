//! What was read of a log, and what was not.

use super::moment::Clock;
use super::reason::Reason;
use super::spec::TraceFormat;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What was read of a log: `lines` = `jobs` + `cancelled` + `partial` + all of `skipped` + `other`. Shown, it is one line for a
/// person; its notes are further lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Account {
    /// The log.
    pub file: String,
    /// What it is written in, never [`TraceFormat::Auto`].
    pub format: TraceFormat,
    /// Lines read, after decompression; of tables rows, and a CSV's header and blank lines.
    pub lines: u64,
    /// Usable jobs.
    pub jobs: u64,
    /// Jobs that never ran: those that were cancelled before, and of tables those still pending.
    pub cancelled: u64,
    /// Partial executions of jobs that are swapped out or checkpointed, and steps of jobs, which have a line of their own as a whole.
    pub partial: u64,
    /// Lines skipped for what is wrong with them. Empty unless the log was read leniently.
    pub skipped: BTreeMap<Reason, u64>,
    /// Comments, blank lines, and a CSV's header.
    pub other: u64,
    /// Whether the jobs stand in the order of their arrival in the log. If not they were sorted.
    pub in_order: bool,
    /// What the times count from.
    pub clock: Clock,
    /// How many seconds of the log a tick is.
    pub tick_seconds: f64,
    /// When the first usable job was submitted, in whole seconds as the log counts them, of dates since 1970: tick 0.
    pub first_submit: i64,
    /// The tick of the last arrival. The first is in tick 0.
    pub last_arrival: u32,
    /// Tasks: processors, over all jobs.
    pub tasks: u64,
    /// Tasks times the ticks that each takes, over all jobs; 2^64 − 1 if it is more.
    pub work: u64,
    /// Below so many seconds a job's need does not count against its slowdown.
    pub slowdown_bound: f64,
    /// Of a table which column holds what.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<&'static str, String>,
    /// What the log's header says of itself, of the keys in use by the archive; long values are cut.
    pub facts: BTreeMap<String, String>,
    /// What the numbers mean, what is not used, and what follows from that: a line each.
    pub notes: Vec<String>,
}

impl Account {
    /// Lines skipped, for whatever reason.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }
}

/// As in "1 job", "2,000 jobs".
pub(super) fn counted(count: u64, one: &str) -> String {
    format!(
        "{} {one}{}",
        crate::digits::grouped(count),
        if count == 1 { "" } else { "s" }
    )
}

/// As in "3 lines skipped (2 need unknown, 1 arrival not a number)".
pub(super) fn reasons(skipped: &BTreeMap<Reason, u64>) -> String {
    let each: Vec<String> = skipped
        .iter()
        .map(|(reason, &count)| format!("{} {reason}", crate::digits::grouped(count)))
        .collect();
    each.join(", ")
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {} of {} and {} of work, arriving in ticks 0 to {}",
            self.file,
            self.format.name(),
            counted(self.jobs, "job"),
            counted(self.tasks, "task"),
            counted(self.work, "tick"),
            crate::digits::grouped(self.last_arrival)
        )?;
        for (count, one, many) in [
            (
                self.cancelled,
                "job that never ran is left out",
                "jobs that never ran are left out",
            ),
            (
                self.partial,
                "partial execution is part of its job",
                "partial executions are parts of their jobs",
            ),
        ] {
            match count {
                0 => {}
                1 => write!(f, "; 1 {one}")?,
                _ => write!(f, "; {} {many}", crate::digits::grouped(count))?,
            }
        }
        if !self.in_order {
            f.write_str("; sorted by arrival, which the log is not")?;
        }
        if !self.skipped.is_empty() {
            write!(
                f,
                "; {} of {} skipped ({})",
                crate::digits::grouped(self.skipped()),
                // What can hold no job cannot be skipped.
                counted(self.lines - self.other, "line"),
                reasons(&self.skipped)
            )?;
        }
        Ok(())
    }
}
