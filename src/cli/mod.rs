//! The command line: one file for each subcommand, which turns raw arguments into validated ones and does what they ask.
//!
//! Exit codes: 0 done, 1 the run failed, 2 the request was at fault; 130, 143 and 129 ended by Ctrl-C, termination and hang-up. Answers
//! go to stdout, everything about the way there to stderr. Whoever closes stdout early has seen enough: that is no error.
//!
//! A program with parts of its own has all of it by a `main` of a few lines: it registers them, and hands the registry to [`main`].

mod bench;
mod checkpoint;
mod checkpoints;
mod claims;
mod compare;
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
#[cfg(feature = "mpi")]
mod ranks;
mod report;
mod resume;
mod rules;
mod run;
mod scenarios;
mod schema;
mod selection;
mod study;
mod topology;
mod underway;
mod verify;

use crate::output::wrap;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use tetraswarm::device::cpu;
use tetraswarm::scenario::Registry;
use tetraswarm::{Error, nearest, shown};

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
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Report(report::Arguments),
    Study(Box<study::Arguments>),
    Compare(compare::Arguments),
    Claims(Box<claims::Arguments>),
    Resume(resume::Arguments),
    Checkpoint(checkpoint::Arguments),
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
            Self::Study(arguments) => arguments.threads(),
            Self::Claims(arguments) => arguments.selection.threads(),
            Self::Resume(arguments) => arguments.selection.threads(),
            Self::Bench(arguments) => arguments.selection.threads(),
            Self::Topology(arguments) => arguments.threads.count(),
            Self::Verify(_) | Self::Devices(_) => cpu::default_threads(),
            _ => Ok(1),
        }
    }

    /// The device that each rank is to open, where several can share the work.
    #[cfg(feature = "mpi")]
    fn ranked(&self) -> Option<&selection::Selection> {
        match self {
            Self::Run(arguments) => Some(&arguments.selection),
            Self::Resume(arguments) => Some(&arguments.selection),
            Self::Study(arguments) => arguments.shared(),
            _ => None,
        }
    }

    /// How much it may hold of the files that it reads, if it reads any.
    fn memory(&self) -> Option<&memory::MemoryArgument> {
        match self {
            Self::Run(arguments) => Some(arguments.memory()),
            Self::Study(arguments) => Some(&arguments.memory),
            Self::Resume(arguments) => Some(&arguments.memory),
            Self::Verify(arguments) => Some(arguments.memory()),
            Self::Topology(arguments) => Some(&arguments.memory),
            _ => None,
        }
    }

    /// Whether it may open a GPU.
    fn may_open_gpu(&self) -> bool {
        match self {
            Self::Run(arguments) => arguments.may_open_gpu(),
            Self::Study(arguments) => arguments.may_open_gpu(),
            Self::Claims(arguments) => arguments.selection.may_open_gpu(),
            Self::Resume(arguments) => arguments.selection.may_open_gpu(),
            Self::Bench(arguments) => arguments.selection.may_open_gpu(),
            Self::Verify(arguments) => arguments.may_open_gpu(),
            Self::Devices(_) => true,
            _ => false,
        }
    }

    /// Does what was asked.
    fn run(self, registry: &Registry) -> Answer {
        match self {
            Self::Run(arguments) => run::run(arguments, registry),
            Self::Report(arguments) => report::run(&arguments),
            Self::Study(arguments) => study::run(&arguments, registry),
            Self::Compare(arguments) => compare::run(&arguments),
            Self::Claims(arguments) => claims::run(&arguments, registry),
            Self::Resume(arguments) => resume::run(arguments, registry),
            Self::Checkpoint(arguments) => checkpoint::run(&arguments),
            Self::Verify(arguments) => verify::run(&arguments, registry),
            Self::Bench(arguments) => bench::run(&arguments, registry),
            Self::Topology(arguments) => topology::run(&arguments, registry),
            Self::Devices(arguments) => devices::run(&arguments),
            Self::Policies(arguments) => policies::run(&arguments, registry),
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
            let is_unknown = error.kind() == ErrorKind::InvalidSubcommand;
            let unknown = is_unknown.then(unknown_first).flatten();
            if let Some(error) = unknown.or_else(unknown_help) {
                tell(&wrap::message(&format!("error: {error}")));
                return ExitCode::from(2);
            }
            let printed = error.print().and_then(|()| io::stdout().flush());
            return match (error.exit_code(), printed) {
                // Help counts as an answer.
                (0, Err(error)) => told(Err(Failure::Stdout(error))),
                (code, _) => ExitCode::from(u8::try_from(code).unwrap_or(2)),
            };
        }
    };
    let command = arguments.command;
    if let Some(memory) = command.memory() {
        memory.apply();
    }
    if command.may_open_gpu() {
        environment::name_runtime_folder();
    }
    #[cfg(feature = "mpi")]
    let _part = match ranks::join(&command, registry) {
        Ok(Ok(part)) => part,
        Ok(Err(code)) => return code,
        Err(error) => return told(Err(error.into())),
    };
    let answer = match command.threads() {
        Ok(threads) => environment::with_threads(threads, || command.run(registry)),
        Err(error) => Err(error.into()),
    };
    told(answer)
}

