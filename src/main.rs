//! The program `tetraswarm`: parses the command line, does what it asks, and answers with an exit code.

mod cli;
mod output;

fn main() -> std::process::ExitCode {
    cli::main(&tetraswarm::scenario::Registry::standard())
}
