//! Runs that survive what ends them.
#![cfg(unix)]

use super::command::{Answer, Bench, says};
use super::table::Table;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Cells with every kind of memory between ticks: work, faults, events of which the aftermath is seen, a stop condition.
const CELLS: [&str; 11] = [
    "orchestra",
    "--agents",
    "4096",
    "--ticks",
    "600",
    "--set",
    "measure.every=7",
    "--set",
    "faults.events=[{ kind = \"kill\", tick = 100, who = { kind = \"share\", share = 0.2 } }, { kind = \"revive\", tick = 300, who = { kind = \"all\" } }]",
    "--json",
    "--quiet",
];

impl Bench {
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn checkpoints(&self, run: &str) -> Vec<String> {
        let mut names = self.names(&format!("{run}/checkpoints"));
        names.retain(|name| name.starts_with("tick-"));
        names
    }
}

/// Waits until something is there.
#[track_caller]
fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let waiting = Instant::now();
    while !is_there() {
        assert!(waiting.elapsed() < Duration::from_secs(60), "no {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What of a summary does not depend on where and how long it was run.
fn lasting(mut summary: Value) -> Value {
    let all = summary.as_object_mut().unwrap();
    for key in [
        "identity",
        "device",
        "seconds",
        "memory",
        "past",
        "checkpoints",
        "node_ticks_per_second",
        "agent_ticks_per_second",
    ] {
        all.remove(key);
    }
    summary
}

/// Of each column its name, its type, and whether it may be null.
type Headings = Vec<(String, String, bool)>;

/// The rows of a run, with their columns.
fn rows(folder: &Path) -> (Headings, Vec<Vec<Value>>) {
    let table = Table::open(&folder.join("metrics.parquet"));
    (table.columns, table.rows)
}

fn last(json: &Value) -> &str {
    json["fingerprint"].as_str().unwrap()
}

/// Kills a run again and again, at random moments, and goes on each time on the devices that `on` says of that life, until it ends as the
/// undisturbed run does; answers how often it was killed.
fn killed(bench: &Bench, whole: &Value, run: &str, seed: &mut u32, on: &dyn Fn(u32) -> Vec<&'static str>) -> u32 {
    let first = ["run", "--checkpoint", "9", "--out", run];
    let mut child = bench.start(&[&first[..], &on(0), &CELLS].concat());
    wait_for("checkpoint", || !bench.checkpoints(run).is_empty());
    let mut kills = 0;
    let ended = loop {
        // Writing a checkpoint takes most of the time, so that most kills are in the midst of one.
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(u64::from(*seed >> 24) / 2));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(
                status.success(),
                "{}",
                Answer::of(child.wait_with_output().unwrap()).stderr
            );
            break Answer::of(child.wait_with_output().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        child = bench.start(&[&["resume", run, "--json", "--quiet"][..], &on(kills)].concat());
        // Every life gets a little farther.
        let before = bench.checkpoints(run);
        let mut is_over = false;
        wait_for("progress", || {
            is_over = child.try_wait().unwrap().is_some();
            is_over || bench.checkpoints(run) != before
        });
    };
    let json = ended.json();
    assert_eq!(last(&json), last(whole));
    assert!(json["past"]["tick"].as_u64() > Some(0));
    assert_eq!(lasting(json), lasting(whole.clone()));
    assert_eq!(rows(&bench.join(run)), rows(&bench.join("whole")));
    kills
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_the_undisturbed() {
    let bench = Bench::new();
    let whole = bench.run(&[&CELLS[..], &["--out", "whole"]].concat()).json();
    let on = |life: u32| {
        let threads = if life % 2 == 1 { "1" } else { "2" };
        vec!["--device", "cpu", "--threads", threads]
    };
    let kills = killed(&bench, &whole, "broken", &mut 7, &on);
    assert!(kills >= 10, "{kills}");
    // They were asked for, so they stay, with one of the end.
    assert_eq!(
        bench.names("broken"),
        [
            "checkpoints",
            "metrics.parquet",
            "scenario.toml",
            "summary.json",
            "times.parquet"
        ]
    );
    assert_eq!(bench.checkpoints("broken"), ["tick-0000000594", "tick-0000000600"]);
}

#[test]
#[ignore = "takes a minute or two: cargo test --release --test cli -- --ignored a_hundred_kills"]
fn a_hundred_kills_change_nothing() {
    let bench = Bench::new();
    let whole = bench.run(&[&CELLS[..], &["--out", "whole"]].concat()).json();
    // One device, several with one memory, and several that bring each other words.
    let several = bench.tetraswarm(&["devices"]).stdout.contains("vulkan");
    let on = |life: u32| match life % 4 {
        1 => vec!["--device", "cpu,cpu,cpu"],
        3 if several => vec!["--device", "cpu,vulkan:0,cpu"],
        _ => vec!["--device", "cpu", "--threads", "2"],
    };
    let (mut kills, mut seed) = (0, 7);
    for run in 0.. {
        kills += killed(&bench, &whole, &format!("broken-{run}"), &mut seed, &on);
        if kills >= 100 {
            eprintln!("{kills} kills in {} runs", run + 1);
            return;
        }
    }
}

#[test]
fn an_interrupted_run_goes_on_where_it_was_ended() {
    let bench = Bench::new();
    let cells: Vec<&str> = CELLS
        .iter()
        .map(|&word| if word == "4096" { "65536" } else { word })
        .collect();
    let whole = bench.run(&[&cells[..], &["--out", "whole"]].concat()).json();
    let child = bench.start(&[&["run", "--device", "cpu", "--out", "ended"], &cells[..]].concat());
    wait_for("rows", || bench.join("ended/scenario.toml").exists());
    std::thread::sleep(Duration::from_millis(300));
    // SAFETY: the process is a child that has not been waited for.
    assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGTERM) }, 0);
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert_eq!(answer.code, 143, "{}", answer.stderr);
    let ended: Value = serde_json::from_str(&answer.stdout).unwrap();
    let tick = ended["ticks"].as_u64().unwrap();
    assert!(tick > 0 && tick < 600);
    assert_eq!(bench.checkpoints("ended"), [format!("tick-{tick:010}")]);
    let answer = bench.tetraswarm(&["resume", "ended", "--device", "cpu", "--json"]);
    says(&answer.stderr, &["goes on from tick"]);
    let json = answer.json();
    assert_eq!(json["past"]["tick"], tick);
    assert_eq!(lasting(json), lasting(whole));
    assert_eq!(rows(&bench.join("ended")), rows(&bench.join("whole")));
    // Nobody asked for checkpoints, and the run has come to its end.
    assert_eq!(
        bench.names("ended"),
        ["metrics.parquet", "scenario.toml", "summary.json", "times.parquet"]
    );
    says(
        bench.tetraswarm(&["resume", "ended"]).error(2),
        &["ended has no checkpoint", "come to its end", "--checkpoint"],
    );
}

