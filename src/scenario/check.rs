//! Checks a scenario against the schema of its types, in the order of its text, and says of the first fault where it is,
//! what was found, what is allowed, and what was probably meant.

use super::document::{Node, NodeKind};
use crate::digits::written;
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

fn fault(place: &Place, key: &str, message: impl Into<String>) -> Error {
    let key = if key.is_empty() { "the scenario" } else { key };
    Error::Invalid {
        place: Some(place.clone()),
        key: key.to_owned(),
        message: message.into(),
    }
}

fn describe(node: &Node) -> String {
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

/// A bound as a scenario would write it: integers with underscores, so that they can be read and copied.
fn readable(bound: f64) -> String {
    if bound.fract() != 0.0 || bound.abs() >= 1e15 {
        return bound.to_string();
    }
    format!("{}{}", if bound < 0.0 { "-" } else { "" }, written(bound.abs() as u64))
}

fn check_number(node: &Node, schema: &Json, key: &str) -> Result<(), Error> {
    let integer = schema["type"] == "integer";
    let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    let allowed = |value: f64| low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high);
    let range = match (low, high) {
        (Some(low), Some(high)) => format!(" from {} to {}", readable(low), readable(high)),
        (Some(low), None) => format!(" of at least {}", readable(low)),
        (None, Some(high)) => format!(" of at most {}", readable(high)),
        (None, None) => String::new(),
    };
    let wanted = format!("{}{range}", if integer { "an integer" } else { "a number" });
    let hint = match &node.kind {
        // A whole number is a real one too.
        NodeKind::Leaf(Value::Integer(value)) if allowed(*value as f64) => return Ok(()),
        NodeKind::Leaf(Value::Float(value)) if !integer && allowed(*value) => return Ok(()),
        NodeKind::Leaf(Value::Float(value)) if value.fract() == 0.0 && allowed(*value) => {
            format!("; write {}, without point or exponent", readable(*value))
        }
        NodeKind::Leaf(Value::String(text)) if text.parse().is_ok_and(allowed) => {
            "; leave the quotation marks out".to_owned()
        }
        _ => too_much(node, schema, &allowed),
    };
    Err(wrong_type(node, key, &format!("{wanted}{hint}")))
}

/// A path of Windows whose backslashes have been taken for escapes, as it was probably written.
fn as_written(text: &str) -> Option<String> {
    let mut characters = text.chars();
    let has_drive = characters.next().is_some_and(|c| c.is_ascii_alphabetic()) && characters.next() == Some(':');
    if !has_drive || !text.contains(char::is_control) {
        return None;
    }
    let mut written = String::new();
    for character in text.chars().take(60) {
        match character {
            '\u{8}' => written.push_str("\\b"),
            '\t' => written.push_str("\\t"),
            '\n' => written.push_str("\\n"),
            '\u{c}' => written.push_str("\\f"),
            '\r' => written.push_str("\\r"),
            '\u{1b}' => written.push_str("\\e"),
            other => written.extend(other.escape_debug()),
        }
    }
    Some(quoted(&written))
}

/// What to do about a number that is too great: a share may be written in percent, or the schema says what asks for more.
fn too_much(node: &Node, schema: &Json, allowed: &dyn Fn(f64) -> bool) -> String {
    let value = match &node.kind {
        NodeKind::Leaf(Value::Integer(value)) => *value as f64,
        NodeKind::Leaf(Value::Float(value)) => *value,
        _ => return String::new(),
    };
    let Some(high) = schema["maximum"].as_f64().filter(|&high| value > high) else {
        return String::new();
    };
    let is_share = schema["type"] == "number" && high <= 2.0 && (2.0..=100.0).contains(&value);
    let mut hint = if is_share && allowed(value / 100.0) {
        format!("; did you mean {}?", value / 100.0)
    } else {
        String::new()
    };
    if let Some(remedy) = schema["x-remedy"].as_str() {
        hint += if hint.is_empty() { ". " } else { " " };
        hint += remedy;
    }
    hint
}

fn check_string(node: &Node, schema: &Json, key: &str) -> Result<(), Error> {
    let NodeKind::Leaf(Value::String(text)) = &node.kind else {
        let hint = if node.is_from_argument() {
            ", which the shell must leave alone: --set 'KEY=\"VALUE\"'"
        } else {
            ""
        };
        return Err(wrong_type(node, key, &format!("a text in quotation marks{hint}")));
    };
    if let Some(written) = as_written(text) {
        let message = format!(
            "is {written} as written, but in double quotes a backslash begins an escape, so that this is no path: write it in single quotes, \
             or double each backslash"
        );
        return Err(fault(&node.place, key, message));
    }
    let length = text.chars().count();
    let (least, most) = (
        schema["minLength"].as_u64().unwrap_or(0) as usize,
        schema["maxLength"].as_u64().map_or(usize::MAX, |m| m as usize),
    );
    if length < least || length > most {
        return Err(fault(
            &node.place,
            key,
            format!("has {length} characters; it must have {least} to {most}"),
        ));
    }
    // The one pattern in use: names that become part of a path.
    if schema.get("pattern").is_some()
        && (text.starts_with('.') || !text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)))
    {
        return Err(fault(
            &node.place,
            key,
            format!(
                "is {}; it may hold letters, digits, '.', '_' and '-', and not begin with '.'",
                describe(node)
            ),
        ));
    }
    Ok(())
}
