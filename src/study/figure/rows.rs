//! What the rows of a scenario have, and what is usual for figures of certain names.

use super::{Better, FigureSpec};
use crate::gauge::{Measurement, Number, Op, Tallies};
use crate::plan::Plan;

/// What a scenario's rows have.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The column's name.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whether it is a number.
    pub is_number: bool,
}

/// All figures that the rows of such a plan have, and those that do not change in a run.
#[must_use]
pub fn known(plan: &Plan) -> Vec<Known> {
    let mut tallies = Tallies::nothing(plan);
    for (gauge, tally) in plan.measured().iter().zip(&mut tallies.gauges) {
        for (k, accumulator) in gauge.accumulators().into_iter().enumerate() {
            if let Op::Column(column) = accumulator.op {
                tally.put_column(k, &vec![0; plan.words(column) as usize]);
            }
        }
    }
    let row = Measurement::of(plan, 0, &tallies);
    let of = |figure: crate::gauge::Figure| Known {
        is_number: !matches!(figure.number, Number::Text(_)),
        name: figure.name.into_owned(),
        unit: figure.unit,
        about: figure.about,
    };
    row.figures().into_iter().map(of).chain(super::fixed::all()).collect()
}

/// The figures that a study of such a scenario has if it says none: those of these names that are there.
const USUAL: [&str; 12] = [
    "response_mean",
    "response_p99",
    "committed",
    "messages_per_task",
    "fairness",
    "regret",
    "success",
    "spread",
    "disagreeing",
    "order",
    "informed",
    "tick",
];

/// Of the usual figures those that these columns have.
#[must_use]
pub fn usual(known: &[Known], stops: bool) -> Vec<FigureSpec> {
    let works = known.iter().any(|known| known.name == "response_mean");
    let fits = |name: &str| match name {
        "tick" => stops && !works,
        "spread" => !works,
        _ => true,
    };
    let is_there = |name: &str| known.iter().any(|known| known.name == name && known.is_number);
    let there = USUAL.iter().filter(|name| is_there(name) && fits(name));
    there.map(|name| FigureSpec::last(name)).collect()
}

/// Which way is good for a figure of that name, where that is beyond doubt.
pub(super) fn usually_better(name: &str) -> Option<Better> {
    let name = name.rsplit('.').next().unwrap_or(name);
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["throughput", "fairness", "success"])
        || name == "gap"
        || ["committed", "informed", "order"].contains(&name)
    {
        return Some(Better::More);
    }
    let is_less = has(&[
        "wait",
        "response",
        "messages",
        "spread",
        "failed",
        "destroyed",
        "regret",
        "refused",
        "repeated",
        "wrong",
        "disagreeing",
        "rejected",
        "collisions",
        "diameter",
        "distance",
        "busiest",
    ]) || [
        "tick",
        "hops",
        "not_begun",
        "not_ended",
        "exchanges",
        "queue_max",
        "queue_mean",
    ]
    .contains(&name);
    is_less.then_some(Better::Less)
}
