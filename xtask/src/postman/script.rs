//! The scripts that run after a request: they assert what the document promises and keep what later requests need.

use serde_json::{Value, json};

/// Asserts that the status is one of `expected`.
pub(super) fn asserts(expected: &[u16]) -> Vec<String> {
    let codes: Vec<String> = expected.iter().map(u16::to_string).collect();
    let (shown, codes) = (codes.join(" or "), codes.join(", "));
    vec![format!("pm.test(\"answers {shown}\", () => pm.expect(pm.response.code).to.be.oneOf([{codes}]));")]
}

/// Keeps the id of what was created in `variable`.
pub(super) fn keeps_id(variable: &str) -> Vec<String> {
    when_done(&[format!("pm.collectionVariables.set(\"{variable}\", pm.response.json().id);")])
}

/// Keeps a value of the answer, which the expression `reads` from `answer`, in `variable`.
pub(super) fn keeps_value(variable: &str, reads: &str) -> Vec<String> {
    when_done(&[
        "const answer = pm.response.json();".to_owned(),
        format!("pm.collectionVariables.set(\"{variable}\", {reads});"),
    ])
}

/// Keeps the session's token. An environment's variable hides the collection's, so both get it.
pub(super) fn keeps_token() -> Vec<String> {
    when_done(
        &["collectionVariables", "environment"]
            .map(|place| format!("pm.{place}.set(\"accessToken\", pm.response.json().token);")),
    )
}

/// A request's `event` for these lines.
pub(super) fn event(lines: &[String]) -> Value {
    json!([{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}])
}

fn when_done(lines: &[String]) -> Vec<String> {
    let inner = lines.iter().map(|line| format!("  {line}"));
    std::iter::once("if (pm.response.code < 300) {".to_owned()).chain(inner).chain(["}".to_owned()]).collect()
}
