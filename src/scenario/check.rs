//! Checks a scenario against the schema of its types, in the order of its text, and says of the first fault where it is,
//! what was found, what is allowed, and what was probably meant.

use super::document::{Node, NodeKind};
use crate::error::{Error, Place, nearest};
use serde_json::Value as Json;
use toml::Value;

/// Checks `node`, which stands under the dotted key `key`.
///
/// Where an argument changed a section's kind, keys of the text that the new kind does not know are dropped.
pub(super) fn check(node: &mut Node, schema: &Json, key: &str) -> Result<(), Error> {
    if let Some(variants) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array) {
        // An optional value is "this or null"; TOML has no null.
        let real: Vec<&Json> = variants.iter().filter(|v| v["type"] != "null").collect();
        return match real.as_slice() {
            [only] => check(node, only, key),
            _ if real.iter().all(|v| v.get("const").is_some() || v.get("enum").is_some()) => {
                check_word(node, &real.iter().flat_map(|v| words(v)).collect::<Vec<_>>(), key)
            }
            _ => check_tagged(node, &real, key),
        };
    }
    if schema.get("enum").is_some() || schema.get("const").is_some() {
        return check_word(node, &words(schema), key);
    }
    match type_of(schema) {
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

/// The type, where "T or null" counts as T.
fn type_of(schema: &Json) -> &str {
    match &schema["type"] {
        Json::String(name) => name,
        Json::Array(names) => names.iter().filter_map(Json::as_str).find(|n| *n != "null").unwrap_or(""),
        _ => "",
    }
}

fn words(schema: &Json) -> Vec<&str> {
    schema.get("const").and_then(Json::as_str).into_iter()
        .chain(schema.get("enum").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str))
        .collect()
}

fn join(key: &str, part: &str) -> String {
    if key.is_empty() { part.to_owned() } else { format!("{key}.{part}") }
}

fn fault(place: &Place, key: &str, message: impl Into<String>) -> Error {
    let key = if key.is_empty() { "the scenario" } else { key };
    Error::Invalid { place: Some(place.clone()), key: key.to_owned(), message: message.into() }
}

fn describe(node: &Node) -> String {
    match &node.kind {
        NodeKind::Table(_) => "a table".into(),
        NodeKind::Array(_) => "a list".into(),
        NodeKind::Leaf(Value::String(s)) => {
            let short: String = s.chars().take(40).collect();
            format!("\"{}\"", short.escape_debug())
        }
        NodeKind::Leaf(value) => value.to_string(),
    }
}

fn wrong_type(node: &Node, key: &str, wanted: &str) -> Error {
    fault(&node.place, key, format!("is {}; it must be {wanted}", describe(node)))
}

fn did_you_mean(word: &str, known: &[&str]) -> String {
    nearest(word, known.iter().copied()).map_or_else(String::new, |n| format!("did you mean '{n}'? "))
}

fn check_word(node: &Node, known: &[&str], key: &str) -> Result<(), Error> {
    let list = known.join(", ");
    match &node.kind {
        NodeKind::Leaf(Value::String(word)) if known.contains(&word.as_str()) => Ok(()),
        NodeKind::Leaf(Value::String(word)) => {
            Err(fault(&node.place, key, format!("is {}; {}it can be: {list}", describe(node), did_you_mean(word, known))))
        }
        _ => Err(wrong_type(node, key, &format!("one of the words {list}"))),
    }
}

/// A section whose kind (the property that is constant in every variant) selects its other keys.
fn check_tagged(node: &mut Node, variants: &[&Json], key: &str) -> Result<(), Error> {
    let tag_of = |variant: &Json| -> Option<(String, String)> {
        variant["properties"].as_object()?.iter().find_map(|(name, property)| {
            property.get("const").and_then(Json::as_str).map(|word| (name.clone(), word.to_owned()))
        })
    };
    let tags: Vec<(String, String)> = variants.iter().filter_map(|v| tag_of(v)).collect();
    let Some((tag, _)) = tags.first() else { return Ok(()) };
    let known: Vec<&str> = tags.iter().map(|(_, word)| word.as_str()).collect();
    if !matches!(node.kind, NodeKind::Table(_)) {
        let wanted = format!("a table with the key '{tag}', one of {}", known.join(", "));
        return Err(wrong_type(node, key, &wanted));
    }
    let Some(chosen) = node.get(tag) else {
        return Err(fault(&node.place, &join(key, tag), format!("is missing; it can be: {}", known.join(", "))));
    };
    check_word(chosen, &known, &join(key, tag))?;
    let overridden = chosen.is_from_argument();
    let NodeKind::Leaf(Value::String(word)) = &chosen.kind else { return Ok(()) };
    match known.iter().position(|k| k == word) {
        Some(at) => check_table(node, variants[at], key, overridden),
        None => Ok(()),
    }
}

