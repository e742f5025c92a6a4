//! `ETag`, `If-None-Match` and `If-Match` (RFC 9110 section 13): nobody overwrites what they have not seen.

use keyhall_tests::{Account, Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::{census, send, start};

#[tokio::test]
async fn who_has_an_entity_already_is_not_sent_it_again() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let project = admin.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201).id();
    for path in [format!("/v1/projects/{project}"), "/v1/me".to_owned(), "/v1/members".to_owned()] {
        let tag = admin.get(&path).await.expect(200).header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "a strong tag: {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            for method in [Method::GET, Method::HEAD] {
                let request = admin.request(method, &path).header("if-none-match", &known);
                let answer = send(request).await.expect(304);
                assert_eq!((answer.body.is_null(), answer.header("etag")), (true, tag.as_str()), "{known}");
            }
        }
        for unknown in ["\"other\"", "other", &tag.replace('"', ""), &tag.to_uppercase()] {
            send(admin.request(Method::GET, &path).header("if-none-match", unknown)).await.expect(200);
        }
    }
}

#[tokio::test]
async fn the_tag_changes_with_the_entity_and_is_the_one_that_the_change_answered_with() {
    let (_deployment, account) = start().await;
    let path = member(&account).await;
    let before = tag(&account.super_admin, &path).await;
    let changed = account.super_admin.patch(&path, &json!({ "role": "admin" })).await.expect(200);
    assert_ne!(changed.header("etag"), before);
    assert_eq!(changed.header("etag"), tag(&account.super_admin, &path).await);
}

#[tokio::test]
async fn a_change_of_what_has_changed_meanwhile_is_refused_and_changes_nothing() {
    let (deployment, account) = start().await;
    let path = member(&account).await;
    let stale = tag(&account.super_admin, &path).await;
    account.super_admin.patch(&path, &json!({ "role": "admin" })).await.expect(200);
    let fresh = tag(&account.super_admin, &path).await;
    let before = (census(&deployment), account.super_admin.get(&path).await.body);
    let no_match = [
        stale.clone(),
        format!("W/{fresh}"),
        format!("{stale}, W/{fresh}"),
        "\"\"".to_owned(),
        fresh.to_uppercase(),
    ];
    for (method, path) in changes(&path) {
        for tags in &no_match {
            let answer = change(&account.super_admin, &method, &path, tags).await;
            assert_eq!(answer.status, 412, "{method} {path} If-Match: {tags}");
            answer.expect_problem(412, "precondition-failed");
        }
    }
    assert_eq!((census(&deployment), account.super_admin.get(&path).await.body), before);
}

#[tokio::test]
async fn a_precondition_that_is_none_is_refused_by_name() {
    let (deployment, account) = start().await;
    let path = member(&account).await;
    let fresh = tag(&account.super_admin, &path).await;
    let before = census(&deployment);
    for (method, path) in changes(&path) {
        for malformed in
            ["nonsense", "\"", "\"open", "W/", "w/\"a\"", "", &fresh.replace('"', ""), &format!("{fresh},")]
        {
            let answer = change(&account.super_admin, &method, &path, malformed).await;
            assert_eq!(answer.violated(), ["If-Match"], "{method} {path} If-Match: {malformed}");
            answer.expect_problem(400, "invalid-request");
        }
    }
    assert_eq!(census(&deployment), before);
}

#[tokio::test]
async fn the_present_tag_passes_and_so_does_a_star() {
    let (_deployment, account) = start().await;
    let admin = &account.super_admin;
    let path = member(&account).await;
    for tags in [tag(admin, &path).await, format!("\"other\", {}", tag(admin, &path).await), "*".to_owned()] {
        // What does not change the member leaves its tag as it is.
        change(admin, &Method::PATCH, &path, &tags).await.expect(200);
    }
    let tags = tag(admin, &path).await;
    change(admin, &Method::DELETE, &path, &tags).await.expect(204);
    let other = format!("/v1/members/{}", account.invite("grace@example.com", "member").await.id());
    change(admin, &Method::DELETE, &other, "*").await.expect(204);
    change(admin, &Method::DELETE, &other, "*").await.expect_problem(404, "not-found");
}

/// The path of a new member.
async fn member(account: &Account) -> String {
    format!("/v1/members/{}", account.invite("ada@example.com", "member").await.id())
}

/// Every operation that takes a precondition.
fn changes(member: &str) -> [(Method, String); 6] {
    [
        (Method::PATCH, member.to_owned()),
        (Method::DELETE, member.to_owned()),
        (Method::POST, format!("{member}/suspend")),
        (Method::POST, format!("{member}/reinstate")),
        (Method::PUT, format!("{member}/super-admin")),
        (Method::DELETE, format!("{member}/super-admin")),
    ]
}

async fn change(person: &Person, method: &Method, path: &str, tags: &str) -> Answer {
    let request = person.request(method.clone(), path).header("if-match", tags);
    let body: Option<Value> = (*method == Method::PATCH).then(|| json!({ "role": "member" }));
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

async fn tag(person: &Person, path: &str) -> String {
    person.get(path).await.expect(200).header("etag").to_owned()
}
