//! The plans whose shaders are looked at, by the names that a user gives.

use std::path::Path;
use std::sync::Arc;
use tetraswarm::Error;
use tetraswarm::bench::{Tick, standard_network};
use tetraswarm::part::consensus::{RULES, RuleKind};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::{Document, Registry};
use tetraswarm::swarm::Swarm;

/// The scenario that is looked at where none is named, after the rules.
const SCENARIO: &str = "orchestra";

/// A plan and how the table calls it.
pub struct Named {
    pub label: String,
    pub plan: Plan,
}

/// The plans of these names: a scenario's file, a rule in the standard form that is benchmarked, or an embedded scenario. Without
/// names every rule and `orchestra`.
pub fn plans(names: &[String], agents: u32) -> Result<Vec<Named>, String> {
    let rules = RULES.iter().map(|rule| rule.name.to_owned());
    let failed = |error: Error| match error {
        Error::UnknownScenario { .. } => {
            let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
            format!("{error}; it is no rule either: those are {}", rules.join(", "))
        }
        error => error.to_string(),
    };
    let all: Vec<String> = match names {
        [] => rules.chain([SCENARIO.to_owned()]).collect(),
        names => names.to_vec(),
    };
    let mut plans = Vec::new();
    for name in all {
        match RULES.iter().find(|rule| rule.name == name) {
            Some(rule) if !Path::new(&name).is_file() => plans.extend(standard(rule, agents).map_err(failed)?),
            _ => {
                let document = Document::open(&name).map_err(failed)?;
                let plan = document
                    .scenario()
                    .and_then(|scenario| Swarm::plan(&scenario, document.folder()));
                let plan = plan.map_err(failed)?;
                plans.push(Named { label: name, plan });
            }
        }
    }
    Ok(plans)
}

fn standard(rule: &RuleKind, agents: u32) -> Result<Vec<Named>, Error> {
    let topology = standard_network(&rule.standard_form(), agents)?.build()?;
    let named = |tick: Tick| {
        Ok(Named {
            plan: tick.plan(&topology)?,
            label: tick.label,
        })
    };
    Tick::of(&rule.standard_form(), &Arc::new(Registry::standard()))
        .into_iter()
        .map(named)
        .collect()
}
