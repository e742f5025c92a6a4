//! A request that is sent again: its answer is repeated, the warning included, and the provider is not asked again.

use keyhall_tests::{Answer, Deployment, GitMood, Person, WRITER};
use reqwest::Method;
use serde_json::Value;

use super::{github, start};

#[tokio::test]
async fn what_was_connected_under_a_key_is_told_again_without_the_provider() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let first = send(root, &path, &github("vault"), Some(WRITER)).await.expect(201);
    deployment.git.set_mood(GitMood::Cuts);
    for token in [Some(WRITER), None] {
        let again = send(root, &path, &github("vault"), token).await.expect(201);
        assert_eq!(
            (again.text.clone(), again.header("location")),
            (first.text.clone(), first.header("location"))
        );
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.body["warnings"][0]["code"], "token-can-write");
    }
    send(root, &path, &github("payments"), None).await.expect_problem(409, "idempotency-key-reused");
    assert_eq!(deployment.git.requests().len(), 1);
    assert_eq!(deployment.database.count("repositories", "true"), 1);
}

#[tokio::test]
async fn what_the_provider_refused_can_be_tried_again_under_the_same_key() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    send(root, &path, &github("vault"), None).await.expect_problem(409, "repository-refused");
    deployment.git.set_mood(GitMood::Cuts);
    send(root, &path, &github("vault"), None).await.expect_problem(503, "provider-unavailable");
    assert_eq!(deployment.database.count("idempotency_records", "true"), 0);
    deployment.git.set_mood(GitMood::Documented);
    send(root, &path, &github("vault"), Some(WRITER)).await.expect(201);
}

async fn send(person: &Person, path: &str, body: &Value, token: Option<&str>) -> Answer {
    let request = person.request(Method::POST, path).header("Idempotency-Key", "once").json(body);
    let request = match token {
        Some(token) => request.header("Git-Provider-Access-Token", token),
        None => request,
    };
    Answer::read(request.send().await.expect("the server answers")).await
}
