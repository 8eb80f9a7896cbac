//! The page of a run, or of several beside each other.

use super::charts::{figure, flow, lines, steps};
use super::drawing::{Drawing, SERIES};
use super::page::{About, Page, Table};
use super::read::run::{Figure, Run};
use super::read::times::Times;
use super::{Options, listed, network, series, slug};
use crate::output::text::{bytes, grouped, seconds};
use serde_json::{Value, json};

/// How wide the pictures of series are.
const WIDTH: f32 = 860.0;

/// The page of these runs, of which there is at least one.
pub fn page(runs: &[Run], options: &Options) -> Page {
    let title = options.title.clone().unwrap_or_else(|| match runs {
        [run] => {
            let scenario = run.says(&["scenario"]).unwrap_or_else(|| run.label.clone());
            run.says(&["seed"])
                .map_or(scenario.clone(), |seed| format!("{scenario}, seed {seed}"))
        }
        runs => format!("{} runs", runs.len()),
    });
    let folders: Vec<_> = runs.iter().map(|run| run.folder.as_path()).collect();
    let lead = match runs {
        [run] => format!("A run of {}. Results in {}.", about(run), listed(&folders)),
        _ => format!(
            "Runs beside each other: {}.",
            runs.iter().map(|run| &*run.label).collect::<Vec<_>>().join(", ")
        ),
    };
    let mut page = Page::new(title, lead);
    page.section("What it came to");
    for run in runs.iter().filter(|run| run.unfinished.is_some()) {
        let why = run.unfinished.as_deref().unwrap_or_default();
        page.warn(&format!(
            "The results of {} are not whole. {}",
            run.label,
            why.lines().next().unwrap_or_default()
        ));
    }
    if let [run] = runs {
        page.facts(&facts(run));
    } else {
        page.table(&side_by_side(runs));
    }
    events(&mut page, runs);
    if runs.iter().any(|run| !run.figures.is_empty()) {
        over_time(&mut page, runs);
    }
    ledger(&mut page, runs);
    times(&mut page, runs);
    for run in runs {
        if let Some(snapshots) = &run.snapshots {
            let name = run
                .says(&["identity", "network"])
                .unwrap_or_else(|| "the network".to_owned());
            let of = if runs.len() > 1 {
                format!(" of {}", run.label)
            } else {
                String::new()
            };
            page.section(&format!("The network{of}"));
            network::put(&mut page, snapshots, &name, &run.label);
        }
    }
    page.section("All figures at the end");
    page.table(&last_row(runs));
    page.section("How to have it again");
    for run in runs {
        again(&mut page, run, runs.len() > 1);
    }
    page
}

/// What a run is of, in a few words.
fn about(run: &Run) -> String {
    let count = |key: &str| run.summary[key].as_u64().map(grouped);
    match (count("agents"), count("cells"), run.says(&["identity", "network"])) {
        (Some(agents), Some(cells), Some(network)) => format!("{agents} agents in {cells} cells over {network}"),
        (Some(agents), None, Some(network)) => format!("{agents} agents over {network}"),
        _ => run.label.clone(),
    }
}

fn facts(run: &Run) -> Vec<(&'static str, String)> {
    let of = |keys: &[&str]| run.says(keys);
    let number = |keys: &[&str]| {
        let value = keys.iter().fold(&run.summary, |value, key| &value[*key]);
        value.as_f64()
    };
    let mut facts = Vec::new();
    let mut put = |name: &'static str, text: Option<String>| facts.extend(text.map(|text| (name, text)));
    put("scenario", of(&["scenario"]));
    put("seed", of(&["seed"]));
    put("policy or rule", of(&["identity", "policy"]));
    put("network", of(&["identity", "network"]));
    put("agents", number(&["agents"]).map(figure));
    put("cells", number(&["cells"]).map(figure));
    put("links", number(&["links"]).map(figure));
    let ended = of(&["stopped_by"]).map(|by| match &*by {
        "ticks" => "all that were asked for".to_owned(),
        "condition" => "then the stop condition held".to_owned(),
        _ => "then interrupted".to_owned(),
    });
    let ticks = number(&["ticks"]).map(figure);
    put(
        "ticks",
        ticks.map(|ticks| ended.map_or(ticks.clone(), |ended| format!("{ticks}, {ended}"))),
    );
    let last = run.figures.first().and_then(|figure| figure.series.points.last());
    if run.summary.is_null() {
        put("measured up to tick", last.map(|point| figure(point.0)));
    }
    put("rows", Some(grouped(run.rows)));
    put(
        "time",
        number(&["seconds", "run"]).map(|time| format!("{} to run", seconds(time))),
    );
    put(
        "memory",
        number(&["memory", "device_bytes"]).map(|count| format!("{} on the device", bytes(count as u64))),
    );
    let device = |key: &str| of(&["device", key]);
    if let (Some(name), Some(backend), Some(driver)) = (device("name"), device("backend"), device("driver")) {
        put("device", Some(format!("{name} ({backend}, {driver})")));
    }
    put("version", of(&["identity", "version"]));
    put("fingerprint", of(&["fingerprint"]));
    facts
}

