//! `times.parquet`: how many tasks waited, and how long they took, by tier: the histograms of a swarm that works at its end.
//!
//! Times below 64 ticks have a row each; longer ones are counted in rows that span a 32nd of their lower end or less.

use std::io::{self, Write};
use tetraswarm::part::work::ledger::{BUCKETS, bounds};
use tetraswarm::table::{Heading, Kind, Values, Writer};
use tetraswarm::{Error, Simulation};

/// Tasks of a tier whose time was within a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Whether the time is from submission to commitment; else it is from submission to the first execution.
    pub response: bool,
    /// The tier, from 0.
    pub tier: u32,
    /// The shortest time, in ticks.
    pub from: u32,
    /// How many times there are, from that one on.
    pub width: u32,
    /// How many tasks.
    pub tasks: u64,
}

/// The times of a swarm that works so far, those of no task left out; nothing if it does not work, or its state is lost.
///
/// # Errors
/// [`Error::DeviceFailed`].
pub fn of(simulation: &mut Simulation) -> Result<Option<Vec<Bucket>>, Error> {
    let Some(layout) = simulation.plan().work().map(|work| work.layout) else {
        return Ok(None);
    };
    if simulation.is_lost() {
        return Ok(None);
    }
    let words = simulation.column("work.times")?;
    // The low words of all, then the high words.
    let (low, high) = words.split_at(layout.buckets());
    let mut all = Vec::new();
    for response in [false, true] {
        for tier in 0..layout.tiers as u32 {
            let first = layout.histogram(response, tier);
            for bucket in 0..BUCKETS {
                let at = first + bucket;
                let tasks = u64::from(low[at]) | u64::from(high[at]) << 32;
                if tasks > 0 {
                    let (from, width) = bounds(bucket as u32);
                    all.push(Bucket {
                        response,
                        tier,
                        from,
                        width,
                        tasks,
                    });
                }
            }
        }
    }
    Ok(Some(all))
}

/// Name, unit, meaning and type of the columns.
const COLUMNS: [(&str, &str, &str, Kind); 5] = [
    (
        "time",
        "word",
        "wait, from submission to the first execution, or response, from submission to commitment",
        Kind::Text,
    ),
    ("tier", "", "the tier, from 0", Kind::U32),
    ("from", "ticks", "the shortest time", Kind::U32),
    (
        "width",
        "ticks",
        "how many times there are, from that one on",
        Kind::U32,
    ),
    ("tasks", "tasks", "how many tasks had such a time", Kind::U64),
];

/// Writes the file. `about` is what its metadata say of the run.
///
/// # Errors
/// Those of `to`.
pub fn write(times: &[Bucket], about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
    let heading = |&(name, unit, text, kind): &(&'static str, &'static str, &'static str, Kind)| Heading {
        name: name.into(),
        unit: unit.into(),
        about: text.into(),
        kind,
        is_optional: false,
    };
    let mut writer = Writer::new(to, COLUMNS.iter().map(heading).collect(), about)?;
    let word = |response: bool| if response { "response" } else { "wait" };
    writer.group(|at| {
        Ok(match at {
            0 => Values::Text(times.iter().map(|of| Some(word(of.response).to_owned())).collect()),
            1 => Values::U32(times.iter().map(|of| Some(of.tier)).collect()),
            2 => Values::U32(times.iter().map(|of| Some(of.from)).collect()),
            3 => Values::U32(times.iter().map(|of| Some(of.width)).collect()),
            _ => Values::U64(times.iter().map(|of| Some(of.tasks)).collect()),
        })
    })?;
    writer.finish().map(drop)
}
