//! The command line: one file for each subcommand, which turns raw arguments into validated ones and does what they ask.
//!
//! Exit codes: 0 done, 1 the run failed, 2 the request was at fault, 130 interrupted. Answers go to stdout, everything
//! about the way there to stderr. Whoever closes stdout early has seen enough: that is no error.

mod bench;
mod devices;
mod explain;
mod interrupt;
mod keep;
mod memory;
mod policies;
mod rules;
mod run;
mod scenarios;
mod schema;
mod selection;
mod topology;
mod verify;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use tetraswarm::Error;

/// A compute engine for swarms of agents: millions of them, each knowing only its neighbours, with the same bits on
/// every device.
#[derive(Debug, Parser)]
#[command(
    name = "tetraswarm",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    memory: memory::MemoryArgument,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Verify(verify::Arguments),
    Bench(bench::Arguments),
    Topology(topology::Arguments),
    Devices(devices::Arguments),
    Rules(rules::Arguments),
    Policies(policies::Arguments),
    Scenarios(scenarios::Arguments),
    Schema(schema::Arguments),
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
enum Failure {
    /// The library's word.
    Error(Error),
    /// The answer could not be written to stdout.
    Stdout(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What every command comes to.
type Answer = Result<ExitCode, Failure>;

/// Parses the command line, does what it asks, and renders what went wrong.
pub fn main() -> ExitCode {
    keep::outlive_limits();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help counts as an answer; a closed pipe is no error for it either.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    arguments.memory.apply();
    let answer = match arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Topology(arguments) => topology::run(&arguments),
        Command::Devices(arguments) => devices::run(&arguments),
        Command::Policies(arguments) => policies::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Scenarios(arguments) => scenarios::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    match answer {
        Ok(code) => code,
        Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Stdout(error)) => {
            tell(&format!("error: cannot write the answer to standard output: {error}"));
            ExitCode::FAILURE
        }
        Err(Failure::Error(error)) => {
            tell(&format!("error: {error}"));
            ExitCode::from(if error.is_usage() { 2 } else { 1 })
        }
    }
}

/// Writes an answer to stdout, all of it at once.
fn answer(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::Stdout)
}

/// Writes an answer as JSON to stdout, indented and ended by a line feed.
fn answer_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Stdout(error.into()))?;
    answer(&format!("{text}\n"))
}

/// Whether a file that an option names is not there yet, so that nobody's is overwritten.
///
/// # Errors
/// [`Error::Invalid`] naming the option and the way round.
fn may_write(option: &str, file: &Path) -> Result<(), Error> {
    match file.symlink_metadata() {
        Ok(_) => {
            let message = "exists already; name another file, or overwrite it by --force";
            Err(Error::invalid(format!("{option} {}", file.display()), message))
        }
        Err(_) => Ok(()),
    }
}

/// Writes a line to stderr. Where nobody reads it, the run goes on.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
