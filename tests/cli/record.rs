//! Rows as they come: what is on the disk while a run goes on, and after whatever ends it.

use super::command::{Bench, says};
use super::table::Table;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A swarm so small that most of a run is measuring.
fn tiny(ticks: &'static str) -> [&'static str; 15] {
    [
        "run",
        "agreement",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--agents",
        "64",
        "--set",
        "measure.every=1",
        "--set",
        "stop={}",
        "--ticks",
        ticks,
        "--json",
    ]
}

#[test]
fn after_a_kill_all_but_the_last_rows_can_be_read() {
    let bench = Bench::new();
    let mut child = bench
        .command(&[&tiny("4294967295")[..], &["--out", "results"]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let waiting = Instant::now();
    // The second is begun when the first is full.
    while !bench.join("results/metrics-001.parquet").exists() {
        assert!(
            waiting.elapsed() < Duration::from_secs(120),
            "{:?}",
            bench.names("results")
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let segments: Vec<String> = bench.names("results");
    let segments = segments.iter().filter(|name| name.starts_with("metrics-"));
    let mut ticks: Vec<i64> = Vec::new();
    for name in segments {
        ticks.extend(Table::open(&bench.join(&format!("results/{name}"))).integers("tick"));
    }
    assert!(ticks.len() > 1000, "{}", ticks.len());
    assert!(
        ticks.iter().copied().eq(0..ticks.len() as i64),
        "a tick is missing or twice"
    );
    says(
        &bench.read("results/unfinished"),
        &[
            "under way, or it was ended",
            "can be read",
            "read_parquet",
            "`tetraswarm resume ",
            "results` goes on with it from the last checkpoint",
            "scenario.toml gives the run again",
        ],
    );
    // It does, under a name of its own.
    let again = bench.run(&["results/scenario.toml", "--ticks", "5", "--json", "--out", "results"]);
    assert_eq!(again.json()["ticks"], 5);
    assert_eq!(
        bench.names("results-2"),
        ["metrics.parquet", "scenario.toml", "summary.json"]
    );
}

#[test]
fn segments_become_one_file() {
    let bench = Bench::new();
    let answer = bench.tetraswarm(&[&tiny("60000")[..], &["--out", "results"]].concat());
    assert_eq!(answer.json()["ticks"], 60_000);
    assert_eq!(
        bench.names("results"),
        ["metrics.parquet", "scenario.toml", "summary.json"]
    );
    let table = Table::open(&bench.join("results/metrics.parquet"));
    assert!(table.groups > 1, "{}", table.groups);
    assert!(table.integers("tick").into_iter().eq(0..=60_000));
    assert_eq!(table.says("tetraswarm.seed"), "1");
    let last = &table.rows[60_000];
    assert_eq!(last[last.len() - 1], answer.json()["fingerprint"]);
}

/// A limit on the size of files stands for the room on a disk: that of each segment is there, that of all of them in one is not.
#[cfg(unix)]
#[test]
fn where_there_is_no_room_for_one_file_the_segments_stay() {
    let bench = Bench::new();
    let temporary = bench.join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let whole = [&tiny("60000")[..], &["--out", "whole"]].concat();
    assert_eq!(bench.tetraswarm(&whole).code, 0);
    let bytes = std::fs::metadata(bench.join("whole/metrics.parquet")).unwrap().len();
    let mut command = std::process::Command::new("bash");
    let script = format!("ulimit -f {} && exec \"$@\"", bytes * 3 / 4 / 1024);
    command
        .args(["-c", &script, "bash", env!("CARGO_BIN_EXE_tetraswarm")])
        .args([&tiny("60000")[..], &["--out", "results"]].concat())
        .env("TMPDIR", &temporary)
        .current_dir(bench.path());
    let answer = super::command::Answer::of(command.output().unwrap());
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    says(
        &answer.stderr,
        &[
            "error: results",
            "metrics.parquet: cannot write the measurements",
            "metrics.parquet is not written; the rows up to tick 60,000 are in results, in numbered files",
        ],
    );
    says(&answer.stdout, &["\"ticks\": 60000"]);
    assert_eq!(
        bench.names("results"),
        [
            "metrics-000.parquet",
            "metrics-001.parquet",
            "scenario.toml",
            "summary.json",
            "unfinished"
        ]
    );
    says(
        &bench.read("results/unfinished"),
        &["did not end well", "up to tick 60,000 can be read"],
    );
    let left = bench.names("temporary");
    assert!(!left.iter().any(|name| name.contains("results")), "{left:?}");
}
