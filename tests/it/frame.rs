//! What holds for every request, whatever it is about: how bad input is refused, headers, preconditions, pages of lists.

mod bad_body;
mod bad_fields;
mod bad_query;
mod forwarded;
mod headers;
mod idempotency;
mod late_body;
mod limits;
mod names;
mod pages;
mod paging;
mod precondition;
mod secrets;

use keyhall_tests::{Account, Answer, Deployment};
use reqwest::RequestBuilder;

/// The tables that requests change.
const TABLES: [&str; 9] = [
    "users",
    "members",
    "principals",
    "invitations",
    "sessions",
    "projects",
    "grants",
    "personal_access_tokens",
    "audit_events",
];

/// How many rows each table has: what did nothing leaves it as it was.
fn census(deployment: &Deployment) -> [i64; 9] {
    TABLES.map(|table| deployment.database.count(table, "true"))
}

async fn start() -> (Deployment, Account) {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    (deployment, account)
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::read(request.send().await.expect("the server answers")).await
}
