//! The program `tetraswarm`: the library's command line, with the library's own parts.

use std::process::ExitCode;
use tetraswarm::cli;
use tetraswarm::scenario::Registry;

fn main() -> ExitCode {
    cli::main(&Registry::standard())
}
