//! The state itself: saved, read back, and what a run leaves where it cannot be written.

use super::command::{Answer, Bench, says};
use super::table::Table;
use serde_json::json;

/// The small swarm, of so many ticks.
const SHORT: [&str; 7] = [
    "agreement",
    "--agents",
    "500",
    "--set",
    "measure.every=5",
    "--set",
    "stop={}",
];

#[test]
fn a_saved_state_has_a_row_a_node_and_says_what_it_is_of() {
    let bench = Bench::new();
    let summary = bench
        .run_small(&["--json", "--no-out", "--save", "state.parquet"])
        .json();
    let table = Table::open(&bench.join("state.parquet"));
    assert_eq!(
        table.columns,
        [("node", "int64", false), ("belief", "int64", false)].map(|(name, kind, null)| (
            name.into(),
            kind.into(),
            null
        ))
    );
    assert_eq!(table.integers("node"), (0..500).collect::<Vec<_>>());
    let beliefs = table.integers("belief");
    let row = &summary["measurement"];
    assert_eq!(beliefs.iter().sum::<i64>(), row["sum"]);
    assert_eq!(*beliefs.iter().max().unwrap(), row["maximum"]);
    assert_eq!(table.meaning("belief", "unit"), "belief");
    assert_eq!(table.says("tetraswarm.tick"), "20");
    let identity = &summary["identity"];
    for key in ["version", "command", "scenario_hash", "policy", "parts", "network"] {
        assert_eq!(identity[key], table.says(&format!("tetraswarm.{key}")), "{key}");
    }
    assert_eq!(table.says("tetraswarm.seed"), "1");
    assert_eq!(
        (&identity["policy"], &identity["network"]),
        (&"average".into(), &"fibonacci-chords".into())
    );
    let command = identity["command"].as_str().unwrap();
    assert!(
        command.starts_with("tetraswarm run --device cpu --threads 2 agreement"),
        "{command}"
    );
    says(command, &["--set 'stop={}'", "--save state.parquet"]);
}

#[test]
fn results_say_what_they_are_of() {
    let bench = Bench::new();
    let identity = |arguments: &[&str]| bench.run_small(&[arguments, &["--json"]].concat()).json()["identity"].clone();
    let one = identity(&["--out", "one"]);
    let table = Table::open(&bench.join("one/metrics.parquet"));
    assert_eq!(
        table.says("tetraswarm.scenario_hash"),
        one["scenario_hash"].as_str().unwrap()
    );
    assert_eq!(table.says("tetraswarm.version"), env!("CARGO_PKG_VERSION"));
    // The hash is of the complete scenario: whatever gives another, gives another hash.
    assert_eq!(one["scenario_hash"], identity(&["--out", "two"])["scenario_hash"]);
    assert_ne!(
        one["scenario_hash"],
        identity(&["--out", "three", "--seed", "9"])["scenario_hash"]
    );
    assert_eq!(one["scenario_hash"].as_str().unwrap().len(), 64);
}

#[test]
fn the_state_is_saved_along_the_way_and_nothing_else_changes() {
    let bench = Bench::new();
    let alone = bench.run_small(&["--json", "--out", "alone"]).json();
    let saved = bench
        .run_small(&["--json", "--out", "saved", "--save", "s.npz", "--save-every", "3"])
        .json();
    for key in ["measurement", "fingerprint", "stopped_by", "ticks"] {
        assert_eq!(alone[key], saved[key], "{key}");
    }
    let ticks = |folder: &str| Table::open(&bench.join(&format!("{folder}/metrics.parquet"))).integers("tick");
    assert_eq!(ticks("saved"), ticks("alone"));
    let along: Vec<String> = [3, 6, 9, 12, 15, 18].map(|tick| format!("s-{tick:02}.npz")).to_vec();
    let expected = [along, ["s.npz", "saved"].map(String::from).to_vec()].concat();
    assert_eq!(bench.names("")[1..], expected);
    // Each is the state that a run of so many ticks ends with.
    let short = |arguments: &[&str]| bench.run(&[&SHORT[..], arguments].concat());
    assert_eq!(short(&["--no-out", "--ticks", "6", "--save", "six.npz"]).code, 0);
    let start = |file: &str| {
        let file = format!("consensus.start={{ kind = \"file\", file = \"{file}\" }}");
        short(&["--json", "--no-out", "--ticks", "0", "--set", &file]).json()
    };
    assert_eq!(start("six.npz")["fingerprint"], start("s-06.npz")["fingerprint"]);
    assert_ne!(start("six.npz")["fingerprint"], start("s-09.npz")["fingerprint"]);
}

