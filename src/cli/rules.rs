//! `tetraswarm rules`: the rules by which nodes come to agree.

use super::{Answer, answer, did_you_mean};
use crate::output::wrap::described;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::part::Place;
use tetraswarm::part::consensus::RULES;
use tetraswarm::scenario::Registry;

/// List the consensus rules, or print one of them as the beginning of a scenario
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print a scenario of this rule, to be redirected to a file and edited
    name: Option<String>,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let Some(name) = &arguments.name else {
        let rules = registry.kinds().filter(|(place, _)| place.section == "consensus");
        let rows: Vec<Vec<String>> = rules
            .map(|(place, about)| vec![place.name().to_owned(), about])
            .collect();
        answer(&described(&rows))?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        let is_known = |(place, _): (Place, String)| place.section == "consensus" && place.name() == name;
        let message = match registry.kinds().any(is_known) {
            true => "has no standard form to print; `tetraswarm schema consensus` lists its keys".to_owned(),
            false => format!(
                "is no rule; {}the rules are: {}",
                did_you_mean(name, &names),
                names.join(", ")
            ),
        };
        return Err(Error::invalid(format!("'{}'", tetraswarm::escaped(name)), message).into());
    };
    answer(&format!(
        "# {}\nname = \"{}\"\nagents = 65_536\nticks = 100\n\n[topology]\n{}\n\n[consensus]\nrule = \"{}\"\n{}\n",
        rule.summary,
        rule.name,
        rule.topology.trim_end(),
        rule.name,
        rule.standard.trim_end()
    ))?;
    Ok(ExitCode::SUCCESS)
}
