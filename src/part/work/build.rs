//! From a scenario's `[work]` to the columns and steps of the swarm.

use super::choices::Choices;
use super::delegation::Delegates;
use super::families::Families;
use super::ledger::Layout;
use super::plan::LogPlan;
use super::shown::shown;
use super::source::{Made, put};
use super::weights::{sums_to_one, weights};
use super::{Order, Policy, TaskFormat, WorkPlan, WorkSpec, job, outbox, word};
use crate::column::Extent;
use crate::counters::words;
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, MEMBERS};
use crate::number::{Stream, stream_key, threshold};
use crate::part::work::WorkGauge;
use crate::part::work::{
    Ageing, CellColumns, CellParameters, CellStep, Learnt, Next, OfferColumns, OfferStep, Policies, ReceiveColumns,
    ReceiveStep, SettleStep,
};
use crate::part::{Part, Place, Stage};
use crate::trace::Trace;
use crate::words::Words;
use std::path::PathBuf;

/// The threshold of a probability, of which 1 is certain.
pub(super) fn certain(share: f64) -> u32 {
    // Below 1 the greatest threshold would be taken for certain.
    if share >= 1.0 {
        u32::MAX
    } else {
        threshold(share).min(u32::MAX - 1)
    }
}

impl Part for WorkSpec {
    fn place(&self) -> Place {
        Place::section("work")
    }

    fn stage(&self) -> Stage {
        Stage::Work
    }

    fn agents(&self) -> u32 {
        MEMBERS
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Work)
    }

    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        self.trace
            .iter_mut()
            .map(|file| ("work.trace".to_owned(), file))
            .collect()
    }

    fn later_events(&self, ticks: u32) -> usize {
        let events = self.arrivals.iter().flat_map(|arrivals| &arrivals.events);
        events.filter(|event| event.tick >= ticks).count()
    }

    fn reads(&self) -> Vec<&str> {
        vec!["learning", "growth"]
    }

    fn unused(&self) -> Vec<String> {
        self.without_effect()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        self.check()?;
        let mut tables = Vec::new();
        let size = (draft.topology(), draft.ticks());
        let made = self.source(size, draft.seed(), draft.folder(), &mut tables)?;
        let tiers = self.tiers.len() as u32;
        let format = TaskFormat::new(tiers, self.max_tries, made.sources, made.most)?;
        format.check_ticks(draft.ticks())?;
        let next = self.next(&made, &mut tables)?;
        let (learnt, policies) = match draft.fact::<Choices>() {
            Some(choices) => {
                let (learnt, policies) = self.chosen(choices, draft, &made, &mut tables)?;
                (Some(learnt), policies)
            }
            None => (None, None),
        };
        let columns = self.columns(draft, &made, Layout::new(tiers), tables);
        let cell = self.cell_step(draft, columns, &made, (next, learnt), format);
        draft.step(cell);
        self.exchange(draft, columns, &made, (policies, format));
        for shown in shown(columns.state, columns.cell) {
            draft.show(shown);
        }
        let layout = Layout::new(tiers);
        draft.counts_messages();
        draft.gauge(WorkGauge {
            state: columns.state,
            cell: columns.cell,
            queue: columns.queue,
            members: columns.members,
            ledger: columns.ledger,
            times: columns.times,
            growth: draft.fact::<Families>().map(|families| families.ledger),
            orders: draft.fact::<Delegates>().map(|delegates| delegates.order),
            capacity: self.queue,
            format,
            layout,
        });
        if let Some(tick) = made.last_arrival {
            draft.changes_in(tick);
        }
        for change in made.changes.iter().filter(|change| change.has_effect) {
            // After the last arrival nothing changes.
            let last = change.until.unwrap_or(change.tick);
            draft.changes_in(made.last_arrival.map_or(last, |arrival| last.min(arrival)));
        }
        draft.know(WorkPlan {
            layout,
            capacity: self.queue,
            format,
            last_arrival: made.last_arrival,
            changes: made.changes,
            log: made.trace.zip(columns.jobs).map(|(trace, results)| LogPlan {
                jobs: trace.jobs,
                account: trace.account,
                results,
            }),
        });
        Ok(())
    }
}

/// The fewest neighbours of a cell, 0 if that is not known, and the most. The network is that of the cells that are there from the start: where
/// others come, they link to them.
fn degrees(draft: &Draft<'_>) -> [u32; 2] {
    let topology = draft.topology();
    let fewest = if draft.grows() { 0 } else { topology.smallest_degree() };
    [fewest, topology.largest_degree()]
}