#[test]
fn a_run_goes_on_from_a_saved_state() {
    let bench = Bench::new();
    let short = |arguments: &[&str]| {
        // Beliefs are all that this rule keeps, and without draws no tick is like another by its number.
        let plain = [
            "--set",
            "consensus.rounding=trunc",
            "--set",
            "timing={ kind = \"synchronous\" }",
            "--no-out",
            "--json",
        ];
        bench.run(&[&SHORT[..], &plain, arguments].concat()).json()
    };
    let whole = short(&["--ticks", "12"]);
    for form in ["parquet", "npz"] {
        let file = format!("half.{form}");
        short(&["--ticks", "5", "--save", &file]);
        let start = format!("consensus.start={{ kind = \"file\", file = \"{file}\" }}");
        let rest = short(&["--ticks", "7", "--set", &start]);
        for key in ["minimum", "maximum", "sum", "disagreement"] {
            assert_eq!(rest["measurement"][key], whole["measurement"][key], "{form}: {key}");
        }
        assert_eq!(rest["fingerprint"], whole["fingerprint"], "{form}");
    }
}

/// A network whose file calls its nodes by words or numbers, and what they hold.
const STAR: &str = "zoë bob\nzoë cid\n";

fn start(bench: &Bench, network: &str, file: &str) -> Answer {
    bench.write("net.txt", network);
    let start = format!("consensus.start={{ kind = \"file\", file = \"{file}\" }}");
    let arguments = [
        "gnutella",
        "--set",
        "topology.file=net.txt",
        "--set",
        &start,
        "--ticks",
        "0",
        "--no-out",
    ];
    bench.run(&[&arguments[..], &["--save", "out.parquet", "--force"]].concat())
}

#[test]
fn imported_nodes_are_told_by_their_ids() {
    let bench = Bench::new();
    bench.write("start.txt", "5\n-7\n9\n");
    for (network, ids) in [
        (STAR, json!(["zoë", "bob", "cid"])),
        ("70 30\n70 5000000\n", json!([30, 70, 5_000_000])),
        (
            "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 1\n",
            json!([1, 2, 3]),
        ),
    ] {
        for file in ["first.parquet", "first.npz"] {
            assert_eq!(start(&bench, network, "start.txt").code, 0);
            let first = Table::open(&bench.join("out.parquet"));
            assert_eq!(json!(first.column("id")), ids);
            assert_eq!(first.integers("belief"), [5, -7, 9]);
            let _ = std::fs::remove_file(bench.join(file));
            let start_of = "consensus.start={ kind = \"file\", file = \"start.txt\" }";
            let saved = bench.run(&[
                "gnutella",
                "--set",
                "topology.file=net.txt",
                "--set",
                start_of,
                "--ticks",
                "0",
                "--no-out",
                "--save",
                file,
            ]);
            assert_eq!(saved.code, 0, "{}", saved.stderr);
            // The same nodes in another order, so that their numbers are others.
            let turned: String = network.lines().rev().map(|line| format!("{line}\n")).collect();
            let turned = if network.starts_with('%') { network } else { &turned };
            let again = start(&bench, turned, file);
            assert_eq!(again.code, 0, "{}", again.stderr);
            let again = Table::open(&bench.join("out.parquet"));
            for (id, belief) in first.column("id").iter().zip(first.column("belief")) {
                let at = again.column("id").iter().position(|other| other == id).unwrap();
                assert_eq!(again.column("belief")[at], belief, "{id}");
            }
        }
    }
}

