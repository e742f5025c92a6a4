//! The answers that follow from what an operation is: who may call it, what stands in its path, whether it has a body.

use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement};

use super::{BEARER, inline};
use crate::repeatable::IDEMPOTENCY_KEY;

/// Adds to every operation what follows from its `x-permission`, its parameters and its body.
pub(super) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            for (status, description) in refusals(operation) {
                let known = operation.responses.responses.entry(status.to_owned());
                known.or_insert_with(|| RefOr::T(problem(description)));
            }
            let none: [String; 0] = [];
            let requirement = SecurityRequirement::new(BEARER, none);
            // Said outright where nothing is required, so that no reader takes it for forgotten.
            operation.security = Some(if is_public(operation) { Vec::new() } else { vec![requirement] });
        }
    }
}

/// The operations of a path.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// The refusals that an operation of this kind can answer with.
fn refusals(operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::new();
    let parameters: Vec<&Parameter> = operation.parameters.iter().flatten().filter_map(inline).collect();
    let has_path = parameters.iter().any(|parameter| parameter.parameter_in == ParameterIn::Path);
    let has_body = operation.request_body.is_some();
    if has_body || !parameters.is_empty() {
        all.push(("400", "Something in the request is not valid; all of it is listed"));
    }
    if !is_public(operation) {
        all.push(("401", "No credential, or none that is alive"));
        all.push((
            "429",
            "The principal has had its requests for this minute; `Retry-After` says when to come back",
        ));
    }
    if needs_right(operation) {
        all.push(("403", "A permission is missing, or a rule forbids it"));
    }
    if has_path {
        all.push(("404", "There is no such thing for this bearer"));
    }
    if parameters.iter().any(|parameter| parameter.name == IDEMPOTENCY_KEY) {
        all.push(("409", "The key stands for another request, or for one that still runs"));
    }
    if parameters.iter().any(|parameter| parameter.name == "If-Match") {
        all.push(("412", "It has changed since it was read"));
    }
    if has_body {
        all.push(("408", "The body did not arrive in time"));
        all.push(("413", "The body is too large"));
        all.push(("415", "The body is not JSON"));
    }
    all.push(("503", "The database is not available; `Retry-After` says when to come back"));
    all
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn permission<'a>(operation: &'a Operation, field: &str) -> Option<&'a str> {
    let extensions = operation.extensions.as_ref()?;
    extensions.get("x-permission")?.get(field).and_then(Value::as_str)
}

fn is_public(operation: &Operation) -> bool {
    permission(operation, "mode") == Some("public")
}

/// Whether somebody who is known can be refused.
fn needs_right(operation: &Operation) -> bool {
    matches!(permission(operation, "mode"), Some("require" | "selfOr"))
        || permission(operation, "via") == Some("sessionOnly")
}
