//! What is sent: every mistake by its field, and no name that could leave the URL's path.

use keyhall_tests::Deployment;
use serde_json::{Value, json};

use super::{github, start};

#[tokio::test]
async fn parameters_are_the_providers_own_and_every_mistake_has_its_field() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    for (body, fields) in [
        (json!({}), vec!["provider", "providerParameters", "repositoryName"]),
        (with("provider", json!("bitbucket")), vec!["provider"]),
        (with("provider", json!(null)), vec!["provider"]),
        (with("provider", json!("gitlab")), vec!["providerParameters.namespace", "providerParameters.owner"]),
        (with("providerParameters", json!({})), vec!["providerParameters.owner"]),
        (
            with("providerParameters", json!({ "namespace": "acme" })),
            vec!["providerParameters.namespace", "providerParameters.owner"],
        ),
        (
            with("providerParameters", json!({ "owner": "acme", "host": "x" })),
            vec!["providerParameters.host"],
        ),
        (with("providerParameters", json!({ "owner": 7 })), vec!["providerParameters.owner"]),
        (with("token", json!("x")), vec!["token"]),
        (
            json!({ "provider": "github", "repositoryName": "..", "providerParameters": { "owner": "a/b" } }),
            vec!["providerParameters.owner", "repositoryName"],
        ),
    ] {
        let answer = root.post(&path, &body).await.expect_problem(400, "invalid-request");
        assert_eq!(answer.violated(), fields, "{body}");
    }
    let answer = root.post(&path, &with("provider", json!("bitbucket"))).await;
    assert_eq!(answer.body["violations"][0]["message"], "must be one of `github`, `gitlab`");
    assert!(deployment.git.requests().is_empty(), "nobody is asked");
}

#[tokio::test]
async fn no_name_leaves_its_place_in_the_url() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let hostile = [
        "..",
        ".",
        "",
        "a/../../user",
        "../x",
        "a%2f..",
        "%2e%2e",
        "a?per_page=1",
        "a#b",
        "a\\b",
        "a b",
        "a\r\nX: y",
        "a@b",
        "ａ",
        "a\u{0}",
        "a.git",
    ];
    for name in hostile {
        for provider in ["github", "gitlab"] {
            let parameter = if provider == "github" { "owner" } else { "namespace" };
            let in_name = json!({ "provider": provider, "repositoryName": name, "providerParameters": { parameter: "acme" } });
            let in_owner = json!({ "provider": provider, "repositoryName": "payments", "providerParameters": { parameter: name } });
            for (body, field) in [
                (in_name, "repositoryName".to_owned()),
                (in_owner, format!("providerParameters.{parameter}")),
            ] {
                let answer = root.post(&path, &body).await.expect_problem(400, "invalid-request");
                assert_eq!(answer.violated(), [field], "{body}");
            }
        }
    }
    assert!(deployment.git.requests().is_empty(), "nobody is asked");
}

fn with(field: &str, value: Value) -> Value {
    let mut body = github("payments");
    body[field] = value;
    body
}
