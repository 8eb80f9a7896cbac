//! Checks a number or a text of a scenario against its range.

use super::check::{describe, fault, wrong_type};
use super::document::{Node, NodeKind};
use crate::digits::written;
use crate::error::Error;
use serde_json::Value as Json;
use toml::Value;

/// A bound as a scenario would write it: integers with underscores, so that they can be read and copied.
fn readable(bound: f64) -> String {
    if bound.fract() != 0.0 || bound.abs() >= 1e15 {
        return bound.to_string();
    }
    format!("{}{}", if bound < 0.0 { "-" } else { "" }, written(bound.abs() as u64))
}

/// Whether an end of a range only stands for what it must not reach.
fn is_open(low: f64, high: f64) -> bool {
    low > 0.0 && low < 1e-8 || high > 0.999 && high < 1.0
}

/// As the documentation says it.
fn open_range(low: f64, high: f64) -> String {
    let low = if low > 0.0 && low < 1e-8 {
        "above 0".to_owned()
    } else {
        format!("of at least {}", readable(low))
    };
    let high = if high > 0.999 && high < 1.0 {
        "below 1".to_owned()
    } else {
        format!("at most {}", readable(high))
    };
    format!("{low}, {high}")
}

pub(super) fn check_number(node: &Node, schema: &Json, key: &str) -> Result<(), Error> {
    let integer = schema["type"] == "integer";
    let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    let allowed = |value: f64| low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high);
    // A value that lies between an end and what it stands for is refused by the end itself.
    let is_between = |low: f64, high: f64| matches!(node.kind, NodeKind::Leaf(Value::Float(value)) if value > 0.0 && value < low || value > high && value < 1.0);
    let range = match (low, high) {
        (Some(low), Some(high)) if !integer && is_open(low, high) && !is_between(low, high) => {
            format!(" {}", open_range(low, high))
        }
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
    Some(format!("\"{written}\""))
}

/// What to do about a number that is too great: a share may be written in percent, unless it is so small that a factor may be meant; or
/// the schema says what asks for more.
fn too_much(node: &Node, schema: &Json, allowed: &dyn Fn(f64) -> bool) -> String {
    let value = match &node.kind {
        NodeKind::Leaf(Value::Integer(value)) => *value as f64,
        NodeKind::Leaf(Value::Float(value)) => *value,
        _ => return String::new(),
    };
    let Some(high) = schema["maximum"].as_f64().filter(|&high| value > high) else {
        return String::new();
    };
    let is_share = schema["type"] == "number" && high <= 2.0 && (5.0..=100.0).contains(&value);
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

pub(super) fn check_string(node: &Node, schema: &Json, key: &str) -> Result<(), Error> {
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
