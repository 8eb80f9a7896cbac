//! The pieces that the cells' shader is put together from: one for each choice that a scenario makes.

use super::order::{Ageing, Next};
use super::source::{Counts, Drawn, Log, Needs, Places, Source};
use super::{CellStep, Parameters};
use crate::counters;
use crate::part::work::ledger::BUCKETS;
use crate::part::work::{Agreement, Retry};
use crate::shader::{Module, module};

impl CellStep {
    pub(super) fn pieces(&self) -> Vec<Module> {
        let parameters = &self.parameters;
        let layout = parameters.layout;
        let mut all = vec![
            counters::module(layout.counters() as u32),
            module!("part/work/state"),
            parameters.format.module(),
            module!("part/work/count")
                .with("TIERS", layout.tiers as u32)
                .with("BUCKETS", BUCKETS as u32),
            module!("part/work/words"),
            match self.columns.members {
                Some(_) => module!("part/work/team-members"),
                None => module!("part/work/team-whole"),
            },
        ];
        match &parameters.source {
            Source::Drawn(drawn) => all.extend(drawn_pieces(drawn, parameters.is_one)),
            Source::Log(log) => all.extend(log_pieces(log)),
        }
        match &parameters.learnt {
            Some(learnt) => all.extend(learnt.modules()),
            None => all.extend([retry(parameters.retry), module!("part/work/learnt-none")]),
        }
        all.push(module!("part/work/arrive").with("CAPACITY", parameters.queue));
        let dispatching = match &parameters.learnt {
            Some(learnt) => {
                all.extend(match &learnt.orders {
                    Some(orders) => [orders.modules(), vec![module!("part/work/order")]].concat(),
                    None => order_pieces(&parameters.next),
                });
                learnt.dispatching()
            }
            None => {
                all.extend(order_pieces(&parameters.next));
                Vec::new()
            }
        };
        all.push(module!("part/work/roles"));
        all.push(match parameters.agreement {
            Agreement::Trust => module!("part/work/agree-trust"),
            Agreement::Quorum => module!("part/work/agree-quorum"),
            Agreement::Oral => module!("part/work/agree-oral"),
        });
        match &parameters.delegates {
            Some(delegates) => all.extend([
                module!("part/work/delegation"),
                module!("part/work/delegate-key"),
                judge(parameters),
                module!("part/work/delegate")
                    .with("DELEGATE_NEED", delegates.need)
                    .with("ACCOUNTS", delegates.accounts.into()),
            ]),
            None => all.extend([
                module!("part/work/delegate-key-none"),
                judge(parameters),
                module!("part/work/delegate-none"),
            ]),
        }
        all.push(doing(parameters));
        all.push(match parameters.learnt.is_none() && parameters.delegates.is_none() {
            true => module!("part/work/tick-listed"),
            false if dispatching.is_empty() => module!("part/work/tick-each"),
            false => module!("part/work/tick-each").renamed("is_active", "may_dispatch"),
        });
        all.extend(dispatching);
        all.push(module!("part/work/cell"));
        all
    }
}

impl Parameters {
    /// How often the loops of one invocation turn at the most, in a run of so many ticks.
    pub(super) fn turns(&self, ticks: u32) -> u64 {
        // For each task in the queue the levels that it has risen, and how it came in; the others are small.
        let own = 50 * u64::from(self.queue) + 100;
        // Each task that arrives; and the ticks without one that the source looks through for the next.
        own + match &self.source {
            Source::Drawn(drawn) => {
                let with_events = drawn.events.as_ref().map_or(0, |events| events.most);
                drawn.process.most().max(with_events) + u64::from(ticks)
            }
            Source::Log(log) => 2 * log.most,
        }
    }
}

impl Counts {
    /// How many tasks arrive at a cell in a tick at the most.
    fn most(&self) -> u64 {
        match self {
            Self::Whole { whole, size, .. } => u64::from(*size) * (1 + u64::from(whole[0].max(whole[1]))),
            Self::Table(tables) => tables[0].len().max(tables[1].len()) as u64,
        }
    }
}

fn retry(retry: Retry) -> Module {
    match retry {
        Retry::None => module!("part/work/retry-none"),
        Retry::Binary => module!("part/work/retry-binary"),
        Retry::Quadratic => module!("part/work/retry-quadratic"),
        Retry::Fibonacci => module!("part/work/retry-fibonacci"),
    }
}

