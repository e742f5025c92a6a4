//! The header that lends a token: once, visible, and never one of Keyhall's own.

use keyhall_tests::{Answer, Deployment, READER};
use reqwest::Method;
use reqwest::header::HeaderValue;

use super::{github, lend, start};

const HEADER: &str = "Git-Provider-Access-Token";

#[tokio::test]
async fn a_header_that_is_no_token_is_a_violation_and_is_not_repeated() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let pat = root.through_token().await.bearer;
    let long = "c".repeat(513);
    for value in ["", "ghp canary", "ghp\tcanary", "canäry", &long, &root.bearer, &format!("x{pat}")] {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let request = root.request(Method::POST, &path).header(HEADER, value.clone());
        let answer = Answer::read(request.json(&github("payments")).send().await.unwrap()).await;
        let answer = answer.expect_problem(400, "invalid-request");
        assert_eq!(answer.violated(), [HEADER]);
        let shown = format!("{:?} {}", answer.headers, answer.text);
        for part in ["canary", "canäry", "cccc", &root.bearer[4..], &pat[4..]] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
    assert!(deployment.git.requests().is_empty(), "nobody is asked");
}

#[tokio::test]
async fn a_token_stands_once() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let request = account.super_admin.request(Method::POST, &path).header(HEADER, READER);
    let request = request.header(HEADER, READER).json(&github("payments"));
    let answer = Answer::read(request.send().await.unwrap()).await.expect_problem(400, "invalid-request");
    assert_eq!(answer.violated(), [HEADER]);
    assert!(deployment.git.requests().is_empty(), "nobody is asked");
}

#[tokio::test]
async fn who_may_not_connect_lends_nothing() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let stranger = account.person(&deployment, "admin").await;
    lend(&stranger, &path, &github("payments"), READER).await.expect_problem(404, "not-found");
    lend(&stranger.with_bearer("khu_x"), &path, &github("payments"), READER)
        .await
        .expect_problem(401, "unauthenticated");
    assert!(deployment.git.requests().is_empty(), "nobody is asked");
}
