//! `tetraswarm rules`: the rules by which nodes come to agree.

use super::{Answer, answer, did_you_mean};
use crate::output::wrap::described;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::part::Place;
use tetraswarm::scenario::Registry;

/// List the consensus rules, or print one of them as the beginning of a scenario
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print a scenario of this rule, to be redirected to a file and edited
    name: Option<String>,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let Some(name) = &arguments.name else {
        // With them the parts of a section of their own that can be printed as well.
        let forms: Vec<Place> = registry.standard_forms().map(|form| form.place).collect();
        let rules = registry
            .kinds()
            .filter(|(place, _)| place.section == "consensus" || forms.contains(place));
        let rows: Vec<Vec<String>> = rules
            .map(|(place, about)| vec![place.name().to_owned(), about])
            .collect();
        answer(&described(&rows))?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(form) = registry.standard_forms().find(|form| form.place.name() == name) else {
        return Err(unknown(name, registry).into());
    };
    let is_it = |(place, about): (Place, String)| (place == form.place).then_some(about);
    let about = registry.kinds().find_map(is_it).unwrap_or_default();
    answer(&format!("# {}\n{}", about.replace('\n', "\n# "), form.scenario()))?;
    Ok(ExitCode::SUCCESS)
}

/// Why a part cannot be printed.
fn unknown(name: &str, registry: &Registry) -> Error {
    let names: Vec<&str> = registry.standard_forms().map(|form| form.place.name()).collect();
    let mut kinds = registry.kinds();
    let message = match kinds.find(|(place, _)| place.name() == name) {
        Some((place, _)) => format!(
            "has no standard form to print; `tetraswarm schema {}` lists its keys",
            place.section
        ),
        None => format!(
            "is no rule; {}the rules are: {}",
            did_you_mean(name, &names),
            names.join(", ")
        ),
    };
    Error::invalid(format!("'{}'", tetraswarm::escaped(name)), message)
}
