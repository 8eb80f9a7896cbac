//! The summary and the run directory.

use super::command::{Bench, says};
use super::table::Table;
use serde_json::Value;

#[test]
fn the_json_object_has_every_field_and_stands_alone() {
    let bench = Bench::new();
    let answer = bench.run_small(&["--json", "--seed", "3"]);
    let json = answer.json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&json),
        "identity scenario seed agents nodes links ticks device fingerprint seconds node_ticks_per_second memory stopped_by \
         measurement"
    );
    assert_eq!(keys(&json["device"]), "kind name backend driver");
    assert_eq!(keys(&json["seconds"]), "build run");
    assert_eq!(keys(&json["memory"]), "device_bytes host_bytes");
    assert_eq!(
        keys(&json["measurement"]),
        "tick reason spread minimum maximum sum disagreement injected forgotten inputs up active exchanges messages fingerprint"
    );
    assert_eq!(json["scenario"], "agreement");
    assert_eq!(
        (&json["seed"], &json["agents"], &json["nodes"]),
        (&3.into(), &500.into(), &500.into())
    );
    assert_eq!((&json["ticks"], &json["measurement"]["tick"]), (&20.into(), &20.into()));
    assert_eq!(
        (&json["device"]["kind"], &json["stopped_by"]),
        (&"cpu".into(), &"ticks".into())
    );
    // Old and new beliefs.
    assert_eq!(json["memory"]["device_bytes"], 2 * 4 * 500);
    let fingerprint = json["fingerprint"].as_str().unwrap();
    assert!(
        fingerprint.len() == 16 && u64::from_str_radix(fingerprint, 16).is_ok(),
        "{fingerprint}"
    );
    assert_eq!(json["measurement"]["fingerprint"], fingerprint);
    assert!(json["node_ticks_per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(
        serde_json::from_str::<Value>(&bench.read("runs/agreement-3/summary.json")).unwrap(),
        json
    );
}

#[test]
fn the_stop_condition_is_told() {
    let answer = Bench::new().run(&["agreement", "--agents", "500", "--json", "--no-out"]);
    let json = answer.json();
    assert_eq!(json["stopped_by"], "condition");
    let spread = json["measurement"]["spread"].as_u64().unwrap();
    assert!(spread <= 16);
    let held = serde_json::json!([{ "condition": "consensus.spread <= 16", "value": spread }]);
    assert_eq!(json["conditions"], held);
}

#[test]
fn of_several_stop_conditions_all_are_told() {
    let bench = Bench::new();
    let when = "stop={ when = [\"spread <= 5_000\", \"minimum >= -1\"] }";
    let answer = bench.run(&["agreement", "--agents", "500", "--out", "results", "--set", when]);
    let summary: Value = serde_json::from_str(&bench.read("results/summary.json")).unwrap();
    let value = |k: usize| summary["conditions"][k]["value"].as_i64().unwrap();
    assert!(value(0) <= 5_000 && value(1) >= -1, "{summary}");
    let flat = answer.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    says(
        &flat,
        &[
            "then the stop conditions held: consensus.spread <= 5000 (it was ",
            "), consensus.minimum >= -1 (it was ",
        ],
    );
    says(
        &bench.read("results/scenario.toml"),
        &[
            "# After ",
            "the stop conditions held: consensus.spread <= 5000 (it was ",
        ],
    );
}

#[test]
fn a_stop_condition_that_can_never_hold_is_refused() {
    let bench = Bench::new();
    for (scenario, condition, range) in [
        ("agreement", "spread < 0", "spread is from 0 to 805,306,368"),
        ("agreement", "counted > 1000000", "counted is from 0 to 500"),
        ("orchestra", "work.outstanding < 0", "work.outstanding is never below 0"),
        ("snowball", "undecided == 501", "undecided is from 0 to 500"),
    ] {
        let when = format!("stop={{ when = [\"{condition}\"] }}");
        let agents = if scenario == "orchestra" { "1024" } else { "500" };
        let answer = bench.run(&[scenario, "--agents", agents, "--ticks", "5", "--no-out", "--set", &when]);
        assert_eq!(answer.code, 2, "{condition}: {}", answer.stderr);
        let flat = answer.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        says(
            &flat,
            &[
                "stop.when[0]",
                &format!("is '{condition}', which can never hold: in this swarm {range}; take a number"),
            ],
        );
    }
}

