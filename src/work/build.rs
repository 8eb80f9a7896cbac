//! From a scenario's `[work]` to the plan of a tick.

use super::ledger::Layout;
use super::plan::LogPlan;
use super::shown::shown;
use super::source::{Made, put};
use super::trace::Trace;
use super::weights::{sums_to_one, weights};
use super::{Format, Order, Policy, WorkPlan, WorkSpec, job, outbox, word};
use crate::error::Error;
use crate::fault::{Domain, FaultSpec, MEMBERS, Setting, install};
use crate::measure::{Gauge, Talk, WorkGauge, conditions};
use crate::number::{Stream, stream_key, threshold};
use crate::plan::{Column, ColumnId, Extent, Plan};
use crate::scenario::Scenario;
use crate::step::counters::words;
use crate::step::{
    Ageing, CellColumns, CellParameters, CellStep, Next, OfferColumns, OfferStep, ReceiveColumns, ReceiveStep,
    SettleStep, Step,
};
use crate::topology::Topology;
use crate::words::Words;
use std::path::Path;
use std::sync::Arc;

/// The threshold of a probability, of which 1 is certain.
fn certain(share: f64) -> u32 {
    // Below 1 the greatest threshold would be taken for certain.
    if share >= 1.0 {
        u32::MAX
    } else {
        threshold(share).min(u32::MAX - 1)
    }
}

/// Columns in the making.
#[derive(Default)]
struct Columns {
    all: Vec<Column>,
}

impl Columns {
    fn add(&mut self, name: &'static str, extent: Extent) -> ColumnId {
        self.all.push(Column {
            name,
            extent,
            doubled: false,
            fixed: true,
        });
        ColumnId(self.all.len() - 1)
    }
}

impl WorkSpec {
    /// The plan of a swarm of cells on a network; relative file names start at `folder`.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key.
    pub(crate) fn plan(&self, scenario: &Scenario, topology: &Arc<dyn Topology>, folder: &Path) -> Result<Plan, Error> {
        self.check()?;
        let (cells, seed, ticks) = (topology.nodes(), scenario.seed, scenario.ticks);
        let mut tables = Vec::new();
        let made = self.source((cells, ticks), seed, folder, &mut tables)?;
        let tiers = self.tiers.len() as u32;
        let format = Format::new(tiers, self.max_tries, made.sources, made.most)?;
        format.check_ticks(ticks)?;
        let layout = Layout::new(tiers);
        let next = self.next(&made, &mut tables)?;

        let mut columns = Columns::default();
        let state = columns.add("work.state", Extent::Node);
        let has_log = made.trace.is_some();
        let own = if has_log { word::ALL_OF_LOG } else { word::ALL };
        let cell = columns.add("work.cell", Extent::Words(own as u32));
        let queue = columns.add("work.queue", Extent::Words(2 * self.queue));
        let ledger = columns.add("work.ledger", Extent::Swarm(layout.words() as u32));
        let times = columns.add("work.times", Extent::Swarm(words(layout.buckets() as u32)));
        // A buffer has at least one word.
        put(&mut tables, [0]);
        let workload = columns.add("work.workload", Extent::Swarm(tables.len() as u32));
        let mut first = vec![(workload, Words::from(tables.as_slice()))];
        let results = |trace: &Trace| Extent::Swarm((job::ALL * trace.jobs.len()) as u32);
        let jobs = made
            .trace
            .as_ref()
            .map(|trace| columns.add("work.jobs", results(trace)));

        let mut steps: Vec<Box<dyn Step>> = Vec::new();
        let faults = self.faults(scenario, &**topology, &mut columns, &mut steps, &mut first)?;
        let members = faults.as_ref().and_then(|faults| faults.members);
        let exchange = (self.balance.policy != Policy::None || faults.is_some()).then(|| {
            let outbox = columns.add("work.outbox", Extent::Words(outbox::ALL as u32));
            (outbox, columns.add("work.answer", Extent::Node))
        });
        steps.push(Box::new(CellStep::new(
            CellColumns {
                members,
                state,
                cell,
                queue,
                ledger,
                times,
                workload,
                jobs,
            },
            CellParameters {
                queue: self.queue,
                epoch: self.epoch,
                lease: self.lease,
                forgets: faults.as_ref().is_some_and(|faults| faults.forgets),
                source: made.source,
                is_one: made.is_one,
                next,
                retry: self.retry,
                verify: certain(self.verify),
                error: certain(self.error),
                agreement: self.agreement,
                max_tries: self.max_tries,
                result_key: stream_key(seed, Stream::Result),
                format,
                layout,
            },
        )));
        if let Some((outbox, answer)) = exchange {
            let schedule = self.balance.timing.schedule(cells, seed);
            steps.push(Box::new(OfferStep {
                columns: OfferColumns {
                    state,
                    queue,
                    outbox,
                    ledger,
                },
                policy: self.balance.policy.clone(),
                schedule,
                capacity: self.queue,
                key: stream_key(seed, Stream::Offer),
                format,
                layout,
            }));
            steps.push(Box::new(ReceiveStep {
                columns: ReceiveColumns {
                    outbox,
                    state,
                    queue,
                    answer,
                    ledger,
                    jobs,
                },
                capacity: self.queue,
                jobs: made.trace.as_ref().map_or(0, |trace| trace.jobs.len() as u32),
                format,
                layout,
            }));
            steps.push(Box::new(SettleStep {
                answer,
                state,
                queue,
                outbox,
            }));
        }
        let mut shown = shown(state, cell);
        shown.extend(faults.iter().flat_map(crate::fault::Faults::shown));
        let gauge = WorkGauge {
            state,
            cell,
            queue,
            members,
            ledger,
            times,
            capacity: self.queue,
            format,
            layout,
        };
        let gauges: Vec<Arc<dyn Gauge>> = vec![Arc::new(gauge)];
        let stop = conditions(&gauges, scenario.stop.spread, &scenario.stop.when)?;
        Ok(Plan {
            schedule: scenario.timing.schedule(cells, seed),
            topology: Arc::clone(topology),
            columns: columns.all,
            steps,
            faults,
            first,
            gauges,
            // Messages are counted in the ledger.
            talk: Talk::Silent,
            noted: None,
            shown,
            ticks,
            every: scenario.measure.every,
            component: scenario.measure.component,
            stop,
            work: Some(WorkPlan {
                layout,
                capacity: self.queue,
                format,
                last_arrival: made.last_arrival,
                log: made.trace.zip(jobs).map(|(trace, results)| LogPlan {
                    jobs: trace.jobs,
                    account: trace.account,
                    results,
                }),
            }),
        })
    }

