//! A secret in the wrong place: whoever pastes one sees it repeated nowhere, neither in a body nor in a header.

use keyhall_tests::{Answer, Person};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{send, start};

#[tokio::test]
async fn a_secret_in_a_path_is_not_repeated() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let secret = &admin.bearer;
    for path in ["members", "projects", "personal-access-tokens"] {
        keeps_quiet(admin, admin.request(Method::GET, &format!("/v1/{path}/{secret}"))).await;
        keeps_quiet(admin, admin.request(Method::PUT, &format!("/v1/{path}/{secret}"))).await;
        keeps_quiet(admin, admin.request(Method::GET, &format!("/v1/{path}/prj_{secret}/x"))).await;
    }
    for path in [
        format!("/{secret}"),
        format!("/v1/{secret}"),
        format!("/problems/{secret}"),
        format!("/docs/{secret}"),
    ] {
        keeps_quiet(admin, admin.request(Method::GET, &path)).await;
    }
}

#[tokio::test]
async fn a_secret_in_a_query_is_not_repeated() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let secret = &admin.bearer;
    for query in [
        format!("size={secret}"),
        format!("page={secret}"),
        format!("{secret}=1"),
        secret.clone(),
        format!("x{secret}y=1"),
        format!("{secret}=1&{secret}=2"),
        format!("size={secret}&size={secret}"),
    ] {
        keeps_quiet(admin, admin.request(Method::GET, &format!("/v1/projects?{query}"))).await;
    }
    for query in ["status", "paginationToken", "limit"] {
        for list in ["personal-access-tokens", "audit-events"] {
            keeps_quiet(admin, admin.request(Method::GET, &format!("/v1/{list}?{query}={secret}"))).await;
        }
    }
}

#[tokio::test]
async fn a_secret_in_a_body_is_not_repeated() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let secret = admin.bearer.as_str();
    let long = secret.repeat(40);
    let nested = json!({ secret: [{ secret: secret }] });
    for (path, body) in [
        ("/v1/projects", json!(secret)),
        ("/v1/projects", json!([secret])),
        ("/v1/projects", json!({ "name": "x", secret: 1 })),
        ("/v1/projects", json!({ "name": "x", format!("a.{secret}"): secret })),
        ("/v1/projects", json!({ "name": nested.clone(), "description": nested })),
        ("/v1/projects", json!({ "name": long })),
        ("/v1/members", json!({ "email": secret, "role": secret })),
        ("/v1/personal-access-tokens", json!({ "name": "x", "lifetime": secret, "access": secret })),
        ("/v1/sessions", json!({ "email": secret, "password": secret, "account": secret })),
        ("/v1/sessions", json!({ "email": admin.email, "password": secret })),
        ("/v1/invitations/accept", json!({ "token": secret, "password": secret, "name": "x" })),
    ] {
        keeps_quiet(admin, admin.request(Method::POST, path).json::<Value>(&body)).await;
    }
    let broken = admin.request(Method::POST, "/v1/projects").header("content-type", "application/json");
    keeps_quiet(admin, broken.body(format!("{{\"{secret}\": {secret}"))).await;
}

#[tokio::test]
async fn a_secret_in_a_header_is_not_repeated() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let secret = &admin.bearer;
    let member = format!("/v1/members/{}", admin.member);
    for name in
        ["if-match", "x-request-id", "content-type", "accept", "origin", "x-forwarded-host", "authorization"]
    {
        let request = admin.request(Method::DELETE, &member).header(name, secret);
        keeps_quiet(admin, request).await;
    }
}

/// Sends what will be refused; the refusal has nothing of the sender's secret in it.
async fn keeps_quiet(sender: &Person, request: RequestBuilder) {
    let answer = send(request).await;
    assert!(answer.status >= 400, "{} {:#}", answer.status, answer.body);
    let shown = said(&answer);
    let secret = sender.bearer.as_str();
    let (_, random) = secret.split_once('_').expect("a secret has a prefix");
    assert!(!shown.contains(&random[..8]) && !shown.contains(&random[20..28]), "{shown}");
}

fn said(answer: &Answer) -> String {
    format!("{:?} {}", answer.headers, answer.body)
}