#[test]
fn the_summary_tells_a_person_the_same() {
    let bench = Bench::new();
    let answer = bench.run(&["tetrahedral", "--agents", "4096", "--ticks", "3"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let results = format!("runs{}tetrahedral-1", std::path::MAIN_SEPARATOR);
    says(
        &answer.stdout,
        &[
            "CPU, 2 threads",
            "agents        4,096\n",
            "links         8,190",
            "3, all that were asked for",
            "node-ticks/s",
            "disagreement",
            "the sum of beliefs is 268,435,456",
            "fingerprint   ",
            &results,
        ],
    );
}

#[test]
fn the_resolved_scenario_gives_the_same_fingerprint_from_any_folder() {
    let bench = Bench::new();
    bench.write("star.txt", "a b\na c\nc a\nd d\na d\nb c\n");
    bench.write("start.txt", "100\n# the second\n-7\n0\n12\n");
    bench.write(
        "net.toml",
        "name = \"net\"\nticks = 9\n[topology]\nkind = \"graph\"\nfile = \"star.txt\"\n[timing]\nkind = \"random-phase\"\n\
         rate = 0.3333333333333333\n[consensus]\nrule = \"average\"\n[consensus.start]\nkind = \"file\"\nfile = \"start.txt\"\n",
    );
    let elsewhere = Bench::new();
    for arguments in [
        &["net.toml", "--seed", "4294967295"][..],
        &[
            "agreement",
            "--agents",
            "300",
            "--ticks",
            "7",
            "--set",
            "consensus.rounding=golden",
        ],
        &["tetrahedral", "--agents", "64", "--ticks", "0"],
    ] {
        let first = bench.run(&[arguments, &["--json", "--out", "first"]].concat()).json();
        let scenario = bench.join("first/scenario.toml");
        let again = elsewhere
            .run(&[scenario.to_str().unwrap(), "--json", "--no-out"])
            .json();
        for key in ["fingerprint", "scenario", "seed", "agents", "ticks", "measurement"] {
            assert_eq!(first[key], again[key], "{arguments:?}: {key}");
        }
        std::fs::remove_dir_all(bench.join("first")).unwrap();
    }
}

#[test]
fn an_imported_network_leaves_its_names_and_says_what_was_dropped() {
    let bench = Bench::new();
    bench.write(
        "net.txt",
        "ann bob\nbob ann\ncid cid\nbob cid\nann \"x\n".replace('"', ""),
    );
    let answer = bench.run(&["gnutella", "--set", "topology.file=net.txt", "--ticks", "2"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &["an edge list of 5 links, undirected and unweighted; dropped 1 self-loop and 1 duplicate"],
    );
    assert_eq!(
        bench.read("runs/gnutella-1/nodes.csv"),
        "node,id\n0,ann\n1,bob\n2,cid\n3,x\n"
    );
    assert_eq!(
        bench.names("runs/gnutella-1"),
        ["metrics.parquet", "nodes.csv", "scenario.toml", "summary.json"]
    );
}

#[test]
fn every_rule_leaves_results_and_tells_them() {
    let bench = Bench::new();
    for (scenario, facts) in [
        (
            "blackout",
            &["up ", "events ", "killed", "partition by a plane", "healed", "revived"][..],
        ),
        ("resilient", &["beliefs ", "spread ", "up "]),
        ("snowball", &["opinions ", "agreement ", "decided "]),
        ("sync", &["order ", "mean phase"]),
        ("gossip", &["audit ", "as at the start"]),
    ] {
        let answer = bench.run(&[scenario, "--agents", "3000", "--ticks", "500"]);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        says(&answer.stdout, facts);
        let folder = format!("runs/{scenario}-1");
        assert_eq!(
            bench.names(&folder),
            ["metrics.parquet", "scenario.toml", "summary.json"]
        );
        // What is written down gives the same again.
        let json: Value = serde_json::from_str(&bench.read(&format!("{folder}/summary.json"))).unwrap();
        let again = bench
            .run(&[&format!("{folder}/scenario.toml"), "--json", "--no-out"])
            .json();
        assert_eq!(json["fingerprint"], again["fingerprint"], "{scenario}");
    }
}

#[test]
fn measurements_are_typed_columns_that_say_what_they_hold() {
    let bench = Bench::new();
    let json = bench.run_small(&["--json"]).json();
    let table = Table::open(&bench.join("runs/agreement-1/metrics.parquet"));
    let expected = [
        ("tick", "int64", "ticks"),
        ("reason", "string", "word"),
        ("spread", "int64", "units"),
        ("minimum", "int64", "belief"),
        ("maximum", "int64", "belief"),
        ("sum", "int64", "belief"),
        ("disagreement", "double", "belief"),
        ("injected", "int64", "belief"),
        ("forgotten", "int64", "belief"),
        ("inputs", "int64", "belief"),
        ("up", "int64", "nodes"),
        ("active", "int64", "nodes"),
        ("exchanges", "int64", "links"),
        ("messages", "int64", "messages"),
        ("fingerprint", "string", "hexadecimal"),
    ];
    assert_eq!(table.columns.len(), expected.len());
    // Of a swarm with nobody up these are of nobody.
    let of_nobody = ["spread", "minimum", "maximum", "disagreement"];
    for ((found, type_of, is_optional), (name, kind, unit)) in table.columns.iter().zip(expected) {
        let may_be_null = of_nobody.contains(&name);
        assert_eq!(
            (found.as_str(), type_of.as_str(), *is_optional),
            (name, kind, may_be_null)
        );
        assert_eq!(table.meaning(name, "unit"), unit, "{name}");
        assert!(table.meaning(name, "description").len() > 10, "{name}");
    }
    assert_eq!(table.integers("tick"), [0, 5, 10, 15, 20]);
    let last = &json["measurement"];
    for name in ["minimum", "maximum", "spread", "active", "messages", "fingerprint"] {
        assert_eq!(table.column(name)[4], last[name], "{name}");
    }
    assert!(table.column("sum").iter().all(|sum| *sum == last["sum"]));
    let disagreement = table.column("disagreement")[4].as_f64().unwrap();
    // Reading JSON may cost the last bit.
    assert!((disagreement / last["disagreement"].as_f64().unwrap() - 1.0).abs() < 1e-14);
}

#[test]
fn nothing_is_ever_overwritten() {
    let bench = Bench::new();
    for expected in [
        &["agreement-1"][..],
        &["agreement-1", "agreement-1-2"],
        &["agreement-1", "agreement-1-2", "agreement-1-3"],
    ] {
        let answer = bench.run_small(&["--quiet"]);
        assert_eq!(
            (answer.code, answer.stdout, answer.stderr),
            (0, String::new(), String::new())
        );
        assert_eq!(bench.names("runs"), expected);
    }
    bench.write("notes", "mine");
    // A file that stands where a folder is meant is no mistake to guess at.
    let answer = bench.run_small(&["--quiet", "--out", "notes"]);
    assert_eq!(
        answer.error(2),
        "--out notes is no folder; name a new one, as in --out runs/trial"
    );
    std::fs::create_dir(bench.join("empty")).unwrap();
    assert_eq!(bench.run_small(&["--quiet", "--out", "empty"]).code, 0);
    assert_eq!(bench.run_small(&["--quiet", "--out", "deep/er/place"]).code, 0);
    assert_eq!(bench.read("notes"), "mine");
    assert_eq!(bench.names(""), ["deep", "empty", "notes", "runs"]);
    let files = ["metrics.parquet", "scenario.toml", "summary.json"];
    for folder in ["empty", "deep/er/place", "runs/agreement-1-3"] {
        assert_eq!(bench.names(folder), files, "{folder}");
    }
}

#[test]
fn no_out_writes_nothing() {
    let bench = Bench::new();
    let answer = bench.run_small(&["--no-out"]);
    assert_eq!(answer.code, 0);
    says(&answer.stdout, &["results      not written"]);
    assert!(bench.names("").is_empty());
}

/// Nobody honest is up at the end: whether those who are have been led astray is not known.
#[test]
fn of_nobody_it_is_not_said_that_the_honest_stayed_within_their_range() {
    let bench = Bench::new();
    let liar = "faults.liars={ who = { kind = \"nodes\", nodes = [3] }, tell = { kind = \"constant\", value = 1 } }";
    let kill = "faults.events=[{ kind = \"kill\", tick = 2, who = { kind = \"share\", share = 1.0 } }]";
    for (scenario, every) in [("agreement", "measure.every=1"), ("snowball", "measure.every=2")] {
        let small = [
            scenario, "--agents", "64", "--ticks", "4", "--no-out", "--json", "--set", "stop={}",
        ];
        let with = bench.run(&[&small[..], &["--set", liar, "--set", kill, "--set", every]].concat());
        let json = with.json();
        let liars = json["liars"].as_object().unwrap();
        assert_eq!(liars["within_honest_range"], Value::Null, "{scenario}: {json}");
        let alive = bench.run(&[&small[..], &["--set", liar]].concat()).json();
        assert!(
            alive["liars"]["within_honest_range"].is_boolean(),
            "{scenario}: {alive}"
        );
    }
}
