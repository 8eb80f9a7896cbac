//! The page of a study: for each figure what it came to by variant, how far variants are from the baseline and how surely, and where on
//! its axes.

mod charts;
mod tables;

use super::charts::figure;
use super::page::{Page, Table};
use super::read::study::{Axis, Comparison, Figure, OfVariant, Study, Variant, word};
use super::{Options, listed};
use crate::output::text::{grouped, seconds};
use charts::{differences, field, means_of, over_axis};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use tables::{all_comparisons, means, overall, verdicts};

/// The most variants in a chart.
const MOST: usize = 40;

/// The most figures that have charts.
const MOST_FIGURES: usize = 12;

const UNKNOWN: &str = "not known";

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), figure)
}

/// A probability, for a person.
fn chance(value: Option<f64>) -> String {
    match value {
        Some(p) if p < 0.001 => "< 0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
        None => UNKNOWN.to_owned(),
    }
}

/// What the page looks up.
struct Index<'a> {
    study: &'a Study,
    names: HashMap<String, &'a str>,
    /// What is compared with, one for each level.
    baselines: HashSet<String>,
    results: HashMap<(&'a str, String), &'a OfVariant>,
    comparisons: HashMap<(&'a str, String), &'a Comparison>,
}

impl<'a> Index<'a> {
    fn new(study: &'a Study) -> Self {
        let of = &study.results;
        // Each level has a baseline of its own, and a variant is of one level.
        let comparisons = of.comparisons.iter();
        let baselines = of.comparisons.iter().map(|one| word(&one.baseline));
        Self {
            baselines: baselines.chain([word(&of.baseline)]).collect(),
            study,
            names: of.variants.iter().map(|one| (word(&one.id), &*one.name)).collect(),
            results: of
                .results
                .iter()
                .map(|one| ((&*one.figure, word(&one.variant)), one))
                .collect(),
            comparisons: comparisons
                .map(|one| ((&*one.figure, word(&one.variant)), one))
                .collect(),
        }
    }

    fn result(&self, figure: &'a str, variant: &Value) -> Option<&'a OfVariant> {
        self.results.get(&(figure, word(variant))).copied()
    }

    fn comparison(&self, figure: &'a str, variant: &Value) -> Option<&'a Comparison> {
        self.comparisons.get(&(figure, word(variant))).copied()
    }

    /// What a variant is called in a chart: where its name is made of its settings, each by the last word of its key.
    fn short(&self, variant: &Variant) -> String {
        let whole: Vec<String> = variant
            .settings
            .iter()
            .map(|(key, value)| format!("{key}={}", word(value)))
            .collect();
        let mut words: Vec<&str> = variant.settings.keys().map(|key| last_word(key)).collect();
        words.sort_unstable();
        words.dedup();
        let is_made = [" ", ", ", "; "]
            .iter()
            .any(|between| whole.join(between) == variant.name);
        if !is_made || words.len() < variant.settings.len() {
            return variant.name.clone();
        }
        let each = variant
            .settings
            .iter()
            .map(|(key, value)| format!("{}={}", last_word(key), word(value)));
        each.collect::<Vec<_>>().join(", ")
    }

    fn name(&self, variant: &Value) -> String {
        let word = word(variant);
        self.names.get(&word).map_or(word.clone(), |&name| name.to_owned())
    }

    /// What is compared with: where levels have each their own, the first of them.
    fn baseline(&self) -> String {
        let first = self.name(&self.study.results.baseline);
        match self.baselines.len() {
            0 | 1 => first,
            _ => format!("{first}, and so at each level"),
        }
    }

    fn is_baseline(&self, variant: &Value) -> bool {
        self.baselines.contains(&word(variant))
    }

    /// The variants of a chart: all, or of very many the best, the worst and the baseline, and what is to be said of that.
    fn shown(&self, of: &'a Figure) -> (Vec<&'a Variant>, Option<String>) {
        let variants: Vec<&Variant> = self.study.results.variants.iter().collect();
        if variants.len() <= MOST {
            return (variants, None);
        }
        let mean = |variant: &Variant| self.result(&of.name, &variant.id).and_then(|result| result.mean);
        let all = variants.len();
        let mut known: Vec<(&Variant, f64)> = variants.into_iter().filter_map(|one| Some((one, mean(one)?))).collect();
        known.sort_by(|a, b| a.1.total_cmp(&b.1));
        let half = MOST / 2;
        let last = known.len().saturating_sub(half).max(half.min(known.len()));
        let ends = known
            .iter()
            .enumerate()
            .filter(|(k, (one, _))| *k < half || *k >= last || self.is_baseline(&one.id));
        let shown = ends.map(|(_, (one, _))| *one).collect();
        let note = format!(
            "Of {} variants the {half} with the least and the {half} with the greatest mean are shown, and the baseline.",
            grouped(all as u64)
        );
        (shown, Some(note))
    }
}

/// The page of a study.
pub fn page(study: &Study, options: &Options) -> Page {
    let of = &study.results;
    let index = Index::new(study);
    let title = options.title.clone().unwrap_or_else(|| format!("Study {}", of.name));
    let count = |count: usize, one: &str| crate::output::text::plural(count as u64, one);
    let lead = format!(
        "{} of {}, {}. Results in {}.",
        count(of.variants.len(), "variant"),
        match &of.scenario {
            Value::String(name) if !name.contains('\n') => name.clone(),
            Value::Object(keys) => keys
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or("a scenario")
                .to_owned(),
            _ => "a scenario".to_owned(),
        },
        count(of.seeds.len(), "seed"),
        listed(&[&study.folder])
    );
    let mut page = Page::new(title, lead);
    page.section("What it came to");
    page.facts(&facts(&index));
    warnings(&mut page, study);
    verdicts(&mut page, &index);
    overall(&mut page, &index);
    let figures = of.figures.len().min(MOST_FIGURES);
    for one in &of.figures[..figures] {
        figure_of(&mut page, &index, one);
    }
    if figures < of.figures.len() {
        let others: Vec<&str> = of.figures[figures..].iter().map(|one| &*one.name).collect();
        page.say(&format!("Without charts, but in the tables: {}.", others.join(", ")));
    }
    page.section("All results");
    page.folded("Means of all variants", &means(&index));
    page.folded("All comparisons with the baseline", &all_comparisons(&index));
    if !study.errors.is_empty() {
        let mut table = Table::new("Errors of runs", &["error", "runs"], 1);
        table.rows.extend(
            study
                .errors
                .iter()
                .map(|(error, runs)| vec![error.clone(), grouped(*runs)]),
        );
        page.table(&table);
    }
    page.section("How to have it again");
    if let Some(command) = &of.command {
        page.command("The command", command);
    }
    if !study.text.is_empty() {
        page.text("The study", &study.text);
    }
    if let Value::String(text) = &of.scenario
        && text.contains('\n')
    {
        page.text("The scenario", text);
    }
    page
}

fn facts(index: &Index<'_>) -> Vec<(&'static str, String)> {
    let study = index.study;
    let of = &study.results;
    let mut facts = vec![("study", of.name.clone())];
    facts.push(("baseline", index.baseline()));
    facts.extend(of.axes.iter().map(|axis| {
        let values: Vec<String> = axis.values.iter().take(12).map(word).collect();
        let more = axis.values.len().saturating_sub(12);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        ("axis", format!("{}: {}{more}", axis.key, values.join(", ")))
    }));
    facts.push(("seeds", of.seeds.len().to_string()));
    if study.runs > 0 {
        facts.push((
            "runs",
            format!("{}, {} of them failed", grouped(study.runs), grouped(study.failed)),
        ));
        facts.push(("time", format!("{} of all runs together", seconds(study.seconds))));
    }
    match &of.device {
        Value::String(device) => facts.push(("device", device.clone())),
        Value::Object(device) => {
            let name = device.get("name").and_then(Value::as_str);
            facts.extend(name.map(|name| ("device", name.to_owned())));
        }
        _ => {}
    }
    facts.extend(of.version.clone().map(|version| ("version", version)));
    facts
}

fn warnings(page: &mut Page, study: &Study) {
    if study.failed > 0 {
        page.warn(&format!(
            "{} of {} runs failed; what they would have measured is in no mean.",
            grouped(study.failed),
            grouped(study.runs)
        ));
    }
    if study.broken > 0 {
        page.warn(&format!(
            "{} of the journal is no run; it was cut off, or changed, and does not count.",
            crate::output::text::plural(study.broken, "line")
        ));
    }
}

/// The charts of a figure.
fn figure_of(page: &mut Page, index: &Index<'_>, of: &Figure) {
    page.section(&of.name);
    let unit = of.unit.clone().unwrap_or_default();
    let better = match of.better.as_deref() {
        Some("less") => "; less is better",
        Some("more") => "; more is better",
        _ => "",
    };
    let how = of
        .how
        .as_ref()
        .map_or_else(String::new, |how| format!("; of each run: {how}"));
    let meaning = of.meaning.clone().unwrap_or_default();
    let described = format!(
        "{meaning}{}{}",
        if meaning.is_empty() { "" } else { ". " },
        in_units(&unit)
    );
    page.say(&format!("{described}{how}{better}."));
    let (shown, note) = index.shown(of);
    means_of(page, index, of, (&shown, note.as_deref()), &unit);
    differences(page, index, of, (&shown, note.as_deref()), &unit);
    let axes: Vec<&Axis> = index
        .study
        .results
        .axes
        .iter()
        .filter(|axis| axis.values.len() > 1)
        .collect();
    over_axis(page, index, of, &axes, &unit);
    for (k, down) in axes.iter().enumerate() {
        for across in &axes[k + 1..] {
            field(page, index, of, [down, across], axes.len(), &unit);
        }
    }
}

fn in_units(unit: &str) -> String {
    match unit {
        "" => "A number".to_owned(),
        unit => format!("In {unit}"),
    }
}

fn last_word(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