    fn check(&self) -> Result<(), Error> {
        if !self.queue.is_power_of_two() {
            let below = 1 << (31 - self.queue.leading_zeros());
            let message = format!(
                "is {}, which is no power of two; the nearest are {below} and {}",
                self.queue,
                2 * below
            );
            return Err(Error::invalid("work.queue", message));
        }
        sums_to_one(&self.tiers, "work.tiers")
    }

    /// The policy by which the next task is chosen.
    fn next(&self, made: &Made, tables: &mut Vec<u32>) -> Result<Next, Error> {
        if let Some(weights) = weights(&self.order, &self.tiers, made.load)? {
            return Ok(Next::Shares(put(tables, weights)));
        }
        Ok(match &self.order {
            Order::Fifo => Next::Fifo,
            Order::Binary => Next::Ageing(Ageing::Binary),
            Order::Fibonacci => Next::Ageing(Ageing::Fibonacci),
            Order::Linear(linear) => Next::Ageing(Ageing::Linear(linear.step)),
            _ => Next::Ageing(Ageing::Strict),
        })
    }

    /// What goes wrong, with its columns and step.
    fn faults(
        &self,
        scenario: &Scenario,
        topology: &dyn Topology,
        columns: &mut Columns,
        steps: &mut Vec<Box<dyn Step>>,
        first: &mut Vec<(ColumnId, Words)>,
    ) -> Result<Option<crate::fault::Faults>, Error> {
        let Some(spec) = scenario
            .faults
            .as_ref()
            .filter(|faults| **faults != FaultSpec::default())
        else {
            return Ok(None);
        };
        let setting = Setting {
            topology,
            members: MEMBERS,
            seed: scenario.seed,
            domain: Domain::Work,
            stop: scenario.stop.spread,
        };
        let (faults, words) = spec.build(&setting)?;
        let (faults, words) = install(faults, words, topology.nodes(), &mut columns.all, steps);
        first.extend(words);
        Ok(Some(faults))
    }
}
