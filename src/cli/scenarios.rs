//! `tetraswarm scenarios`: the scenarios that come with the program.

use super::{Answer, answer};
use crate::output::wrap::described;
use std::process::ExitCode;
use tetraswarm::scenario::{EMBEDDED, Embedded};

/// List the scenarios that come with the program, or print one of them
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print this scenario's TOML, to be redirected to a file and edited
    name: Option<String>,
}

pub fn run(arguments: &Arguments) -> Answer {
    match &arguments.name {
        Some(name) => answer(Embedded::named(name)?.text)?,
        None => {
            let rows: Vec<Vec<String>> = EMBEDDED
                .iter()
                .map(|e| vec![e.name.to_owned(), e.summary().to_owned()])
                .collect();
            answer(&described(&rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