/// Says what went wrong, if anything did, and answers with the exit code.
fn told(answer: Answer) -> ExitCode {
    match answer {
        Ok(code) => code,
        Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Stdout(error)) => {
            tell(&format!("error: cannot write the answer to standard output: {error}"));
            ExitCode::FAILURE
        }
        Err(Failure::Error(error)) => {
            tell(&wrap::message(&format!("error: {error}")));
            ExitCode::from(if error.is_usage() { 2 } else { 1 })
        }
    }
}

/// What is wrong where the first word is no command.
fn unknown_first() -> Option<Error> {
    let name = std::env::args().nth(1)?;
    let all = <Arguments as clap::CommandFactory>::command();
    let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
    (!names.contains(&name.as_str()) && name != "help" && !name.starts_with('-'))
        .then(|| unknown_command(&name, &names))
}

/// What is wrong with `help COMMAND` where there is no such command.
fn unknown_help() -> Option<Error> {
    let mut words = std::env::args().skip(1);
    let name = words.next().filter(|word| word == "help").and_then(|_| words.next())?;
    let all = <Arguments as clap::CommandFactory>::command();
    let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
    (!names.contains(&name.as_str()) && name != "help" && !name.starts_with('-'))
        .then(|| unknown_command(&name, &names))
}

/// The error for a command that there is not.
fn unknown_command(name: &str, known: &[&str]) -> Error {
    let message = format!(
        "is no command; {}the commands are: {}",
        did_you_mean(name, known),
        known.join(", ")
    );
    Error::invalid(format!("'{}'", name.escape_debug()), message)
}

/// A question after the known name that is nearest to what was typed, if one is near.
fn did_you_mean(word: &str, known: &[&str]) -> String {
    // The only one that has all its letters in this order comes before one that is spelled alike.
    let has_letters = |name: &&&str| {
        let mut letters = name.chars();
        word.chars().count() > 2
            && name.chars().next() == word.chars().next()
            && word.chars().all(|c| letters.any(|letter| letter == c))
    };
    let mut longer = known.iter().filter(has_letters);
    let only = longer.next().filter(|_| longer.next().is_none()).copied();
    let near = only.or_else(|| nearest(word, known.iter().copied()));
    near.map_or_else(String::new, |near| format!("did you mean '{near}'? "))
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

/// Whether the folder that a file named by an option is to be in is there.
///
/// # Errors
/// [`Error::Invalid`] naming the option.
fn has_folder(option: &str, file: &Path) -> Result<(), Error> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => {
            let what = if folder.exists() {
                "is no folder"
            } else {
                "is not there"
            };
            let message = format!(
                "would be in {}, which {what}; make that folder, or name another",
                shown(folder)
            );
            Err(Error::invalid(format!("{option} {}", shown(file)), message))
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr. Where nobody reads it, the run goes on.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
