//! What an operation needs, for its OpenAPI document: taken from its action, so that the two cannot differ.

use keyhall_domain::authz::{Action, Mode};
use serde_json::{Value, json};

/// The `x-permission` of an operation that proves `A`.
pub(crate) fn of<A: Action>() -> Value {
    let (mode, others) = match A::MODE {
        Mode::Require => ("require", None),
        Mode::Filter => ("filter", None),
        Mode::Own => ("self", None),
        Mode::OwnOr(others) => ("selfOr", Some(others)),
    };
    let mut value = json!({ "name": A::PERMISSION, "mode": mode, "via": A::VIA });
    if let (Some(others), Some(fields)) = (others, value.as_object_mut()) {
        fields.insert("others".to_owned(), json!(others));
    }
    value
}

/// The `x-permission` of an operation that everybody may use.
pub(crate) fn public() -> Value {
    json!({ "mode": "public" })
}
