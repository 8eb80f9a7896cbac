//! Makes the schema that is derived from the types as exact as the scenarios are.

use serde_json::{Map, Value};

/// Spells out what the derived schema leaves to convention: TOML has no null, so an optional key is one that may be left
/// out; an integer's bounds stand there as numbers, not as the name of a type; a description is one line.
pub(super) fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(object) => {
            object.values_mut().for_each(tidy);
            drop_null(object);
            spell_out_bounds(object);
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = description.replace('\n', " ");
            }
        }
        _ => {}
    }
}

fn drop_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(variants)) = object.get_mut("anyOf") else {
        return;
    };
    variants.retain(|variant| variant["type"] != "null");
    if let [Value::Object(only)] = variants.as_mut_slice() {
        let only = std::mem::take(only);
        object.remove("anyOf");
        for (key, value) in only {
            // The property's own description tells more than its type's.
            object.entry(key).or_insert(value);
        }
    }
}

fn spell_out_bounds(object: &mut Map<String, Value>) {
    let (low, high) = match object.get("format").and_then(Value::as_str) {
        Some("uint32") => (0, i64::from(u32::MAX)),
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    object.remove("format");
    object.entry("minimum").or_insert(low.into());
    object.entry("maximum").or_insert(high.into());
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;
    use serde_json::Value;

    fn each(schema: &Value, visit: &mut dyn FnMut(&Value)) {
        visit(schema);
        match schema {
            Value::Array(items) => items.iter().for_each(|item| each(item, visit)),
            Value::Object(object) => object.values().for_each(|value| each(value, visit)),
            _ => {}
        }
    }

    #[test]
    fn every_table_is_closed_and_every_integer_bounded() {
        let (mut tables, mut integers) = (0, 0);
        each(Scenario::schema(), &mut |schema| {
            if schema["type"] == "object" {
                tables += 1;
                assert_eq!(schema["additionalProperties"], false, "{schema}");
            }
            if schema["type"] == "integer" {
                integers += 1;
                assert!(schema["minimum"].is_i64() && schema["maximum"].is_i64(), "{schema}");
            }
            assert_ne!(schema["type"], "null", "{schema}");
            assert!(!schema["type"].is_array(), "{schema}");
        });
        assert!(tables > 20 && integers > 15, "{tables} tables, {integers} integers");
    }
}
