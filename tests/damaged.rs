//! Files that are damaged in ten thousand ways: each is read or refused in one printable line, within 1 GiB of memory, without a panic
//! or an abort.
//!
//! The inputs are read by a process of their own, so that its memory can be limited and its end seen. One of a hundred also goes through
//! the program, whose exit code must be one of those that it documents.

#![cfg(all(unix, feature = "cli"))]

use crate::damage::{Kind, Sample, damaged, samples};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tetraswarm::scenario::Document;
use tetraswarm::swarm::Swarm;

const INPUTS: u64 = 10_000;

/// The longest message, and all that a run may say on stderr, in characters, whatever its input.
const LONGEST_LINE: usize = 600;
const MOST_SAID: usize = 4000;

/// The process that reads finds its folder here; nobody else sets it.
const FOLDER: &str = "TETRASWARM_DAMAGED_FOLDER";

/// Memory that the process may hold, in KiB.
const LIMIT: u32 = 1 << 20;

/// A scenario that reads the file `input`.
fn scenario(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => {
            "ticks = 1\ntopology = { kind = \"graph\", file = \"input\" }\n[consensus]\nrule = \"average\"\nstart = { kind = \"point\", value = 9 }\n"
        }
        Kind::Log => {
            "agents = 64\nticks = 100\ntopology = { kind = \"ring\" }\n[work]\ntrace = \"input\"\n[work.log]\nlenient = true\n"
        }
        Kind::Start => {
            "agents = 5\nticks = 1\ntopology = { kind = \"ring\" }\n[consensus]\nrule = \"average\"\nstart = { kind = \"file\", file = \"input\" }\n"
        }
        Kind::Scenario => "",
    }
}

/// Reads `folder/input` as a run would, up to the swarm.
fn read(kind: Kind, folder: &Path) -> Result<(), String> {
    let document = match kind {
        Kind::Scenario => Document::read(&folder.join("input")),
        _ => Document::parse("scenario", scenario(kind)),
    };
    let whole = || {
        let document = document?;
        let mut scenario = document.scenario()?;
        // A damaged scenario may ask for more agents than this process may hold; that is another test's.
        if kind == Kind::Scenario {
            scenario.agents = scenario.agents.map(|agents| agents.min(4096));
        }
        Swarm::build(&scenario, folder).map(drop)
    };
    whole().map_err(|error: tetraswarm::Error| error.to_string())
}

/// Writes a file anew: one that is emptied and filled again some file systems bring down to the disk each time.
fn put(path: &Path, content: impl AsRef<[u8]>) {
    let _ = fs::remove_file(path);
    fs::write(path, content).unwrap();
}

/// The reading side; without the folder there is nothing to do.
#[test]
fn reader() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let samples = samples();
    let (mut taken, mut refused) = (0, 0);
    for number in 0..INPUTS {
        let sample = &samples[(number % samples.len() as u64) as usize];
        put(&folder.join("input"), damaged(sample, number));
        // Whoever is looked for after an abort.
        put(&folder.join("number"), format!("{number} of {}", sample.name));
        match read(sample.kind, folder) {
            Ok(()) => taken += 1,
            Err(message) => {
                refused += 1;
                assert!(!message.is_empty(), "{number}");
                assert!(!message.contains(char::is_control), "{number}: {message:?}");
                assert!(message.chars().count() <= LONGEST_LINE, "{number}: {message}");
            }
        }
    }
    fs::write(folder.join("done"), format!("{taken} {refused}")).unwrap();
}

#[test]
fn damaged_files_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = limited(std::env::current_exe().unwrap().as_path())
        .args(["--exact", "damaged::reader", "--test-threads", "1"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let at = fs::read_to_string(folder.path().join("number")).unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "input {at}: {}\n{told}\n{said}", output.status);
    let counts = fs::read_to_string(folder.path().join("done")).unwrap();
    let counts: Vec<u64> = counts.split(' ').map(|count| count.parse().unwrap()).collect();
    assert_eq!(counts.iter().sum::<u64>(), INPUTS);
    // Damage that never hurts, or always, tests nothing.
    assert!(counts.iter().all(|&count| count > INPUTS / 50), "{counts:?}");
}

#[test]
fn the_program_ends_with_a_code_that_it_documents() {
    let folder = tempfile::tempdir().unwrap();
    let samples = samples();
    for number in (0..INPUTS).step_by(97) {
        let sample = &samples[(number % samples.len() as u64) as usize];
        let Output { status, stdout, stderr } = run(sample, number, folder.path());
        let said = String::from_utf8_lossy(&stderr);
        assert!(
            matches!(status.code(), Some(0..=2)),
            "input {number} of {}: {status}\n{}\n{said}",
            sample.name,
            String::from_utf8_lossy(&stdout)
        );
        assert!(!said.contains("panicked"), "input {number} of {}: {said}", sample.name);
        let is_short = said.lines().all(|line| line.chars().count() <= LONGEST_LINE);
        assert!(
            is_short && said.chars().count() <= MOST_SAID,
            "input {number} of {}: {said}",
            sample.name
        );
    }
}

fn run(sample: &Sample, number: u64, folder: &Path) -> Output {
    put(&folder.join("input"), damaged(sample, number));
    put(&folder.join("scenario.toml"), scenario(sample.kind));
    let file = match sample.kind {
        Kind::Scenario => "input",
        _ => "scenario.toml",
    };
    let mut command = limited(Path::new(env!("CARGO_BIN_EXE_tetraswarm")));
    command.current_dir(folder).arg("run").arg(format!("./{file}"));
    // A damaged scenario may have a billion ticks.
    if sample.kind == Kind::Scenario {
        command.args(["--explain"]);
    } else {
        command.args(["--device", "cpu", "--threads", "1", "--no-out", "--quiet"]);
    }
    command.output().unwrap()
}

/// A program whose memory is limited.
fn limited(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {LIMIT}; exec \"$0\" \"$@\"")])
        .arg(program);
    command
}
