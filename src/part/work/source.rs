//! From what a scenario says of arrivals to the tables that the cells' step draws from.

use super::{Arrivals, Need, Place, Process, WorkSpec, chance};
use crate::error::Error;
use crate::number::{Stream, multiply_high, stream_key, threefry2x32, threshold};
use crate::part::work::{Counts, Drawn, Log, Needs, Places, Source, Stretch};
use crate::trace::{self, Job, LogSpec, Placement, Trace};
use std::path::Path;

/// The most that a Poisson number is on average.
const MOST_POISSON: f64 = 1000.0;

/// The most tasks that a cell's source may hold back: a word counts them.
const MOST_WAITING: u64 = u32::MAX as u64;

/// A source, and what else is known of it.
pub(super) struct Made {
    pub source: Source,
    /// How many sources there are, and how many tasks one brings at once at most.
    pub sources: u32,
    pub most: u64,
    /// Whether all tasks come from one.
    pub is_one: bool,
    /// What arrives, as a share of what can be executed.
    pub load: Option<f64>,
    /// The tick of the last arrival, if arrivals end.
    pub last_arrival: Option<u32>,
    pub trace: Option<Trace>,
}

/// Puts words into the column `workload`, and says where they are.
pub(super) fn put(tables: &mut Vec<u32>, words: impl IntoIterator<Item = u32>) -> Stretch {
    let start = tables.len();
    tables.extend(words);
    start..tables.len()
}

impl WorkSpec {
    /// The source of the tasks, for so many cells and ticks.
    pub(super) fn source(
        &self,
        (cells, ticks): (u32, u32),
        seed: u32,
        folder: &Path,
        tables: &mut Vec<u32>,
    ) -> Result<Made, Error> {
        match (&self.arrivals, &self.trace) {
            (Some(arrivals), None) => self.drawn(arrivals, (cells, ticks), seed, tables),
            (None, Some(file)) => self.log(file, cells, seed, folder, tables),
            (Some(_), Some(_)) => Err(Error::invalid(
                "work.trace",
                "stands beside work.arrivals; tasks are drawn or come from a job log: leave one of the two out",
            )),
            (None, None) => Err(Error::invalid(
                "work",
                "says not where tasks come from; give work.arrivals, as in work.arrivals = { load = 0.7 }, or a job log, as in \
                 work.trace = \"FILE\"",
            )),
        }
    }

    fn drawn(
        &self,
        arrivals: &Arrivals,
        (cells, ticks): (u32, u32),
        seed: u32,
        tables: &mut Vec<u32>,
    ) -> Result<Made, Error> {
        let key = "work.arrivals";
        let (need, mean) = self.need(tables)?;
        let rate = match (arrivals.load, arrivals.rate) {
            (Some(load), None) => load / mean,
            (None, Some(rate)) => rate,
            (given, _) => {
                let message = if given.is_some() {
                    "has load and rate; leave one of the two out, as by --unset work.arrivals.load"
                } else {
                    "has neither load nor rate; give one of the two, as in load = 0.7"
                };
                return Err(Error::invalid(key, message));
            }
        };
        let (places, rates) = places(arrivals, cells, rate, seed)?;
        countable(rates, arrivals.until.map_or(ticks, |until| until.min(ticks)))?;
        let (process, most) = counts(&arrivals.process, rates, tables)?;
        let is_one = matches!(places, Places::One(_));
        Ok(Made {
            source: Source::Drawn(Drawn {
                process,
                places,
                until: arrivals.until.unwrap_or(u32::MAX),
                arrival_key: stream_key(seed, Stream::Arrival),
                task_key: stream_key(seed, Stream::Task),
                tiers: put(tables, chance::thresholds(self.tiers.iter().copied())),
                need,
            }),
            sources: if is_one { 1 } else { cells },
            most,
            is_one,
            load: Some(rate * mean),
            last_arrival: arrivals.until.map(|until| until - 1),
            trace: None,
        })
    }

