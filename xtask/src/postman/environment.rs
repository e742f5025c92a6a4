//! The environment: what a person fills in, and the token that the first request stores.

use serde_json::{Value, json};

use crate::postman::document::Document;

/// Fixed, so that a second import replaces the first.
const ID: &str = "6b657968-616c-8c00-8000-656e7669726f";

/// The variables that a person may set, with their values at the beginning and whether they are secret.
pub(super) fn variables(document: &Document) -> Vec<(&'static str, String, bool)> {
    let server = document.server().unwrap_or("http://127.0.0.1:8080");
    let base = server.trim_end_matches('/').to_owned();
    vec![
        ("baseUrl", base, false),
        ("email", "admin@example.com".to_owned(), false),
        ("password", String::new(), true),
        ("accessToken", String::new(), true),
    ]
}

/// The environment's file.
pub(super) fn of(document: &Document) -> Value {
    let value = |(key, value, secret): (&str, String, bool)| json!({"key": key, "value": value, "type": if secret { "secret" } else { "default" }, "enabled": true});
    json!({
        "id": ID,
        "name": "Keyhall",
        "values": variables(document).into_iter().map(value).collect::<Vec<_>>(),
        "_postman_variable_scope": "environment",
    })
}