/// Also where several devices run it, one of which another goes on from alone.
#[test]
fn several_devices_are_interrupted_together() {
    let bench = Bench::new();
    let cells: Vec<&str> = CELLS
        .iter()
        .map(|&word| if word == "4096" { "65536" } else { word })
        .collect();
    let whole = bench.run(&[&cells[..], &["--out", "whole"]].concat()).json();
    let mut devices = vec!["cpu,cpu:2"];
    if bench.tetraswarm(&["devices"]).stdout.contains("vulkan") {
        devices.push("cpu,vulkan:0");
    }
    for (k, device) in devices.into_iter().enumerate() {
        let out = format!("ended-{k}");
        let child = bench.start(&[&["run", "--device", device, "--out", &out], &cells[..]].concat());
        wait_for("rows", || bench.join(&format!("{out}/scenario.toml")).exists());
        // Shaders are compiled once the scenario has been written.
        let millis = if device.contains("vulkan") { 2500 } else { 300 };
        std::thread::sleep(Duration::from_millis(millis));
        // SAFETY: the process is a child that has not been waited for.
        assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGINT) }, 0);
        let answer = Answer::of(child.wait_with_output().unwrap());
        assert_eq!(answer.code, 130, "{}", answer.stderr);
        let answer = bench.tetraswarm(&["resume", &out, "--device", "cpu", "--json"]);
        says(&answer.stderr, &["goes on from tick"]);
        assert_eq!(lasting(answer.json()), lasting(whole.clone()));
        assert_eq!(rows(&bench.join(&out)), rows(&bench.join("whole")));
    }
}