fn side_by_side(runs: &[Run]) -> Table {
    let mut table = Table::new(
        "The runs",
        &["run", "policy or rule", "seed", "agents", "ticks", "fingerprint"],
        2,
    );
    table.heads.extend(["device".to_owned(), "version".to_owned()]);
    for run in runs {
        let of = |keys: &[&str]| run.says(keys).unwrap_or_else(|| "not known".to_owned());
        let count = |key: &str| {
            run.summary[key]
                .as_u64()
                .map_or_else(|| "not known".to_owned(), grouped)
        };
        table.rows.push(vec![
            run.label.clone(),
            of(&["identity", "policy"]),
            of(&["seed"]),
            count("agents"),
            count("ticks"),
            of(&["fingerprint"]),
            of(&["device", "name"]),
            of(&["identity", "version"]),
        ]);
    }
    table
}

fn events(page: &mut Page, runs: &[Run]) {
    let heads = [
        "event",
        "run",
        "what happened",
        "tick",
        "before",
        "greatest then",
        "bound",
        "ticks to recover",
    ];
    let mut table = Table::new("Events, and what was seen of them", &heads, 3);
    for run in runs {
        for (k, event) in run.events.iter().enumerate() {
            let known = |value: Option<u64>| value.map_or_else(|| "not known".to_owned(), grouped);
            table.rows.push(vec![
                (k + 1).to_string(),
                run.label.clone(),
                event.text.clone(),
                grouped(event.tick),
                known(event.before),
                known(event.peak),
                known(event.threshold),
                event.recovery.map_or_else(|| "not seen".to_owned(), grouped),
            ]);
        }
    }
    if !table.rows.is_empty() {
        page.table(&table);
    }
}

/// The charts of series.
fn over_time(page: &mut Page, runs: &[Run]) {
    page.section("Over time");
    page.share("runs", series::packed_runs(runs));
    let thinned = runs
        .iter()
        .any(|run| run.figures.iter().any(|figure| figure.series.is_thinned()));
    if thinned {
        page.say("There are more rows than a page can hold: of each stretch of rows the least and the greatest value are shown, so that no peak is lost. The files hold all of them.");
    }
    if let [run] = runs {
        for group in series::groups(run) {
            let figures: Vec<&Figure> = group.figures.iter().filter_map(|name| run.figure(name)).collect();
            let some: Vec<(usize, &Figure, String)> = figures
                .into_iter()
                .map(|figure| (0, figure, figure.name.clone()))
                .collect();
            put(page, runs, &group.title, &some);
        }
    } else {
        for name in series::compared(runs) {
            let of = runs
                .iter()
                .enumerate()
                .filter_map(|(k, run)| Some((k, run.figure(&name)?, run.label.clone())));
            let some: Vec<(usize, &Figure, String)> = of.collect();
            let about = some.first().map_or("", |(_, figure, _)| &*figure.about);
            put(page, runs, &format!("{name}: {about}"), &some);
        }
    }
    let about = About {
        name: "any".to_owned(),
        title: "Any figure".to_owned(),
        axes: "As chosen, over ticks".to_owned(),
        says: "Every figure that was measured can be looked at here.".to_owned(),
    };
    let mut names: Vec<&Figure> = Vec::new();
    for figure in runs.iter().flat_map(|run| &run.figures) {
        if !names.iter().any(|other| other.name == figure.name) {
            names.push(figure);
        }
    }
    let options: String = names
        .iter()
        .map(|figure| {
            let name = super::escape::html(&figure.name);
            format!(
                "<option value=\"{name}\">{name}: {}</option>",
                super::escape::html(&figure.about)
            )
        })
        .collect();
    let controls =
        format!("<p class=\"controls\"><label>Figure <select class=\"choose\">{options}</select></label></p>");
    page.canvas(&about, "lines", &[], json!({ "any": true, "series": [] }), &controls);
}