    /// How many ticks tasks need, and on average.
    fn need(&self, tables: &mut Vec<u32>) -> Result<(Needs, f64), Error> {
        let key = "work.need";
        Ok(match &self.need {
            Need::Constant(constant) => {
                let low = constant.ticks;
                (Needs::Range { low, span: 1 }, f64::from(low))
            }
            Need::Uniform(span) => {
                if span.low > span.high {
                    let message = format!("is {}, above high = {}; exchange the two", span.low, span.high);
                    return Err(Error::invalid(format!("{key}.low"), message));
                }
                let needs = Needs::Range {
                    low: span.low,
                    span: span.high - span.low + 1,
                };
                (needs, (f64::from(span.low) + f64::from(span.high)) / 2.0)
            }
            Need::Geometric(geometric) => {
                let thresholds = put(tables, chance::geometric(geometric.mean));
                (Needs::Counted(thresholds), geometric.mean)
            }
            Need::Table(table) => {
                if table.ticks.len() != table.weights.len() {
                    let message = format!(
                        "has {} weights for {} needs; give one each",
                        table.weights.len(),
                        table.ticks.len()
                    );
                    return Err(Error::invalid(format!("{key}.weights"), message));
                }
                let total: f64 = table.weights.iter().map(|&weight| f64::from(weight)).sum();
                if total == 0.0 {
                    return Err(Error::invalid(
                        format!("{key}.weights"),
                        "are all 0; give some needs a weight",
                    ));
                }
                let sum: f64 = table
                    .ticks
                    .iter()
                    .zip(&table.weights)
                    .map(|(&t, &w)| f64::from(t) * f64::from(w))
                    .sum();
                let thresholds = chance::thresholds(table.weights.iter().map(|&weight| f64::from(weight)));
                let needs = Needs::Listed {
                    thresholds: put(tables, thresholds),
                    values: put(tables, table.ticks.iter().copied()),
                };
                (needs, sum / total)
            }
        })
    }

    fn log(&self, file: &Path, cells: u32, seed: u32, folder: &Path, tables: &mut Vec<u32>) -> Result<Made, Error> {
        let tiers = self.tiers.len() as u32;
        let trace = trace::read(file, &self.log, folder, tiers)?;
        let jobs = &trace.jobs;
        if jobs.len() > 1 << 29 {
            let message = format!("holds {} jobs; at most {} are possible", jobs.len(), 1 << 29);
            return Err(Error::invalid("work.trace", message));
        }
        if trace.account.tasks > MOST_WAITING {
            let message = format!(
                "holds {} tasks; at most {MOST_WAITING} are possible",
                trace.account.tasks
            );
            return Err(Error::invalid("work.trace", message));
        }
        let cell_of = |k: usize| cell_of(&self.log, &jobs[k], k as u32, cells, seed);
        let mut order: Vec<(u32, u32)> = (0..jobs.len()).map(|k| (cell_of(k), k as u32)).collect();
        // Jobs are by arrival already.
        order.sort_unstable();
        let mut ends = vec![0u32; cells as usize + 1];
        for &(cell, _) in &order {
            ends[cell as usize + 1] += 1;
        }
        for cell in 0..cells as usize {
            ends[cell + 1] += ends[cell];
        }
        let at = |(cell, k): (u32, u32)| (cell, jobs[k as usize].arrival);
        let together = order.chunk_by(|&a, &b| at(a) == at(b));
        let tasks = |same: &[(u32, u32)]| same.iter().map(|&(_, k)| u64::from(jobs[k as usize].tasks)).sum();
        let most = together.map(tasks).max().unwrap_or(0);
        let entries = order.iter().flat_map(|&(_, k)| {
            let job = &jobs[k as usize];
            [job.arrival, k, job.tasks, job.tier]
        });
        Ok(Made {
            source: Source::Log(Log {
                offsets: put(tables, ends),
                entries: put(tables, entries),
                needs: put(tables, jobs.iter().map(|job| job.need)),
                jobs: jobs.len() as u32,
                most,
            }),
            sources: jobs.len() as u32,
            most: jobs.iter().map(|job| u64::from(job.tasks)).max().unwrap_or(0),
            is_one: false,
            load: None,
            last_arrival: jobs.last().map(|job| job.arrival),
            trace: Some(trace),
        })
    }
}

