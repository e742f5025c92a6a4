//! Limits: how large bodies are, and how many requests a principal has.

use keyhall_api::Limits;
use keyhall_tests::{Deployment, Options};
use reqwest::Method;

use super::send;

#[tokio::test]
async fn bodies_are_as_large_and_as_deep_as_the_configuration_says() {
    let limits = Limits { body_bytes: 1_024, json_depth: 4, ..Options::default().limits };
    let deployment = Deployment::start_with(Options { limits, ..Options::default() }).await;
    let root = deployment.account("Acme").await.super_admin;
    let sent = |body: String| {
        let request = root.request(Method::POST, "/v1/projects").header("content-type", "application/json");
        send(request.body(body))
    };
    let sized = |bytes: usize| format!("{{\"name\":\"Payments\"{}}}", " ".repeat(bytes - 19));
    assert_eq!(sized(1_024).len(), 1_024);
    sent(sized(1_024)).await.expect(201);
    let problem = sent(sized(1_025)).await.expect_problem(413, "payload-too-large");
    assert_eq!(problem.body["detail"], "bodies have at most 1024 bytes");
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    sent(nested(4)).await.expect_problem(400, "invalid-request");
    let problem = sent(nested(5)).await.expect_problem(400, "invalid-json");
    assert_eq!(problem.body["detail"], "the body is nested more than 4 deep");
}
