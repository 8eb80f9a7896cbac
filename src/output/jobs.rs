//! `jobs.parquet`: one row for each job of a log, in typed columns that say what they hold and in which unit.

use std::io::{self, Write};
use tetraswarm::table::{Heading, Kind, Values, Writer};
use tetraswarm::trace::JobResult;

/// How a column comes from a job.
enum Of {
    /// The number that the log gave it.
    Number,
    /// A count.
    Count(fn(&JobResult) -> u32),
    /// A tick, or how many; nothing if it has not come to that.
    Time(fn(&JobResult) -> Option<u32>),
}

/// Name, unit, description, values.
const COLUMNS: [(&str, &str, &str, Of); 12] = [
    ("job", "", "what the log calls the job, or its row", Of::Number),
    ("tier", "", "the tier, from 0", Of::Count(|job| job.tier)),
    (
        "tasks",
        "tasks",
        "how many tasks the job is",
        Of::Count(|job| job.tasks),
    ),
    ("need", "ticks", "how long each task takes", Of::Count(|job| job.need)),
    ("submit", "tick", "when the job arrived", Of::Count(|job| job.submit)),
    (
        "start",
        "tick",
        "when its first task began; null if none has",
        Of::Time(|job| job.start),
    ),
    (
        "end",
        "tick",
        "when its last task ended; null if some have not",
        Of::Time(|job| job.end),
    ),
    ("wait", "ticks", "from arrival to start", Of::Time(|job| job.wait)),
    ("response", "ticks", "from arrival to end", Of::Time(|job| job.response)),
    (
        "tries",
        "tries",
        "how often tasks were tried again",
        Of::Count(|job| job.tries),
    ),
    (
        "hops",
        "links",
        "how often its tasks moved between cells, ended or not",
        Of::Count(|job| job.hops),
    ),
    ("failed", "tasks", "how many tasks failed", Of::Count(|job| job.failed)),
];

/// Writes the file; rows are in the order of `jobs`. `about` is what its metadata say of the run.
///
/// # Errors
/// Those of `to`.
pub fn write(jobs: &[JobResult], about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
    let heading = |(name, unit, text, of): &(&'static str, &'static str, &'static str, Of)| Heading {
        name: (*name).into(),
        unit: (*unit).into(),
        about: (*text).into(),
        kind: match of {
            Of::Number => Kind::U64,
            Of::Count(_) | Of::Time(_) => Kind::U32,
        },
        is_optional: matches!(of, Of::Time(_)),
    };
    let mut writer = Writer::new(to, COLUMNS.iter().map(heading).collect(), about)?;
    writer.group(|at| {
        Ok(match COLUMNS[at].3 {
            Of::Number => Values::U64(jobs.iter().map(|job| Some(job.job)).collect()),
            Of::Count(of) => Values::U32(jobs.iter().map(|job| Some(of(job))).collect()),
            Of::Time(of) => Values::U32(jobs.iter().map(of).collect()),
        })
    })?;
    writer.finish().map(drop)
}