#[test]
fn snapshots_of_before_and_the_report_are_there_when_a_run_goes_on() {
    let bench = Bench::new();
    let own = ["--set", "measure.snapshots=[0, 200, 500]", "--report"];
    assert_eq!(bench.run(&[&CELLS[..], &own, &["--out", "whole"]].concat()).code, 0);
    let cells = CELLS.map(|word| if word == "600" { "400" } else { word });
    let begun = [&cells[..], &own, &["--checkpoint", "300", "--out", "run"]].concat();
    assert_eq!(bench.run(&begun).code, 0);
    // The next one is not the last, which is of tick 400: what has been taken since is not taken over.
    std::fs::remove_dir_all(bench.join("run/checkpoints/tick-0000000400")).unwrap();
    let answer = bench.tetraswarm(&["resume", "run", "--device", "cpu", "--ticks", "600"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    for file in ["snapshots.parquet", "links.parquet"] {
        let [run, whole] = ["run", "whole"].map(|folder| Table::open(&bench.join(folder).join(file)));
        assert_eq!(run.columns, whole.columns);
        assert_eq!(run.rows, whole.rows, "{file}");
    }
    // The report is of the whole run, not of what there was when it was ended.
    says(&bench.read("run/report.html"), &[last_of(&bench, "run").as_str()]);
    assert_eq!(last_of(&bench, "run"), last_of(&bench, "whole"));
    // Where they are lost, that is said.
    bench.tetraswarm(&["resume", "run", "--ticks", "610", "--device", "cpu"]);
    std::fs::remove_file(bench.join("run/snapshots.parquet")).unwrap();
    let answer = bench.tetraswarm(&["resume", "run", "--ticks", "620", "--device", "cpu"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(&answer.stderr, &["the snapshots after ticks 0, 200, 500 are not there"]);
}

fn last_of(bench: &Bench, run: &str) -> String {
    let summary: Value = serde_json::from_str(&bench.read(&format!("{run}/summary.json"))).unwrap();
    last(&summary).to_owned()
}

#[cfg(feature = "gpu")]
#[test]
fn a_run_goes_on_on_another_device() {
    let bench = Bench::new();
    let whole = bench.run(&[&CELLS[..], &["--out", "whole"]].concat()).json();
    let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
    let is_there = bench.tetraswarm(&["devices"]).stdout.contains("vulkan");
    if !is_there && !required.contains("vulkan") {
        eprintln!("skipped: no Vulkan");
        return;
    }
    let begun = ["--checkpoint", "200", "--ticks", "450", "--out", "moved"];
    let cells: Vec<&str> = CELLS
        .iter()
        .filter(|&&word| !["--ticks", "600"].contains(&word))
        .copied()
        .collect();
    bench.run(&[&cells[..], &begun].concat()).json();
    assert_eq!(bench.checkpoints("moved"), ["tick-0000000400", "tick-0000000450"]);
    let moved = bench.tetraswarm(&[
        "resume", "moved", "--ticks", "600", "--device", "vulkan:0", "--json", "--quiet",
    ]);
    assert_eq!(lasting(moved.json()), lasting(whole));
    assert_eq!(rows(&bench.join("moved")), rows(&bench.join("whole")));
}

#[test]
fn a_full_disk_ends_no_run_and_no_checkpoint() {
    let bench = Bench::new();
    let cells: Vec<&str> = CELLS
        .iter()
        .filter(|&&word| !["--ticks", "600", "--quiet"].contains(&word))
        .map(|&word| if word == "4096" { "16384" } else { word })
        .collect();
    let begun = ["--checkpoint", "100", "--ticks", "100", "--out", "full"];
    bench.run(&[&cells[..], &begun].concat()).json();
    // A column of these cells has 512 KiB, and the rows of some ticks less than 120.
    let script = "ulimit -f 240; exec \"$@\"";
    let resume = ["resume", "full", "--ticks", "350", "--device", "cpu", "--json"];
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_tetraswarm")])
        .args(resume)
        .current_dir(bench.path());
    let answer = Answer::of(command.output().unwrap());
    let json = answer.json();
    assert_eq!(json["ticks"], 350);
    says(&answer.stderr, &["cannot write the checkpoint", "the run goes on"]);
    assert_eq!(
        answer.stderr.matches("cannot write the checkpoint").count(),
        1,
        "{}",
        answer.stderr
    );
    assert_eq!(bench.checkpoints("full"), ["tick-0000000100"]);
    let verified = bench.tetraswarm(&["checkpoint", "verify", "full"]);
    assert_eq!(verified.code, 0);
    // And from it all is had again.
    let again = bench.tetraswarm(&["resume", "full", "--ticks", "350", "--device", "cpu", "--json"]);
    assert_eq!(last(&again.json()), last(&json));
}

/// Changes a manifest and gives it a hash that fits.
fn forge(bench: &Bench, manifest: &str, from: &str, to: &str) {
    let text = bench.read(manifest).replace(from, to);
    let (body, _) = text.rsplit_once(",\n  \"sha256\": \"").unwrap();
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    bench.write(manifest, format!("{body},\n  \"sha256\": \"{hash}\"\n}}\n"));
}

#[test]
fn what_cannot_be_gone_on_with_is_refused_by_name() {
    let bench = Bench::new();
    let refused = |arguments: &[&str], parts: &[&str]| says(bench.tetraswarm(arguments).error(2), parts);
    refused(&["resume", "nothing"], &["nothing is not there"]);
    std::fs::create_dir(bench.join("foreign")).unwrap();
    refused(&["resume", "foreign"], &["foreign is not the folder of a run"]);
    refused(&["run", "--from", "foreign"], &["foreign is not the folder of a run"]);
    refused(
        &["checkpoint", "list", "foreign"],
        &["foreign is not the folder of a run"],
    );
    assert_eq!(bench.names("foreign"), [""; 0]);
    let links: String = (0..64).map(|k| format!("{k} {}\n", (k + 1) % 64)).collect();
    bench.write("ring.txt", &links);
    let network = [
        "agreement",
        "--set",
        "topology.kind=graph",
        "--set",
        "topology.file=ring.txt",
        "--set",
        "stop={}",
    ];
    let run = [
        &network[..],
        &["--ticks", "20", "--checkpoint", "8", "--out", "net", "--quiet"],
    ]
    .concat();
    assert_eq!(bench.run(&run).code, 0);
    assert_eq!(bench.checkpoints("net"), ["tick-0000000016", "tick-0000000020"]);
    refused(&["resume", "net"], &["come to its end, all 20 ticks", "--ticks"]);
    refused(&["resume", "net", "--ticks", "9"], &["come to its end"]);
    let half = "net/checkpoints/tick-0000000016";
    refused(
        &["resume", half, "--ticks", "9"],
        &["ticks is 9", "after 16 ticks already"],
    );
    // A file of the network that has changed, and one that is gone.
    bench.write("ring.txt", links.replace("0 1\n", "0 2\n"));
    refused(
        &["resume", half],
        &["topology.file", "ring.txt", "has changed since the run was begun"],
    );
    std::fs::remove_file(bench.join("ring.txt")).unwrap();
    refused(&["resume", half], &["ring.txt", "no such file"]);
    bench.write("ring.txt", &links);
    // Other versions, and other formats.
    let manifest = format!("{half}/manifest.json");
    forge(&bench, &manifest, "\"version\": \"0.1.0\"", "\"version\": \"0.0.9\"");
    refused(&["resume", half], &["was written by version 0.0.9, and this is"]);
    forge(&bench, &manifest, "\"version\": \"0.0.9\"", "\"version\": \"0.1.0\"");
    forge(&bench, &manifest, "\"format\": 1", "\"format\": 2");
    refused(&["resume", half], &["is of format 2", "reads format 1"]);
    forge(&bench, &manifest, "\"format\": 2", "\"format\": 1");
    // The device's state has another fingerprint than the run had.
    let print = bench.read(&manifest);
    let print = print.split("\"fingerprint\": \"").nth(1).unwrap()[..16].to_owned();
    forge(
        &bench,
        &manifest,
        &format!("\"fingerprint\": \"{print}\",\n  \"start\""),
        "\"fingerprint\": \"0123456789abcdef\",\n  \"start\"",
    );
    refused(&["resume", half], &["0123456789abcdef", &print]);
    // Nothing of this has touched the run.
    assert_eq!(
        bench.names("net"),
        [
            "checkpoints",
            "metrics.parquet",
            "nodes.csv",
            "scenario.toml",
            "summary.json"
        ]
    );
    for (arguments, parts) in [
        (
            ["--checkpoint-keep", "1kB"],
            &["--checkpoint-keep is 1000 bytes", "give"][..],
        ),
        (
            ["--checkpoint-keep", "1000000000000"],
            &["--checkpoint does not fit", "left"][..],
        ),
    ] {
        let answer = bench.run(&[&network[..], &["--checkpoint", "8", "--out", "none"], &arguments].concat());
        assert_eq!(answer.code, 2);
        says(&answer.stderr, parts);
    }
    assert_eq!(bench.names("none"), [""; 0]);
    says(
        bench.run(&["agreement", "--checkpoint", "5", "--no-out"]).error(2),
        &["--checkpoint has no place"],
    );
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_that_is_said() {
    let bench = Bench::new();
    let ticks = |ticks: &'static str| CELLS.map(|word| if word == "600" { ticks } else { word });
    let whole = bench.run(&[&ticks("650")[..], &["--out", "whole"]].concat()).json();
    let begun = [&CELLS[..], &["--checkpoint", "250", "--out", "run"]].concat();
    assert_eq!(bench.run(&begun).code, 0);
    let file = "run/checkpoints/tick-0000000600/02-work.queue.npy";
    let mut bytes = std::fs::read(bench.join(file)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write(file, &bytes);
    let verdict = bench.tetraswarm(&["checkpoint", "verify", "run"]);
    assert_eq!(verdict.code, 1);
    says(
        &verdict.stdout,
        &["02-work.queue.npy: the checkpoint is damaged", "as it was written"],
    );
    let answer = bench.tetraswarm(&["resume", "run", "--device", "cpu", "--ticks", "650", "--json"]);
    says(
        &answer.stderr,
        &["02-work.queue.npy", "damaged", "the one before it is taken", "tick 500"],
    );
    assert_eq!(last(&answer.json()), last(&whole));
    assert_eq!(rows(&bench.join("run")), rows(&bench.join("whole")));
}

#[test]
fn a_branch_goes_on_from_the_past_of_another() {
    let bench = Bench::new();
    let calm = [
        "orchestra",
        "--agents",
        "4096",
        "--ticks",
        "100",
        "--set",
        "faults.events=[]",
    ];
    assert_eq!(
        bench
            .run(&[&calm[..], &["--checkpoint", "1000", "--out", "calm", "--quiet"]].concat())
            .code,
        0
    );
    assert_eq!(bench.checkpoints("calm"), ["tick-0000000100"]);
    let storm = "faults.events=[{ kind = \"kill\", tick = 150, who = { kind = \"share\", share = 0.5 } }]";
    let branch = |out: &str, device: &str| {
        let from = [
            "run", "--from", "calm", "--ticks", "200", "--set", storm, "--device", device,
        ];
        bench
            .tetraswarm(&[&from[..], &["--out", out, "--json"]].concat())
            .json()
    };
    let one = branch("one", "cpu:1");
    assert_eq!(one["past"]["tick"], 100);
    assert!(
        one["past"]["branched_from"]
            .as_str()
            .unwrap()
            .ends_with("calm/checkpoints/tick-0000000100")
    );
    assert_eq!(last(&branch("two", "cpu:2")), last(&one));
    let first = &rows(&bench.join("one")).1[0];
    assert_eq!(first[0], 100);
    says(
        &bench.read("one/scenario.toml"),
        &["from tick 100 on, with the past in"],
    );
    // The same as if the event had been there from the beginning, since nothing looks ahead.
    let straight = [
        "orchestra",
        "--agents",
        "4096",
        "--ticks",
        "200",
        "--set",
        storm,
        "--no-out",
        "--json",
    ];
    let straight = bench.run(&straight).json();
    assert_eq!(last(&straight), last(&one));
    for (set, parts) in [
        ("agents=1024", &["agents cannot be changed by a branch"][..]),
        ("seed=2", &["seed cannot be changed by a branch"][..]),
        (
            "topology={ kind = \"ring\" }",
            &["topology cannot be changed by a branch"][..],
        ),
        ("ticks=50", &["ticks is 50", "after 100 ticks already"][..]),
        (
            "faults.events=[{ kind = \"kill\", tick = 50, who = { kind = \"share\", share = 0.5 } }]",
            &["faults.events of the first 100 ticks cannot be changed"][..],
        ),
        ("work.queue=32", &["work.queue", "32,768 numbers", "65,536"][..]),
    ] {
        let answer = bench.tetraswarm(&[
            "run",
            "--from",
            "calm",
            "--device",
            "cpu",
            "--set",
            "ticks=200",
            "--set",
            set,
        ]);
        says(answer.error(2), parts);
    }
}

#[test]
fn what_is_in_a_checkpoint_is_told() {
    let bench = Bench::new();
    let run = [
        "--ticks",
        "20",
        "--checkpoint",
        "8",
        "--compress",
        "--out",
        "run",
        "--quiet",
        "--set",
        "stop={}",
    ];
    assert_eq!(
        bench.run(&[&["agreement", "--agents", "500"], &run[..]].concat()).code,
        0
    );
    let list = bench.tetraswarm(&["checkpoint", "list", "run", "--json"]).json();
    let ticks: Vec<u64> = list["checkpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["tick"].as_u64().unwrap())
        .collect();
    assert_eq!(ticks, [20, 16]);
    let inspected = bench.tetraswarm(&["checkpoint", "inspect", "run"]);
    says(
        &inspected.stdout,
        &[
            "tick 20 of 20, which was its end",
            "consensus.belief, 1 × 500 words",
            "00-consensus.belief.npy.zst",
        ],
    );
    let json = bench
        .tetraswarm(&["checkpoint", "inspect", "run/checkpoints/tick-0000000016", "--json"])
        .json();
    assert_eq!(
        (&json["tick"], &json["options"]["compress"]),
        (&16.into(), &true.into())
    );
    // They are compressed and kept as before, and two runs do not write there at a time.
    let answer = bench.tetraswarm(&["resume", "run", "--ticks", "40", "--device", "cpu", "--quiet", "--json"]);
    assert_eq!(answer.json()["ticks"], 40);
    assert_eq!(bench.checkpoints("run"), ["tick-0000000032", "tick-0000000040"]);
    assert!(
        bench
            .join("run/checkpoints/tick-0000000040/00-consensus.belief.npy.zst")
            .exists()
    );
}
