//! `tetraswarm policies`: what cells that work can be told to do, in the words of the scenario's schema.

use super::{Answer, answer};
use crate::output::text::table;
use serde_json::Value;
use std::process::ExitCode;
use tetraswarm::scenario::Scenario;

/// List the policies of a swarm that works: orders, retries, agreements, balances, needs, arrivals
///
/// Each is one word in the scenario, as in --set work.order.kind=strict or --set work.retry=binary; `tetraswarm schema` tells
/// the rest.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// The keys of which there are several kinds.
const KEYS: [&str; 8] = [
    "work.order",
    "work.retry",
    "work.agreement",
    "work.balance.policy",
    "work.balance.timing",
    "work.need",
    "work.arrivals.process",
    "work.arrivals.place",
];

pub fn run(_: &Arguments) -> Answer {
    let sections: Vec<String> = KEYS.iter().filter_map(|key| section(key)).collect();
    answer(&sections.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A key, what it decides, and its kinds.
fn section(key: &str) -> Option<String> {
    let property = key
        .split('.')
        .try_fold(Scenario::schema(), |schema, part| schema["properties"].get(part))?;
    let variants = property["oneOf"].as_array()?;
    let is_tagged = variants.first()?.get("properties").is_some();
    let rows: Vec<Vec<String>> = variants
        .iter()
        .filter_map(|variant| row(variant, &property["default"]))
        .collect();
    let tag = if is_tagged { ".kind" } else { "" };
    Some(format!("{key}{tag}: {}\n{}", lead(property), table(&rows)))
}

/// A kind, what it does, and which keys it has besides.
fn row(variant: &Value, default: &Value) -> Option<Vec<String>> {
    let properties = variant["properties"].as_object();
    let name = match properties {
        Some(properties) => properties["kind"]["const"].as_str()?,
        None => variant["const"].as_str()?,
    };
    let others: Vec<&str> = properties
        .into_iter()
        .flat_map(|properties| properties.keys())
        .map(String::as_str)
        .filter(|&key| key != "kind")
        .collect();
    let mut text = lead(variant);
    if !others.is_empty() {
        text += &format!(" Keys: {}.", others.join(", "));
    }
    let is_default = [default, &default["kind"]]
        .iter()
        .any(|value| value.as_str() == Some(name));
    let mark = if is_default { "(default)" } else { "" };
    Some(vec![format!("  {name}"), format!("{mark:<9}  {text}")])
}

/// The first sentence of a description, without its marks of emphasis.
fn lead(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let sentence = text.split_inclusive(". ").next().unwrap_or_default();
    sentence.trim_end().replace(['*', '`'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_schema_and_every_kind_is_told() {
        for key in KEYS {
            let text = section(key).unwrap_or_else(|| panic!("{key} has no kinds"));
            assert!(text.lines().count() > 2, "{text}");
            assert_eq!(text.matches("(default)").count(), 1, "{text}");
            for line in text.lines() {
                assert!(line.split_whitespace().count() >= 3, "nothing is said of {line}");
            }
        }
    }
}
