//! The charts of a figure.

use super::tables::comparisons;
use super::{Index, UNKNOWN, in_units, known, last_word};
use crate::output::report::charts::{curves, figure, heat, intervals};
use crate::output::report::drawing::{Role, SERIES, Shape};
use crate::output::report::page::{About, Page, Table};
use crate::output::report::read::study::{Axis, Comparison, Figure, Variant, word};
use crate::output::report::slug;
use crate::output::text::grouped;
use serde_json::Value;
use std::collections::HashMap;

/// The most values of an axis in a heat map.
pub(super) const MOST_VALUES: usize = 40;

pub(super) fn role(of: &Figure, comparison: Option<&Comparison>) -> (Role, Shape) {
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
fn shapes(of: &Figure) -> &'static str {
    match of.better {
        Some(_) => "A triangle is surely better than the baseline, a square surely worse, a ring neither.",
        None => "All are rings: nobody has said whether more or less of it is better.",
    }
}

pub(super) fn means_of(
    page: &mut Page,
    index: &Index<'_>,
    of: &Figure,
    (shown, note): (&[&Variant], Option<&str>),
    unit: &str,
) {
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
        says: [Some(shapes(of)), note]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
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

pub(super) fn differences(
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
            "The same seeds of both are compared in pairs. The line is the 95 % interval by Student's t, the thin dashed one by \
             bootstrap (BCa).",
        ),
        Some(shapes(of)),
        zone_says.as_deref(),
        note,
    ];
    let of_whom = index.baseline();
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

/// What a variant has on an axis.
pub(super) fn value_on<'a>(variant: &'a Variant, axis: &Axis) -> Option<&'a Value> {
    variant.settings.get(&axis.key)
}

/// Over an axis of numbers, a line for each of the rest.
pub(super) fn over_axis(page: &mut Page, index: &Index<'_>, of: &Figure, axes: &[&Axis], unit: &str) {
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

/// Over two axes; over all others the mean of means.
pub(super) fn field(
    page: &mut Page,
    index: &Index<'_>,
    of: &Figure,
    [down, across]: [&Axis; 2],
    axes: usize,
    unit: &str,
) {
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
