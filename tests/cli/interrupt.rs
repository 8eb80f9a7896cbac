//! Ctrl-C.
#![cfg(unix)]

use super::command::{Answer, Bench, says};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A run that nobody waits for.
const ENDLESS: [&str; 13] = [
    "run",
    "agreement",
    "--device",
    "cpu",
    "--agents",
    "100000",
    "--ticks",
    "4294967295",
    "--set",
    "stop={}",
    "--out",
    "results",
    "--json",
];

fn start(bench: &Bench) -> Child {
    let child = bench
        .command(&ENDLESS)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Long enough to have got going; an earlier signal would end it unheard.
    std::thread::sleep(Duration::from_millis(700));
    child
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn interrupt(child: &Child) {
    send(child, "-INT");
}

#[test]
fn an_interrupted_run_keeps_what_was_measured() {
    let bench = Bench::new();
    let child = start(&bench);
    interrupt(&child);
    let waiting = Instant::now();
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert!(waiting.elapsed() < Duration::from_secs(10));
    assert_eq!(answer.code, 130, "{}", answer.stderr);
    says(&answer.stderr, &["interrupted", "results in results"]);
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["stopped_by"], "interrupt");
    let ticks = json["ticks"].as_u64().unwrap();
    assert!(ticks > 0);
    assert_eq!(
        bench.names("results"),
        ["checkpoints", "metrics.parquet", "scenario.toml", "summary.json"]
    );
    says(
        &bench.read("results/scenario.toml"),
        &[&format!("Interrupted after {ticks} of 4294967295 ticks")],
    );
    let again = bench.run(&["results/scenario.toml", "--json", "--no-out"]).json();
    assert_eq!(
        (&again["fingerprint"], &again["ticks"]),
        (&json["fingerprint"], &json["ticks"])
    );
}

/// Stopped before an event, the scenario that it leaves behind has it still, and comes to the same state.
#[test]
fn an_interrupted_run_of_cells_can_be_run_again() {
    let bench = Bench::new();
    let endless = [
        "run",
        "orchestra",
        "--device",
        "cpu",
        "--agents",
        "1024",
        "--ticks",
        "100000000",
        "--set",
        "faults.liars={ who = { kind = \"share\", share = 0.01 }, tell = { kind = \"against\" } }",
        "--set",
        "faults.events=[{ kind = \"kill\", tick = 90000000, who = { kind = \"share\", share = 0.5 } }]",
        "--set",
        "measure.every=1000",
        "--out",
        "results",
        "--json",
    ];
    let mut command = bench.command(&endless);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    interrupt(&child);
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert_eq!(answer.code, 130, "{}", answer.stderr);
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(
        (&json["stopped_by"], &json["later"]["events"]),
        (&"interrupt".into(), &1.into())
    );
    let again = bench.run(&["results/scenario.toml", "--json", "--no-out"]).json();
    assert_eq!(
        (&again["fingerprint"], &again["ticks"]),
        (&json["fingerprint"], &json["ticks"])
    );
}

#[test]
fn a_second_interrupt_ends_at_once() {
    let bench = Bench::new();
    let child = start(&bench);
    // Stopped, it sees both when it goes on; signals of one kind do not queue, so the second comes as another kind.
    for signal in ["-STOP", "-INT", "-TERM", "-CONT"] {
        send(&child, signal);
    }
    let code = Answer::of(child.wait_with_output().unwrap()).code;
    assert!([130, 143].contains(&code), "{code}");
}

#[test]
fn termination_and_hang_up_have_codes_of_their_own() {
    for (signal, code, word) in [("-TERM", 143, "terminated: "), ("-HUP", 129, "hung up: ")] {
        let bench = Bench::new();
        let child = start(&bench);
        send(&child, signal);
        let answer = Answer::of(child.wait_with_output().unwrap());
        assert_eq!(answer.code, code, "{}", answer.stderr);
        says(&answer.stderr, &[word, "results in results"]);
    }
}

/// What was compared, and what was measured, before the end was asked for is told.
#[test]
fn verify_and_bench_tell_what_they_had() {
    let bench = Bench::new();
    for (arguments, before, json) in [
        (
            &[
                "verify",
                "agreement",
                "--devices",
                "cpu:1,cpu:2",
                "--agents",
                "10000",
                "--ticks",
                "4294967295",
                "--json",
            ][..],
            1500,
            "agreed",
        ),
        (
            &["bench", "--device", "cpu:1", "--agents", "10000", "--json"][..],
            4000,
            "rows",
        ),
    ] {
        let child = bench
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(before));
        send(&child, "-INT");
        let answer = Answer::of(child.wait_with_output().unwrap());
        assert_eq!(answer.code, 130, "{}", answer.stderr);
        let told: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
        assert_eq!(told["interrupted"], true);
        assert!(!told[json].is_null(), "{}", answer.stdout);
    }
}

#[test]
fn what_is_ignored_at_the_start_stays_ignored() {
    let bench = Bench::new();
    let script = "trap '' INT HUP; exec \"$@\"";
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_tetraswarm")])
        .args(ENDLESS)
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    send(&child, "-INT");
    send(&child, "-HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it ended");
    send(&child, "-TERM");
    assert_eq!(Answer::of(child.wait_with_output().unwrap()).code, 143);
}

/// A tick of nine million random numbers of a few neighbours each takes seconds on the cores of a test machine; a complete network of
/// fewer nodes does so on any.
#[test]
fn a_long_tick_is_given_up_and_what_was_measured_is_kept() {
    let bench = Bench::new();
    let arguments = [
        "run",
        "agreement",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--ticks",
        "100",
        "--agents",
        "400000",
        "--out",
        "results",
        "--json",
        "--set",
        "topology={kind=\"complete\"}",
        "--set",
        "stop={}",
        "--set",
        "timing={kind=\"synchronous\"}",
    ];
    let child = bench
        .command(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let waiting = Instant::now();
    interrupt(&child);
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert!(waiting.elapsed() < Duration::from_secs(20), "{:?}", waiting.elapsed());
    assert_eq!(answer.code, 130, "{}", answer.stderr);
    says(&answer.stderr, &["given up", "the state of the swarm", "end at tick 0"]);
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!((&json["stopped_by"], &json["ticks"]), (&"interrupt".into(), &0.into()));
    says(
        &bench.read("results/scenario.toml"),
        &["Interrupted after 0 of 100 ticks"],
    );
    // What there is is whole, and yet it is not what was asked for.
    says(
        &bench.read("results/unfinished"),
        &[
            "did not end well",
            "given up half-way",
            "up to tick 0 is in metrics.parquet",
        ],
    );
}
