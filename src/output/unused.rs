//! What a user gave that has no effect: nothing is dropped in silence.

use tetraswarm::part::work::WorkSpec;
use tetraswarm::scenario::{Document, Registry, Scenario};

/// What is not used of a scenario and of the arguments, and why, a line each.
pub fn unused(document: &Document, scenario: &Scenario, registry: &Registry) -> Vec<String> {
    let of_parts = scenario.parts.iter().flat_map(|part| part.unused());
    let from = scenario.measure.from.filter(|_| scenario.part::<WorkSpec>().is_none());
    let from = from.map(|_| {
        "measure.from: only times and shares of work are told from a tick on, and nothing works here".to_owned()
    });
    document
        .replaced(registry)
        .into_iter()
        .chain(of_parts)
        .chain(from)
        .collect()
}

/// The same as facts.
pub fn facts(unused: &[String]) -> impl Iterator<Item = (&'static str, String)> {
    let names = ["not used"].into_iter().chain(std::iter::repeat(""));
    names.zip(unused.iter().cloned())
}
