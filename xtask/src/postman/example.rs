//! An example of a request body: the document's own, or one made from the schema.

use serde_json::{Map, Value};

use crate::postman::document::Document;

/// Deep enough for any real body, and an end for schemas that contain themselves.
const DEPTH: usize = 12;

/// The example of a media type object.
pub(super) fn of_media(document: &Document, media: &Value) -> Value {
    if let Some(example) = media.get("example") {
        return example.clone();
    }
    let named = media["examples"].as_object().and_then(|examples| examples.values().next());
    match named.map(|example| &document.resolve(example)["value"]) {
        Some(value) => value.clone(),
        None => of_schema(document, &media["schema"], DEPTH),
    }
}

/// An example of a parameter, as text; empty if nothing is known.
pub(super) fn of_parameter(document: &Document, parameter: &Value) -> String {
    let own = parameter.get("example").cloned();
    match own.unwrap_or_else(|| stated(document.resolve(&parameter["schema"])).unwrap_or_default()) {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn of_schema(document: &Document, schema: &Value, depth: usize) -> Value {
    let schema = document.resolve(schema);
    if depth == 0 {
        return Value::Null;
    }
    if let Some(value) = stated(schema) {
        return value;
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return merged(parts.iter().map(|part| of_schema(document, part, depth - 1)));
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(choice) = choices.and_then(|list| list.iter().find(|one| one["type"] != "null")) {
        return of_schema(document, choice, depth - 1);
    }
    match kind(schema) {
        "array" => Value::Array(vec![of_schema(document, &schema["items"], depth - 1)]),
        "string" => Value::from(text(schema)),
        "integer" => schema.get("minimum").cloned().unwrap_or_else(|| Value::from(1)),
        "number" => schema.get("minimum").cloned().unwrap_or_else(|| Value::from(1.0)),
        "boolean" => Value::Bool(true),
        "object" => object(document, schema, depth),
        _ => Value::Null,
    }
}

/// What is required or has an example of its own; if that is nothing, everything.
fn object(document: &Document, schema: &Value, depth: usize) -> Value {
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let properties: Vec<(&String, &Value)> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, property)| document.resolve(property)["readOnly"] != true)
        .collect();
    let wanted: Vec<_> = properties
        .iter()
        .copied()
        .filter(|(name, property)| required(name) || stated(document.resolve(property)).is_some())
        .collect();
    let chosen = if wanted.is_empty() { properties } else { wanted };
    let members =
        chosen.into_iter().map(|(name, property)| (name.clone(), of_schema(document, property, depth - 1)));
    Value::Object(members.collect())
}

/// A value that the schema itself names.
fn stated(schema: &Value) -> Option<Value> {
    let first = |name: &str| schema[name].as_array().and_then(|list| list.first());
    let named = schema.get("example").or_else(|| first("examples")).or_else(|| schema.get("const"));
    named
        .or_else(|| schema.get("default"))
        .or_else(|| first("enum"))
        .filter(|value| !value.is_null())
        .cloned()
}

/// The type, the first that is not null if there are several.
fn kind(schema: &Value) -> &str {
    let single = schema["type"].as_str();
    let several = || schema["type"].as_array()?.iter().filter_map(Value::as_str).find(|name| *name != "null");
    let implied = if schema["properties"].is_object() { "object" } else { "" };
    single.or_else(several).unwrap_or(implied)
}

fn text(schema: &Value) -> &'static str {
    match schema["format"].as_str().unwrap_or_default() {
        "date-time" => "2030-01-01T00:00:00Z",
        "date" => "2030-01-01",
        "duration" => "P30D",
        "email" => "someone@example.com",
        "uri" | "url" => "https://example.com",
        "uuid" => "00000000-0000-7000-8000-000000000000",
        _ => "string",
    }
}

fn merged(parts: impl Iterator<Item = Value>) -> Value {
    let mut all = Map::new();
    for part in parts {
        match part {
            Value::Object(members) => all.extend(members),
            Value::Null => {}
            other => return other,
        }
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{of_media, of_parameter};
    use crate::postman::fixture::document;

    fn example(media: &Value) -> Value {
        of_media(&document(), media)
    }

    #[test]
    fn the_documents_own_example_wins() {
        let schema = json!({"type": "string"});
        assert_eq!(example(&json!({"example": {"a": 1}, "schema": schema})), json!({"a": 1}));
        assert_eq!(example(&json!({"examples": {"one": {"value": [2]}}, "schema": schema})), json!([2]));
    }

    #[test]
    fn a_schema_makes_an_example_through_references() {
        let schema = json!({"$ref": "#/components/schemas/NewProject"});
        assert_eq!(example(&json!({"schema": schema})), json!({"name": "Payments", "tags": ["blue"]}));
    }

    #[test]
    fn compositions_and_types_with_null_are_understood() {
        let all = json!({"allOf": [{"$ref": "#/components/schemas/NewProject"}, {"properties": {"size": {"type": ["null", "integer"]}}}]});
        assert_eq!(
            example(&json!({"schema": all})),
            json!({"name": "Payments", "size": 1, "tags": ["blue"]})
        );
        let one = json!({"oneOf": [{"type": "null"}, {"const": "x"}]});
        assert_eq!(example(&json!({"schema": one})), json!("x"));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        assert!(example(&json!({"schema": {"$ref": "#/components/schemas/Tree"}})).is_object());
    }

    #[test]
    fn parameters_show_what_their_schema_states() {
        let document = document();
        assert_eq!(of_parameter(&document, &json!({"schema": {"type": "integer", "default": 25}})), "25");
        assert_eq!(of_parameter(&document, &json!({"schema": {"type": "string"}})), "");
        assert_eq!(of_parameter(&document, &json!({"example": "name"})), "name");
    }
}
