//! The page of a run, or of several beside each other.

mod amounts;
mod families;
mod over_time;

use super::charts::figure;
use super::page::{Page, Table};
use super::read::run::{Figure, Run};
use super::{Options, listed, network};
use crate::output::text::{bytes, grouped, seconds};
use amounts::{ledger, times};
use families::families;
use over_time::over_time;

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
    families(&mut page, runs);
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
