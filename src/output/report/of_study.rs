//! The page of a study: for each figure what it came to by variant, how far variants are from the baseline and how surely, and where on
//! its axes.

use super::charts::{curves, figure, heat, intervals};
use super::drawing::{Role, SERIES, Shape};
use super::page::{About, Page, Table};
use super::read::study::{Axis, Comparison, Figure, OfVariant, Study, Variant, word};
use super::{Options, listed, slug};
use crate::output::text::{grouped, seconds};
use serde_json::Value;
use std::collections::HashMap;

/// The most variants in a chart.
const MOST: usize = 40;

/// The most values of an axis in a heat map.
const MOST_VALUES: usize = 40;

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
    results: HashMap<(&'a str, String), &'a OfVariant>,
    comparisons: HashMap<(&'a str, String), &'a Comparison>,
}

impl<'a> Index<'a> {
    fn new(study: &'a Study) -> Self {
        let of = &study.results;
        let baseline = word(&of.baseline);
        let comparisons = of.comparisons.iter().filter(|one| word(&one.baseline) == baseline);
        Self {
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

    fn is_baseline(&self, variant: &Value) -> bool {
        word(variant) == word(&self.study.results.baseline)
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
            Value::String(name) => name.clone(),
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
    facts.push(("baseline", index.name(&of.baseline)));
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

/// One line for each figure and variant: the answer.
fn verdicts(page: &mut Page, index: &Index<'_>) {
    let of = &index.study.results;
    let heads = [
        "figure",
        "variant",
        "verdict",
        "difference in percent",
        "95 % interval",
        "p, Holm",
    ];
    let mut table = Table::new(
        format!("Differences from the baseline, {}", index.name(&of.baseline)),
        &heads,
        3,
    );
    for figure in &of.figures {
        let (shown, _) = index.shown(figure);
        for variant in shown {
            let Some(one) = index.comparison(&figure.name, &variant.id) else {
                continue;
            };
            let interval = match (one.percent_low, one.percent_high) {
                (Some(low), Some(high)) => format!("{} to {}", self::figure(low), self::figure(high)),
                _ => UNKNOWN.to_owned(),
            };
            table.rows.push(vec![
                figure.name.clone(),
                variant.name.clone(),
                one.verdict.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
                known(one.percent),
                interval,
                chance(one.p_holm),
            ]);
        }
    }
    if table.rows.is_empty() {
        page.say("Nothing was compared: there is one variant only, or no run has ended.");
    } else if table.rows.len() > 60 {
        page.folded("Every verdict", &table);
    } else {
        page.table(&table);
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

fn role(of: &Figure, comparison: Option<&Comparison>) -> (Role, Shape) {
    let Some((low, high)) = comparison.and_then(|one| Some((one.low?, one.high?))) else {
        return (Role::Neutral, Shape::Ring);
    };
    match (of.better.as_deref(), low > 0.0, high < 0.0) {
        (Some("more"), true, _) | (Some("less"), _, true) => (Role::Good, Shape::Triangle),
        (Some("more"), _, true) | (Some("less"), true, _) => (Role::Bad, Shape::Square),
        _ => (Role::Neutral, Shape::Ring),
    }
}

/// What the shapes mean.
const SHAPES: &str = "A triangle is surely better than the baseline, a square surely worse, a ring neither.";

fn means_of(page: &mut Page, index: &Index<'_>, of: &Figure, (shown, note): (&[&Variant], Option<&str>), unit: &str) {
    let mut rows = Vec::new();
    let mut table = Table::new(
        format!("{}: means", of.name),
        &["variant", "runs", "failed", "mean", "deviation", "from", "to"],
        1,
    );
    let spreads = ["least run", "quartile", "median", "quartile", "greatest run"];
    table.heads.extend(spreads.map(str::to_owned));
    for variant in shown {
        let Some(result) = index.result(&of.name, &variant.id) else {
            continue;
        };
        let spread = index.study.spreads.get(&(of.name.clone(), word(&variant.id)));
        let is_baseline = index.is_baseline(&variant.id);
        let (role, shape) = match is_baseline {
            true => (Role::Ink, Shape::Diamond),
            false => role(of, index.comparison(&of.name, &variant.id)),
        };
        rows.push(intervals::Row {
            name: format!(
                "{}{}",
                index.short(variant),
                if is_baseline { " (baseline)" } else { "" }
            ),
            value: result.mean,
            interval: result.low.zip(result.high).map(|(low, high)| [low, high]),
            other: None,
            role,
            shape,
            note: format!("{} runs", result.n),
            points: spread.map(|spread| spread.all.clone()).unwrap_or_default(),
        });
        let mut row = vec![variant.name.clone(), grouped(result.n), grouped(result.failed)];
        row.extend([result.mean, result.sd, result.low, result.high].map(known));
        match spread {
            Some(spread) => row.extend(spread.at.map(figure)),
            None => row.extend(spreads.map(|_| UNKNOWN.to_owned())),
        }
        table.rows.push(row);
    }
    if rows.is_empty() {
        return;
    }
    let title = format!("{}: the mean of each variant", of.name);
    let about = About {
        name: slug(&title),
        title: title.clone(),
        axes: format!("{}, with 95 % intervals; small points are single runs", in_units(unit)),
        says: [Some(SHAPES), note].into_iter().flatten().collect::<Vec<_>>().join(" "),
    };
    let setting = intervals::Setting {
        title,
        axis: if unit.is_empty() {
            of.name.clone()
        } else {
            format!("{}, {unit}", of.name)
        },
        ..intervals::Setting::default()
    };
    page.drawing(&about, &table, |width| intervals::draw(&rows, &setting, width));
}

fn differences(
    page: &mut Page,
    index: &Index<'_>,
    of: &Figure,
    (shown, note): (&[&Variant], Option<&str>),
    unit: &str,
) {
    let compared: Vec<(&Variant, &Comparison)> = shown
        .iter()
        .filter_map(|variant| Some((*variant, index.comparison(&of.name, &variant.id)?)))
        .filter(|(variant, _)| !index.is_baseline(&variant.id))
        .collect();
    if compared.is_empty() {
        return;
    }
    // Where the baseline's mean is 0 there are no percents.
    let in_percent = compared.iter().any(|(_, one)| one.percent.is_some());
    let mut rows = Vec::new();
    for (variant, one) in &compared {
        let (role, shape) = role(of, Some(one));
        let scale = match (one.percent, one.difference) {
            (Some(percent), Some(difference)) if difference != 0.0 => percent / difference,
            _ => 0.0,
        };
        let bca = one.bca_low.zip(one.bca_high).map(|(low, high)| match in_percent {
            true => [low * scale, high * scale],
            false => [low, high],
        });
        let [value, low, high] = match in_percent {
            true => [one.percent, one.percent_low, one.percent_high],
            false => [one.difference, one.low, one.high],
        };
        rows.push(intervals::Row {
            name: index.short(variant),
            value,
            interval: low.zip(high).map(|(low, high)| [low, high]),
            other: bca.filter(|_| !in_percent || scale != 0.0),
            role,
            shape,
            note: one.verdict.clone().unwrap_or_default(),
            points: Vec::new(),
        });
    }
    let title = format!("{}: difference from the baseline", of.name);
    let zone = index
        .study
        .results
        .smallest
        .filter(|_| in_percent)
        .map(|share| [-100.0 * share, 100.0 * share]);
    let zone_says = zone.map(|[_, high]| {
        format!(
            "Within the grey zone, {} %, a difference does not matter.",
            figure(high)
        )
    });
    let says = [
        Some(
            "The same seeds of both are compared in pairs. The line is the 95 % interval by Student's t, the thin dashed one by bootstrap (BCa).",
        ),
        Some(SHAPES),
        zone_says.as_deref(),
        note,
    ];
    let of_whom = index.name(&index.study.results.baseline);
    let measure = if in_percent {
        "percent".to_owned()
    } else {
        unit.to_owned()
    };
    let about = About {
        name: slug(&title),
        title: title.clone(),
        axes: format!("In {measure}; 0 is the baseline, {of_whom}"),
        says: says.into_iter().flatten().collect::<Vec<_>>().join(" "),
    };
    let setting = intervals::Setting {
        title,
        axis: format!("difference, {measure}"),
        zero: true,
        zone,
    };
    let chosen: Vec<&Comparison> = compared.iter().map(|(_, one)| *one).collect();
    page.drawing(&about, &comparisons(index, &chosen, &of.name), |width| {
        intervals::draw(&rows, &setting, width)
    });
}

fn comparisons(index: &Index<'_>, all: &[&Comparison], of: &str) -> Table {
    let heads = [
        "figure",
        "variant",
        "verdict",
        "pairs",
        "difference",
        "from",
        "to",
        "BCa from",
        "BCa to",
    ];
    let mut table = Table::new(format!("{of}: differences from the baseline"), &heads, 3);
    table
        .heads
        .extend(["percent", "from", "to", "Hedges' g", "p", "p, Holm"].map(str::to_owned));
    for one in all {
        let mut row = vec![
            one.figure.clone(),
            index.name(&one.variant),
            one.verdict.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        ];
        row.push(grouped(one.n));
        row.extend([one.difference, one.low, one.high, one.bca_low, one.bca_high].map(known));
        row.extend([one.percent, one.percent_low, one.percent_high, one.hedges_g].map(known));
        row.extend([one.p, one.p_holm].map(chance));
        table.rows.push(row);
    }
    table
}

/// What a variant has on an axis.
fn value_on<'a>(variant: &'a Variant, axis: &Axis) -> Option<&'a Value> {
    variant.settings.get(&axis.key)
}

/// Over an axis of numbers, a line for each of the rest.
fn over_axis(page: &mut Page, index: &Index<'_>, of: &Figure, axes: &[&Axis], unit: &str) {
    let is_numeric = |axis: &&&Axis| axis.values.len() > 2 && axis.values.iter().all(Value::is_number);
    let Some(axis) = axes.iter().find(is_numeric) else {
        return;
    };
    let mut curves: Vec<curves::Curve> = Vec::new();
    for variant in &index.study.results.variants {
        let Some(at) = value_on(variant, axis).and_then(Value::as_f64) else {
            continue;
        };
        let Some(result) = index.result(&of.name, &variant.id) else {
            continue;
        };
        let Some(mean) = result.mean else { continue };
        let rest: Vec<String> = axes
            .iter()
            .filter(|other| other.key != axis.key)
            .filter_map(|other| Some(format!("{}={}", last_word(&other.key), word(value_on(variant, other)?))))
            .collect();
        let name = if rest.is_empty() {
            of.name.clone()
        } else {
            rest.join(", ")
        };
        let point = (at, mean, result.low.zip(result.high).map(|(low, high)| [low, high]));
        match curves.iter_mut().find(|curve| curve.name == name) {
            Some(curve) => curve.points.push(point),
            None => curves.push(curves::Curve {
                name,
                points: vec![point],
            }),
        }
    }
    // More than can be told apart are in the fields below.
    if curves.is_empty() || curves.len() > SERIES {
        return;
    }
    curves
        .iter_mut()
        .for_each(|curve| curve.points.sort_by(|a, b| a.0.total_cmp(&b.0)));
    let title = format!("{} over {}", of.name, axis.key);
    let mut table = Table::new(title.clone(), &["line", &axis.key, "mean", "from", "to"], 1);
    for curve in &curves {
        for (at, mean, interval) in &curve.points {
            let [low, high] = interval.map_or([None, None], |[low, high]| [Some(low), Some(high)]);
            table.rows.push(vec![
                curve.name.clone(),
                figure(*at),
                figure(*mean),
                known(low),
                known(high),
            ]);
        }
    }
    let about = About {
        name: slug(&title),
        title: title.clone(),
        axes: format!("Up: {}; across: {}", in_units(unit).to_lowercase(), axis.key),
        says: "Means with 95 % intervals.".to_owned(),
    };
    page.drawing(&about, &table, |width| {
        curves::draw(&curves, &title, &axis.key, unit, width)
    });
}

fn last_word(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Over two axes; over all others the mean of means.
fn field(page: &mut Page, index: &Index<'_>, of: &Figure, [down, across]: [&Axis; 2], axes: usize, unit: &str) {
    let title = format!("{} over {} and {}", of.name, down.key, across.key);
    let words = |axis: &Axis| axis.values.iter().take(MOST_VALUES).map(word).collect::<Vec<_>>();
    let (rows, columns) = (words(down), words(across));
    let mut sums = vec![vec![(0.0, 0u32); columns.len()]; rows.len()];
    let place =
        |axis: &Axis| -> HashMap<String, usize> { axis.values.iter().take(MOST_VALUES).map(word).zip(0..).collect() };
    let (row_of, column_of) = (place(down), place(across));
    for variant in &index.study.results.variants {
        let at = |axis: &Axis, of: &HashMap<String, usize>| of.get(&word(value_on(variant, axis)?)).copied();
        let (Some(row), Some(column)) = (at(down, &row_of), at(across, &column_of)) else {
            continue;
        };
        if let Some(mean) = index.result(&of.name, &variant.id).and_then(|result| result.mean) {
            let sum = &mut sums[row][column];
            *sum = (sum.0 + mean, sum.1 + 1);
        }
    }
    let mean = |(sum, count): (f64, u32)| (count > 0).then(|| sum / f64::from(count));
    let field = heat::Field {
        title: title.clone(),
        across: (across.key.clone(), columns),
        down: (down.key.clone(), rows),
        values: sums
            .into_iter()
            .map(|row| row.into_iter().map(mean).collect())
            .collect(),
        unit: unit.to_owned(),
    };
    let mut says = vec!["Light is much, dark is little; the number stands in each field.".to_owned()];
    if axes > 2 {
        says.push("Over the other axes it is the mean.".to_owned());
    }
    if down.values.len().max(across.values.len()) > MOST_VALUES {
        says.push(format!("Of each axis the first {MOST_VALUES} values are shown."));
    }
    let mut table = Table::new(title.clone(), &[&format!("{} \\ {}", down.key, across.key)], 1);
    table.heads.extend(field.across.1.iter().cloned());
    for (name, row) in field.down.1.iter().zip(&field.values) {
        table.rows.push(
            std::iter::once(name.clone())
                .chain(row.iter().map(|value| known(*value)))
                .collect(),
        );
    }
    let about = About {
        name: slug(&title),
        title,
        axes: format!("{}; down: {}, across: {}", in_units(unit), down.key, across.key),
        says: says.join(" "),
    };
    page.drawing(&about, &table, |width| heat::draw(&field, width));
}

fn means(index: &Index<'_>) -> Table {
    let mut table = Table::new(
        "Means of all variants",
        &["figure", "variant", "runs", "failed", "mean", "deviation", "from", "to"],
        2,
    );
    for one in index.study.results.results.iter() {
        let mut row = vec![
            one.figure.clone(),
            index.name(&one.variant),
            grouped(one.n),
            grouped(one.failed),
        ];
        row.extend([one.mean, one.sd, one.low, one.high].map(known));
        table.rows.push(row);
    }
    table
}

fn all_comparisons(index: &Index<'_>) -> Table {
    let all: Vec<&Comparison> = index.study.results.comparisons.iter().collect();
    comparisons(index, &all, "All figures")
}
