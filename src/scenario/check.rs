//! Checks a scenario against the schema of its types, in the order of its text, and says of the first fault where it is,
//! what was found, what is allowed, and what was probably meant.

use super::document::{Node, NodeKind};
use super::scalar::{check_number, check_string};
use crate::error::{Error, Place, escaped, nearest, quoted};
use serde_json::Value as Json;
use toml::Value;

/// Checks `node`, which stands under the dotted key `key`.
///
/// Where an argument changed a section's kind, keys of the text that the new kind does not know are dropped.
pub(super) fn check(node: &mut Node, schema: &Json, key: &str) -> Result<(), Error> {
    if let Some(variants) = schema["oneOf"].as_array() {
        let variants: Vec<&Json> = variants.iter().collect();
        if variants
            .iter()
            .all(|v| v.get("const").is_some() || v.get("enum").is_some())
        {
            return check_word(node, &variants.iter().flat_map(|v| words(v)).collect::<Vec<_>>(), key);
        }
        return check_tagged(node, &variants, key);
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        return check_form(node, forms, key);
    }
    if schema.get("enum").is_some() || schema.get("const").is_some() {
        return check_word(node, &words(schema), key);
    }
    match schema["type"].as_str().unwrap_or("") {
        "object" => check_table(node, schema, key, false),
        "array" => check_array(node, schema, key),
        "integer" | "number" => check_number(node, schema, key),
        "string" => check_string(node, schema, key),
        "boolean" => match &node.kind {
            NodeKind::Leaf(Value::Boolean(_)) => Ok(()),
            _ => Err(wrong_type(node, key, "true or false")),
        },
        _ => Ok(()),
    }
}

/// A value of several forms: one or a list of such, a number or a text, tables of other keys. The text shows which is meant.
fn check_form(node: &mut Node, forms: &[Json], key: &str) -> Result<(), Error> {
    let is_meant = |form: &&Json| match (&node.kind, form["type"].as_str()) {
        (NodeKind::Array(_), kind) => kind == Some("array"),
        (NodeKind::Leaf(Value::Integer(_)), kind) => matches!(kind, Some("integer" | "number")),
        (NodeKind::Leaf(Value::String(_)), kind) => kind == Some("string"),
        (NodeKind::Leaf(Value::Boolean(_)), kind) => kind == Some("boolean"),
        (NodeKind::Leaf(_), _) => false,
        // A table whose keys are told apart by its kind, unless it has what another form asks for.
        (NodeKind::Table(_), Some("object")) => form["required"]
            .as_array()
            .is_some_and(|keys| keys.iter().filter_map(Json::as_str).all(|key| node.get(key).is_some())),
        (NodeKind::Table(_), kind) => kind.is_none(),
    };
    if let Some(form) = forms.iter().find(is_meant) {
        return check(node, form, key);
    }
    let scalars: Vec<&str> = forms
        .iter()
        .filter_map(|form| form["type"].as_str())
        .filter_map(called)
        .collect();
    if scalars.len() > 1 && scalars.len() == forms.len() {
        return Err(wrong_type(node, key, &scalars.join(", or ")));
    }
    // One, where a list of them would do as well.
    let form = forms.iter().find(|form| form["type"] != "array");
    form.map_or(Ok(()), |form| check(node, form, key))
}

/// What a person calls a type of the schema that is neither a table nor a list.
fn called(kind: &str) -> Option<&'static str> {
    match kind {
        "string" => Some("a text in quotation marks"),
        "integer" => Some("an integer"),
        "number" => Some("a number"),
        "boolean" => Some("true or false"),
        _ => None,
    }
}

fn words(schema: &Json) -> Vec<&str> {
    schema
        .get("const")
        .and_then(Json::as_str)
        .into_iter()
        .chain(
            schema
                .get("enum")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(Json::as_str),
        )
        .collect()
}

fn join(key: &str, part: &str) -> String {
    if key.is_empty() {
        part.to_owned()
    } else {
        format!("{key}.{part}")
    }
}

