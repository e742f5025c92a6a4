//! One operation as one request of the collection.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::outcome::Outcome;
use crate::postman::document::{Document, Operation};
use crate::postman::{example, handover, refusal, script, variable};

const JSON: &str = "application/json";

/// The request for `operation`; `known` are the variables for ids, `creates` the one that this request fills.
pub(super) fn of(
    document: &Document,
    operation: &Operation<'_>,
    known: &BTreeSet<String>,
    creates: Option<&String>,
) -> Outcome<Value> {
    let mut lines = script::asserts(&refusal::expected(operation)?);
    lines.extend(creates.map(|variable| script::keeps_id(variable)).unwrap_or_default());
    lines.extend(handover::keeps(operation.id()));
    Ok(json!({
        "name": operation.summary(),
        "request": request(document, operation, body(document, operation, known)?),
        "event": script::event(&lines),
        "response": [],
    }))
}

/// The request that signs in with the variables `email` and `password` and keeps the token.
pub(super) fn sign_in(document: &Document, operation: &Operation<'_>) -> Value {
    let body = json!({"email": "{{email}}", "password": "{{password}}"});
    let lines = [script::asserts(&operation.success()), script::keeps_token()].concat();
    json!({
        "name": "Sign in",
        "request": request(document, operation, Some(body)),
        "event": script::event(&lines),
        "response": [],
    })
}

fn request(document: &Document, operation: &Operation<'_>, body: Option<Value>) -> Value {
    let mut request = Map::new();
    request.insert("method".into(), operation.method.to_uppercase().into());
    let about = [Some(operation.description().to_owned()), refusal::lacks(operation)];
    request.insert("description".into(), about.into_iter().flatten().collect::<Vec<_>>().join("\n\n").into());
    request.insert("url".into(), url(document, operation));
    let mut headers = listed(document, operation, "header");
    if let Some(body) = body {
        headers.insert(0, json!({"key": "Content-Type", "value": JSON}));
        let raw = format!("{body:#}");
        request.insert(
            "body".into(),
            json!({"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}),
        );
    }
    request.insert("header".into(), headers.into());
    if operation.public(document) {
        request.insert("auth".into(), json!({"type": "noauth"}));
    }
    Value::Object(request)
}

fn body(document: &Document, operation: &Operation<'_>, known: &BTreeSet<String>) -> Outcome<Option<Value>> {
    let content = &operation.body(document)["content"];
    if content.as_object().is_none_or(Map::is_empty) {
        return Ok(None);
    }
    let Some(media) = content.get(JSON) else {
        let id = operation.id();
        return Err(format!(
            "`{id}` takes a body that is not {JSON}: teach xtask/src/postman/item.rs to send it"
        )
        .into());
    };
    let mut body = example::of_media(document, media);
    variable::fill(&mut body, known);
    handover::fill(operation.id(), &mut body);
    Ok(Some(body))
}

fn url(document: &Document, operation: &Operation<'_>) -> Value {
    let path: Vec<String> = operation.path.split('/').filter(|part| !part.is_empty()).map(segment).collect();
    let query = listed(document, operation, "query");
    let sent: Vec<String> = query.iter().filter(|entry| entry["disabled"] != true).map(pair).collect();
    let question = if sent.is_empty() { String::new() } else { format!("?{}", sent.join("&")) };
    let parameters = operation.parameters(document, "path").into_iter();
    let variables: Vec<Value> = parameters.map(|parameter| bound(operation, parameter)).collect();
    json!({
        "raw": format!("{{{{baseUrl}}}}/{}{question}", path.join("/")),
        "host": ["{{baseUrl}}"],
        "path": path,
        "query": query,
        "variable": variables,
    })
}

/// A path parameter, bound to the collection's variable for it.
fn bound(operation: &Operation<'_>, parameter: &Value) -> Value {
    let name = text(parameter, "name");
    let value = format!("{{{{{}}}}}", variable::of(operation.path, name));
    json!({"key": name, "value": value, "description": text(parameter, "description")})
}

/// Query parameters or headers; what is not required is there to be switched on.
fn listed(document: &Document, operation: &Operation<'_>, place: &str) -> Vec<Value> {
    let entry = |parameter: &Value| {
        json!({
            "key": text(parameter, "name"),
            "value": example::of_parameter(document, parameter),
            "description": text(parameter, "description"),
            "disabled": parameter["required"] != true,
        })
    };
    operation.parameters(document, place).into_iter().map(entry).collect()
}

/// `{projectId}` is `:projectId` in Postman.
fn segment(part: &str) -> String {
    match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => format!(":{name}"),
        None => part.to_owned(),
    }
}

fn pair(entry: &Value) -> String {
    format!("{}={}", text(entry, "key"), text(entry, "value"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