#[test]
fn ids_that_do_not_fit_are_named() {
    let bench = Bench::new();
    bench.write("start.txt", "5\n-7\n9\n");
    for file in ["s.parquet", "s.npz"] {
        assert_eq!(start(&bench, STAR, "start.txt").code, 0);
        let start_of = "consensus.start={ kind = \"file\", file = \"start.txt\" }";
        let _ = bench.run(&[
            "gnutella",
            "--set",
            "topology.file=net.txt",
            "--set",
            start_of,
            "--ticks",
            "0",
            "--no-out",
            "--save",
            file,
        ]);
        let refused = |network: &str| start(&bench, network, file).error(2).to_owned();
        says(
            &refused("zoë bob\nzoë dan\n"),
            &[
                "consensus.start.file",
                file,
                ": row 3: 'cid' is no node in the network's file",
            ],
        );
        says(
            &refused("zoë bob\nzoë cid\ncid dan\ncid eve\n"),
            &[
                file,
                ": has no row for the node 'dan', and none for 1 others; it needs one for each of 5 nodes",
            ],
        );
        // A network without a file: by number.
        let ring = format!("consensus.start={{ kind = \"file\", file = \"{file}\" }}");
        let arguments = [
            "agreement",
            "--set",
            "topology.kind=ring",
            "--ticks",
            "0",
            "--no-out",
            "--set",
            &ring,
            "--agents",
        ];
        let message = bench.run(&[&arguments[..], &["3"]].concat()).error(2).to_owned();
        says(
            &message,
            &[": row 1: 'zoë' is no node in the swarm, whose 3 nodes are numbered from 0"],
        );
    }
}

#[test]
fn every_kind_of_swarm_shows_what_means_something() {
    let bench = Bench::new();
    for (scenario, expected) in [
        ("resilient", &["node", "belief", "up", "liar"][..]),
        ("snowball", &["node", "opinion", "decided"]),
        ("sync", &["node", "phase", "frequency"]),
        ("gossip", &["node", "belief"]),
        (
            "orchestra",
            &[
                "cell",
                "queued",
                "busy",
                "closed",
                "waiting",
                "committed",
                "up",
                "up_members",
            ],
        ),
    ] {
        let file = format!("{scenario}.parquet");
        let arguments = [
            "--agents", "4096", "--ticks", "200", "--no-out", "--json", "--save", &file,
        ];
        let summary = bench.run(&[&[scenario][..], &arguments].concat()).json();
        let table = Table::open(&bench.join(&file));
        for name in expected {
            assert!(
                table.names().contains(name),
                "{scenario}: {name} is not in {:?}",
                table.names()
            );
        }
        for (name, ..) in &table.columns {
            assert!(table.meaning(name, "description").len() > 10, "{scenario}: {name}");
        }
        let row = &summary["measurement"];
        let sum = |name: &str| table.integers(name).iter().sum::<i64>();
        match scenario {
            "orchestra" => {
                assert_eq!(sum("committed"), row["committed"], "{row}");
                let busy = table.column("busy").iter().filter(|&value| value == true).count() as i64;
                assert_eq!(sum("queued") + busy + sum("waiting"), row["outstanding"], "{row}");
            }
            "snowball" => {
                let decided = table.column("decided").iter().filter(|value| !value.is_null()).count();
                assert_eq!(row["decided"], decided, "{row}");
            }
            "resilient" => {
                let up = table.column("up").iter().filter(|&value| value == true).count();
                assert_eq!(row["up"], up);
            }
            _ => {}
        }
    }
}