pub(super) fn fault(place: &Place, key: &str, message: impl Into<String>) -> Error {
    let key = if key.is_empty() { "the scenario" } else { key };
    Error::Invalid {
        place: Some(place.clone()),
        key: key.to_owned(),
        message: message.into(),
    }
}

pub(super) fn describe(node: &Node) -> String {
    match &node.kind {
        NodeKind::Table(_) => "a table".into(),
        NodeKind::Array(_) => "a list".into(),
        NodeKind::Leaf(Value::String(text)) => quoted(text),
        // Beyond that the digits say less than the exponent.
        NodeKind::Leaf(Value::Float(value)) if value.abs() >= 1e15 || value.abs() < 1e-5 && *value != 0.0 => {
            format!("{value:?}")
        }
        NodeKind::Leaf(value) => value.to_string(),
    }
}

pub(super) fn wrong_type(node: &Node, key: &str, wanted: &str) -> Error {
    fault(&node.place, key, format!("is {}; it must be {wanted}", describe(node)))
}

fn did_you_mean(word: &str, known: &[&str]) -> String {
    nearest(word, known.iter().copied()).map_or_else(String::new, |n| format!("did you mean '{n}'? "))
}

fn check_word(node: &Node, known: &[&str], key: &str) -> Result<(), Error> {
    let list = known.join(", ");
    match &node.kind {
        NodeKind::Leaf(Value::String(word)) if known.contains(&word.as_str()) => Ok(()),
        NodeKind::Leaf(Value::String(word)) => Err(fault(
            &node.place,
            key,
            format!("is {}; {}it can be: {list}", describe(node), did_you_mean(word, known)),
        )),
        _ => Err(wrong_type(node, key, &format!("one of the words {list}"))),
    }
}

/// A section whose kind (the property that is constant in every variant) selects its other keys.
fn check_tagged(node: &mut Node, variants: &[&Json], key: &str) -> Result<(), Error> {
    let tag_of = |variant: &Json| -> Option<(String, String)> {
        variant["properties"].as_object()?.iter().find_map(|(name, property)| {
            property
                .get("const")
                .and_then(Json::as_str)
                .map(|word| (name.clone(), word.to_owned()))
        })
    };
    let tags: Vec<(String, String)> = variants.iter().filter_map(|v| tag_of(v)).collect();
    let Some((tag, _)) = tags.first() else { return Ok(()) };
    let known: Vec<&str> = tags.iter().map(|(_, word)| word.as_str()).collect();
    if let NodeKind::Leaf(Value::String(word)) = &node.kind {
        if !known.contains(&word.as_str()) {
            return check_word(node, &known, key);
        }
        if !node.is_from_argument() {
            let wanted = format!("a table: write {{ {tag} = {} }}", quoted(word));
            return Err(wrong_type(node, key, &wanted));
        }
        // In an argument the word alone is enough.
        node.kind = NodeKind::Table(vec![(tag.clone(), node.clone())]);
    }
    if !matches!(node.kind, NodeKind::Table(_)) {
        let wanted = format!("a table with the key '{tag}', one of {}", known.join(", "));
        return Err(wrong_type(node, key, &wanted));
    }
    let Some(chosen) = node.get(tag) else {
        return Err(fault(
            &node.place,
            &join(key, tag),
            format!("is missing; it can be: {}", known.join(", ")),
        ));
    };
    check_word(chosen, &known, &join(key, tag))?;
    let overridden = chosen.is_from_argument();
    let NodeKind::Leaf(Value::String(word)) = &chosen.kind else {
        return Ok(());
    };
    let word = word.clone();
    match known.iter().position(|k| *k == word) {
        Some(at) => check_table(node, variants[at], key, overridden).map_err(|error| {
            if overridden {
                of_another_kind(error, key, tag, &word)
            } else {
                error
            }
        }),
        None => Ok(()),
    }
}

