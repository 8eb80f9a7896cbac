//! What arguments do to a scenario: items of lists, keys taken out, kinds as words, networks from files.

use super::command::{Answer, Bench, says};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

/// The scenario that a run with these arguments leaves.
#[track_caller]
fn resolved(bench: &Bench, arguments: &[&str]) -> String {
    let answer = bench.run(&[arguments, &["--out", "results", "--ticks", "1", "--quiet"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let text = bench.read("results/scenario.toml");
    std::fs::remove_dir_all(bench.join("results")).unwrap();
    text
}

#[test]
fn items_of_lists_are_set_and_keys_taken_out() {
    let bench = Bench::new();
    let small = ["orchestra", "--agents", "1024", "--set", "faults.events[0].tick=0"];
    let text = resolved(
        &bench,
        &[
            &small[..],
            &[
                "--set",
                "faults.events[0].who.share=0.25",
                "--set",
                "topology[1].stride=2",
            ],
        ]
        .concat(),
    );
    says(&text, &["share = 0.25", "stride = 2"]);
    let text = resolved(
        &bench,
        &[&small[..], &["--unset", "faults.liars", "--unset", "work.tiers"]].concat(),
    );
    assert!(!text.contains("liars") && !text.contains("0.2, 0.3"), "{text}");
    for (arguments, parts) in [
        (
            ["--set", "topology.stride=1"],
            &["argument --set topology.stride=1:", "topology is a list of 2"][..],
        ),
        (["--set", "topology[7].stride=1"], &["topology has 2 items, [0] to [1]"]),
        (
            ["--unset", "agnets"],
            &["argument --unset agnets:", "did you mean 'agents'?"],
        ),
        (["--unset", ""], &["argument --unset '':"]),
        (["--unset", "ticks"], &["ticks is missing"]),
    ] {
        says(
            bench
                .run(&[&["orchestra", "--no-out"][..], &arguments].concat())
                .error(2),
            parts,
        );
    }
}

#[test]
fn a_network_from_a_file_goes_under_a_swarm_that_works() {
    let bench = Bench::new();
    let ring: String = (0..40).map(|k| format!("{k} {}\n", (k + 1) % 40)).collect();
    bench.write("ring.txt", ring);
    let run = |more: &[&str]| {
        let arguments = [
            "orchestra",
            "--ticks",
            "5",
            "--no-out",
            "--set",
            "topology.kind=graph",
            "--set",
            "topology.file=ring.txt",
            "--json",
        ];
        bench.run(&[&arguments[..], more].concat())
    };
    let answer = run(&[]);
    let json = answer.json();
    assert_eq!((&json["cells"], &json["agents"]), (&40.into(), &160.into()));
    says(
        &answer.stderr,
        &["note: the network's file says how many nodes there are"],
    );
    let unset = run(&["--unset", "agents"]);
    assert_eq!(unset.json()["fingerprint"], json["fingerprint"]);
    assert!(!unset.stderr.contains("does not count"), "{}", unset.stderr);
    says(
        run(&["--agents", "160"]).error(2),
        &[
            "argument --agents 160:",
            "agents is 160, but the file says how many cells there are; leave agents out",
        ],
    );
    // Laid over another.
    let overlay = bench.run(&[
        "orchestra",
        "--ticks",
        "5",
        "--no-out",
        "--unset",
        "agents",
        "--set",
        "topology[0]={kind=\"graph\",file=\"ring.txt\"}",
        "--json",
    ]);
    assert_eq!(overlay.json()["cells"], 40);
}

#[test]
fn a_scenario_comes_from_standard_input() {
    let bench = Bench::new();
    let text = bench.tetraswarm(&["scenarios", "agreement"]).stdout;
    let run = |text: &str| {
        let mut child = bench
            .command(&[
                "run", "-", "--device", "cpu", "--agents", "500", "--ticks", "3", "--no-out", "--json",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        Answer::of(child.wait_with_output().unwrap())
    };
    assert_eq!(run(&text).json()["agents"], 500);
    says(run("ticks = \n").error(2), &["standard input:1:"]);
}

#[test]
fn a_path_of_windows_gets_its_remedy_in_one_line() {
    let bench = Bench::new();
    let text = bench.tetraswarm(&["scenarios", "gnutella"]).stdout;
    let with = |file: &str| -> String {
        let lines = text
            .lines()
            .map(|line| if line.starts_with("file = ") { file } else { line });
        lines.collect::<Vec<_>>().join("\n")
    };
    for written in [
        "C:\\nets\\new.txt",
        "C:\\users\\me\\net.txt",
        "C:\\data\\net.txt",
        "D:\\temp\\new.txt",
    ] {
        bench.write("win.toml", with(&format!("file = \"{written}\"")));
        let answer = bench.run(&["win.toml"]);
        let message = answer.error(2);
        says(message, &["win.toml:", "single quotes", "backslash"]);
        assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    }
    says(bench.run(&["win.toml"]).error(2), &["\"D:\\temp\\new.txt\" as written"]);
    bench.write("win.toml", with("file = 'C:\\nets\\new.txt'"));
    says(
        bench.run(&["win.toml"]).error(2),
        &["C:\\nets\\new.txt", "no such file"],
    );
}

#[test]
fn names_of_something_else_are_told_what_they_are() {
    let bench = Bench::new();
    bench.write("jobs.csv", "user,submit,run,procs\n1,0,5,1\n");
    bench.write("racks.csv", "source,target\na,b\n");
    bench.write("jobs.swf", "; x\n");
    assert_eq!(
        bench
            .run(&["agreement", "--agents", "50", "--ticks", "1", "--out", "done", "-q"])
            .code,
        0
    );
    let cases: &[(&[&str], &[&str])] = &[
        (&["run", "."], &["is a folder; name a scenario's file"]),
        (
            &["run", "done"],
            &["a folder of results", "name the file: done/scenario.toml"],
        ),
        (
            &["run", "jobs.csv"],
            &["looks like a job log", "run hpc2n --set work.trace=jobs.csv"],
        ),
        (&["run", "jobs.swf"], &["looks like a job log"]),
        (
            &["run", "racks.csv"],
            &["looks like a network", "run gnutella --set topology.file=racks.csv"],
        ),
        (&["run", "done/summary.json"], &["holds results of a run"]),
        (
            &["topology", "racks.csv"],
            &["is a file, not a kind", "topology graph --set file=racks.csv"],
        ),
        (&["topology", "done/scenario.toml"], &["looks like a scenario"]),
        (&["topology", "done"], &["is a folder"]),
    ];
    for (arguments, parts) in cases {
        says(bench.tetraswarm(arguments).error(2), parts);
    }
}

#[test]
fn odd_names_are_seen_as_they_are() {
    let bench = Bench::new();
    let odd = "topology={kind=\"graph\",file=\"a\\nb c\"}";
    let answer = bench.run(&["agreement", "--set", odd, "--no-out"]);
    assert_eq!(answer.code, 2, "{}", answer.stderr);
    says(&answer.stderr, &["a\\nb c: no such file"]);
    says(bench.run(&["run\tthis"]).error(2), &["no scenario 'run\\tthis'"]);
    says(bench.run(&["agreement", "--set", ""]).error(2), &["argument --set '':"]);
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let odd = std::ffi::OsStr::from_bytes(b"a\xffb.toml");
    let answer = Answer::of(bench.command(&["run"]).arg(odd).output().unwrap());
    says(answer.error(2), &["the argument \"a\\xFFb.toml\" is no UTF-8 text"]);
}

#[test]
fn an_overlay_is_told_numbers_that_all_its_parts_allow() {
    let bench = Bench::new();
    let answer = bench.run(&[
        "agreement",
        "--no-out",
        "--agents",
        "100",
        "--set",
        "topology=[{kind=\"tetrahedral\"},{kind=\"hypercube\"}]",
    ]);
    says(answer.error(2), &["agents is 100", "the nearest that fit: 64 and 256"]);
}

/// The schema and what is set by a word agree.
#[test]
fn a_word_stands_for_a_kind_in_arguments_only() {
    let bench = Bench::new();
    let json: Value = bench
        .run(&[
            "agreement",
            "--agents",
            "64",
            "--ticks",
            "1",
            "--no-out",
            "--json",
            "--set",
            "topology=ring",
        ])
        .json();
    assert_eq!(json["links"], 64);
    bench.write(
        "word.toml",
        "agents = 9\nticks = 5\ntopology = \"ring\"\n[consensus]\nrule = \"average\"\nstart = { kind = \"uniform\", low = 0, high = 9 }\n",
    );
    says(
        bench.run(&["word.toml"]).error(2),
        &["word.toml:3:12: topology is \"ring\"", "write { kind = \"ring\" }"],
    );
}

#[test]
fn keys_of_another_kind_are_said_not_to_be_used() {
    let bench = Bench::new();
    let answer = bench.run(&[
        "concert",
        "--agents",
        "1024",
        "--set",
        "consensus.rule=average",
        "--explain",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &[
            "not used",
            "consensus.signal of the scenario: the kind that an argument gives has no such key",
        ],
    );
}
