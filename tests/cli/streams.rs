//! Streams that end early, places that cannot be written, and memory that is not there.

use super::command::{Answer, Bench, SMALL, says};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let bench = Bench::new();
    let run = [&["run", "--device", "cpu"], &SMALL[..], &["--json"]].concat();
    for (arguments, lines) in [
        (&["schema"][..], 1),
        (&["scenarios"], 0),
        (&["devices"], 0),
        (&run, 0),
        (&["--help"], 0),
    ] {
        let mut child = bench
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..lines {
            reader.read_line(&mut String::new()).unwrap();
        }
        drop(reader);
        let answer = Answer::of(child.wait_with_output().unwrap());
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
        assert!(!answer.stderr.contains("error"), "{}", answer.stderr);
    }
    assert_eq!(
        bench.names("runs"),
        ["agreement-1"],
        "what was measured is kept all the same"
    );
}

#[test]
fn nobody_reading_errors_does_not_stop_a_run() {
    let bench = Bench::new();
    let arguments = [&["run", "--device", "cpu"], &SMALL[..], &["--json"]].concat();
    let mut child = bench
        .command(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(Answer::of(child.wait_with_output().unwrap()).json()["ticks"], 20);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_an_error() {
    let bench = Bench::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = bench.command(&["schema"]).stdout(full).output().unwrap();
    says(Answer::of(output).error(1), &["standard output", "No space left"]);
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_the_run() {
    let bench = Bench::new();
    bench.write("file", "");
    // Such a run would take hours.
    let endless = [
        "agreement",
        "--set",
        "stop={}",
        "--ticks",
        "4294967295",
        "--agents",
        "1000000",
    ];
    let answer = bench.run(&[&endless, &["--out", "file/below"][..]].concat());
    says(
        answer.error(1),
        &["file", "below", "cannot create the run directory", "--out"],
    );
    says(
        bench.run(&["agreement", "--out", "/"]).error(2),
        &["--out /", "name a new one"],
    );
    assert_eq!(bench.names(""), ["file"]);
}

/// Runs the program under a limit of the shell, with the signal ignored that would kill it for going beyond.
#[cfg(unix)]
fn limited(bench: &Bench, limit: &str, arguments: &[&str]) -> Answer {
    let script = format!("trap '' XFSZ; ulimit {limit} && exec \"$@\"");
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_tetraswarm")])
        .args(arguments)
        .current_dir(bench.path());
    Answer::of(command.output().unwrap())
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_nothing_behind() {
    let bench = Bench::new();
    // A limit on the size of files stands for the size of the disk: 1 block of 512 or 1024 bytes, which the
    // measurements exceed, and the summary too.
    let arguments = [
        &["run", "--device", "cpu", "--threads", "2", "--out", "results"],
        &SMALL[..],
    ]
    .concat();
    let answer = limited(&bench, "-f 1", &arguments);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    says(
        &answer.stderr,
        &[
            "error: results",
            "metrics-000.parquet",
            "cannot write the measurements",
            "the run goes on, but no rows are written",
            "free some space",
            "--out",
            // Nor is there room elsewhere.
            "the results are not written",
        ],
    );
    // The answer is there all the same.
    says(&answer.stdout, &["fingerprint", "results       not written"]);
    assert!(bench.names("").is_empty(), "{:?}", bench.names(""));
    assert_eq!(
        limited(&bench, "-f 1000", &arguments).code,
        0,
        "the limit alone made it fail"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_not_there_is_an_error_that_says_what_fits() {
    let bench = Bench::new();
    let arguments = [
        "run",
        "agreement",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--no-out",
        "--ticks",
        "1",
        "--agents",
        "1_000_000_000",
    ];
    let answer = limited(&bench, "-v 2000000", &arguments);
    says(
        answer.error(2),
        &[
            " GiB, but there is room for",
            "agents of this scenario would fit",
            "--agents",
        ],
    );
}
