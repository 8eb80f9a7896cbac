//! What was read of a log, and what was not.

use super::reason::Reason;
use super::spec::TraceFormat;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What was read of a log: `lines` = `jobs` + all of `skipped` + `other`. Shown, it is one line for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The log.
    pub file: String,
    /// What it is written in, never [`TraceFormat::Auto`].
    pub format: TraceFormat,
    /// Lines read, after decompression; of tables rows, and a CSV's header and blank lines.
    pub lines: u64,
    /// Usable jobs.
    pub jobs: u64,
    /// Lines skipped for what is wrong with them. Empty unless the log was read leniently.
    pub skipped: BTreeMap<Reason, u64>,
    /// Comments, blank lines, and a CSV's header.
    pub other: u64,
    /// Whether the jobs stand in the order of their arrival in the log. If not they were sorted.
    pub in_order: bool,
    /// When the first usable job was submitted, in whole seconds as the log counts them: tick 0.
    pub first_submit: i64,
    /// The tick of the last arrival. The first is in tick 0.
    pub last_arrival: u32,
    /// Tasks: processors, over all jobs.
    pub tasks: u64,
    /// Tasks times the ticks that each takes, over all jobs; 2^64 − 1 if it is more.
    pub work: u64,
    /// What the log's header says of itself, of the keys in use by the archive; long values are cut.
    pub facts: BTreeMap<String, String>,
}

impl Account {
    /// Lines skipped, for whatever reason.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }
}

/// As in "3 lines skipped (2 need unknown, 1 arrival not a number)".
pub(super) fn reasons(skipped: &BTreeMap<Reason, u64>) -> String {
    let each: Vec<String> = skipped
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    each.join(", ")
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {} jobs of {} tasks and {} ticks of work, arriving in ticks 0..={}",
            self.file,
            self.format.name(),
            self.jobs,
            self.tasks,
            self.work,
            self.last_arrival
        )?;
        if !self.in_order {
            f.write_str("; sorted by arrival, which the log is not")?;
        }
        if !self.skipped.is_empty() {
            write!(
                f,
                "; {} of {} lines skipped ({})",
                self.skipped(),
                self.lines,
                reasons(&self.skipped)
            )?;
        }
        Ok(())
    }
}
