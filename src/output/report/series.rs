//! Which figures of a run make a chart together, and their rows on the way to the page's script.

use super::charts::figure;
use super::read::run::{Event, Figure, Run};
use serde_json::{Map, Value, json};

/// A chart of figures that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    pub title: String,
    pub figures: Vec<String>,
}

/// Which belong together, in the order of a page.
const GROUPS: [(&str, &[&str]); 14] = [
    (
        "Where tasks are",
        &["outstanding", "waiting", "queued", "running", "held"],
    ),
    (
        "What has become of tasks so far",
        &["submitted", "committed", "failed", "destroyed"],
    ),
    (
        "How long tasks wait to be begun",
        &["wait_mean", "wait_p50", "wait_p90", "wait_p99"],
    ),
    (
        "How long tasks take to be committed",
        &["response_mean", "response_p50", "response_p90", "response_p99"],
    ),
    ("Tasks committed a tick, on average so far", &["swarm_throughput"]),
    ("Utilisation and fairness", &["utilisation", "fairness"]),
    ("Queues of cells", &["queue_mean", "queue_max"]),
    (
        "What had to be done again, so far",
        &["rejected", "committed_wrong", "repeated", "refused"],
    ),
    ("Messages so far", &["dispatches", "votes", "offers", "transfers"]),
    ("How far from agreement", &["spread", "disagreement"]),
    ("The least and the greatest belief", &["minimum", "maximum"]),
    ("What goes over links in a tick", &["exchanges", "messages"]),
    (
        "Who is up and who acts",
        &["agents_up", "cells_up", "cells_active", "up", "active"],
    ),
    ("The largest connected part", &["component"]),
];

/// Figures that several runs are compared by, as far as they have them.
const COMPARED: [&str; 14] = [
    "outstanding",
    "committed",
    "response_mean",
    "response_p99",
    "wait_mean",
    "swarm_throughput",
    "utilisation",
    "fairness",
    "queue_mean",
    "messages_per_task",
    "spread",
    "disagreement",
    "regret",
    "agents_up",
];

/// The most figures in a chart.
const MOST: usize = 8;

/// A figure's own name, without its part's.
fn own(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, own)| own)
}

/// The charts of a run: those that we know, then what else its parts measure, by units.
pub fn groups(run: &Run) -> Vec<Group> {
    let mut left: Vec<&Figure> = run
        .figures
        .iter()
        .filter(|figure| !own(&figure.name).starts_with("tier_"))
        .collect();
    let mut all = Vec::new();
    for (title, names) in GROUPS {
        let of = |figure: &&Figure| names.contains(&own(&figure.name));
        let (mut ours, others): (Vec<&Figure>, Vec<&Figure>) = left.iter().partition(|figure| of(figure));
        left = others;
        ours.retain(|figure| !is_nothing(figure));
        // Of what is measured in different units each has a chart.
        let mut units: Vec<&str> = Vec::new();
        ours.iter().for_each(|figure| {
            if !units.contains(&&*figure.unit) {
                units.push(&figure.unit);
            }
        });
        let alike =
            units.len() < 2 || ["Utilisation and fairness", "What had to be done again, so far"].contains(&title);
        let parts: Vec<Vec<&Figure>> = match alike {
            true => vec![ours],
            false => units
                .iter()
                .map(|unit| ours.iter().copied().filter(|figure| figure.unit == *unit).collect())
                .collect(),
        };
        for part in parts.into_iter().filter(|part: &Vec<&Figure>| !part.is_empty()) {
            all.push(Group {
                title: if alike { title.to_owned() } else { titled(&part) },
                figures: part.iter().map(|figure| figure.name.clone()).collect(),
            });
        }
    }
    // Counted elsewhere, or of no use over time.
    let is_shown = |name: &str| {
        let name = own(name);
        let prefixes = ["cells_", "wait_", "response_", "not_", "messages_"];
        !prefixes.iter().any(|prefix| name.starts_with(prefix))
            && !["verified", "cell_throughput", "hops"].contains(&name)
    };
    left.retain(|figure| is_shown(&figure.name) && !figure.series.is_constant());
    let mut units: Vec<&str> = Vec::new();
    left.iter().for_each(|figure| {
        if !units.contains(&&*figure.unit) {
            units.push(&figure.unit);
        }
    });
    for unit in units {
        let alike: Vec<&Figure> = left.iter().copied().filter(|figure| figure.unit == unit).collect();
        all.extend(alike.chunks(MOST).map(|some| Group {
            title: titled(some),
            figures: some.iter().map(|figure| figure.name.clone()).collect(),
        }));
    }
    all
}

