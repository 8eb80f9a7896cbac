//! The command line: one file for each subcommand, which turns raw arguments into validated ones and does what they ask.
//!
//! Exit codes: 0 done, 1 the run failed, 2 the request was at fault; 130, 143 and 129 ended by Ctrl-C, termination and hang-up. Answers
//! go to stdout, everything about the way there to stderr. Whoever closes stdout early has seen enough: that is no error.
//!
//! A program with parts of its own has all of it by a `main` of a few lines: it registers them, and hands the registry to [`main`].

mod bench;
mod completions;
mod devices;
mod environment;
mod explain;
mod interrupt;
mod keep;
mod man;
mod meant;
mod memory;
mod policies;
mod rules;
mod run;
mod scenarios;
mod schema;
mod selection;
mod topology;
mod verify;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::device::cpu;
use tetraswarm::scenario::Registry;

/// A compute engine for swarms of agents: millions of them, each knowing only its neighbours, with the same bits on
/// every device.
#[derive(Debug, Parser)]
#[command(
    name = "tetraswarm",
    version,
    arg_required_else_help = true,
    after_help = "Begin with `tetraswarm run`, which runs a scenario; `tetraswarm scenarios` lists what there is.\n\n\
        Exit codes: 0 done, 1 the run failed, 2 the request was at fault, 130 ended by Ctrl-C, 143 by termination, 129 by hang-up."
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
    Completions(completions::Arguments),
    Man(man::Arguments),
}

impl Command {
    /// How many threads the command's work is to be done in.
    fn threads(&self) -> Result<usize, Error> {
        match self {
            Self::Run(arguments) => arguments.selection.threads(),
            Self::Bench(arguments) => arguments.selection.threads(),
            Self::Topology(arguments) => arguments.threads.count(),
            Self::Verify(_) | Self::Devices(_) => cpu::default_threads(),
            _ => Ok(1),
        }
    }

    /// Whether it may open a GPU.
    fn has_devices(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Verify(_) | Self::Bench(_) | Self::Devices(_))
    }

    /// Does what was asked.
    fn run(self, registry: &Registry) -> Answer {
        match self {
            Self::Run(arguments) => run::run(arguments, registry),
            Self::Verify(arguments) => verify::run(&arguments, registry),
            Self::Bench(arguments) => bench::run(&arguments),
            Self::Topology(arguments) => topology::run(&arguments),
            Self::Devices(arguments) => devices::run(&arguments),
            Self::Policies(arguments) => policies::run(&arguments),
            Self::Rules(arguments) => rules::run(&arguments, registry),
            Self::Scenarios(arguments) => scenarios::run(&arguments),
            Self::Schema(arguments) => schema::run(&arguments, registry),
            Self::Completions(arguments) => completions::run(&arguments),
            Self::Man(arguments) => man::run(&arguments),
        }
    }
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

/// Parses the command line, does what it asks with scenarios of the parts that are registered, and renders what went wrong.
#[must_use]
pub fn main(registry: &Registry) -> ExitCode {
    keep::outlive_limits();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if let (ErrorKind::InvalidUtf8, Some(argument)) = (error.kind(), not_text()) {
                tell(&format!(
                    "error: the argument {argument:?} is no UTF-8 text; rename the file or folder that it names, or type it anew"
                ));
                return ExitCode::from(2);
            }
            // Help counts as an answer; a closed pipe is no error for it either.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    arguments.memory.apply();
    let command = arguments.command;
    if command.has_devices() {
        environment::name_runtime_folder();
    }
    let answer = match command.threads() {
        Ok(threads) => environment::with_threads(threads, || command.run(registry)),
        Err(error) => Err(error.into()),
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

/// The first argument that is no text.
fn not_text() -> Option<OsString> {
    std::env::args_os().find(|argument| argument.to_str().is_none())
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
