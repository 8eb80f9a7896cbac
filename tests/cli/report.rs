//! `report` and `run --report`: which files there are, what stands in them, what is refused.

use super::command::{Bench, says};
use super::table::Table;
use serde_json::{Value, json};

/// What would do something if it were not taken for text.
pub const NASTY: &str = "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'> \"&";

/// Cells with three tiers, an event, and snapshots, of which the last is beyond the end.
pub const CELLS: &str = "name = \"cells\"\nagents = 1024\nticks = 120\n\
                         topology = [{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]\n\
                         [work]\ntiers = [0.2, 0.3, 0.5]\nneed = { kind = \"geometric\", mean = 10 }\narrivals.load = 0.7\n\
                         [faults]\nevents = [{ kind = \"kill\", tick = 60, who = { kind = \"share\", share = 0.1 } }]\n\
                         [measure]\nevery = 10\nsnapshots = [0, 50, 100, 1000]\n";

/// Runs that scenario to a folder.
pub fn run_cells(bench: &Bench, out: &str, more: &[&str]) {
    bench.write("cells.toml", CELLS);
    let answer = bench.run(&[&["cells.toml", "--out", out, "--quiet"], more].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
}

/// The folder of a study of policies by loads, in the form of its contract; names are as bad as they come.
pub fn write_study(bench: &Bench, folder: &str, seeds: u32, loads: &[f64]) {
    let policies = ["flow", "two-choices", "threshold"];
    let figures = ["response_mean", NASTY];
    let (mut variants, mut results, mut comparisons, mut journal) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    for (k, policy) in policies.iter().enumerate() {
        for load in loads {
            let id = variants.len();
            let name = format!("work.balance.policy={policy}, work.arrivals.load={load}");
            variants.push(json!({ "id": id, "name": name, "settings": { "work.balance.policy": policy, "work.arrivals.load": load } }));
            for figure in figures {
                let mean = 10.0 + k as f64 + 20.0 * load;
                results.push(
                    json!({ "figure": figure, "variant": id, "n": seeds, "failed": 0, "mean": mean, "sd": 1.0,
                                     "low": mean - 0.4, "high": mean + 0.4 }),
                );
                if id > 0 {
                    let difference = mean - 10.0 - 20.0 * loads[0];
                    comparisons.push(json!({ "figure": figure, "variant": id, "baseline": 0, "n": seeds, "difference": difference,
                        "low": difference - 0.5, "high": difference + 0.5, "bca_low": difference - 0.4, "bca_high": difference + 0.45,
                        "percent": 5.0 * difference, "percent_low": 5.0 * difference - 2.5, "percent_high": 5.0 * difference + 2.5,
                        "hedges_g": 1.5, "p": 0.0001, "p_holm": 0.002, "verdict": "holds" }));
                }
            }
            for seed in 1..=seeds {
                let value = 10.0 + k as f64 + 20.0 * load + f64::from(seed % 5) / 5.0;
                let error = (seed == 2 && id == 1).then_some(NASTY);
                let figures = if error.is_some() {
                    json!({})
                } else {
                    json!({ "response_mean": value, NASTY: value })
                };
                let line = json!({ "key": format!("{id}-{seed}"), "row": 0, "variant": id, "axes": {}, "seed": seed, "figures": figures,
                                   "fingerprint": "0", "seconds": 0.5, "error": error });
                journal += &format!("{line}\n");
            }
        }
    }
    let about =
        |name: &str| json!({ "name": name, "unit": "ticks", "meaning": NASTY, "how": "last", "better": "less" });
    let whole = json!({ "format": 1, "name": NASTY, "version": "0.1.0", "scenario": "orchestra",
        "command": "tetraswarm study policies.toml",
        "device": "CPU", "seeds": (1..=seeds).collect::<Vec<_>>(), "axes": [
            { "key": "work.balance.policy", "values": policies }, { "key": "work.arrivals.load", "values": loads } ],
        "baseline": 0, "variants": variants, "figures": figures.map(about), "results": results, "comparisons": comparisons,
        "smallest": 0.02 });
    std::fs::create_dir_all(bench.join(folder)).unwrap();
    bench.write(&format!("{folder}/results.json"), whole.to_string());
    bench.write(&format!("{folder}/journal.jsonl"), journal);
    bench.write(&format!("{folder}/study.toml"), format!("# {NASTY}\n"));
}

/// What the page's scripts are given.
fn data(html: &str) -> Value {
    let (_, rest) = html
        .split_once("<script type=\"application/json\" id=\"data\">")
        .unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn a_run_leaves_snapshots_and_times_that_add_up() {
    let bench = Bench::new();
    run_cells(&bench, "out", &["--report"]);
    let names = bench.names("out");
    let expected = [
        "links.parquet",
        "metrics.parquet",
        "report.html",
        "scenario.toml",
        "snapshots.parquet",
        "summary.json",
        "times.parquet",
    ];
    assert_eq!(names, expected);
    let states = Table::open(&bench.join("out/snapshots.parquet"));
    let column = |table: &Table, name: &str| -> Vec<Value> {
        let at = table
            .columns
            .iter()
            .position(|column| column.0 == name)
            .unwrap_or_else(|| panic!("{name}"));
        table.rows.iter().map(|row| row[at].clone()).collect()
    };
    // In place of tick 1,000, to which the run does not come, it is the end.
    let mut ticks: Vec<u64> = column(&states, "tick")
        .iter()
        .map(|tick| tick.as_u64().unwrap())
        .collect();
    assert_eq!(ticks.len(), 4 * 256);
    ticks.dedup();
    assert_eq!(ticks, [0, 50, 100, 120]);
    says(states.says("tetraswarm.caption"), &["All 256 nodes."]);
    // The last is the state itself.
    let saved = bench.run(&["cells.toml", "--no-out", "--quiet", "--save", "state.parquet"]);
    assert_eq!(saved.code, 0, "{}", saved.stderr);
    let state = Table::open(&bench.join("state.parquet"));
    for name in ["queued", "committed", "up", "up_members"] {
        assert_eq!(column(&states, name)[3 * 256..], column(&state, name), "{name}");
    }
    // Taking them changes nothing.
    let without = bench
        .run(&["cells.toml", "--json", "--no-out", "--unset", "measure.snapshots"])
        .json();
    let summary: Value = serde_json::from_str(&bench.read("out/summary.json")).unwrap();
    assert_eq!(
        (&summary["fingerprint"], &summary["measurement"]),
        (&without["fingerprint"], &without["measurement"])
    );
    // As many tasks have a time as were begun, and as were committed.
    let times = Table::open(&bench.join("out/times.parquet"));
    for (what, tasks) in [
        ("wait", &summary["measurement"]["wait"]["tasks"]),
        ("response", &summary["measurement"]["committed"]),
    ] {
        let rows = column(&times, "time").into_iter().zip(column(&times, "tasks"));
        let sum: u64 = rows
            .filter(|(time, _)| time == what)
            .map(|(_, tasks)| tasks.as_u64().unwrap())
            .sum();
        assert_eq!(Some(sum), tasks.as_u64(), "{what}");
    }
    let links = Table::open(&bench.join("out/links.parquet"));
    assert_eq!(links.rows.len() as u64, summary["links"].as_u64().unwrap());
}

#[test]
fn a_report_holds_what_was_measured() {
    let bench = Bench::new();
    run_cells(&bench, "out", &[]);
    let answer = bench.tetraswarm(&["report", "out", "--svg", "pictures", "--png", "pictures"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    says(&answer.stdout, &["report", "out/report.html", "pictures in pictures"]);
    let html = bench.read("out/report.html");
    let summary: Value = serde_json::from_str(&bench.read("out/summary.json")).unwrap();
    let (fingerprint, command) = (
        summary["fingerprint"].as_str().unwrap(),
        summary["identity"]["command"].as_str().unwrap(),
    );
    assert!(html.contains(fingerprint) && html.contains(command) && html.contains("kind = &quot;tetrahedral&quot;"));
    assert!(html.len() < 500_000, "{} bytes", html.len());
    let data = data(&html);
    let rows = Table::open(&bench.join("out/metrics.parquet"));
    let run = &data["runs"][0];
    for name in ["committed", "queued", "response_mean", "utilisation"] {
        let at = rows.columns.iter().position(|column| column.0 == name).unwrap();
        let shown = run["figures"][name]["y"].as_array().unwrap();
        assert_eq!(shown.len(), rows.rows.len(), "{name}");
        for (shown, row) in shown.iter().zip(&rows.rows) {
            match row[at].as_f64() {
                Some(value) => assert!((shown.as_f64().unwrap() - value).abs() <= 1e-6 * value.abs(), "{name}"),
                // What is not known is null there too.
                None => assert!(shown.is_null(), "{name}: {shown}"),
            }
        }
    }
    assert_eq!(data["events"][0][0], 60);
    let network = data["charts"]
        .as_object()
        .unwrap()
        .values()
        .find(|chart| chart["marks"].is_u64())
        .unwrap();
    assert_eq!(
        (&network["marks"], &network["ticks"]),
        (&json!(256), &json!([0, 50, 100, 120]))
    );
    let pictures = bench.names("pictures");
    let (svg, png): (Vec<&String>, Vec<&String>) = pictures.iter().partition(|name| name.ends_with(".svg"));
    assert!(svg.len() == png.len() && svg.len() > 10, "{pictures:?}");
    for name in svg {
        let text = bench.read(&format!("pictures/{name}"));
        roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for name in png {
        let bytes = std::fs::read(bench.join(&format!("pictures/{name}"))).unwrap();
        assert!(
            bytes.starts_with(b"\x89PNG") && bytes.len() > 2000,
            "{name}: {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn long_runs_and_large_networks_are_thinned() {
    let bench = Bench::new();
    let scenario = CELLS
        .replace("1024", "65536")
        .replace("every = 10", "every = 1")
        .replace("snapshots = [0, 50, 100, 1000]", "snapshots = [0]");
    bench.write("large.toml", scenario);
    let answer = bench.run(&["large.toml", "--ticks", "30", "--out", "large", "--report", "--quiet"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let html = bench.read("large/report.html");
    says(&html, &["16,384 nodes would hide one another"]);
    bench.write("cells.toml", CELLS);
    // In one thread: with more, ticks as short as these are mostly waiting where cores are busy.
    let one = [
        "run",
        "--device",
        "cpu",
        "--threads",
        "1",
        "cells.toml",
        "--report",
        "--quiet",
        "--out",
        "long",
    ];
    let answer = bench.tetraswarm(&[&one[..], &["--ticks", "6000", "--set", "measure.every=1"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let html = bench.read("long/report.html");
    says(&html, &["so that no peak is lost"]);
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}

#[test]
fn a_killed_run_and_a_damaged_study_are_told() {
    let bench = Bench::new();
    run_cells(&bench, "out", &["--unset", "measure.snapshots"]);
    // As a kill leaves it.
    std::fs::rename(bench.join("out/metrics.parquet"), bench.join("out/metrics-000.parquet")).unwrap();
    std::fs::remove_file(bench.join("out/summary.json")).unwrap();
    bench.write("out/unfinished", "This run is under way.\n");
    let answer = bench.tetraswarm(&["report", "out"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &bench.read("out/report.html"),
        &["The results of out are not whole. This run is under way."],
    );
    write_study(&bench, "study", 5, &[0.5, 0.7]);
    let journal = bench.read("study/journal.jsonl");
    bench.write("study/journal.jsonl", &journal[..journal.len() - 40]);
    let answer = bench.tetraswarm(&["report", "study"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &bench.read("study/report.html"),
        &["1 line of the journal is no run", "1 of 29 runs failed"],
    );
}

#[test]
fn a_large_study_makes_no_large_page() {
    let bench = Bench::new();
    let loads: Vec<f64> = (1..=60).map(|k| f64::from(k) / 100.0).collect();
    write_study(&bench, "study", 40, &loads);
    let answer = bench.tetraswarm(&["report", "study"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let html = bench.read("study/report.html");
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    says(
        &html,
        &["Of 180 variants the 20 with the least and the 20 with the greatest mean are shown"],
    );
}

#[test]
fn what_is_no_result_is_refused_and_nothing_is_overwritten() {
    let bench = Bench::new();
    let error = |arguments: &[&str], code: i32, parts: &[&str]| {
        let answer = bench.tetraswarm(&[&["report"], arguments].concat());
        says(answer.error(code), parts);
    };
    error(&["nowhere"], 2, &["nowhere", "is not there", "runs/orchestra-1"]);
    std::fs::create_dir(bench.join("empty")).unwrap();
    error(&["empty"], 2, &["holds neither the results of a run", "results.json"]);
    bench.write("file", "x");
    error(&["file"], 2, &["is no folder"]);
    run_cells(&bench, "out", &["--unset", "measure.snapshots"]);
    write_study(&bench, "study", 3, &[0.5]);
    error(&["out", "study"], 2, &["study", "is a study", "name it alone"]);
    let many = vec!["out"; 25];
    error(&many, 2, &["25 runs", "at most 24"]);
    // Somebody else's file.
    bench.write("mine.html", "<html>mine</html>");
    error(
        &["out", "--out", "mine.html"],
        2,
        &["is no report of this program", "--force"],
    );
    assert_eq!(bench.read("mine.html"), "<html>mine</html>");
    error(&["out", "--out", "none/report.html"], 2, &["none", "is not there"]);
    error(&["out", "--out", "empty"], 2, &["is a folder"]);
    error(&["out", "--png", "file"], 2, &["--png file", "is no folder"]);
    let results = bench.read("study/results.json");
    bench.write("study/results.json", &results[..results.len() / 2]);
    error(&["study"], 2, &["results.json", "is no JSON"]);
    bench.write("study/results.json", results.replace("\"format\":1", "\"format\":7"));
    error(
        &["study"],
        2,
        &["is of format 7, but this version of the program reads 1"],
    );
    bench.write("study/results.json", "{\"format\":1,\"figures\":5}");
    error(&["study"], 2, &["is not what a study writes"]);
    let table = std::fs::read(bench.join("out/metrics.parquet")).unwrap();
    bench.write("out/metrics.parquet", &table[..table.len() / 2]);
    error(&["out"], 2, &["metrics.parquet", "cannot be read as a table of a run"]);
    assert!(!bench.join("out/report.html").exists() && !bench.join("study/report.html").exists());
}