/// Whether it was nothing all the time.
fn is_nothing(figure: &Figure) -> bool {
    figure.series.is_constant() && figure.series.last.is_none_or(|(_, value)| value == 0.0)
}

fn titled(figures: &[&Figure]) -> String {
    let names: Vec<&str> = figures.iter().map(|figure| &*figure.name).collect();
    match &names[..] {
        [] => String::new(),
        [one] => {
            // What it is when it is nothing is in its words.
            let about = &figures[0].about;
            format!("{one}: {}", about.split(';').next().unwrap_or(about))
        }
        [a, b] => format!("{a} and {b}"),
        [a, b, c] => format!("{a}, {b} and {c}"),
        [a, b, others @ ..] => format!("{a}, {b} and {} more", others.len()),
    }
}

/// The figures that several runs are compared by: those that we know, or else the first that all of them have.
pub fn compared(runs: &[Run]) -> Vec<String> {
    let has = |name: &str| {
        runs.iter()
            .filter_map(|run| run.figure(name))
            .find(|figure| !is_nothing(figure))
    };
    let mut names: Vec<String> = COMPARED
        .iter()
        .filter_map(|name| has(name))
        .map(|figure| figure.name.clone())
        .collect();
    let others = runs.iter().flat_map(|run| &run.figures);
    for figure in others.filter(|figure| !figure.series.is_constant()) {
        if names.len() >= 6 {
            break;
        }
        if !names.contains(&figure.name) {
            names.push(figure.name.clone());
        }
    }
    names
}

/// What a series does, in words.
pub fn words(label: &str, of: &Figure) -> String {
    let unit = if of.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", of.unit)
    };
    let series = &of.series;
    match (series.first, series.last, series.least, series.greatest) {
        (Some(first), Some(last), Some(least), Some(greatest)) => {
            if series.is_constant() {
                return format!("{label}: {}{unit} throughout. {}.", figure(last.1), of.about);
            }
            format!(
                "{label}: from {} at tick {} to {} at tick {}{unit}; least {} at tick {}, greatest {} at tick {}. {}.",
                figure(first.1),
                figure(first.0),
                figure(last.1),
                figure(last.0),
                figure(least.1),
                figure(least.0),
                figure(greatest.1),
                figure(greatest.0),
                of.about
            )
        }
        _ => format!("{label}: not known at any tick. {}.", of.about),
    }
}

/// A number with the digits that a chart can show: integers as they are, others with seven.
fn packed(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    let short: f64 = format!("{value:.6e}").parse().unwrap_or(value);
    Value::from(short)
}

/// The rows of runs for the page's script. Ticks that all figures share stand once, a figure of one value has that alone.
pub fn packed_runs(runs: &[Run]) -> Value {
    Value::Array(runs.iter().map(packed_run).collect())
}

fn packed_run(run: &Run) -> Value {
    let shared = run.figures.iter().find(|figure| !figure.series.is_thinned());
    let ticks = shared.map(|figure| {
        figure
            .series
            .points
            .iter()
            .map(|point| packed(point.0))
            .collect::<Vec<_>>()
    });
    let mut figures = Map::new();
    for figure in &run.figures {
        let series = &figure.series;
        let mut one = Map::new();
        one.insert("unit".to_owned(), figure.unit.clone().into());
        let known = series.points.iter().all(|point| point.1.is_some());
        match series.last {
            Some((_, value)) if known && series.is_constant() && !series.is_thinned() => {
                one.insert("c".to_owned(), packed(value));
            }
            _ => {
                let values = series.points.iter().map(|point| point.1.map_or(Value::Null, packed));
                one.insert("y".to_owned(), values.collect());
                if series.is_thinned() {
                    one.insert(
                        "x".to_owned(),
                        series.points.iter().map(|point| packed(point.0)).collect(),
                    );
                }
            }
        }
        figures.insert(figure.name.clone(), Value::Object(one));
    }
    json!({ "label": run.label, "ticks": ticks, "figures": figures })
}

/// The events that charts show: those of a run; of several, if they are at the same ticks in all runs that have any.
pub fn events(runs: &[Run]) -> &[Event] {
    let mut with = runs
        .iter()
        .map(|run| &run.events[..])
        .filter(|events| !events.is_empty());
    let Some(first) = with.next() else { return &[] };
    let ticks = |events: &[Event]| events.iter().map(|event| event.tick).collect::<Vec<_>>();
    let alike = with.all(|events| ticks(events) == ticks(first));
    if alike { first } else { &[] }
}