/// Where a job arrives.
fn cell_of(spec: &LogSpec, job: &Job, number: u32, cells: u32, seed: u32) -> u32 {
    let draw = |of: u32| multiply_high(threefry2x32([seed, Stream::Place as u32], [of, 0])[0], cells);
    match spec.cells {
        Placement::Hash => draw(number),
        Placement::User => draw(job.user),
        Placement::RoundRobin => number % cells,
    }
}

/// At which cells tasks arrive, and the rates of ordinary cells and hot spots.
fn places(arrivals: &Arrivals, cells: u32, rate: f64, seed: u32) -> Result<(Places, [f64; 2]), Error> {
    let key = stream_key(seed, Stream::Place);
    Ok(match &arrivals.place {
        Place::Everywhere => (Places::All { hot: 0, key }, [rate, rate]),
        Place::HotSpots(spots) => {
            let base = 1.0 - spots.share + spots.share * spots.multiple;
            if base <= 0.0 {
                let message = "leaves no cell at which anything arrives; let share be below 1, or multiple above 0";
                return Err(Error::invalid("work.arrivals.place", message));
            }
            let hot = threshold(spots.share);
            (Places::All { hot, key }, [rate / base, rate / base * spots.multiple])
        }
        Place::One(one) => {
            if one.cell >= cells {
                let message = format!(
                    "is {}, but there are {cells} cells, numbered from 0 to {}; name one of those, or have more agents",
                    one.cell,
                    cells - 1
                );
                return Err(Error::invalid("work.arrivals.place.cell", message));
            }
            (Places::One(one.cell), [0.0, rate * f64::from(cells)])
        }
    })
}

/// Checks that a source that its cell never takes anything from can count what it holds back. Half of the range is left to chance.
fn countable(rates: [f64; 2], ticks: u32) -> Result<(), Error> {
    let rate = rates[0].max(rates[1]);
    let most = (MOST_WAITING / 2) as f64;
    if rate * f64::from(ticks) > most {
        let message = format!(
            "brings {rate} tasks a tick to one cell, in {ticks} ticks more than the {most} that it can hold back; bring less, let \
             arrivals end with work.arrivals.until = {} or before, or run fewer ticks",
            (most / rate) as u64
        );
        return Err(Error::invalid("work.arrivals", message));
    }
    Ok(())
}

/// How many tasks arrive at cells of these rates, and how many at most.
fn counts(process: &Process, rates: [f64; 2], tables: &mut Vec<u32>) -> Result<(Counts, u64), Error> {
    let whole = |size: u32| -> Result<(Counts, u64), Error> {
        let times = rates.map(|rate| rate / f64::from(size));
        let most = u64::from(size) * (1 + times[0].max(times[1]) as u64);
        if most > 1 << 27 {
            let message = format!(
                "brings up to {most} tasks to one cell in a tick; at most {} are possible: let less arrive there",
                1 << 27
            );
            return Err(Error::invalid("work.arrivals", message));
        }
        let counts = Counts::Whole {
            whole: times.map(|times| times as u32),
            fraction: times.map(|times| threshold(times.fract())),
            size,
        };
        Ok((counts, most))
    };
    match process {
        Process::Bernoulli => whole(1),
        Process::Bursts(burst) => whole(burst.size),
        Process::Poisson => {
            if let Some(rate) = rates.iter().find(|&&rate| rate > MOST_POISSON) {
                let message = format!(
                    "is poisson, and {rate} tasks arrive at a cell and tick; at most {MOST_POISSON} can: use bernoulli, which varies \
                     as little"
                );
                return Err(Error::invalid("work.arrivals.process.kind", message));
            }
            let of = rates.map(chance::poisson);
            let most = of.iter().map(|table| table.len() as u64).max().unwrap_or(0);
            Ok((Counts::Table(of.map(|table| put(tables, table))), most))
        }
    }
}
