//! `tetraswarm compare`: runs beside each other, or studies.

use super::{Answer, answer, tell};
use crate::output::study::{figure, percent};
use crate::output::text::table;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tetraswarm::study::statistics::{Mean, student_quantile};
use tetraswarm::study::{self, RESULTS, Results};
use tetraswarm::{Error, shown};

/// Compare the results of runs, or of studies: which figures differ, and by how much
///
/// Of runs the last row counts. Of studies each figure of each variant that both have, with the 95 % interval of the difference (Welch).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folders of runs, or of studies; all are compared with the first
    #[arg(required = true, num_args = 2.., value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Print a table as text, Markdown or CSV
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Also what does not differ
    #[arg(long)]
    all: bool,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a page.
    Markdown,
    /// For a program.
    Csv,
}

/// A folder, read.
enum Found {
    Run(Box<Run>),
    Study(Box<Results>),
}

/// What a run has left.
struct Run {
    facts: Vec<(&'static str, String)>,
    row: Map<String, Value>,
    settings: BTreeMap<String, String>,
}

pub fn run(arguments: &Arguments) -> Answer {
    let found: Vec<Found> = arguments
        .folders
        .iter()
        .map(|folder| read(folder))
        .collect::<Result<_, _>>()?;
    let names: Vec<String> = arguments.folders.iter().map(|folder| shown(folder)).collect();
    let (mut runs, mut studies) = (Vec::new(), Vec::new());
    for (one, name) in found.iter().zip(&names) {
        match one {
            Found::Run(run) => runs.push((name.as_str(), &**run)),
            Found::Study(results) => studies.push((name.as_str(), &**results)),
        }
    }
    if !runs.is_empty() && !studies.is_empty() {
        let message = format!(
            "is a study, and {} a run; compare runs with runs, and studies with studies",
            runs[0].0
        );
        return Err(Error::invalid(studies[0].0, message).into());
    }
    if !studies.is_empty() {
        check_alike(&studies)?;
    }
    let rows = if studies.is_empty() {
        of_runs(&runs, arguments.all)
    } else {
        of_studies(&studies, arguments.all)
    };
    answer(&written(&rows, arguments.format))?;
    if rows.len() == 1 && !studies.is_empty() {
        tell("note: nothing differs surely; --all lists what was compared");
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses studies that have nothing in common, of which a table would have no line.
fn check_alike(studies: &[(&str, &Results)]) -> Result<(), Error> {
    let all = |results: &Results| -> Vec<(String, String)> {
        let name = |id: usize| {
            results
                .variants
                .iter()
                .find(|variant| variant.id == id)
                .map(|one| one.name.clone())
        };
        let of = results.results.iter();
        of.filter_map(|one| Some((one.figure.clone(), name(one.variant)?)))
            .collect()
    };
    let first = all(studies[0].1);
    for (name, results) in &studies[1..] {
        if !all(results).iter().any(|one| first.contains(one)) {
            let message = format!(
                "has no figure of a variant in common with {}; compare studies of the same axes and values",
                studies[0].0
            );
            return Err(Error::invalid(*name, message));
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Found, Error> {
    let results = folder.join(RESULTS);
    if results.is_file() {
        return study::load(&results).map(|results| Found::Study(Box::new(results)));
    }
    let summary = folder.join("summary.json");
    if !summary.is_file() {
        let what = if folder.is_dir() { "is a folder" } else { "is no folder" };
        let message = format!(
            "{what} without results; name the folder of a run, with summary.json, or of a study, with {RESULTS}"
        );
        return Err(Error::invalid(shown(folder), message));
    }
    let text = fs::read_to_string(&summary).map_err(|error| Error::file(&summary, "read the summary", error))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        Error::invalid(
            shown(&summary),
            format!("is no summary of a run, or is cut ({error}); run it again"),
        )
    })?;
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let facts = ["scenario", "seed", "ticks", "fingerprint"].map(|name| (name, word(&value[name])));
    let mut row = Map::new();
    flatten("", &value["measurement"], &mut |key, value| {
        row.insert(key, value.clone());
    });
    let mut settings = BTreeMap::new();
    if let Ok(text) = fs::read_to_string(folder.join("scenario.toml"))
        && let Ok(scenario) = toml::from_str::<toml::Table>(&text)
        && let Ok(scenario) = serde_json::to_value(scenario)
    {
        flatten("", &scenario, &mut |key, value| {
            settings.insert(key, word(value));
        });
    }
    Ok(Found::Run(Box::new(Run {
        facts: facts.to_vec(),
        row,
        settings,
    })))
}

/// Every value below, with its key.
fn flatten(key: &str, value: &Value, put: &mut dyn FnMut(String, &Value)) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let whole = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                flatten(&whole, value, put);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                flatten(&format!("{key}[{at}]"), value, put);
            }
        }
        value => put(key.to_owned(), value),
    }
}

/// What comes first, and a column a folder.
fn heads(first: &str, names: &[&str]) -> Vec<String> {
    std::iter::once(first.to_owned())
        .chain(names.iter().map(|name| (*name).to_owned()))
        .collect()
}