#[test]
fn bad_requests_to_save_are_refused_before_the_run() {
    let bench = Bench::new();
    bench.write("there.parquet", "mine");
    bench.write("old-05.npz", "mine");
    std::fs::create_dir(bench.join("folder.npz")).unwrap();
    let long = ["agreement", "--agents", "1000000", "--ticks", "1000000", "--no-out"];
    let refused = |arguments: &[&str], code: i32| bench.run(&[&long[..], arguments].concat()).error(code).to_owned();
    says(
        &refused(&["--save", "state.csv"], 2),
        &["does not end in .parquet or .npz"],
    );
    says(
        &refused(&["--save", "there.parquet"], 2),
        &["exists already", "--force"],
    );
    says(
        &refused(&["--save", "folder.npz", "--force"], 1),
        &["folder.npz: cannot save the state"],
    );
    says(
        &refused(&["--save", "no/such/place.npz"], 2),
        &["--save no/such/place.npz would be in no/such, which is not there"],
    );
    let along = [
        "agreement",
        "--agents",
        "100",
        "--ticks",
        "20",
        "--no-out",
        "--save",
        "old.npz",
        "--save-every",
        "5",
    ];
    says(bench.run(&along).error(2), &["old-05.npz", "exists already"]);
    for arguments in [&["--save-every", "5"][..], &["--save", "a.npz", "--save-every", "0"]] {
        let answer = bench.run_small(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{}", answer.stderr);
    }
    assert_eq!(bench.read("there.parquet"), "mine");
    assert_eq!(
        bench
            .run_small(&["--no-out", "--save", "there.parquet", "--force"])
            .code,
        0
    );
    assert_eq!(Table::open(&bench.join("there.parquet")).integers("node").len(), 500);
}

/// A shell that lets no file grow beyond so many blocks of 512 or 1024 bytes, in which temporary files go to the folder `tmp`.
#[cfg(unix)]
fn limited(bench: &Bench, blocks: u32, arguments: &str) -> Answer {
    let program = env!("CARGO_BIN_EXE_tetraswarm");
    let script = format!("ulimit -f {blocks}; exec '{program}' run --device cpu --threads 2 {arguments}");
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .current_dir(bench.path())
        .env("TMPDIR", bench.join("tmp"));
    Answer::of(shell.output().unwrap())
}

#[test]
#[cfg(unix)]
fn the_answer_comes_whatever_becomes_of_the_files() {
    let bench = Bench::new();
    std::fs::create_dir(bench.join("tmp")).unwrap();
    // No file at all can be written, neither where it is meant to be nor elsewhere.
    let answer = limited(
        &bench,
        0,
        "agreement --agents 500 --ticks 20 --json --out out --save s.npz",
    );
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["ticks"], 20);
    says(
        &answer.stderr,
        &[
            "error: ",
            "cannot write the scenario",
            "the results are not written",
            "no state is saved",
        ],
    );
    assert_eq!(bench.names(""), ["tmp"]);
    assert!(left_in_tmp(&bench).is_empty());
    // The results fit, the state does not.
    let answer = limited(&bench, 64, "agreement --agents 100000 --ticks 2 --out out --save s.npz");
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    says(&answer.stdout, &["fingerprint", "results      out\n"]);
    says(&answer.stderr, &["s.npz: cannot save the state", "raise the limit"]);
    assert_eq!(bench.names(""), ["out", "tmp"]);
}

#[test]
#[cfg(unix)]
fn results_that_their_place_cannot_take_go_elsewhere() {
    let bench = Bench::new();
    std::fs::create_dir(bench.join("tmp")).unwrap();
    std::fs::create_dir(bench.join("place")).unwrap();
    // The place is taken away while the swarm runs.
    let program = env!("CARGO_BIN_EXE_tetraswarm");
    let mut command = std::process::Command::new(program);
    command.current_dir(bench.path()).env("TMPDIR", bench.join("tmp"));
    command.args([
        "run",
        "--device",
        "cpu",
        "agreement",
        "--agents",
        "400000",
        "--ticks",
        "4000",
        "--set",
        "stop={}",
    ]);
    command.args(["--out", "place/out", "--save", "place/s.parquet", "--json"]);
    let child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // When the places have been looked at, the swarm is being built; its ticks take seconds.
    std::thread::sleep(std::time::Duration::from_millis(400));
    std::fs::remove_dir_all(bench.join("place")).unwrap();
    bench.write("place", "a file");
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["ticks"], 4000);
    says(
        &answer.stderr,
        &[
            "the results are in ",
            "tetraswarm-out",
            "the state is in ",
            "tetraswarm-s.parquet",
        ],
    );
    assert_eq!(left_in_tmp(&bench), ["tetraswarm-out", "tetraswarm-s.parquet"]);
    assert_eq!(
        bench.names("tmp/tetraswarm-out"),
        ["metrics.parquet", "scenario.toml", "summary.json"]
    );
    // In groups of 2^18 rows.
    assert_eq!(Table::open(&bench.join("tmp/tetraswarm-s.parquet")).groups, 2);
    assert_eq!(
        Table::open(&bench.join("tmp/tetraswarm-s.parquet"))
            .integers("node")
            .len(),
        400_000
    );
}

#[test]
#[cfg(unix)]
fn whoever_stops_reading_the_answer_still_gets_the_files() {
    let bench = Bench::new();
    let mut child = bench
        .command(&[
            "run",
            "--device",
            "cpu",
            "agreement",
            "--agents",
            "500",
            "--ticks",
            "20",
            "--out",
            "out",
        ])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(bench.names("out"), ["metrics.parquet", "scenario.toml", "summary.json"]);
}

/// What results leave in the temporary folder, in which the GL driver also gets a folder of its own.
#[cfg(unix)]
fn left_in_tmp(bench: &Bench) -> Vec<String> {
    let is_of_driver = |name: &String| {
        name.strip_prefix("tetraswarm-")
            .is_some_and(|user| user.parse::<u32>().is_ok())
    };
    bench
        .names("tmp")
        .into_iter()
        .filter(|name| !is_of_driver(name))
        .collect()
}
