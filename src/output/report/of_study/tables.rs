//! The tables of a study.

use super::{Index, UNKNOWN, chance, known};
use crate::output::report::charts;
use crate::output::report::page::{Page, Table};
use crate::output::report::read::study::Comparison;
use crate::output::text::grouped;

/// One line for each figure and variant: the answer.
pub(super) fn verdicts(page: &mut Page, index: &Index<'_>) {
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
        format!("Differences from the baseline, {}", index.baseline()),
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
                (Some(low), Some(high)) => format!("{} to {}", charts::figure(low), charts::figure(high)),
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

/// What is said over all levels together, where there are several.
pub(super) fn overall(page: &mut Page, index: &Index<'_>) {
    let of = &index.study.results;
    if of.verdicts.is_empty() || of.comparisons.iter().all(|one| one.level.is_empty()) {
        return;
    }
    let mut table = Table::new(
        "Verdicts over all levels",
        &["figure", "variant", "against", "verdict"],
        4,
    );
    for one in &of.verdicts {
        table.rows.push(vec![
            one.figure.clone(),
            one.variant.clone(),
            one.baseline.clone(),
            one.verdict.clone(),
        ]);
    }
    page.table(&table);
}

pub(super) fn comparisons(index: &Index<'_>, all: &[&Comparison], of: &str) -> Table {
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

pub(super) fn means(index: &Index<'_>) -> Table {
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

pub(super) fn all_comparisons(index: &Index<'_>) -> Table {
    let all: Vec<&Comparison> = index.study.results.comparisons.iter().collect();
    comparisons(index, &all, "All figures")
}
