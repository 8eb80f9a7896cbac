//! `tetraswarm schema`: what a scenario may hold, for editors and validators.

use super::{Answer, answer_json, did_you_mean};
use serde_json::Value;
use std::process::ExitCode;
use tetraswarm::Error;
use tetraswarm::scenario::Registry;

/// Print the JSON Schema of a scenario: every key, its type, range, default and meaning
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only the part about this key, as in work.balance.policy; numbers in brackets are left out
    key: Option<String>,
}

pub fn run(arguments: &Arguments, registry: &Registry) -> Answer {
    match &arguments.key {
        None => answer_json(registry.schema())?,
        Some(key) => {
            let found = part(registry.schema(), key)?;
            match &*found {
                [only] => answer_json(only)?,
                // The key means something else in each kind of its table, which the title says.
                several => {
                    let titled: Vec<Value> = several
                        .iter()
                        .map(|form| titled(registry.schema(), key, form))
                        .collect();
                    answer_json(&serde_json::json!({ "anyOf": titled }))?;
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The parts of the schema that are about a key: several where it differs between the kinds of its table.
pub fn part<'a>(schema: &'a Value, key: &str) -> Result<Vec<&'a Value>, Error> {
    let mut schemas = vec![schema];
    let mut walked: Vec<&str> = Vec::new();
    for name in key.split('.') {
        let name = name.split('[').next().unwrap_or_default().trim();
        let tables: Vec<&Value> = schemas.iter().flat_map(|schema| tables(schema)).collect();
        let mut found: Vec<&Value> = tables
            .iter()
            .filter_map(|table| table["properties"].get(name))
            .collect();
        found.dedup();
        if found.is_empty() {
            let mut known: Vec<&str> = tables
                .iter()
                .filter_map(|table| table["properties"].as_object())
                .flat_map(|properties| properties.keys())
                .map(String::as_str)
                .collect();
            known.sort_unstable();
            known.dedup();
            let place = if walked.is_empty() {
                "a scenario".to_owned()
            } else {
                walked.join(".")
            };
            let message = match known.is_empty() {
                true => format!("is no key: {place} has no keys"),
                false => {
                    let meant = did_you_mean(name, &known);
                    format!("is no key of {place}; {meant}known there: {}", known.join(", "))
                }
            };
            return Err(Error::invalid(format!("'{}'", tetraswarm::escaped(name)), message));
        }
        walked.push(name);
        schemas = found;
    }
    Ok(schemas)
}

/// A form of a key, with the kinds of its table that it belongs to as its title, as in "rule: average".
fn titled(whole: &Value, key: &str, form: &Value) -> Value {
    let (above, name) = key.rsplit_once('.').unwrap_or(("", key));
    let parents = if above.is_empty() {
        Ok(vec![whole])
    } else {
        part(whole, above)
    };
    let name = name.split('[').next().unwrap_or_default().trim();
    let parents = parents.unwrap_or_default();
    let owners = parents.iter().flat_map(|parent| tables(parent));
    let kinds: Vec<(&str, &str)> = owners
        .filter(|table| table["properties"].get(name) == Some(form))
        .filter_map(|table| {
            let properties = table["properties"].as_object()?;
            properties
                .iter()
                .find_map(|(tag, property)| Some((tag.as_str(), property["const"].as_str()?)))
        })
        .collect();
    let mut titled = form.clone();
    if let (Some((tag, _)), Some(object)) = (kinds.first(), titled.as_object_mut()) {
        let names: Vec<&str> = kinds.iter().map(|(_, kind)| *kind).collect();
        object.insert("title".to_owned(), format!("{tag}: {}", names.join(", ")).into());
    }
    titled
}

/// The tables that a value of this schema can be, or hold as items of a list.
fn tables(schema: &Value) -> Vec<&Value> {
    let mut all = Vec::new();
    if schema.get("properties").is_some() {
        all.push(schema);
    }
    for forms in ["oneOf", "anyOf"] {
        let forms = schema[forms].as_array().into_iter().flatten();
        all.extend(forms.flat_map(tables));
    }
    if let Some(items) = schema.get("items") {
        all.extend(tables(items));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_tables_lists_and_kinds() {
        let registry = Registry::standard();
        let part = |key| part(registry.schema(), key);
        assert_eq!(part("ticks").unwrap()[0]["type"], "integer");
        assert_eq!(part("faults.events[0].tick").unwrap()[0]["type"], "integer");
        assert!(part("work.balance.policy").unwrap()[0]["oneOf"].is_array());
        assert!(part("topology.kind").unwrap().len() > 10);
        let titles: Vec<Value> = part("consensus.rounding")
            .unwrap()
            .iter()
            .map(|form| titled(registry.schema(), "consensus.rounding", form)["title"].clone())
            .collect();
        assert!(
            titles.len() > 1 && titles.iter().all(|title| title.as_str().unwrap().starts_with("rule: ")),
            "{titles:?}"
        );
        assert_eq!(titles[0], "rule: average");
        let message = part("work.blance").unwrap_err().to_string();
        assert!(
            message.contains("no key of work") && message.contains("balance"),
            "{message}"
        );
    }
}
