//! The same request again: the same answer, byte for byte, and nothing made.

use jiff::SignedDuration;
use keyhall_domain::id::ProjectId;
use keyhall_tests::{Deployment, Options};
use reqwest::Method;
use serde_json::json;

use super::{KEY, make, post, replays};
use crate::frame::{census, send, start};
use crate::sql;

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_makes_nothing() {
    let (deployment, account) = start().await;
    let root = &account.super_admin;
    let first = make(root, KEY, "Payments").await.expect(201);
    let before = census(&deployment);
    replays(make(root, KEY, "Payments").await, &first);
    replays(make(root, &format!("\"{KEY}\""), "Payments").await, &first);
    replays(make(&root.through_token().await, KEY, "Payments").await, &first);
    assert_eq!(deployment.database.count("projects", "true"), 1);
    assert_eq!(deployment.database.count("audit_events", "action = 'project.create'"), 1);
    // The token and its event.
    assert_eq!(census(&deployment).iter().sum::<i64>(), before.iter().sum::<i64>() + 2);
    root.get("/v1/projects").await.expect(200).body["total"]
        .as_i64()
        .filter(|total| *total == 1)
        .expect("one");
}

#[tokio::test]
async fn another_server_replays_what_the_first_one_answered() {
    let (deployment, account) = start().await;
    let first = make(&account.super_admin, KEY, "Payments").await.expect(201);
    let (database, clock) = (deployment.database.clone(), deployment.clock.clone());
    let second = Deployment::on(database, clock, &Options::default()).await;
    let request = second.client.post(second.url("/v1/projects")).bearer_auth(&account.super_admin.bearer);
    let again = send(request.header("idempotency-key", KEY).json(&json!({ "name": "Payments" }))).await;
    replays(again, &first);
}

#[tokio::test]
async fn what_was_answered_is_answered_again_whatever_became_of_it() {
    let (deployment, account) = start().await;
    let first = make(&account.super_admin, KEY, "Payments").await.expect(201);
    let id = sql::uuid::<ProjectId>(&first.id());
    let rename = format!("UPDATE projects SET name = 'Money', name_key = 'money' WHERE id = '{id}'");
    deployment.database.execute(&rename);
    replays(make(&account.super_admin, KEY, "Payments").await, &first);
    deployment.database.execute(&format!("DELETE FROM projects WHERE id = '{id}'"));
    replays(make(&account.super_admin, KEY, "Payments").await, &first);
}

#[tokio::test]
async fn a_key_stands_for_its_request_for_a_day() {
    let (deployment, account) = start().await;
    let root = &account.super_admin;
    let token = root.through_token().await;
    let first = make(&token, KEY, "Payments").await.expect(201);
    deployment.pass(SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    replays(make(&token, KEY, "Payments").await, &first);
    deployment.pass(SignedDuration::from_micros(1));
    // The key is free again, and the name is not.
    make(&token, KEY, "Payments").await.expect_problem(409, "name-taken");
    let next = make(&token, KEY, "Invoices").await.expect(201);
    replays(make(&token, KEY, "Invoices").await, &next);
    assert_eq!(deployment.database.count("idempotency_records", "true"), 1);
}

#[tokio::test]
async fn a_key_is_one_principals_at_one_path() {
    let (deployment, account) = start().await;
    let other = account.person(&deployment, "admin").await;
    let elsewhere = deployment.account("Umbrella").await.super_admin;
    make(&account.super_admin, KEY, "Payments").await.expect(201);
    make(&other, KEY, "Invoices").await.expect(201);
    make(&elsewhere, KEY, "Payments").await.expect(201);
    let tokens = "/v1/personal-access-tokens";
    post(&account.super_admin, tokens, KEY, &json!({ "name": "Payments" })).await.expect(201);
    assert_eq!(deployment.database.count("projects", "true"), 3);
    assert_eq!(deployment.database.count("idempotency_records", "true"), 4);
}

#[tokio::test]
async fn a_secret_is_not_answered_again_and_the_id_of_what_was_made_is_named() {
    let (deployment, account) = start().await;
    let (root, path) = (&account.super_admin, "/v1/personal-access-tokens");
    let body = json!({ "name": "laptop" });
    let first = post(root, path, KEY, &body).await.expect(201);
    let again = post(root, path, KEY, &body).await.expect_problem(409, "made-before");
    assert_eq!(again.text("createdId"), first.id());
    assert!(again.text("detail").contains(&first.id()));
    assert!(!again.text.contains(&first.text("token")));
    assert_eq!(deployment.database.count("personal_access_tokens", "true"), 1);
    let record =
        sql::rows(&deployment.database, "SELECT * FROM idempotency_records").pop().expect("there is one");
    assert!(record["answer"].is_null());
}

#[tokio::test]
async fn neither_key_nor_body_stands_in_the_database() {
    let (deployment, account) = start().await;
    make(&account.super_admin, "a-key-that-says-something", "Payments").await.expect(201);
    let dump = sql::dump(&deployment.database);
    let records: Vec<_> = dump.iter().filter(|line| line.starts_with("idempotency_records ")).collect();
    assert_eq!(records.len(), 1);
    let hex: String = b"a-key-that-says".iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(dump.iter().all(|line| !line.contains("a-key-that-says") && !line.contains(&hex)));
}

#[tokio::test]
async fn who_is_removed_leaves_no_record() {
    let (deployment, account) = start().await;
    let person = account.person(&deployment, "admin").await;
    make(&person, KEY, "Payments").await.expect(201);
    account.super_admin.delete(&format!("/v1/members/{}", person.member)).await.expect(204);
    assert_eq!(deployment.database.count("idempotency_records", "true"), 0);
}

#[tokio::test]
async fn operations_that_make_nothing_of_the_kind_take_no_notice_of_the_header() {
    let (deployment, account) = start().await;
    let root = &account.super_admin;
    let body = json!({ "email": root.email, "password": root.password });
    for _ in 0..2 {
        let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
        send(request.header("idempotency-key", KEY)).await.expect(201);
    }
    let invite = json!({ "email": "grace@example.com", "role": "member" });
    post(root, "/v1/members", KEY, &invite).await.expect(201);
    post(root, "/v1/members", KEY, &invite).await.expect_problem(409, "already-member");
    send(root.request(Method::GET, "/v1/me").header("idempotency-key", "\"")).await.expect(200);
    assert_eq!(deployment.database.count("idempotency_records", "true"), 0);
}
