//! Cells that have families in a report: who is whose child stands with the snapshots, and is drawn.

use super::command::Bench;
use super::table::Table;
use serde_json::Value;
use std::collections::BTreeMap;

/// The scenario `surge`, smaller: families come after tick 200.
const SURGE: [&str; 13] = [
    "surge",
    "--agents",
    "1024",
    "--set",
    "growth.max_agents=4096",
    "--set",
    "work.arrivals.events[0].who.last=63",
    "--ticks",
    "320",
    "--set",
    "measure.snapshots=[0, 250, 300, 1000]",
    "--quiet",
    "--report",
];

/// Where nobody is nothing has a depth.
#[test]
fn a_saved_state_has_no_depth_of_empty_places() {
    let bench = Bench::new();
    let small = SURGE.iter().filter(|word| **word != "--report");
    // Before any family comes.
    let small: Vec<&str> = small.map(|word| if *word == "320" { "5" } else { word }).collect();
    let answer = bench.run(&[&small[..], &["--no-out", "--save", "state.parquet"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let depths = Table::open(&bench.join("state.parquet")).column("depth");
    assert_eq!(depths.len(), 1024);
    let (founders, places) = depths.split_at(256);
    assert!(founders.iter().all(|depth| *depth == 0) && places.iter().all(Value::is_null));
}

#[test]
fn children_stand_round_their_parents() {
    let bench = Bench::new();
    let answer = bench.run(&[&SURGE[..], &["--out", "out"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let states = Table::open(&bench.join("out/snapshots.parquet"));
    let numbers = |name: &str| states.column(name).iter().map(Value::as_f64).collect::<Vec<_>>();
    let [ticks, nodes, x, y, parents, depths] = ["tick", "node", "x", "y", "parent", "depth"].map(numbers);
    // Of each tick where everybody is, and how deep; parents come first.
    let mut there: BTreeMap<(u64, u64), ([f64; 2], f64)> = BTreeMap::new();
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for row in 0..ticks.len() {
        let [tick, node] = [ticks[row], nodes[row]].map(|number| number.unwrap() as u64);
        let (place, depth) = ([x[row].unwrap(), y[row].unwrap()], depths[row].unwrap());
        assert_eq!(parents[row].is_some(), node >= 256, "{tick} {node}");
        if let Some(parent) = parents[row] {
            let (of_parent, above) = there[&(tick, parent as u64)];
            assert_eq!(depth, above + 1.0, "{tick} {node}");
            let far = (place[0] - of_parent[0]).hypot(place[1] - of_parent[1]);
            assert!(far > 0.0 && far < 0.1, "{tick} {node}: {far}");
            *counts.entry(tick).or_default() += 1;
        }
        assert!(there.insert((tick, node), (place, depth)).is_none(), "{tick} {node}");
    }
    assert!(!counts.contains_key(&0) && counts[&250] > 0, "{counts:?}");
    let html = bench.read("out/report.html");
    let (_, rest) = html
        .split_once("<script type=\"application/json\" id=\"data\">")
        .unwrap();
    let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let charts = data["charts"].as_object().unwrap();
    let network = charts.values().find(|chart| chart["marks"].is_u64()).unwrap();
    let children = &network["children"];
    assert_eq!(children["first"], 256);
    let marks = network["marks"].as_u64().unwrap();
    assert!(marks > 256 && network["names"].as_array().unwrap().len() as u64 == marks);
    // A byte for each, in base64.
    let long = (marks as usize - 256).div_ceil(3) * 4;
    let of_ticks = children["there"].as_array().unwrap();
    assert!(of_ticks.len() == 4 && of_ticks.iter().all(|text| text.as_str().unwrap().len() == long));
    // A run that goes on has them, too.
    let shorter = SURGE.map(|word| if word == "320" { "270" } else { word });
    let begun = [&shorter[..], &["--checkpoint", "260", "--out", "run"]].concat();
    assert_eq!(bench.run(&begun).code, 0);
    std::fs::remove_dir_all(bench.join("run/checkpoints/tick-0000000270")).unwrap();
    let answer = bench.tetraswarm(&["resume", "run", "--ticks", "320", "--quiet"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(Table::open(&bench.join("run/snapshots.parquet")).rows, states.rows);
}