impl WorkSpec {
    /// Adds the columns of the cells. Cells see to it themselves what they forget.
    fn columns(&self, draft: &mut Draft<'_>, made: &Made, layout: Layout, mut tables: Vec<u32>) -> CellColumns {
        let mut add = |name, extent| {
            let column = draft.column(name, extent, false);
            draft.fix(column);
            column
        };
        let state = add("work.state", Extent::Node);
        let own = if made.trace.is_some() {
            word::ALL_OF_LOG
        } else {
            word::ALL
        };
        let cell = add("work.cell", Extent::Words(own as u32));
        let queue = add("work.queue", Extent::Words(2 * self.queue));
        let ledger = add("work.ledger", Extent::Swarm(layout.words() as u32));
        let times = add("work.times", Extent::Swarm(words(layout.buckets() as u32)));
        // A buffer has at least one word.
        put(&mut tables, [0]);
        let workload = add("work.workload", Extent::Swarm(tables.len() as u32));
        let results = |trace: &Trace| Extent::Swarm((job::ALL * trace.jobs.len()) as u32);
        let jobs = made.trace.as_ref().map(|trace| add("work.jobs", results(trace)));
        draft.first(workload, Words::from(tables.as_slice()));
        CellColumns {
            members: draft.members(),
            state,
            cell,
            queue,
            ledger,
            times,
            workload,
            jobs,
        }
    }

    /// What a cell does by itself.
    fn cell_step(
        &self,
        draft: &Draft<'_>,
        columns: CellColumns,
        made: &Made,
        (next, learnt): (Next, Option<Learnt>),
        format: TaskFormat,
    ) -> CellStep {
        let parameters = CellParameters {
            queue: self.queue,
            epoch: self.epoch,
            lease: self.lease,
            forgets: draft.faults().is_some_and(|faults| faults.forgets),
            sources: draft.nodes(),
            source: made.source.clone(),
            is_one: made.is_one,
            next,
            retry: self.retry,
            learnt,
            delegates: draft.fact::<Delegates>().copied(),
            verify: certain(self.verify),
            error: certain(self.error),
            agreement: self.agreement,
            max_tries: self.max_tries,
            result_key: stream_key(draft.seed(), Stream::Result),
            format,
            layout: Layout::new(self.tiers.len() as u32),
        };
        CellStep::new(columns, parameters)
    }

    /// How tasks move to neighbours: by a policy, or from a cell that is down.
    fn exchange(
        &self,
        draft: &mut Draft<'_>,
        columns: CellColumns,
        made: &Made,
        (policies, format): (Option<Policies>, TaskFormat),
    ) {
        if self.balance.policy == Policy::None && policies.is_none() && draft.faults().is_none() {
            return;
        }
        let CellColumns {
            state,
            queue,
            ledger,
            workload,
            jobs,
            ..
        } = columns;
        let layout = Layout::new(self.tiers.len() as u32);
        let outbox = draft.column("work.outbox", Extent::Words(outbox::ALL as u32), false);
        let answer = draft.column("work.answer", Extent::Node, false);
        draft.fix(outbox);
        draft.fix(answer);
        let (cells, seed) = (draft.nodes(), draft.seed());
        let offer = OfferStep {
            columns: OfferColumns {
                state,
                queue,
                outbox,
                ledger,
                workload,
            },
            policy: self.balance.policy.clone(),
            policies,
            families: draft.fact::<Families>().copied(),
            schedule: self.balance.timing.schedule(cells, seed),
            capacity: self.queue,
            degrees: degrees(draft),
            key: stream_key(seed, Stream::Offer),
            format,
            layout,
        };
        let receive = ReceiveStep {
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
        };
        let settle = SettleStep {
            answer,
            state,
            queue,
            outbox,
        };
        draft.step_at(Stage::Balance, offer);
        draft.step_at(Stage::Balance, receive);
        draft.step_at(Stage::Balance, settle);
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
        self.next_of(&self.order, "work.order", made, tables)
    }

    /// That of an order which a key gives.
    pub(super) fn next_of(&self, order: &Order, key: &str, made: &Made, tables: &mut Vec<u32>) -> Result<Next, Error> {
        if let Some(weights) = weights(order, key, &self.tiers, made.load)? {
            return Ok(Next::Shares(put(tables, weights)));
        }
        Ok(match order {
            Order::Fifo => Next::Fifo,
            Order::Binary => Next::Ageing(Ageing::Binary),
            Order::Fibonacci => Next::Ageing(Ageing::Fibonacci),
            Order::Linear(linear) => Next::Ageing(Ageing::Linear(linear.step)),
            _ => Next::Ageing(Ageing::Strict),
        })
    }
}
