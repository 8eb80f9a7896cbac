//! `tetraswarm policies`: what cells that work can be told to do, and what parts of a user's own, in the words of the scenario's schema.

use super::{Answer, answer, did_you_mean};
use crate::output::wrap::{described, wrapped};
use serde_json::Value;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::part::Place;
use tetraswarm::scenario::Registry;

/// List the policies of a swarm that works, or tell one in detail: orders, retries, agreements, balances, needs, arrivals
///
/// Each is one word in the scenario, as in --set work.order=strict or --set work.retry=binary.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A policy, as in threshold, or a key of several, as in work.order: all that is known of it
    name: Option<String>,
}

/// The keys of ours of which there are several kinds.
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

/// A key of which there are several kinds.
struct Key {
    name: String,
    property: Value,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    let keys = keys(registry);
    if let Some(name) = &arguments.name {
        answer(&details(&keys, name)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let sections: Vec<String> = keys.iter().filter_map(section).collect();
    answer(&sections.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Ours, and those of parts that others have registered.
fn keys(registry: &Registry) -> Vec<Key> {
    let property = |name: &str| {
        name.split('.')
            .try_fold(registry.schema(), |schema, part| schema["properties"].get(part))
    };
    let ours = KEYS.iter().filter_map(|name| {
        Some(Key {
            name: (*name).to_owned(),
            property: property(name)?.clone(),
        })
    });
    let mut all: Vec<Key> = ours.collect();
    let standard: Vec<Place> = Registry::standard().kinds().map(|(place, _)| place).collect();
    for (place, _) in registry.kinds().filter(|(place, _)| !standard.contains(place)) {
        if let Some(schema) = registry.schema_at(place) {
            choices(place.section, &schema, &mut all);
        }
    }
    all
}

/// The keys below a table that name one of several kinds.
fn choices(table: &str, schema: &Value, all: &mut Vec<Key>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = format!("{table}.{key}");
        let kinds = property["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
        if !kinds.is_empty() && kinds.iter().all(|kind| name_of(kind).is_some()) {
            all.push(Key {
                name,
                property: property.clone(),
            });
        } else {
            choices(&name, property, all);
        }
    }
}

/// The name of a kind.
fn name_of(variant: &Value) -> Option<&str> {
    variant
        .get("const")
        .unwrap_or(&variant["properties"]["kind"]["const"])
        .as_str()
}

/// Everything about the policies of that name, or of that key.
fn details(keys: &[Key], name: &str) -> Result<String, Error> {
    let mut texts = Vec::new();
    let mut names = Vec::new();
    for Key { name: key, property } in keys {
        let is_asked = key == name || key.split_once('.').is_some_and(|(_, rest)| rest == name);
        for variant in property["oneOf"].as_array().into_iter().flatten() {
            let known = name_of(variant).unwrap_or_default();
            if is_asked || known == name {
                texts.push(detail(key, known, variant));
            }
            names.push(known);
        }
    }
    if texts.is_empty() {
        names.sort_unstable();
        names.dedup();
        let keys: Vec<&str> = keys.iter().map(|key| &*key.name).collect();
        let meant = did_you_mean(name, &[&names[..], &keys[..]].concat());
        let message = format!(
            "is no policy; {meant}the policies are: {}; the keys: {}",
            names.join(", "),
            keys.join(", ")
        );
        return Err(Error::invalid(format!("'{}'", tetraswarm::escaped(name)), message));
    }
    Ok(texts.join("\n"))
}

/// A policy: what it does, how it is chosen, and its keys.
fn detail(key: &str, name: &str, variant: &Value) -> String {
    let mut text = format!("{key} = {name}\n");
    text += &indented(&plain(variant));
    let keys = variant["properties"].as_object();
    let required = variant["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut needed = String::new();
    for (other, schema) in keys.into_iter().flatten().filter(|(other, _)| *other != "kind") {
        let is_needed = required.iter().any(|name| name == other);
        text += &indented(&format!("{key}.{other}: {}{}", range(schema), plain(schema)));
        if is_needed {
            needed += &format!(" --set {key}.{other}=…");
        }
    }
    let tag = if keys.is_some() && !needed.is_empty() {
        ".kind"
    } else {
        ""
    };
    text + &indented(&format!("Chosen by: --set {key}{tag}={name}{needed}"))
}

/// What a key may hold, and its default.
fn range(schema: &Value) -> String {
    let mut parts = Vec::new();
    if let Some(words) = schema["oneOf"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(name_of).collect();
        parts.push(words.join(", "));
    } else if let Some(kind) = schema["type"].as_str() {
        parts.push(match (&schema["minimum"], &schema["maximum"]) {
            (Value::Null, _) | (_, Value::Null) => kind.to_owned(),
            // The least that a share can be only stands for what it must not reach.
            (low, high) if low.as_f64().is_some_and(|low| low > 0.0 && low < 1e-8) => {
                format!("{kind} above 0, at most {}", high.as_f64().unwrap_or_default())
            }
            (low, high) => format!("{kind} from {low} to {high}"),
        });
    }
    match &schema["default"] {
        Value::Null => {}
        Value::String(word) => parts.push(format!("default {word}")),
        other => parts.push(format!("default {other}")),
    }
    format!("{}. ", parts.join("; "))
}

/// A description without its marks of emphasis.
fn plain(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .replace(['*', '`'], "")
}

/// A paragraph below a heading.
fn indented(text: &str) -> String {
    wrapped(text, "  ", "    ")
}

/// A key, what it decides, and its kinds.
fn section(Key { name: key, property }: &Key) -> Option<String> {
    let variants = property["oneOf"].as_array()?;
    let is_tagged = variants.first()?.get("properties").is_some();
    let rows: Vec<Vec<String>> = variants
        .iter()
        .filter_map(|variant| row(variant, &property["default"]))
        .collect();
    let tag = if is_tagged { ".kind" } else { "" };
    let about = wrapped(&format!("{key}{tag}: {}", lead(property)), "", "  ");
    Some(about + &described(&rows))
}

/// A kind, what it does, and which keys it has besides.
fn row(variant: &Value, default: &Value) -> Option<Vec<String>> {
    let properties = variant["properties"].as_object();
    let name = name_of(variant)?;
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
    // As wide in each, so that texts stand below each other.
    let mark = if is_default { "(default)" } else { "" };
    Some(vec![format!("  {name:<12} {mark:<9}"), text])
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
        let keys = keys(&Registry::standard());
        assert_eq!(keys.iter().map(|key| &*key.name).collect::<Vec<_>>(), KEYS);
        for key in &keys {
            let text = section(key).unwrap_or_else(|| panic!("{} has no kinds", key.name));
            assert!(text.lines().count() > 2, "{text}");
            assert_eq!(text.matches("(default)").count(), 1, "{text}");
            let all = details(&keys, &key.name).unwrap();
            assert!(all.lines().all(|line| line.chars().count() <= 100), "{all}");
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
            for line in text
                .lines()
                .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
            {
                assert!(line.split_whitespace().count() >= 3, "nothing is said of {line}");
            }
        }
    }
}
