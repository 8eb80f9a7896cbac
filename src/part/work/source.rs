//! From what a scenario says of arrivals to the tables that the cells' step draws from.

use super::events::{Course, none_from};
use super::plan::ArrivalChange;
use super::{Arrivals, Need, Place, Process, WorkSpec, chance};
use crate::error::Error;
use crate::number::{Stream, multiply_high, stream_key, threefry2x32, threshold};
use crate::part::work::{Counts, Drawn, Log, Needs, Places, Source, Stretch};
use crate::topology::Topology;
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
    /// When more or fewer arrive.
    pub changes: Vec<ArrivalChange>,
    pub trace: Option<Trace>,
}

/// Puts words into the column `workload`, and says where they are.
pub(super) fn put(tables: &mut Vec<u32>, words: impl IntoIterator<Item = u32>) -> Stretch {
    let start = tables.len();
    tables.extend(words);
    start..tables.len()
}

impl WorkSpec {
    /// The source of the tasks of a network's cells, for so many ticks.
    pub(super) fn source(
        &self,
        (topology, ticks): (&dyn Topology, u32),
        seed: u32,
        folder: &Path,
        tables: &mut Vec<u32>,
    ) -> Result<Made, Error> {
        match (&self.arrivals, &self.trace) {
            (Some(arrivals), None) => self.drawn(arrivals, (topology, ticks), seed, tables),
            (None, Some(file)) => self.log(file, topology.nodes(), seed, folder, tables),
            (Some(arrivals), Some(_)) if !arrivals.events.is_empty() => Err(Error::invalid(
                "work.arrivals.events",
                "thin tasks that are drawn, or add to them, but the jobs of work.trace come as their log says; leave the events out, or \
                 the log",
            )),
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
        (topology, ticks): (&dyn Topology, u32),
        seed: u32,
        tables: &mut Vec<u32>,
    ) -> Result<Made, Error> {
        let cells = topology.nodes();
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
        let until = self.until(arrivals);
        let course = Course::of(arrivals, topology, seed)?;
        let last = until.map_or(ticks, |until| until.min(ticks));
        countable(&course.rates(rates[0].max(rates[1]), last))?;
        let (process, most) = counts(&arrivals.process, rates, tables)?;
        let is_one = matches!(places, Places::One(_));
        let events = course.build(&arrivals.process, rates, tables)?;
        let most = events.as_ref().map_or(most, |events| events.most.max(most));
        let none_from = none_from(&process, events.as_ref(), tables);
        Ok(Made {
            source: Source::Drawn(Drawn {
                process,
                events,
                none_from,
                places,
                until: until.unwrap_or(u32::MAX),
                arrival_key: stream_key(seed, Stream::Arrival),
                task_key: stream_key(seed, Stream::Task),
                tiers: put(tables, chance::thresholds(self.tiers.iter().copied())),
                need,
            }),
            sources: if is_one { 1 } else { cells },
            most,
            is_one,
            load: Some(rate * mean),
            last_arrival: until.map(|until| until.saturating_sub(1)),
            changes: course.changes(until),
            trace: None,
        })
    }

    /// The tick from which on nothing arrives, if there is one: as it is given, or as an event says.
    fn until(&self, arrivals: &Arrivals) -> Option<u32> {
        let ends = arrivals.events.iter().filter(|event| event.ends_all());
        ends.map(|event| event.tick).chain(arrivals.until).min()
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
            changes: Vec::new(),
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

/// Checks that a source that its cell never takes anything from can count what it holds back: so many tasks a tick for so many ticks, a
/// stretch each. Half of the range is left to chance.
fn countable(stretches: &[(f64, u32)]) -> Result<(), Error> {
    let most = (MOST_WAITING / 2) as f64;
    let all: f64 = stretches.iter().map(|&(rate, ticks)| rate * f64::from(ticks)).sum();
    if all <= most {
        return Ok(());
    }
    let rate = stretches.iter().map(|&(rate, _)| rate).fold(0.0, f64::max);
    let message = format!(
        "brings {rate} tasks a tick to one cell, in {} ticks more than the {most} that it can hold back; bring less, let arrivals end \
         with work.arrivals.until = {} or before, or run fewer ticks",
        stretches.iter().map(|&(_, ticks)| u64::from(ticks)).sum::<u64>(),
        (most / rate) as u64
    );
    Err(Error::invalid("work.arrivals", message))
}

/// The two words that say how many tasks arrive at a cell of this rate, and how many at most; see [`Counts`].
pub(super) fn of_rate(process: &Process, rate: f64, tables: &mut Vec<u32>) -> Result<([u32; 2], u64), Error> {
    let size = match process {
        Process::Bernoulli => 1,
        Process::Bursts(burst) => burst.size,
        Process::Poisson => {
            if rate > MOST_POISSON {
                let message = format!(
                    "is poisson, and {rate} tasks arrive at a cell and tick; at most {MOST_POISSON} can: use bernoulli, which varies \
                     as little"
                );
                return Err(Error::invalid("work.arrivals.process.kind", message));
            }
            let table = put(tables, chance::poisson(rate));
            return Ok(([table.start as u32, table.len() as u32], table.len() as u64));
        }
    };
    let times = rate / f64::from(size);
    let most = u64::from(size) * (1 + times as u64);
    if most > 1 << 27 {
        let message = format!(
            "brings up to {most} tasks to one cell in a tick; at most {} are possible: let less arrive there",
            1 << 27
        );
        return Err(Error::invalid("work.arrivals", message));
    }
    Ok(([times as u32, threshold(times.fract())], most))
}

/// How many tasks arrive at cells of these rates, and how many at most.
fn counts(process: &Process, rates: [f64; 2], tables: &mut Vec<u32>) -> Result<(Counts, u64), Error> {
    let (ordinary, most) = of_rate(process, rates[0], tables)?;
    let (hot, most_hot) = of_rate(process, rates[1], tables)?;
    let whole = |size: u32| Counts::Whole {
        whole: [ordinary[0], hot[0]],
        fraction: [ordinary[1], hot[1]],
        size,
    };
    let table = |[start, len]: [u32; 2]| start as usize..(start + len) as usize;
    let counts = match process {
        Process::Bernoulli => whole(1),
        Process::Bursts(burst) => whole(burst.size),
        Process::Poisson => Counts::Table([ordinary, hot].map(table)),
    };
    Ok((counts, most.max(most_hot)))
}
