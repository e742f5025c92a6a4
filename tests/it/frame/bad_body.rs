//! Bodies that are no JSON, or too much of it.

use keyhall_tests::{Account, Answer};
use reqwest::{Body, Method};
use serde_json::json;

use super::{census, send, start};

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_and_nothing_changes() {
    let (deployment, account) = start().await;
    let before = census(&deployment);
    let broken: [&[u8]; 13] = [
        b"",
        b" ",
        b"{",
        b"{\"name\": \"Payments\"",
        b"{\"name\": \"Payments\"} {}",
        b"{\"name\": \"Payments\"}x",
        b"{\"name\": \"Payments\",}",
        b"{'name': 'Payments'}",
        b"{\"name\": NaN}",
        b"{\"name\": \"\xff\"}",
        b"{\"name\": \"\\ud800\"}",
        b"\xef\xbb\xbf{\"name\": \"Payments\"}",
        b"name=Payments",
    ];
    for body in broken {
        let answer = create(&account, Some("application/json"), body).await;
        assert_eq!(answer.status, 400, "{:?}", String::from_utf8_lossy(body));
        answer.expect_problem(400, "invalid-json");
    }
    assert_eq!(census(&deployment), before);
}

#[tokio::test]
async fn a_body_that_is_nested_too_deep_is_refused_before_anything_recurses() {
    let (deployment, account) = start().await;
    let before = census(&deployment);
    for (open, close) in [("[", "]"), ("{\"name\":", "}")] {
        let deep = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        let levels = if open == "[" { 10_000 } else { 5_000 };
        let answer = create(&account, Some("application/json"), deep(levels)).await;
        assert_eq!(
            answer.expect_problem(400, "invalid-json").text("detail"),
            "the body is nested more than 32 deep"
        );
        create(&account, Some("application/json"), deep(32)).await.expect_problem(400, "invalid-request");
    }
    assert_eq!(census(&deployment), before);
}

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_a_larger_one_is_refused() {
    let (deployment, account) = start().await;
    let of_size = |size: usize| {
        let project = json!({ "name": format!("Payments {size}") }).to_string();
        format!("{project}{}", " ".repeat(size - project.len()))
    };
    create(&account, Some("application/json"), of_size(64 * 1024)).await.expect(201);
    let before = census(&deployment);
    for size in [64 * 1024 + 1, 1024 * 1024] {
        let answer = create(&account, Some("application/json"), of_size(size)).await;
        answer.expect_problem(413, "payload-too-large");
    }
    assert_eq!(census(&deployment), before);
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused_and_one_without_too() {
    let (deployment, account) = start().await;
    let before = census(&deployment);
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/xml",
        "text/json",
        "json",
        "",
    ] {
        let answer = create(&account, Some(media_type), "{\"name\": \"Payments\"}").await;
        assert_eq!(answer.status, 415, "{media_type:?}");
        answer.expect_problem(415, "unsupported-media-type");
    }
    create(&account, None, "{\"name\": \"Payments\"}").await.expect_problem(415, "unsupported-media-type");
    assert_eq!(census(&deployment), before);
}

#[tokio::test]
async fn json_is_recognised_by_its_media_type_however_it_is_spelt() {
    let (_deployment, account) = start().await;
    for media_type in ["Application/JSON", "application/json; charset=utf-8", "application/merge-patch+json"]
    {
        let body = json!({ "name": media_type }).to_string();
        create(&account, Some(media_type), body).await.expect(201);
    }
}

#[tokio::test]
async fn a_get_is_served_whatever_its_content_type_and_its_body() {
    let (_deployment, account) = start().await;
    let request = account.super_admin.request(Method::GET, "/v1/projects");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body("a=b&%%%");
    send(request).await.expect(200);
    let admin = &account.super_admin;
    assert_eq!(admin.get("/v1/me").await.expect(200).body["account"]["id"], account.id, "and the next one");
}

async fn create(account: &Account, media_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let request = account.super_admin.request(Method::POST, "/v1/projects").body(body);
    send(match media_type {
        Some(media_type) => request.header("content-type", media_type),
        None => request,
    })
    .await
}