fn of_runs(runs: &[(&str, &Run)], all: bool) -> Vec<Vec<String>> {
    let names: Vec<&str> = runs.iter().map(|(name, _)| *name).collect();
    let mut head = heads("", &names);
    head.extend(names[1..].iter().map(|name| format!("change in {name}")));
    let mut rows = vec![head];
    for k in 0..runs[0].1.facts.len() {
        let cells = runs.iter().map(|(_, run)| run.facts[k].1.clone());
        rows.push(std::iter::once(runs[0].1.facts[k].0.to_owned()).chain(cells).collect());
    }
    let mut keys: Vec<&String> = runs.iter().flat_map(|(_, run)| run.settings.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let cells: Vec<String> = runs
            .iter()
            .map(|(_, run)| run.settings.get(key).cloned().unwrap_or_else(|| "-".to_owned()))
            .collect();
        if cells.iter().any(|cell| *cell != cells[0]) && !["name", "seed"].contains(&key.as_str()) {
            rows.push(std::iter::once(key.clone()).chain(cells).collect());
        }
    }
    for key in runs[0].1.row.keys().filter(|key| *key != "fingerprint") {
        let values: Vec<Option<&Value>> = runs.iter().map(|(_, run)| run.row.get(key)).collect();
        if !all && values.iter().all(|value| *value == values[0]) {
            continue;
        }
        let number = |value: &Option<&Value>| value.and_then(Value::as_f64);
        let cell = |value: &Option<&Value>| match value {
            Some(Value::String(word)) => word.clone(),
            value => figure(number(value)),
        };
        let mut row: Vec<String> = std::iter::once(key.clone()).chain(values.iter().map(cell)).collect();
        for value in &values[1..] {
            let change = number(value).zip(number(&values[0])).filter(|(_, first)| *first != 0.0);
            row.push(percent(
                change.map(|(value, first)| 100.0 * (value - first) / first.abs()),
            ));
        }
        rows.push(row);
    }
    rows
}

/// The difference of two means of independent runs, and its 95 % interval, with the degrees of freedom of Welch (1947).
fn welch(a: &Mean, b: &Mean) -> Option<(f64, Option<(f64, f64)>)> {
    let difference = a.mean? - b.mean?;
    let part = |mean: &Mean| mean.sd.map(|sd| (sd * sd / mean.n as f64, mean.n as f64 - 1.0));
    let interval = part(a).zip(part(b)).map(|((va, fa), (vb, fb))| {
        let both = va + vb;
        let half = match both {
            0.0 => 0.0,
            both => student_quantile(0.975, both * both / (va * va / fa + vb * vb / fb)) * both.sqrt(),
        };
        (difference - half, difference + half)
    });
    Some((difference, interval))
}

fn of_studies(studies: &[(&str, &Results)], all: bool) -> Vec<Vec<String>> {
    let names: Vec<&str> = studies.iter().map(|(name, _)| *name).collect();
    let mut head = heads("figure", &[]);
    head.push("variant".to_owned());
    head.extend(names.iter().map(|name| (*name).to_owned()));
    head.extend(names[1..].iter().flat_map(|name| {
        [
            format!("change in {name}"),
            "95 % interval".to_owned(),
            "differs".to_owned(),
        ]
    }));
    let mut rows = vec![head];
    for result in &studies[0].1.results {
        let name = |results: &Results, id: usize| {
            results
                .variants
                .iter()
                .find(|variant| variant.id == id)
                .map(|variant| variant.name.clone())
        };
        let variant = name(studies[0].1, result.variant).unwrap_or_default();
        let of = |results: &Results| {
            let own = results.variants.iter().find(|other| other.name == variant)?;
            results.mean(&result.figure, own.id).copied()
        };
        let means: Vec<Option<Mean>> = studies.iter().map(|(_, results)| of(results)).collect();
        if means.iter().all(Option::is_none) || means[1..].iter().all(Option::is_none) {
            continue;
        }
        let mut row = vec![result.figure.clone(), variant.clone()];
        row.extend(means.iter().map(|mean| figure(mean.and_then(|mean| mean.mean))));
        let mut differs = false;
        for other in &means[1..] {
            let both = other
                .as_ref()
                .zip(means[0].as_ref())
                .and_then(|(other, first)| welch(other, first));
            let is_apart = both
                .and_then(|(_, interval)| interval)
                .map(|(low, high)| low > 0.0 || high < 0.0);
            differs |= is_apart.unwrap_or(both.is_some_and(|(difference, _)| difference != 0.0));
            row.push(figure(both.map(|(difference, _)| difference)));
            row.push(both.and_then(|(_, interval)| interval).map_or_else(
                || "-".to_owned(),
                |(low, high)| format!("{} to {}", figure(Some(low)), figure(Some(high))),
            ));
            row.push(
                is_apart
                    .map_or("-", |apart| if apart { "yes" } else { "no" })
                    .to_owned(),
            );
        }
        if all || differs {
            rows.push(row);
        }
    }
    rows
}

/// Rows as a table.
pub(super) fn written(rows: &[Vec<String>], format: Format) -> String {
    match format {
        Format::Text => table(rows),
        Format::Markdown => {
            let line = |row: &[String]| {
                format!(
                    "| {} |\n",
                    row.iter()
                        .map(|cell| cell.replace('|', "\\|"))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            };
            let width = rows.first().map_or(0, Vec::len);
            let mut text = rows.first().map_or_else(String::new, |head| line(head));
            text += &format!("|{}\n", " --- |".repeat(width));
            let full = |row: &Vec<String>| {
                line(
                    &(0..width)
                        .map(|k| row.get(k).cloned().unwrap_or_default())
                        .collect::<Vec<_>>(),
                )
            };
            text + &rows.iter().skip(1).map(full).collect::<String>()
        }
        Format::Csv => {
            let width = rows.first().map_or(0, Vec::len);
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            for row in rows {
                // Into memory, where nothing fails.
                let _ = writer.write_record((0..width).map(|k| row.get(k).map_or("", String::as_str)));
            }
            writer
                .into_inner()
                .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}
