//! What a key does not do: stand for two requests, outlive a right, keep a refusal, or hold a secret.

use keyhall_tests::Deployment;
use reqwest::Method;
use serde_json::json;

use super::{KEY, make, post, replays};
use crate::frame::{census, send, start};
use crate::sql;

#[tokio::test]
async fn another_body_under_the_same_key_is_a_conflict() {
    let (deployment, account) = start().await;
    let root = &account.super_admin;
    let first = make(root, KEY, "Payments").await.expect(201);
    let before = census(&deployment);
    make(root, KEY, "Invoices").await.expect_problem(409, "idempotency-key-reused");
    let spaced = root.request(Method::POST, "/v1/projects").header("content-type", "application/json");
    let spaced = spaced.header("idempotency-key", KEY).body("{ \"name\": \"Payments\" }");
    send(spaced).await.expect_problem(409, "idempotency-key-reused");
    assert_eq!(census(&deployment), before);
    replays(make(root, KEY, "Payments").await, &first);
}

#[tokio::test]
async fn who_has_lost_the_right_is_not_shown_the_answer() {
    let (deployment, account) = start().await;
    let person = account.person(&deployment, "admin").await;
    let first = make(&person, KEY, "Payments").await.expect(201);
    let member = format!("/v1/members/{}", person.member);
    account.super_admin.patch(&member, &json!({ "role": "member" })).await.expect(200);
    let refused = make(&person, KEY, "Payments").await.expect_problem(403, "missing-permission");
    assert!(!refused.text.contains(&first.id()));
    account.super_admin.patch(&member, &json!({ "role": "admin" })).await.expect(200);
    replays(make(&person, KEY, "Payments").await, &first);
    account.super_admin.act(&format!("{member}/suspend")).await.expect(200);
    make(&person, KEY, "Payments").await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_right_is_decided_again_under_the_lock_before_a_replay() {
    let (deployment, account) = start().await;
    let person = account.person(&deployment, "admin").await;
    make(&person, KEY, "Payments").await.expect(201);
    // Past the first decision, at the account's lock; meanwhile the role goes.
    let mut lock = keyhall_tests::connect(deployment.database.url());
    run(&mut lock, "BEGIN");
    run(&mut lock, "SELECT id FROM accounts FOR UPDATE");
    let waiting = person.clone();
    let waiting = tokio::spawn(async move { make(&waiting, KEY, "Payments").await });
    while deployment.database.connections("wait_event_type = 'Lock'") < 1 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let member = sql::uuid::<keyhall_domain::id::MemberId>(&person.member);
    run(&mut lock, &format!("UPDATE members SET role = 'member' WHERE id = '{member}'"));
    run(&mut lock, "COMMIT");
    waiting.await.unwrap().expect_problem(403, "missing-permission");
}

#[tokio::test]
async fn while_a_request_runs_its_key_is_in_use() {
    let (deployment, account) = start().await;
    let root = account.super_admin;
    let lock = deployment.database.lock("projects");
    let running = root.clone();
    let running = tokio::spawn(async move { make(&running, KEY, "Payments").await });
    while deployment.database.connections("wait_event_type = 'Lock'") < 1 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let answer = make(&root, KEY, "Payments").await.expect_problem(409, "idempotency-key-in-use");
    assert!(answer.header("retry-after").parse::<u32>().is_ok());
    make(&root, KEY, "Invoices").await.expect_problem(409, "idempotency-key-in-use");
    drop(lock);
    let first = running.await.unwrap().expect(201);
    replays(make(&root, KEY, "Payments").await, &first);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let (deployment, account) = start().await;
    let root = &account.super_admin;
    root.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    make(root, KEY, "payments").await.expect_problem(409, "name-taken");
    make(root, KEY, "").await.expect_problem(400, "invalid-request");
    let tokens = "/v1/personal-access-tokens";
    post(root, tokens, KEY, &json!({ "name": "x", "lifetime": "P900D" }))
        .await
        .expect_problem(400, "invalid-request");
    assert_eq!(deployment.database.count("idempotency_records", "true"), 0);
    make(root, KEY, "Invoices").await.expect(201);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_nothing_is_made() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let before = census(&deployment);
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"", "\"a\", \"b\"", "a b", "cl\u{e9}", long.as_str()] {
        let refused = make(&root, key, "Payments").await.expect_problem(400, "invalid-request");
        assert_eq!(refused.violated(), ["Idempotency-Key"], "{key}");
    }
    let twice = root.request(Method::POST, "/v1/projects").json(&json!({ "name": "Payments" }));
    let twice = twice.header("idempotency-key", "a").header("idempotency-key", "a");
    send(twice).await.expect_problem(400, "invalid-request");
    for secret in [root.bearer.as_str(), "order-khi_0123"] {
        let refused = make(&root, secret, "Payments").await.expect_problem(400, "invalid-request");
        assert!(!refused.text.contains(secret), "{}", refused.text);
    }
    assert_eq!(census(&deployment), before);
    make(&root, &"k".repeat(255), "Payments").await.expect(201);
}

fn run(connection: &mut diesel::PgConnection, sql: &str) {
    use diesel::RunQueryDsl;
    diesel::sql_query(sql).execute(connection).expect("the statement runs");
}