/// A chart of series: which run, which figure, what it is called.
fn put(page: &mut Page, runs: &[Run], title: &str, some: &[(usize, &Figure, String)]) {
    let mut units: Vec<&str> = Vec::new();
    for (_, figure, _) in some {
        if !figure.unit.is_empty() && !units.contains(&&*figure.unit) {
            units.push(&figure.unit);
        }
    }
    let unit = if units.is_empty() {
        "a number".to_owned()
    } else {
        units.join(", ")
    };
    let is_marked = some.iter().any(|(run, ..)| !runs[*run].events.is_empty());
    let marked = if is_marked {
        "; the numbered lines are events, see the table above"
    } else {
        ""
    };
    let about = About {
        name: slug(title),
        title: title.to_owned(),
        axes: format!("In {unit}, over ticks{marked}"),
        says: String::new(),
    };
    let words: Vec<String> = some
        .iter()
        .map(|(_, figure, label)| series::words(label, figure))
        .collect();
    let of: Vec<Value> = some
        .iter()
        .map(|(run, figure, label)| json!([run, figure.name, label]))
        .collect();
    page.canvas(&about, "lines", &words, json!({ "unit": unit, "series": of }), "");
    let drawn: Vec<lines::Series<'_>> = some
        .iter()
        .take(SERIES)
        .map(|(_, figure, label)| (label.clone(), figure.series.points.as_slice()))
        .collect();
    let events: Vec<u64> = match runs {
        [run] => run.events.iter().map(|event| event.tick).collect(),
        _ => Vec::new(),
    };
    let drawing = lines::draw(&drawn, &events, title, &unit, WIDTH);
    page.pictures.push((slug(title), drawing));
}

/// The ledger: of tasks as a flow, of beliefs as a table.
fn ledger(page: &mut Page, runs: &[Run]) {
    const ENDS: [(&str, &str); 7] = [
        ("committed", "committed"),
        ("failed", "failed"),
        ("destroyed", "destroyed"),
        ("waiting", "at sources"),
        ("queued", "queued"),
        ("running", "running"),
        ("held", "held"),
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
            for one in [Some(sum), Some(injected), forgotten].into_iter().flatten() {
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
fn times(page: &mut Page, runs: &[Run]) {
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
                says: "Marked are the times that 50, 90 and 99 % of all do not exceed. Those that have not begun, or not ended, do not count.".to_owned(),
            };
            let mut table = Table::new(
                title.clone(),
                &["of", "how many", "50 % within", "90 % within", "99 % within", "longest"],
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

fn last_row(runs: &[Run]) -> Table {
    let mut table = Table::new("Every figure in the last row", &["figure", "meaning", "unit"], 3);
    table.heads.extend(runs.iter().map(|run| run.label.clone()));
    let mut names: Vec<&Figure> = Vec::new();
    for figure in runs.iter().flat_map(|run| &run.figures) {
        if !names.iter().any(|other| other.name == figure.name) {
            names.push(figure);
        }
    }
    for of in names {
        let mut row = vec![of.name.clone(), of.about.clone(), of.unit.clone()];
        row.extend(runs.iter().map(|run| {
            let found = run.figures.iter().find(|figure| figure.name == of.name);
            // The last row's, also where an earlier one knew more.
            let last = found.and_then(|figure| figure.series.points.last().and_then(|point| point.1));
            last.map_or_else(|| "not known".to_owned(), figure)
        }));
        table.rows.push(row);
    }
    table
}

fn again(page: &mut Page, run: &Run, is_named: bool) {
    let of = if is_named {
        format!(" of {}", run.label)
    } else {
        String::new()
    };
    if let Some(command) = run.says(&["identity", "command"]) {
        page.command(&format!("The command{of}"), &command);
    }
    if !run.scenario.is_empty() {
        let file = run.folder.join("scenario.toml");
        let file = crate::output::identity::quoted(&file.to_string_lossy());
        page.command(
            &format!("The same state again{of}, wherever it runs"),
            &format!("tetraswarm run {file}"),
        );
        page.text(&format!("The scenario{of}, complete"), &run.scenario);
    }
}