fn judge(parameters: &Parameters) -> Module {
    module!("part/work/judge")
        .with("EPOCH", parameters.epoch)
        .with("VERIFY", parameters.verify)
        .with("ERROR", parameters.error)
        .with("MAX_TRIES", parameters.max_tries)
        .with("RESULT_KEY", parameters.result_key)
}

fn doing(parameters: &Parameters) -> Module {
    module!("part/work/doing")
        .with("LEASE", parameters.lease)
        .with("FORGETS", u32::from(parameters.forgets))
        .with("SOURCES", parameters.sources)
}

fn drawn_pieces(drawn: &Drawn, is_one: bool) -> Vec<Module> {
    // A column has fewer words than 32-bit indices.
    let counts = match &drawn.process {
        Counts::Whole { whole, fraction, size } => module!("part/work/count-whole")
            .with("WHOLE", whole[0])
            .with("WHOLE_HOT", whole[1])
            .with("FRACTION", fraction[0])
            .with("FRACTION_HOT", fraction[1])
            .with("IS_RARE", drawn.none_from.is_some().into())
            .with("NONE_FROM", drawn.none_from.unwrap_or(0))
            .with("SIZE", *size),
        Counts::Table([ordinary, hot]) => module!("part/work/count-table")
            .with("TABLE_AT", ordinary.start as u32)
            .with("TABLE_LENGTH", ordinary.len() as u32)
            .with("HOT_TABLE_AT", hot.start as u32)
            .with("HOT_TABLE_LENGTH", hot.len() as u32),
    };
    let places = match drawn.places {
        Places::All { hot, key } => module!("part/work/place-all").with("HOT", hot).with("PLACE_KEY", key),
        Places::One(cell) => module!("part/work/place-one").with("PLACE", cell),
    };
    let needs = match &drawn.need {
        Needs::Range { low, span } => module!("part/work/need-range").with("LOW", *low).with("SPAN", *span),
        Needs::Counted(thresholds) => module!("part/work/need-counted")
            .with("NEEDS_AT", thresholds.start as u32)
            .with("NEEDS_LENGTH", thresholds.len() as u32),
        Needs::Listed { thresholds, values } => module!("part/work/need-listed")
            .with("NEEDS_AT", thresholds.start as u32)
            .with("NEEDS_LENGTH", thresholds.len() as u32)
            .with("VALUES_AT", values.start as u32),
    };
    let source = module!("part/work/source-drawn")
        .with("UNTIL", drawn.until)
        .with("ARRIVAL_KEY", drawn.arrival_key)
        .with("TASK_KEY", drawn.task_key)
        .with("TIERS_AT", drawn.tiers.start as u32)
        .with("IS_ONE", u32::from(is_one));
    let mut all = vec![module!("part/work/jobs-none"), counts, places, needs];
    match &drawn.events {
        Some(events) => all.extend(events.modules()),
        None => all.push(module!("part/work/events-none")),
    }
    all.push(source);
    all
}

fn log_pieces(log: &Log) -> Vec<Module> {
    vec![
        module!("part/work/jobs").with("JOBS", log.jobs),
        module!("part/work/source-log")
            .with("OFFSETS_AT", log.offsets.start as u32)
            .with("ENTRIES_AT", log.entries.start as u32)
            .with("NEEDS_AT", log.needs.start as u32),
    ]
}

fn order_pieces(next: &Next) -> Vec<Module> {
    let mut all = match next {
        Next::Fifo => vec![module!("part/work/order-fifo")],
        Next::Shares(weights) => vec![module!("part/work/order-shares").with("WEIGHTS_AT", weights.start as u32)],
        Next::Ageing(ageing) => vec![
            match ageing {
                Ageing::Strict => module!("part/work/age-strict"),
                Ageing::Fibonacci => module!("part/work/age-fibonacci"),
                Ageing::Binary => module!("part/work/age-binary"),
                Ageing::Linear(step) => module!("part/work/age-linear").with("AGE_STEP", *step),
            },
            module!("part/work/order-ageing"),
        ],
    };
    all.push(module!("part/work/order"));
    all
}
