//! The runs of a study as a table: a row a run.

use super::design::{Design, Task};
use super::journal::{Journal, Record};
use super::results::Results;
use crate::table::{Heading, Kind, Values, Writer};
use serde_json::Value as Json;
use std::io::{self, Write};

/// What is of a column before its values.
fn heading(name: impl Into<String>, unit: &str, about: &str, kind: Kind, is_optional: bool) -> Heading {
    Heading {
        name: name.into().into(),
        unit: unit.to_owned().into(),
        about: about.to_owned().into(),
        kind,
        is_optional,
    }
}

/// Writes all runs of the study that the journal has, by their numbers.
pub(super) fn write(
    design: &Design,
    journal: &Journal,
    results: &Results,
    to: &mut (dyn Write + Send),
) -> io::Result<()> {
    let seeds = design.tune_seeds.len() + design.seeds.len();
    let all = (0..seeds as u64 * design.variants.len() as u64).filter_map(|row| design.task_at(row));
    let runs: Vec<(Task, &Record)> = all
        .filter_map(|task| Some((task, journal.get(design, task)?)))
        .collect();
    let mut columns: Vec<(Heading, Values)> = Vec::new();
    let integers = |of: &dyn Fn(&(Task, &Record)) -> u64| Values::U64(runs.iter().map(|run| Some(of(run))).collect());
    columns.push((
        heading("row", "", "Its number in the study", Kind::U64, false),
        integers(&|(task, _)| task.row),
    ));
    columns.push((
        heading("variant", "", "The variant's number", Kind::U64, false),
        integers(&|(task, _)| task.variant as u64),
    ));
    for axis in &design.study.axes {
        let title = axis.title();
        let of = |run: &(Task, &Record)| {
            design.variants[run.0.variant]
                .axes
                .get(&title)
                .cloned()
                .unwrap_or(Json::Null)
        };
        let values: Vec<Json> = runs.iter().map(of).collect();
        let (kind, values) = typed(&values);
        columns.push((
            heading(
                format!("axis.{title}"),
                "",
                "The value of this axis; null where the scenario's own is left",
                kind,
                true,
            ),
            values,
        ));
    }
    columns.push((
        heading("seed", "", "The seed of all random numbers", Kind::U64, false),
        integers(&|(task, _)| task.seed.into()),
    ));
    let tune = Values::Flag(runs.iter().map(|(task, _)| Some(task.is_tune)).collect());
    columns.push((
        heading(
            "tune",
            "",
            "Whether it was run to choose something, so that it is not compared",
            Kind::Flag,
            false,
        ),
        tune,
    ));
    for figure in &results.figures {
        let numbers = Values::F64(runs.iter().map(|(_, record)| record.figure(&figure.name)).collect());
        columns.push((
            heading(
                figure.name.clone(),
                figure.unit.as_deref().unwrap_or(""),
                &figure.meaning,
                Kind::F64,
                true,
            ),
            numbers,
        ));
    }
    let texts =
        |of: &dyn Fn(&Record) -> Option<String>| Values::Text(runs.iter().map(|(_, record)| of(record)).collect());
    columns.push((
        heading(
            "fingerprint",
            "hexadecimal",
            "Of the last state; null where the run failed",
            Kind::Text,
            true,
        ),
        texts(&|record| record.fingerprint.clone()),
    ));
    let seconds = Values::F64(runs.iter().map(|(_, record)| Some(record.seconds)).collect());
    columns.push((
        heading(
            "seconds",
            "seconds",
            "How long it took, building included",
            Kind::F64,
            false,
        ),
        seconds,
    ));
    columns.push((
        heading("error", "", "Why it failed, if it did", Kind::Text, true),
        texts(&|record| record.error.clone()),
    ));
    columns.push((
        heading(
            "key",
            "",
            "Version, scenario, files, figures and seed, hashed",
            Kind::Text,
            false,
        ),
        texts(&|record| Some(record.key.clone())),
    ));
    // A figure may be called as something else is.
    let mut names = std::collections::HashSet::new();
    for (heading, _) in &mut columns {
        while !names.insert(heading.name.to_string()) {
            heading.name = format!("figure.{}", heading.name).into();
        }
    }
    let about = [
        ("tetraswarm.study", &results.name),
        ("tetraswarm.version", &results.version),
        ("tetraswarm.scenario", &results.scenario),
    ];
    let about: Vec<(String, String)> = about.map(|(key, value)| (key.to_owned(), value.clone())).to_vec();
    let mut table = Writer::new(to, columns.iter().map(|(heading, _)| heading.clone()).collect(), &about)?;
    table.group(|at| Ok(&columns[at].1))?;
    table.finish().map(drop)
}

/// Values in the narrowest type that has them all.
fn typed(values: &[Json]) -> (Kind, Values) {
    let is = |fits: fn(&Json) -> bool| values.iter().all(|value| value.is_null() || fits(value));
    if is(Json::is_i64) {
        return (Kind::I64, Values::I64(values.iter().map(Json::as_i64).collect()));
    }
    if is(Json::is_number) {
        return (Kind::F64, Values::F64(values.iter().map(Json::as_f64).collect()));
    }
    if is(Json::is_boolean) {
        return (Kind::Flag, Values::Flag(values.iter().map(Json::as_bool).collect()));
    }
    let text = |value: &Json| match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    (Kind::Text, Values::Text(values.iter().map(text).collect()))
}
