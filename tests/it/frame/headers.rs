//! Headers that every answer has, and `HEAD`.

use keyhall_tests::Deployment;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use uuid::Uuid;

use super::{send, start};

#[tokio::test]
async fn a_sane_request_id_is_kept_in_header_and_body() {
    let (deployment, account) = start().await;
    let longest = "x".repeat(128);
    for id in ["deploy-42_a.B", "0", longest.as_str()] {
        let request = account.super_admin.request(Method::GET, "/v1/me").header("x-request-id", id);
        assert_eq!(send(request).await.expect(200).header("x-request-id"), id);
        for path in ["/v1/me", "/v1/nothing"] {
            let request = deployment.client.get(deployment.url(path)).header("x-request-id", id);
            let refused = send(request).await;
            assert_eq!((refused.header("x-request-id"), refused.text("requestId")), (id, id.to_owned()));
            assert_eq!(refused.text("instance"), format!("urn:keyhall:request:{id}"));
        }
    }
}

#[tokio::test]
async fn an_insane_request_id_is_replaced_and_so_is_none() {
    let deployment = Deployment::start().await;
    let too_long = "x".repeat(129);
    let insane = ["", " ", "a b", "a\"b", "<script>", "a/b", "a\tb", "\u{e9}", too_long.as_str()];
    for id in insane {
        let value = HeaderValue::from_bytes(id.as_bytes()).expect("a header may have this");
        let request = deployment.client.get(deployment.url("/v1/me")).header("x-request-id", value);
        let given = send(request).await.expect_problem(401, "unauthenticated").text("requestId");
        assert!(given.parse::<Uuid>().is_ok(), "{id:?} became {given}");
    }
    let ids =
        [Method::GET, Method::GET].map(|method| deployment.client.request(method, deployment.url("/v1/me")));
    let [one, other] = ids.map(send);
    assert_ne!(one.await.text("requestId"), other.await.text("requestId"));
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (deployment, account) = start().await;
    let project = account.super_admin.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let there = format!("/v1/projects/{}", project.id());
    for path in [&there, "/v1/projects", "/v1/me", "/v1/nothing", "/v1/projects/x", "/health/live", "/invite"]
    {
        let get = send(account.super_admin.request(Method::GET, path)).await;
        let head = send(account.super_admin.request(Method::HEAD, path)).await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_null() && !get.body.is_null(), "{path}");
        for name in ["content-type", "etag", "cache-control", "x-content-type-options"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    let nobody = send(deployment.client.head(deployment.url("/v1/me"))).await.expect(401);
    assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"keyhall\"");
}

#[tokio::test]
async fn an_answer_with_a_secret_is_stored_nowhere() {
    let (deployment, account) = start().await;
    let admin = &account.super_admin;
    let credentials = json!({ "email": admin.email, "password": admin.password });
    let sign_in = send(deployment.client.post(deployment.url("/v1/sessions")).json(&credentials)).await;
    let token = admin.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await;
    let invitation = account.invite("ada@example.com", "member").await;
    for (secret, answer) in [("token", sign_in), ("token", token), ("invitationLink", invitation)] {
        assert!(!answer.text(secret).is_empty());
        assert_eq!(answer.header("cache-control"), "no-store", "{:#}", answer.body);
    }
}

#[tokio::test]
async fn no_answer_is_sniffed_and_none_about_an_account_is_shared() {
    let (_deployment, account) = start().await;
    for path in [
        "/v1/me",
        "/v1/projects",
        "/v1/audit-events",
        "/v1/nothing",
        "/v1/projects?size=0",
        "/health/ready",
        "/invite",
        "/docs/",
    ] {
        let answer = account.super_admin.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        if path.starts_with("/v1") {
            let caching = answer.header("cache-control");
            assert!(["no-store", "private, no-cache"].contains(&caching), "{path}: {caching}");
        }
    }
}
