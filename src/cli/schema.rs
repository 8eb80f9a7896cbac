//! `tetraswarm schema`: what a scenario may hold, for editors and validators.

use super::{Answer, answer_json};
use std::process::ExitCode;
use tetraswarm::scenario::Scenario;

/// Print the JSON Schema of a scenario: every key, its type, range, default and meaning
#[derive(Debug, clap::Args)]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Answer {
    answer_json(Scenario::schema())?;
    Ok(ExitCode::SUCCESS)
}
