//! The folder of a run.

use super::snapshots::Snapshots;
use super::table::{Table, number};
use super::thin::Thin;
use super::times::Times;
use super::{json, text};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tetraswarm::{Error, shown};

/// A figure of a run's rows.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: String,
    pub unit: String,
    pub about: String,
    pub series: Thin,
}

/// An event of a run.
#[derive(Clone, Debug)]
pub struct Event {
    pub tick: u64,
    pub text: String,
    /// What was seen of it: before, the greatest then, the bound, ticks until it was within; as far as they are known.
    pub before: Option<u64>,
    pub peak: Option<u64>,
    pub threshold: Option<u64>,
    pub recovery: Option<u64>,
}

/// A run.
#[derive(Debug)]
pub struct Run {
    pub folder: PathBuf,
    /// What it is called among the others.
    pub label: String,
    /// `summary.json`; null of a run that has not ended well.
    pub summary: Value,
    pub scenario: String,
    pub rows: u64,
    pub figures: Vec<Figure>,
    pub events: Vec<Event>,
    /// Why its results are not whole, if they are not.
    pub unfinished: Option<String>,
    pub times: Vec<Times>,
    pub snapshots: Option<Snapshots>,
}

impl Run {
    /// Reads a folder; of its rows at most so many values are kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it holds no results, or others than a run's; [`Error::File`] if they cannot be read.
    pub fn read(folder: &Path, values: usize) -> Result<Self, Error> {
        let tables = tables(folder)?;
        let summary = json(&folder.join("summary.json"), "read the summary")?;
        if tables.is_empty() && summary.is_none() {
            let message = "holds neither the results of a run (summary.json, metrics.parquet) nor those of a study (results.json); name \
                           a folder that `run` or `study` has made";
            return Err(Error::invalid(shown(folder), message));
        }
        let (figures, rows) = figures(&tables, values)?;
        let scenario = text(&folder.join("scenario.toml"), "read the scenario")?.unwrap_or_default();
        let summary = summary.unwrap_or_else(|| of_scenario(&scenario));
        Ok(Self {
            events: events(&summary),
            label: String::new(),
            scenario,
            unfinished: text(&folder.join("unfinished"), "read why the run has not ended")?,
            times: super::times::read(folder)?,
            snapshots: Snapshots::read(folder)?,
            folder: folder.to_owned(),
            summary,
            rows,
            figures,
        })
    }

    /// The figure of that name, or of that name after a part's.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        let exact = self.figures.iter().find(|figure| figure.name == name);
        exact.or_else(|| {
            let of_part = |figure: &&Figure| figure.name.split_once('.').is_some_and(|(_, own)| own == name);
            self.figures.iter().find(of_part)
        })
    }

    /// A text of the summary, by the keys that lead there.
    pub fn says(&self, keys: &[&str]) -> Option<String> {
        match keys.iter().fold(&self.summary, |value, key| &value[*key]) {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }
}

/// What is known of a run that was ended before it wrote a summary: what its scenario says.
fn of_scenario(text: &str) -> Value {
    let Ok(scenario) = text.parse::<toml::Table>() else {
        return Value::Null;
    };
    let keys = [("scenario", "name"), ("seed", "seed"), ("agents", "agents")];
    let known = keys.into_iter().filter_map(|(as_of_summary, key)| {
        let value = serde_json::to_value(scenario.get(key)?).ok()?;
        Some((as_of_summary.to_owned(), value))
    });
    Value::Object(known.collect())
}

/// Gives runs names by which they can be told apart: those of their folders, or where these are alike their paths.
pub fn label(runs: &mut [Run]) {
    let last = |run: &Run| run.folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let names: Vec<Option<String>> = runs.iter().map(last).collect();
    for (k, run) in runs.iter_mut().enumerate() {
        let alone = names.iter().filter(|name| **name == names[k]).count() == 1;
        run.label = match (&names[k], alone) {
            (Some(name), true) => name.clone(),
            _ => shown(&run.folder),
        };
    }
}

/// The tables of rows: one, or, of a run that goes on or was killed, its segments.
fn tables(folder: &Path) -> Result<Vec<Table>, Error> {
    let whole = folder.join("metrics.parquet");
    if whole.is_file() {
        return Ok(vec![Table::open(&whole)?]);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| Error::file(folder, "read the run directory", error))?;
    let is_segment = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("metrics-") && name.ends_with(".parquet")
    };
    let mut segments: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_segment).collect();
    segments.sort();
    segments.iter().map(|segment| Table::open(segment)).collect()
}

/// The figures of all rows, and how many rows there are.
fn figures(tables: &[Table], values: usize) -> Result<(Vec<Figure>, u64), Error> {
    let Some(first) = tables.first() else {
        return Ok((Vec::new(), 0));
    };
    let rows = tables.iter().map(Table::rows).sum();
    let names: Vec<String> = first.names().iter().filter(|name| *name != "tick").cloned().collect();
    let most = (values / names.len().max(1)).clamp(64, 2000);
    // Where each figure is thinned by itself, its ticks stand beside it.
    let most = if rows > most as u64 { most / 2 } else { most };
    let mut figures: Vec<Figure> = names
        .into_iter()
        .map(|name| {
            let (unit, about) = first.meaning(&name);
            Figure {
                unit,
                about,
                name,
                series: Thin::new(rows, most),
            }
        })
        .collect();
    for table in tables {
        let columns = std::iter::once("tick").chain(figures.iter().map(|figure| &*figure.name));
        let columns = columns.map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
        table.read(&columns, |items| {
            let ticks: Vec<f64> = items[0].iter().map(|item| number(item).unwrap_or_default()).collect();
            for (figure, values) in figures.iter_mut().zip(&items[1..]) {
                for (tick, value) in ticks.iter().zip(values) {
                    figure.series.push(*tick, number(value));
                }
            }
        })?;
    }
    figures.iter_mut().for_each(|figure| figure.series.end());
    // Words and digits of fingerprints are no series.
    figures.retain(|figure| figure.unit != "word" && figure.unit != "hexadecimal");
    Ok((figures, rows))
}

fn events(summary: &Value) -> Vec<Event> {
    let all = summary["events"].as_array().into_iter().flatten();
    let event = |event: &Value| {
        let of = |key: &str| event[key].as_u64();
        Some(Event {
            tick: of("tick")?,
            text: event["event"].as_str()?.to_owned(),
            before: of("before"),
            peak: of("peak"),
            threshold: of("threshold"),
            recovery: of("recovery"),
        })
    };
    all.filter_map(event).collect()
}
