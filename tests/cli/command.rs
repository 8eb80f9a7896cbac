//! Runs the program in a folder of its own.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A small swarm that ends after 20 ticks, measured at 0, 5, 10, 15 and 20.
pub const SMALL: [&str; 9] = [
    "agreement",
    "--agents",
    "500",
    "--ticks",
    "20",
    "--set",
    "measure.every=5",
    "--set",
    "stop={}",
];

/// A folder to run in.
pub struct Bench {
    folder: TempDir,
}

/// What the program came to.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Bench {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.join(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The names in the folder, hidden ones too.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program with these arguments, on the CPU with two threads unless they say otherwise.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tetraswarm"));
        command.args(arguments).current_dir(self.path());
        command
    }

    /// Runs any subcommand.
    pub fn tetraswarm(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments).output().unwrap())
    }

    /// `run` on the CPU.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.tetraswarm(&[&["run", "--device", "cpu", "--threads", "2"], arguments].concat())
    }

    /// `run` of the small swarm.
    pub fn run_small(&self, arguments: &[&str]) -> Answer {
        self.run(&[&SMALL, arguments].concat())
    }
}

impl Answer {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON object on stdout of a run that went well.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    /// The message of a command that failed with this code: one line on stderr, or several where a list goes on, nothing on stdout.
    #[track_caller]
    pub fn error(&self, code: i32) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{}", self.stderr);
        let whole = self.stderr.replace("\n  ", " ");
        let message = whole.lines().next().and_then(|line| line.strip_prefix("error: "));
        let message: &str = message
            .unwrap_or_else(|| panic!("no error: {}", self.stderr))
            .to_owned()
            .leak();
        assert!(!message.contains("panicked"), "{message}");
        message
    }
}

/// Asserts that a message says all of these.
#[track_caller]
pub fn says(message: &str, parts: &[&str]) {
    // A line that is too long for a terminal goes on below.
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = joined(message);
    for part in parts {
        let is_there = message.contains(part) || whole.contains(joined(part).as_str());
        assert!(is_there, "'{part}' is not in: {message}");
    }
}