/// What is at fault in a section whose kind an argument changed, where the text's words for the old kind are left.
fn of_another_kind(error: Error, section: &str, tag: &str, word: &str) -> Error {
    match error {
        Error::Invalid {
            place: Some(place @ (Place::Text { .. } | Place::Embedded(_))),
            key,
            message,
        } if !message.starts_with("is missing") => {
            let below = key.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'));
            let part = below.unwrap_or(&key).split(['.', '[']).next().unwrap_or_default();
            let left = join(section, part);
            let message = format!(
                "{message}. It was meant for another {tag} than {word}: take it out by --unset {left}, or set it anew"
            );
            Error::Invalid {
                place: Some(place),
                key,
                message,
            }
        }
        other => other,
    }
}

/// What keys that must not be left out look like.
const EXAMPLES: [(&str, &str); 9] = [
    ("weights", "as in [0.5, 0.3, 0.2]"),
    ("who", "as in { kind = \"share\", share = 0.1 }"),
    ("tell", "as in { kind = \"constant\", value = 0 }"),
    ("along", "as in { kind = \"plane\", normal = [1, 0, 0] }"),
    ("start", "as in { kind = \"uniform\", low = 0, high = 1_000_000 }"),
    ("topology", "as in { kind = \"ring\" }"),
    ("file", "as in \"links.csv\""),
    ("tick", "as in 100"),
    ("ticks", "as in 1000"),
];

fn check_table(node: &mut Node, schema: &Json, key: &str, drop_unknown: bool) -> Result<(), Error> {
    // What an argument made on the way to its value is the argument's where something is missing in it.
    let place = match &node.key_place {
        argument @ Place::Argument(_) => argument.clone(),
        _ => node.place.clone(),
    };
    let NodeKind::Table(entries) = &mut node.kind else {
        return Err(wrong_type(node, key, "a table"));
    };
    let empty = serde_json::Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    if drop_unknown {
        entries.retain(|(name, entry)| properties.contains_key(name) || entry.is_touched());
    }
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    for (name, entry) in entries.iter_mut() {
        match properties.get(name) {
            Some(property) => check(entry, property, &join(key, name))?,
            None => {
                return Err(fault(
                    &entry.key_place,
                    &join(key, &escaped(name)),
                    format!(
                        "is no known key; {}known here: {}",
                        did_you_mean(name, &known),
                        known.join(", ")
                    ),
                ));
            }
        }
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
    {
        if !entries.iter().any(|(k, _)| k == name) {
            let what = properties
                .get(name)
                .map_or("", |p| p["description"].as_str().unwrap_or(""));
            let what = what.split(". ").next().unwrap_or("").trim_end_matches('.');
            let what = if what.is_empty() {
                String::new()
            } else {
                format!(" ({what})")
            };
            let example = EXAMPLES.iter().find(|(known, _)| *known == name);
            // The start differs between rules.
            let example =
                example.filter(|_| name != "start" || properties[name]["oneOf"].to_string().contains("\"uniform\""));
            let example = example.map_or_else(String::new, |(_, example)| format!(", {example}"));
            return Err(fault(&place, &join(key, name), format!("is missing{what}{example}")));
        }
    }
    Ok(())
}

fn check_array(node: &mut Node, schema: &Json, key: &str) -> Result<(), Error> {
    let place = node.place.clone();
    let NodeKind::Array(items) = &mut node.kind else {
        return Err(wrong_type(node, key, "a list"));
    };
    let bound = |name: &str| schema[name].as_u64().map(|b| b as usize);
    if items.len() < bound("minItems").unwrap_or(0) || items.len() > bound("maxItems").unwrap_or(usize::MAX) {
        return Err(fault(
            &place,
            key,
            format!(
                "has {} items; it must have {} to {}",
                items.len(),
                bound("minItems").unwrap_or(0),
                bound("maxItems").map_or("any number".into(), |b| b.to_string())
            ),
        ));
    }
    let mut items = items.iter_mut().enumerate();
    items.try_for_each(|(k, item)| check(item, &schema["items"], &format!("{key}[{k}]")))
}