fn check_table(node: &mut Node, schema: &Json, key: &str, drop_unknown: bool) -> Result<(), Error> {
    let place = node.place.clone();
    let NodeKind::Table(entries) = &mut node.kind else {
        return Err(wrong_type(node, key, "a table"));
    };
    let empty = serde_json::Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    if drop_unknown {
        entries.retain(|(name, entry)| properties.contains_key(name) || entry.is_from_argument());
    }
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    for (name, entry) in entries.iter_mut() {
        match properties.get(name) {
            Some(property) => check(entry, property, &join(key, name))?,
            None => {
                return Err(fault(
                    &entry.key_place,
                    &join(key, name),
                    format!("is no known key; {}known here: {}", did_you_mean(name, &known), known.join(", ")),
                ));
            }
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if !entries.iter().any(|(k, _)| k == name) {
            let what = properties.get(name).map_or("", |p| p["description"].as_str().unwrap_or(""));
            let what = what.lines().next().unwrap_or("").trim_end_matches('.');
            let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
            return Err(fault(&place, &join(key, name), format!("is missing{what}")));
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
        return Err(fault(&place, key, format!(
            "has {} items; it must have {} to {}",
            items.len(), bound("minItems").unwrap_or(0), bound("maxItems").map_or("any number".into(), |b| b.to_string())
        )));
    }
    items.iter_mut().try_for_each(|item| check(item, &schema["items"], key))
}

/// The bounds that a schema gives, or that its integer format implies.
fn bounds(schema: &Json) -> (f64, f64) {
    let format = schema["format"].as_str().unwrap_or("");
    let (low, high) = match format {
        "uint32" => (0.0, f64::from(u32::MAX)),
        "int32" => (f64::from(i32::MIN), f64::from(i32::MAX)),
        "uint64" => (0.0, i64::MAX as f64),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    };
    (schema["minimum"].as_f64().map_or(low, |m| m.max(low)), schema["maximum"].as_f64().map_or(high, |m| m.min(high)))
}

fn check_number(node: &mut Node, schema: &Json, key: &str) -> Result<(), Error> {
    let integer = type_of(schema) == "integer";
    let (low, high) = bounds(schema);
    let range = match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("from {low} to {high}"),
        (true, false) => format!("of at least {low}"),
        _ => String::new(),
    };
    let wanted = format!("{} {range}", if integer { "an integer" } else { "a number" });
    let value = match (&node.kind, integer) {
        (NodeKind::Leaf(Value::Integer(i)), true) => *i as f64,
        (NodeKind::Leaf(Value::Integer(i)), false) => {
            // A whole number where a real one is wanted.
            let value = *i as f64;
            node.kind = NodeKind::Leaf(Value::Float(value));
            value
        }
        (NodeKind::Leaf(Value::Float(f)), false) if f.is_finite() => *f,
        _ => return Err(wrong_type(node, key, wanted.trim_end())),
    };
    if value < low || value > high {
        return Err(fault(&node.place, key, format!("is {value}; it must be {}", wanted.trim_end())));
    }
    Ok(())
}

fn check_string(node: &Node, schema: &Json, key: &str) -> Result<(), Error> {
    let NodeKind::Leaf(Value::String(text)) = &node.kind else {
        return Err(wrong_type(node, key, "a text in quotation marks"));
    };
    let length = text.chars().count();
    let (least, most) = (schema["minLength"].as_u64().unwrap_or(0) as usize, schema["maxLength"].as_u64().map_or(usize::MAX, |m| m as usize));
    if length < least || length > most {
        return Err(fault(&node.place, key, format!("has {length} characters; it must have {least} to {most}")));
    }
    // The one pattern in use: names that become part of a path.
    if schema.get("pattern").is_some() && !text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
        return Err(fault(&node.place, key, format!("is {}; it may hold letters, digits, '.', '_' and '-'", describe(node))));
    }
    Ok(())
}
