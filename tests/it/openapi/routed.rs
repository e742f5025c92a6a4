//! The router serves what the document lists, and on the same paths nothing else.

use std::collections::{BTreeMap, BTreeSet};

use keyhall_tests::{Answer, Deployment};
use reqwest::Method;

use super::document::{document, operations};
use super::fixture::fill;

/// Methods that somebody could try.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"];

#[tokio::test]
async fn every_operation_of_the_document_is_served() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for operation in operations() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        let answer = send(&deployment, operation.method.clone(), &path).await;
        assert!(![404, 405].contains(&answer.status), "{operation}: {:#}", answer.body);
    }
}

#[tokio::test]
async fn every_other_method_of_a_path_is_refused_with_those_that_it_has() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for (path, allowed) in methods_by_path() {
        let operation =
            operations().into_iter().find(|operation| operation.path == path).expect("it is there");
        let path = fill(&operation, &account, &account.super_admin).await.path;
        for method in METHODS.into_iter().filter(|method| !allowed.contains(*method)) {
            let answer = send(&deployment, method.parse().expect("a method"), &path).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let told: BTreeSet<_> = answer.header("allow").split(", ").map(str::to_owned).collect();
            assert_eq!(told, allowed, "{method} {path}");
            if method != "HEAD" {
                answer.expect_problem(405, "method-not-allowed");
            }
        }
    }
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_that_the_tests_walk() {
    let deployment = Deployment::start().await;
    let served = send(&deployment, Method::GET, "/openapi.json").await.expect(200);
    assert_eq!(served.body, document());
}

#[tokio::test]
async fn a_path_that_the_document_does_not_have_is_not_there() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for path in
        ["/v1", "/v1/", "/v1/account/", "/v1//account", "/V1/account", "/v1/nothing", "/v1/members/x/y"]
    {
        account.super_admin.get(path).await.expect_problem(404, "not-found");
    }
}

/// The methods of each path; `GET` brings `HEAD`.
fn methods_by_path() -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations() {
        let methods = all.entry(operation.path).or_default();
        methods.insert(operation.method.to_string());
        if operation.method == Method::GET {
            methods.insert("HEAD".to_owned());
        }
    }
    all
}

async fn send(deployment: &Deployment, method: Method, path: &str) -> Answer {
    let request = deployment.client.request(method, deployment.url(path));
    Answer::read(request.send().await.expect("the server answers")).await
}
