//! `Idempotency-Key`: what was made for a request is answered again, to the one who made it, for a day, and not made again.

mod crash;
mod refused;
mod replay;

use keyhall_tests::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::send;

/// A key as clients make them.
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

/// Makes a project under a key.
async fn make(by: &Person, key: &str, name: &str) -> Answer {
    post(by, "/v1/projects", key, &json!({ "name": name })).await
}

async fn post(by: &Person, path: &str, key: &str, body: &Value) -> Answer {
    send(by.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// The answer, if it is the same one as the first, given again.
#[track_caller]
fn replays(again: Answer, first: &Answer) {
    let again = again.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.header("idempotency-replayed"), "");
    for name in ["location", "content-type", "cache-control"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(again.text, first.text);
}
