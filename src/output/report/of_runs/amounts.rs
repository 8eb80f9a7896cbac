//! The ledger, and how times are distributed.

use crate::output::report::charts::{figure, flow, steps};
use crate::output::report::drawing::{Drawing, SERIES};
use crate::output::report::page::{About, Page, Table};
use crate::output::report::read::run::Run;
use crate::output::report::read::times::Times;
use crate::output::report::slug;

/// The ledger: of tasks as a flow, of beliefs as a table.
pub(super) fn ledger(page: &mut Page, runs: &[Run]) {
    const ENDS: [(&str, &str); 8] = [
        ("committed", "committed"),
        ("failed", "failed"),
        ("destroyed", "destroyed"),
        ("waiting", "at sources"),
        ("queued", "queued"),
        ("running", "running"),
        ("held", "held"),
        ("with_children", "with children"),
    ];
    let mut has_section = false;
    let mut begin = |page: &mut Page| {
        if !std::mem::replace(&mut has_section, true) {
            page.section("The ledger");
        }
    };
    for run in runs {
        let last = |name: &str| {
            run.figure(name)
                .and_then(|figure| figure.series.last)
                .map(|(_, value)| value)
        };
        let of = if runs.len() > 1 {
            format!(" of {}", run.label)
        } else {
            String::new()
        };
        if let Some(submitted) = last("submitted") {
            begin(page);
            let shares = ENDS.iter().filter_map(|(name, words)| {
                Some(flow::Share {
                    name: (*words).to_owned(),
                    amount: last(name)?,
                })
            });
            let flow = flow::Flow {
                title: format!("What became of all tasks{of}"),
                source: flow::Share {
                    name: "submitted".to_owned(),
                    amount: submitted,
                },
                shares: shares.collect(),
                unit: "tasks".to_owned(),
            };
            let sum: f64 = flow.shares.iter().map(|share| share.amount).sum();
            let says = match sum == submitted {
                true => "Every task that was ever submitted is in one of these.".to_owned(),
                false => format!("These are {} of them: the ledger does not add up.", figure(sum)),
            };
            let about = About {
                name: slug(&flow.title),
                title: flow.title.clone(),
                axes: "In tasks; a band's height is its amount".to_owned(),
                says,
            };
            let mut table = Table::new(flow.title.clone(), &["tasks that are", "tasks", "percent"], 1);
            for share in std::iter::once(&flow.source).chain(&flow.shares) {
                let percent = if submitted > 0.0 {
                    figure(100.0 * share.amount / submitted)
                } else {
                    "not known".to_owned()
                };
                table.rows.push(vec![share.name.clone(), figure(share.amount), percent]);
            }
            page.drawing(&about, &table, |width| flow::draw(&flow, width));
        }
        if let (Some(sum), Some(injected)) = (run.figure("sum"), run.figure("injected")) {
            begin(page);
            let mut table = Table::new(
                format!("The ledger of beliefs{of}"),
                &["what", "meaning", "at the first row", "at the last"],
                2,
            );
            let forgotten = run.figure("forgotten");
            // Rules that follow inputs have what came in by them besides.
            let inputs = run.figure("inputs").filter(|inputs| inputs.series.last.is_some());
            for one in [Some(sum), Some(injected), forgotten, inputs].into_iter().flatten() {
                let value =
                    |end: Option<(f64, f64)>| end.map_or_else(|| "not known".to_owned(), |(_, value)| figure(value));
                table.rows.push(vec![
                    one.name.clone(),
                    one.about.clone(),
                    value(one.series.first),
                    value(one.series.last),
                ]);
            }
            page.table(&table);
        }
    }
}

/// How times are distributed.
pub(super) fn times(page: &mut Page, runs: &[Run]) {
    if runs.iter().all(|run| run.times.is_empty()) {
        return;
    }
    page.section("How waiting and response are distributed");
    for run in runs {
        let of = if runs.len() > 1 {
            format!(" of {}", run.label)
        } else {
            String::new()
        };
        for response in [false, true] {
            let some: Vec<&Times> = run
                .times
                .iter()
                .filter(|times| times.response == response)
                .take(SERIES)
                .collect();
            if some.is_empty() {
                continue;
            }
            let (what, from) = match response {
                false => ("Waiting", "from submission to the beginning"),
                true => ("Response", "from submission to the end"),
            };
            let title = format!("{what}{of}: the share of all that took no longer");
            let about = About {
                name: slug(&title),
                title: title.clone(),
                axes: format!("Share in percent, over ticks {from}; the axis of ticks is logarithmic"),
                says: "Marked are the times that 50, 90 and 99 % of all do not exceed. Those that have not begun, or not ended, do not \
                       count. Times from 64 ticks on are counted in ranges of up to a thirty-second of their length, and a range's end stands for \
                       all in it."
                    .to_owned(),
            };
            let mut table = Table::new(
                title.clone(),
                &[
                    "of",
                    "how many",
                    "50 % within",
                    "90 % within",
                    "99 % within",
                    "all within",
                ],
                1,
            );
            for times in &some {
                let at = |share: f64| figure(times.at(share));
                table.rows.push(vec![
                    times.of.clone(),
                    figure(times.count()),
                    at(0.5),
                    at(0.9),
                    at(0.99),
                    at(1.0),
                ]);
            }
            let draw = |width: f32| -> Drawing { steps::draw(&some, &title, "ticks", width) };
            page.drawing(&about, &table, draw);
        }
    }
}
