//! `study`, `compare` and `claims` as their users meet them.

use super::command::{Bench, says};
use serde_json::Value;

const SMALL: [&str; 8] = [
    "study",
    "orchestra",
    "--agents",
    "256",
    "--ticks",
    "60",
    "--device",
    "cpu",
];
const POLICIES: &str = "work.balance.policy=flow,none";

fn study(bench: &Bench, more: &[&str]) -> super::command::Answer {
    bench.tetraswarm(&[&SMALL, more].concat())
}

#[test]
fn a_study_of_two_policies_says_which_is_better() {
    let bench = Bench::new();
    let answer = study(&bench, &["--axis", POLICIES, "--seeds", "4"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &[
            "study",
            "work.balance.policy (2)",
            "response_mean, in ticks, less is better",
            "baseline",
            "verdicts",
            "results in runs/study-orchestra",
        ],
    );
    assert_eq!(
        bench.names("runs/study-orchestra"),
        [
            "journal.jsonl",
            "report.html",
            "results.json",
            "runs.parquet",
            "study.toml"
        ]
    );
    assert_eq!(bench.read("runs/study-orchestra/journal.jsonl").lines().count(), 8);
    // Another beside it, and the same one again.
    let json = study(&bench, &["--axis", POLICIES, "--seeds", "4", "--json"]).json();
    assert_eq!(bench.names("runs"), ["study-orchestra", "study-orchestra-2"]);
    let kept: Value = serde_json::from_str(&bench.read("runs/study-orchestra-2/results.json")).unwrap();
    assert_eq!(json, kept);
    let again = bench
        .tetraswarm(&["study", "runs/study-orchestra/study.toml", "--out", "again", "--json"])
        .json();
    for key in ["results", "comparisons", "variants", "seeds", "verdicts"] {
        assert_eq!(json[key], again[key], "{key}");
    }
    let resumed = study(&bench, &["--axis", POLICIES, "--seeds", "6", "--resume", "--json"]).json();
    assert_eq!(resumed["results"][0]["n"], 6);
    assert_eq!(bench.read("runs/study-orchestra/journal.jsonl").lines().count(), 12);
    // A row again, and one that there is not.
    let row = bench.tetraswarm(&["study", "rerun", "runs/study-orchestra", "5"]);
    assert_eq!(row.code, 0, "{}", row.stderr);
    says(&row.stdout, &["the same", "fingerprint"]);
    says(
        bench
            .tetraswarm(&["study", "rerun", "runs/study-orchestra", "99"])
            .error(2),
        &["row 99", "0 to 11"],
    );
    let journal = bench.read("again/journal.jsonl");
    let first = journal.lines().next().unwrap();
    let mut record: Value = serde_json::from_str(first).unwrap();
    record["fingerprint"] = "0000000000000000".into();
    bench.write("again/journal.jsonl", journal.replace(first, &record.to_string()));
    let row = record["row"].to_string();
    let answer = bench.tetraswarm(&["study", "rerun", "again", &row]);
    assert_eq!(answer.code, 1);
    says(&answer.stdout, &["0000000000000000, which is another"]);
    // A report has what was found at every level, and over all.
    let levels = [
        "--axis",
        POLICIES,
        "--level",
        "work.arrivals.load=0.5,0.8",
        "--seeds",
        "3",
        "--out",
        "levels",
    ];
    let answer = study(&bench, &levels);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let html = bench.read("levels/report.html");
    let begin = html.find("Differences from the baseline").unwrap();
    let end = begin + html[begin..].find("Verdicts over all levels").unwrap();
    for load in ["0.5", "0.8"] {
        let name = format!("work.balance.policy=none, work.arrivals.load={load}");
        assert!(html[begin..end].contains(&name), "{name}");
    }
    // With another axis the folder keeps what it had, and says that it does.
    let changed = study(
        &bench,
        &[
            "--axis",
            "work.balance.policy=flow,threshold",
            "--seeds",
            "4",
            "--resume",
        ],
    );
    assert_eq!(changed.code, 0, "{}", changed.stderr);
    says(&changed.stderr, &["8 runs there of other variants or seeds", "kept"]);
    assert_eq!(bench.read("runs/study-orchestra/journal.jsonl").lines().count(), 16);
}

#[test]
fn shards_are_put_together() {
    let bench = Bench::new();
    let axis = ["--axis", POLICIES, "--seeds", "3"];
    for k in 1..=4 {
        let answer = study(
            &bench,
            &[&axis[..], &["--shard", &format!("{k}/4"), "--out", &format!("s{k}")]].concat(),
        );
        assert_eq!(answer.code, 0, "{}", answer.stderr);
    }
    let merged = bench
        .tetraswarm(&["study", "merge", "s1", "s2", "s3", "s4", "--out", "all", "--json"])
        .json();
    let whole = study(&bench, &[&axis[..], &["--out", "whole", "--json"]].concat()).json();
    for key in ["results", "comparisons", "verdicts", "missing"] {
        assert_eq!(merged[key], whole[key], "{key}");
    }
    says(
        bench
            .tetraswarm(&["study", "merge", "s1", "s2", "--out", "all"])
            .error(2),
        &["--out all", "holds this study already"],
    );
    study(&bench, &["--axis", POLICIES, "--seeds", "2", "--out", "other"]);
    says(
        bench.tetraswarm(&["study", "merge", "s1", "other"]).error(2),
        &["other", "holds another study than s1"],
    );
    let table = bench.tetraswarm(&["compare", "all", "whole", "--all"]);
    says(&table.stdout, &["response_mean", "work.balance.policy=flow", "no"]);
}

#[test]
fn what_is_asked_wrongly_is_named() {
    let bench = Bench::new();
    for (more, said) in [
        (
            &["--axis", "work.balance.polcy=flow,none"][..],
            &["polcy", "did you mean 'policy'?"][..],
        ),
        (&["--axis", "work.lease="], &["--axis work.lease=", "empty value"]),
        (&["--axis", "work.lease"], &["has no '='"]),
        (&["--axis", "work.lease=1,1"], &["1 twice"]),
        (
            &["--axis", "work.lease=1,2", "--axis", "work.lease=3,4"],
            &["work.lease on two axes"],
        ),
        (
            &["--axis", POLICIES, "--baseline", "nne"],
            &["baseline is nne", "did you mean 'none'?"],
        ),
        (
            &["--axis", POLICIES, "--figure", "respons_mean"],
            &["respons_mean", "did you mean 'response_mean'?"],
        ),
        (
            &["--axis", POLICIES, "--figure", "committed:often"],
            &["--figure committed:often"],
        ),
        (&["--axis", POLICIES, "--shard", "9/8"], &["there is no shard 9 of 8"]),
        (&["--find", "work.lease=4..20"], &["--least response_mean"]),
        (
            &["--axis", "work.lease=4..20", "--sample", "sobol:1"],
            &["2 to 100000 points"],
        ),
        (&["--axis", "work.lease=20..4"], &["the first must be less"]),
        (&["--axis", POLICIES, "--until", "3"], &["--until"]),
    ] {
        let answer = study(&bench, more);
        assert_eq!(answer.code, 2, "{more:?}: {}", answer.stdout);
        says(&answer.stderr, said);
    }
    assert_eq!(bench.names("runs"), [] as [&str; 0]);
    bench.write("bad.toml", "scenario = \"orchestra\"\nname = \"bad\"\nsedes = 3\n");
    says(
        bench.tetraswarm(&["study", "bad.toml"]).error(2),
        &["bad.toml:3:1", "sedes", "seeds"],
    );
    says(
        bench.tetraswarm(&["study", "orchstra"]).error(2),
        &["did you mean 'orchestra'?"],
    );
    says(
        bench.tetraswarm(&["compare", "here", "there"]).error(2),
        &["here", "is no folder without results"],
    );
    says(
        bench.tetraswarm(&["claims", "--only", "golden-timng"]).error(2),
        &["did you mean 'golden-timing'?"],
    );
}

#[test]
fn runs_beside_each_other_say_what_differs() {
    let bench = Bench::new();
    bench.run_small(&["--out", "a"]);
    bench.run_small(&["--out", "b", "--seed", "2", "--set", "timing.rate=0.25"]);
    let text = bench.tetraswarm(&["compare", "a", "b"]).stdout;
    says(&text, &["fingerprint", "timing.rate", "0.25", "spread", "change in b"]);
    let csv = bench
        .tetraswarm(&["compare", "a", "b", "--format", "csv", "--all"])
        .stdout;
    assert_eq!(csv.lines().next(), Some(",a,b,change in b"));
    let page = bench.tetraswarm(&["compare", "a", "b", "--format", "markdown"]).stdout;
    says(&page, &["| --- | --- | --- | --- |"]);
    study(&bench, &["--axis", POLICIES, "--seeds", "2", "--out", "s", "--quiet"]);
    says(
        bench.tetraswarm(&["compare", "a", "s"]).error(2),
        &["is a study", "runs with runs"],
    );
}

#[test]
fn the_cost_is_known_beforehand() {
    let bench = Bench::new();
    let answer = study(&bench, &["--axis", POLICIES, "--seeds", "10", "--explain"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    says(
        &answer.stdout,
        &["runs      20", "time", "memory", "0: work.balance.policy=flow"],
    );
    assert_eq!(bench.names("runs"), [] as [&str; 0]);
}

#[test]
fn claims_are_listed_and_one_is_tried() {
    let bench = Bench::new();
    let list = bench.tetraswarm(&["claims", "--list"]);
    says(
        &list.stdout,
        &[
            "golden-timing",
            "evenness",
            "fractal-recursion",
            "delegate",
            "cells have four members",
        ],
    );
    let answer = bench
        .tetraswarm(&[
            "claims",
            "--quick",
            "--only",
            "stable-triangles",
            "--device",
            "cpu",
            "--json",
            "--quiet",
        ])
        .json();
    let lines = answer["lines"].as_array().unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line["figure"] == "committed" && line["verdict"] == "holds"),
        "{lines:?}"
    );
    assert!(bench.read("runs/claims-quick/claims.md").starts_with("| claim |"));
}

/// Where a study goes on, with what, and with what it does not.
#[test]
fn what_a_study_goes_on_with_is_said() {
    let bench = Bench::new();
    let of = |more: &[&str]| study(&bench, &[&["--axis", POLICIES, "--out", "kept"], more].concat());
    let answer = of(&["--seeds", "2", "--resume"]);
    says(&answer.stderr, &["--resume: there is no study in ", "a new one begins"]);
    let answer = of(&["--seeds", "3", "--resume"]);
    says(&answer.stderr, &["goes on in ", "with the results of 4 runs"]);
    for (changed, parts) in [
        (
            ["--ticks", "90"],
            ["ticks are 60, and now ticks are 90", "name another folder"],
        ),
        (
            ["--agents", "1024"],
            ["agents are 256, and now agents are 1,024", "name another folder"],
        ),
    ] {
        let mut words: Vec<&str> = SMALL.to_vec();
        let at = words.iter().position(|word| *word == changed[0]).unwrap();
        words[at + 1] = changed[1];
        words.extend(["--axis", POLICIES, "--out", "kept", "--seeds", "3", "--resume"]);
        says(bench.tetraswarm(&words).error(2), &parts);
    }
}

/// Killed in the midst of it again and again, a study comes to the table of an undisturbed one.
#[cfg(unix)]
#[test]
fn a_study_that_is_killed_goes_on_where_it_was() {
    let bench = Bench::new();
    let axis = ["--axis", POLICIES, "--seeds", "40", "--quiet"];
    let whole = study(&bench, &[&axis[..], &["--out", "whole", "--json"]].concat()).json();
    for wait in [300, 250, 350, 200] {
        let mut child = bench
            .command(&[&SMALL, &axis[..], &["--out", "pieces", "--resume"]].concat())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let pieces = study(
        &bench,
        &[&axis[..], &["--out", "pieces", "--resume", "--json"]].concat(),
    )
    .json();
    for key in ["results", "comparisons", "verdicts", "missing", "seeds"] {
        assert_eq!(pieces[key], whole[key], "{key}");
    }
    assert_eq!(pieces["missing"], 0);
}

/// Killed within a long run, a study goes on from that run's last checkpoint, and leaves none behind.
#[cfg(unix)]
#[test]
fn a_study_that_is_killed_goes_on_within_a_run() {
    let bench = Bench::new();
    let long = [
        "--ticks", "1500", "--axis", POLICIES, "--seeds", "1", "--jobs", "1", "--quiet",
    ];
    let long = |out: &str| [&long[..], &["--checkpoint", "100", "--out", out]].concat().join(" ");
    let words = |out: &str, more: &str| -> Vec<String> {
        let all = format!("{} {} {more}", SMALL.join(" ").replace(" --ticks 60", ""), long(out));
        all.split_whitespace().map(str::to_owned).collect()
    };
    let run = |out: &str| {
        let words = words(out, "--resume --json");
        bench
            .tetraswarm(&words.iter().map(String::as_str).collect::<Vec<_>>())
            .json()
    };
    let whole = run("whole");
    // As soon as there is one more.
    for _ in 0..4 {
        let words = words("pieces", "--resume");
        let mut child = bench
            .command(&words.iter().map(String::as_str).collect::<Vec<_>>())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let ticks = || saved(&bench.join("pieces/under-way"));
        let before = ticks();
        while ticks() == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // SIGKILL.
        let _ = child.kill();
        child.wait().unwrap();
    }
    let pieces = run("pieces");
    for key in ["results", "comparisons", "verdicts", "missing", "seeds"] {
        assert_eq!(pieces[key], whole[key], "{key}");
    }
    assert!(!bench.join("pieces/under-way").exists());
}

/// The names of the checkpoints in a folder, however deep.
#[cfg(unix)]
fn saved(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<String> = entries
        .flat_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            match name.starts_with("tick-") {
                true => vec![name],
                false => saved(&entry.path()),
            }
        })
        .collect();
    all.sort();
    all
}
