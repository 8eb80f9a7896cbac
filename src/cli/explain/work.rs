//! What `--explain` says of a swarm that works.

use crate::output::text::{grouped, plural, real};
use crate::output::units::{Clock, duration};
use serde_json::Value;
use tetraswarm::fault::MEMBERS;
use tetraswarm::part::learning::LearningSpec;
use tetraswarm::part::work::{ArrivalChange, LogPlan, WorkSpec};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::trace::Demand;

/// What the cells work at, and by which policies.
pub fn facts(scenario: &Scenario, plan: &Plan) -> Vec<(&'static str, String)> {
    let Some(work) = scenario.part::<WorkSpec>() else {
        return Vec::new();
    };
    let mut facts = worth(scenario, plan);
    facts.extend(source(work, plan));
    facts.extend([
        ("queues", format!("at most {} tasks a cell", grouped(work.queue))),
        ("order", words(&work.order)),
        ("retry", words(&work.retry)),
        (
            "agreement",
            format!(
                "{}, {} % of the results are verified; a task fails when rejected more than {} times",
                words(&work.agreement),
                100.0 * work.verify,
                work.max_tries
            ),
        ),
        (
            "balance",
            format!(
                "{}; timing {}",
                words(&work.balance.policy),
                words(&work.balance.timing)
            ),
        ),
        (
            "roles",
            format!(
                "move on every {} ticks; a dead cell is taken over after {}",
                grouped(work.epoch),
                grouped(work.lease)
            ),
        ),
    ]);
    facts.extend(
        set_by_strategies(scenario).map(|keys| ("", format!("what strategies say of {keys} stands in place of this"))),
    );
    facts
}

/// Which of the policies above cells that learn choose themselves, if any.
fn set_by_strategies(scenario: &Scenario) -> Option<String> {
    let all = &scenario.part::<LearningSpec>()?.strategy;
    let sets = [
        ("order", all.iter().any(|strategy| strategy.order.is_some())),
        ("retry", all.iter().any(|strategy| strategy.retry.is_some())),
        ("verification", all.iter().any(|strategy| strategy.verify.is_some())),
        ("balance", all.iter().any(|strategy| strategy.balance.is_some())),
        ("dispatch", all.iter().any(|strategy| strategy.dispatch.is_some())),
    ];
    let keys: Vec<&str> = sets.iter().filter(|(_, is_set)| *is_set).map(|(key, _)| *key).collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}

/// What the agents are worth, and a tick.
fn worth(scenario: &Scenario, plan: &Plan) -> Vec<(&'static str, String)> {
    // Tasks arrive at those that are there from the start.
    let (slots, clock) = (u64::from(plan.founders()), Clock::of(scenario));
    let tick = match clock.tick_seconds {
        Some(seconds) => format!(
            "a tick is {} of the log; a job of p processors is p tasks",
            duration(seconds)
        ),
        None => "a tick is what the needs are counted in".to_owned(),
    };
    let mut facts = vec![
        (
            "worth",
            format!(
                "{} agents are {}, each of which executes one task at a time: {}",
                grouped(u64::from(MEMBERS) * slots),
                plural(slots, "cell"),
                plural(slots, "execution slot")
            ),
        ),
        ("", tick),
    ];
    let load = scenario
        .part::<WorkSpec>()
        .and_then(|work| work.arrivals.as_ref()?.load);
    if let Some(load) = load {
        let busy = real(load * slots as f64);
        facts.push((
            "",
            format!("load {load}: as much work arrives as keeps {busy} of the slots busy"),
        ));
    }
    facts
}

/// Where the tasks come from.
fn source(work: &WorkSpec, plan: &Plan) -> Vec<(&'static str, String)> {
    if let Some(log) = plan.work().and_then(|work| work.log.as_ref()) {
        return of_log(log, plan);
    }
    let Some(arrivals) = &work.arrivals else {
        return Vec::new();
    };
    let how_much = match (arrivals.load, arrivals.rate) {
        (Some(load), _) => format!("load {load}"),
        (None, rate) => format!("{} a cell and tick", rate.unwrap_or_default()),
    };
    let mut text = format!("{how_much}, {}, {}", words(&arrivals.process), words(&arrivals.place));
    if let Some(until) = arrivals.until {
        text += &format!(", for {} ticks", grouped(until));
    }
    let shares: Vec<String> = work.tiers.iter().map(f64::to_string).collect();
    let mut facts = vec![("arrivals", text)];
    let changes = plan.work().into_iter().flat_map(|work| &work.changes);
    facts.extend(changes.map(|change| ("", when(change))));
    facts.extend([
        ("need", format!("{}, error {}", words(&work.need), work.error)),
        ("tiers", format!("{}: {}", shares.len(), shares.join(", "))),
    ]);
    facts
}

/// An event of arrivals, with its ticks.
fn when(change: &ArrivalChange) -> String {
    let from = grouped(change.tick);
    match change.until {
        Some(until) => format!("ticks {from} to {}: {}", grouped(until - 1), change.text),
        None => format!("from tick {from} on: {}", change.text),
    }
}

/// What was read of a log, what it asks for, and what of it the run cannot do.
fn of_log(log: &LogPlan, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut facts = vec![("log", log.account.to_string())];
    facts.extend(log.account.notes.iter().map(|note| ("", note.clone())));
    let demand = Demand::of(&log.jobs, plan.nodes(), plan.ticks);
    if let Some([arriving, all]) = demand.load() {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let last = demand.last_arrival.unwrap_or(0);
        facts.push((
            "load",
            format!(
                "{} of what the cells can execute while jobs arrive (ticks 0 to {}), {} in all {} ticks",
                percent(arriving),
                grouped(last),
                percent(all),
                grouped(plan.ticks)
            ),
        ));
    }
    facts.extend(demand.excess().into_iter().map(|line| ("", line)));
    facts
}

/// A value of the scenario in its own words, as in "threshold, bound 4".
fn words(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value).unwrap_or_default() {
        Value::Object(keys) => {
            let kind = keys.get("kind").and_then(Value::as_str).unwrap_or_default();
            let rest = keys.iter().filter(|(key, _)| *key != "kind");
            rest.fold(kind.to_owned(), |text, (key, value)| {
                let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                format!("{text}, {key} {plain}")
            })
        }
        value => value.as_str().unwrap_or_default().to_owned(),
    }
}
