//! Bodies and paths that are JSON and ids, and still wrong: every mistake is told, with its field, and nothing happens.

use keyhall_tests::{Account, Answer};
use reqwest::Method;
use serde_json::{Value, json};

use super::{census, start};

#[tokio::test]
async fn every_mistake_of_a_body_is_told_at_once_and_nothing_changes() {
    let (deployment, account) = start().await;
    let member = account.invite("ada@example.com", "member").await.id();
    let before = census(&deployment);
    for (method, path, body, fields) in bodies(&member) {
        let answer = account.super_admin.send(method, &path, Some(&body)).await;
        assert_eq!(answer.violated(), fields, "{path} {body}: {:#}", answer.body);
        answer.expect_problem(400, "invalid-request");
    }
    assert_eq!(census(&deployment), before);
}

fn bodies(member: &str) -> Vec<(Method, String, Value, Vec<&'static str>)> {
    let projects = |body, fields| (Method::POST, "/v1/projects".to_owned(), body, fields);
    let members = |body, fields| (Method::POST, "/v1/members".to_owned(), body, fields);
    let patch = |body, fields| (Method::PATCH, format!("/v1/members/{member}"), body, fields);
    let tokens = |body, fields| (Method::POST, "/v1/personal-access-tokens".to_owned(), body, fields);
    let long = "x".repeat(1001);
    vec![
        projects(json!({}), vec!["name"]),
        projects(json!([]), vec!["body"]),
        projects(json!("Payments"), vec!["body"]),
        projects(Value::Null, vec!["body"]),
        projects(json!({ "name": null }), vec!["name"]),
        projects(json!({ "name": ["Payments"] }), vec!["name"]),
        projects(json!({ "name": "Payments", "id": "x" }), vec!["id"]),
        projects(json!({ "Name": "Payments" }), vec!["Name", "name"]),
        projects(
            json!({ "name": 7, "description": long, "owner": 1, "x": {} }),
            vec!["description", "name", "owner", "x"],
        ),
        members(json!({ "email": "nobody", "role": "super_admin" }), vec!["email", "role"]),
        members(json!({ "email": 1, "role": true, "state": "active" }), vec!["email", "role", "state"]),
        members(json!({}), vec!["email", "role"]),
        patch(json!({ "role": "super_admin" }), vec!["role"]),
        patch(
            json!({ "role": 1, "email": "ada@example.com", "state": "active" }),
            vec!["email", "role", "state"],
        ),
        tokens(
            json!({ "name": "\u{200B}", "description": "\u{7}", "access": "everything", "lifetime": "never" }),
            vec!["access", "description", "lifetime", "name"],
        ),
        tokens(json!({ "name": "laptop", "owner": member, "scopes": [] }), vec!["owner", "scopes"]),
        tokens(json!({ "name": "laptop", "lifetime": "P367D" }), vec!["lifetime"]),
    ]
}

#[tokio::test]
async fn a_name_that_cannot_be_is_refused_with_the_reason() {
    let (deployment, account) = start().await;
    let before = census(&deployment);
    for (name, reason) in [
        (String::new(), "must have at least 1 visible character"),
        ("   ".to_owned(), "must have at least 1 visible character"),
        ("\u{200B}\u{2060}\u{3164}".to_owned(), "must have at least 1 visible character"),
        ("x".repeat(101), "must have at most 100 characters"),
        ("a\0b".to_owned(), "must not have the control character U+0000 in it"),
        ("a\nb".to_owned(), "must not have the control character U+000A in it"),
        ("abc\u{202E}cba".to_owned(), "must not have the bidirectional override U+202E in it"),
    ] {
        let answer = create(&account, &json!({ "name": name })).await.expect_problem(400, "invalid-request");
        assert_eq!(answer.body["violations"], json!([{ "field": "name", "message": reason }]), "{name:?}");
    }
    assert_eq!(census(&deployment), before);
    create(&account, &json!({ "name": "é".repeat(100), "description": "x".repeat(1000) })).await.expect(201);
}

#[tokio::test]
async fn an_unknown_field_is_named_beside_those_that_are_known() {
    let (_deployment, account) = start().await;
    let answer = create(&account, &json!({ "name": "Payments", "colour": "red" })).await;
    let message = "is not a known field; known are `name`, `description`";
    assert_eq!(answer.body["violations"], json!([{ "field": "colour", "message": message }]));
}

#[tokio::test]
async fn an_id_of_another_kind_or_none_is_refused_with_the_form_that_it_should_have() {
    let (_deployment, account) = start().await;
    let project = create(&account, &json!({ "name": "Payments" })).await.expect(201).id();
    for (collection, field, prefix) in [
        ("members", "memberId", "mbr"),
        ("projects", "projectId", "prj"),
        ("personal-access-tokens", "patId", "pat"),
    ] {
        let (_, random) = project.split_once('_').expect("an id has a prefix");
        let good = format!("{prefix}_{random}");
        let wrong = [
            account.id.clone(),
            good.to_uppercase(),
            format!("{good}x"),
            random.to_owned(),
            format!("{prefix}_"),
            "0198-0f6e".to_owned(),
            "%00".to_owned(),
            "%ff".to_owned(),
            "..%2f..".to_owned(),
        ];
        for id in wrong {
            let answer = account.super_admin.get(&format!("/v1/{collection}/{id}")).await;
            let message = format!("must be an id of the form `{prefix}_` followed by 26 characters");
            assert_eq!(answer.body["violations"], json!([{ "field": field, "message": message }]), "{id}");
            answer.expect_problem(400, "invalid-request");
        }
    }
    let unknown = project.replace("prj", "mbr");
    account.super_admin.get(&format!("/v1/members/{unknown}")).await.expect_problem(404, "not-found");
}

async fn create(account: &Account, project: &Value) -> Answer {
    account.super_admin.post("/v1/projects", project).await
}
