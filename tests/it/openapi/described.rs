//! The document is complete and consistent: every operation says who may use it, with what, and what may come of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Mode, Operation, document, operations};

/// What anybody may do without a credential. This list may only become shorter.
const PUBLIC: [&str; 7] = [
    "acceptInvitation",
    "confirmEmailChange",
    "confirmPasswordReset",
    "createSession",
    "getLiveness",
    "getReadiness",
    "requestPasswordReset",
];

#[test]
fn only_a_fixed_list_of_operations_is_public() {
    let public = operations().into_iter().filter(|operation| operation.right.mode == Mode::Public);
    let public: BTreeSet<_> = public.map(|operation| operation.id).collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into());
}

#[test]
fn every_operation_has_an_id_of_its_own_in_camel_case() {
    let operations = operations();
    let ids: BTreeSet<_> = operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(ids.len(), operations.len());
    for id in ids {
        let is_camel_case =
            id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(is_camel_case, "{id}");
    }
}

#[test]
fn every_operation_has_words_for_people_and_a_declared_tag() {
    let document = document();
    let tags = document["tags"].as_array().expect("the document declares tags");
    let declared: BTreeSet<_> = tags.iter().map(|tag| tag["name"].as_str().expect("a name")).collect();
    for operation in operations() {
        for words in ["summary", "description"] {
            let text = operation.spec[words].as_str().unwrap_or_default();
            assert!(!text.trim().is_empty(), "{operation}: no {words}");
        }
        let tags = operation.spec["tags"].as_array().cloned().unwrap_or_default();
        assert!(!tags.is_empty(), "{operation}: no tag");
        for tag in tags {
            assert!(tag.as_str().is_some_and(|tag| declared.contains(tag)), "{operation}: {tag}");
        }
    }
}

#[test]
fn the_path_templates_and_the_declared_path_parameters_agree() {
    for operation in operations() {
        let mut declared = operation.parameters("path");
        declared.sort();
        let mut placeholders = operation.placeholders();
        placeholders.sort();
        assert_eq!(declared, placeholders, "{operation}");
    }
}

#[test]
fn public_operations_say_only_that_they_are_and_all_others_what_they_need() {
    for operation in operations() {
        let fields: Vec<_> = operation.spec["x-permission"].as_object().expect("an object").keys().collect();
        let expected: &[&str] = match operation.right.mode {
            Mode::Public => &["mode"],
            Mode::OwnOr(_) => &["mode", "name", "others", "via"],
            Mode::Require | Mode::Filter | Mode::Own => &["mode", "name", "via"],
        };
        let fields: BTreeSet<_> = fields.into_iter().map(String::as_str).collect();
        assert_eq!(fields, expected.iter().copied().collect(), "{operation}");
        assert!(matches!(operation.right.via.as_deref(), None | Some("any" | "sessionOnly")), "{operation}");
        let is_secured = operation.spec["security"] == serde_json::json!([{ "bearer": [] }]);
        assert_eq!(is_secured, operation.right.mode != Mode::Public, "{operation}: security");
    }
}

#[test]
fn every_operation_lists_the_refusals_that_follow_from_what_it_is() {
    for operation in operations() {
        let answers = operation.spec["responses"].as_object().expect("answers");
        for status in refusals(&operation) {
            assert!(answers.contains_key(status), "{operation}: no {status}");
        }
        let successes = answers.keys().filter(|status| status.starts_with('2')).count();
        assert_eq!(successes, 1, "{operation}: one way to succeed");
    }
}

#[test]
fn every_body_is_json_and_has_an_example() {
    for operation in operations().into_iter().filter(Operation::has_body) {
        let content = operation.spec["requestBody"]["content"].as_object().expect("a body has content");
        assert_eq!(content.keys().collect::<Vec<_>>(), ["application/json"], "{operation}");
        assert!(operation.example().is_some_and(Value::is_object), "{operation}: no example");
    }
}

#[test]
fn every_refusal_is_described_as_a_problem() {
    for operation in operations() {
        for (status, answer) in operation.spec["responses"].as_object().expect("answers") {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            let content = answer["content"].as_object().unwrap_or_else(|| panic!("{operation}: {status}"));
            assert_eq!(content.keys().collect::<Vec<_>>(), ["application/problem+json"], "{operation}");
            let schema = &content["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{operation}: {status}");
        }
    }
}

#[test]
fn every_reference_of_the_document_points_at_something() {
    let document = document();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(!references.is_empty(), "the document has references");
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference into the document itself");
        assert!(document.pointer(pointer).is_some(), "{reference} points nowhere");
    }
}

fn refusals(operation: &Operation) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    let right = &operation.right;
    if right.mode != Mode::Public {
        all.extend(["401", "429"]);
    }
    if matches!(right.mode, Mode::Require | Mode::OwnOr(_)) || right.needs_session() {
        all.insert("403");
    }
    if !operation.placeholders().is_empty() {
        all.extend(["400", "404"]);
    }
    if !operation.parameters("query").is_empty() {
        all.insert("400");
    }
    if operation.parameters("header").iter().any(|name| name == "If-Match") {
        all.extend(["400", "412"]);
    }
    if operation.parameters("header").iter().any(|name| name == "Idempotency-Key") {
        all.extend(["400", "409"]);
    }
    if operation.has_body() {
        all.extend(["400", "408", "413", "415"]);
    }
    all
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}
