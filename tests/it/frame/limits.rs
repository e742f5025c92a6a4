//! Limits: how large bodies are, and how many requests a principal has.

use keyhall_api::Limits;
use keyhall_tests::{Account, Answer, Deployment, Options, Person};
use reqwest::Method;
use serde_json::json;

use super::send;

/// A deployment where everybody has so many requests a minute.
async fn with_requests(requests_per_minute: u32) -> (Deployment, Account) {
    let limits = Limits { requests_per_minute, ..Limits::default() };
    let deployment = Deployment::start_with(Options { limits, ..Options::default() }).await;
    let account = deployment.account("Acme").await;
    (deployment, account)
}

/// What an answer says is left.
#[track_caller]
fn left(answer: &Answer) -> u32 {
    let (left, seconds) = answer.header("ratelimit").split_once(";t=").expect("a limit with its time");
    assert!((1..=60).contains(&seconds.parse::<u32>().expect("seconds")));
    left.strip_prefix("\"default\";r=").expect("what is left").parse().expect("a number")
}

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

#[tokio::test]
async fn every_authenticated_answer_says_what_is_left_and_after_the_last_one_comes_429() {
    let (_deployment, account) = with_requests(6).await;
    let root = &account.super_admin;
    let answers = [
        root.get("/v1/me").await.expect(200),
        root.get("/v1/projects/nonsense").await.expect(400),
        root.get("/v1/members/mbr_00000000000000000000000000").await.expect(404),
        root.post("/v1/projects", &json!({ "nonsense": 1 })).await.expect(400),
        send(root.request(Method::HEAD, "/v1/me")).await.expect(200),
        root.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201),
    ];
    for (answer, expected) in answers.iter().zip([5, 4, 3, 2, 1, 0]) {
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=6;w=60");
        assert_eq!(left(answer), expected);
    }
    for _ in 0..3 {
        let refused = root.get("/v1/me").await.expect_problem(429, "rate-limited");
        assert_eq!(left(&refused), 0);
        assert_eq!(refused.header("ratelimit-policy"), "\"default\";q=6;w=60");
        assert!((1..=60).contains(&refused.header("retry-after").parse::<u32>().expect("seconds")));
    }
}

#[tokio::test]
async fn one_principals_tokens_share_and_two_principals_do_not() {
    let (deployment, account) = with_requests(20).await;
    let root = &account.super_admin;
    let person = account.person(&deployment, "admin").await;
    let token = person.through_token().await;
    let before = left(&person.get("/v1/me").await);
    assert_eq!(left(&token.get("/v1/me").await), before - 1);
    let roots = left(&root.get("/v1/me").await);
    while token.get("/v1/me").await.status != 429 {}
    person.get("/v1/me").await.expect_problem(429, "rate-limited");
    assert_eq!(left(&root.get("/v1/me").await), roots - 1);
    // Signing in is no request of the principal's, and gives it no more of them.
    let again = Person::sign_in(&deployment, &person.email, &person.password).await;
    again.get("/v1/me").await.expect_problem(429, "rate-limited");
}

#[tokio::test]
async fn the_limit_comes_after_the_identity_and_before_the_right_and_the_body() {
    let (deployment, account) = with_requests(8).await;
    let person = account.person(&deployment, "member").await;
    while person.get("/v1/me").await.status != 429 {}
    let events = deployment.database.count("audit_events", "true");
    person.get("/v1/audit-events").await.expect_problem(429, "rate-limited");
    person.get("/v1/members/nonsense").await.expect_problem(429, "rate-limited");
    let body = person.request(Method::POST, "/v1/projects").body("nonsense");
    send(body).await.expect_problem(429, "rate-limited");
    let unknown =
        person.with_bearer("khu_nonsense").get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!((unknown.header("ratelimit"), unknown.header("ratelimit-policy")), ("", ""));
    assert_eq!(deployment.database.count("audit_events", "true"), events);
}

#[tokio::test]
async fn each_server_counts_for_itself_and_the_limit_can_be_off() {
    let (deployment, account) = with_requests(5).await;
    let root = &account.super_admin;
    while root.get("/v1/me").await.status != 429 {}
    let limits = Limits { requests_per_minute: 0, ..Limits::default() };
    let (database, clock) = (deployment.database.clone(), deployment.clock.clone());
    let unlimited = Deployment::on(database, clock, &Options { limits, ..Options::default() }).await;
    for _ in 0..20 {
        let request = unlimited.client.get(unlimited.url("/v1/me")).bearer_auth(&root.bearer);
        let answer = send(request).await.expect(200);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
    }
    root.get("/v1/me").await.expect_problem(429, "rate-limited");
}

#[tokio::test]
async fn whoever_uses_up_somebodys_requests_does_not_keep_them_from_ending_it() {
    let (deployment, account) = with_requests(30).await;
    let root = &account.super_admin;
    let made = root.post("/v1/personal-access-tokens", &json!({ "name": "stolen" })).await.expect(201);
    let thief = root.with_bearer(&made.text("token"));
    while thief.get("/v1/me").await.status != 429 {}
    for _ in 0..100 {
        thief.delete(&format!("/v1/sessions/{}", made.id().replace("pat_", "ses_"))).await;
    }
    root.get("/v1/me").await.expect_problem(429, "rate-limited");
    root.act(&format!("/v1/personal-access-tokens/{}/revoke", made.id())).await.expect(200);
    thief.get("/v1/me").await.expect_problem(401, "unauthenticated");
    let change =
        json!({ "currentPassword": root.password, "newPassword": "eleven green walruses fix bicycles" });
    root.send(Method::PUT, "/v1/me/password", Some(&change)).await.expect(204);
    drop(deployment);
}

#[tokio::test]
async fn ways_out_are_counted_too() {
    let (_deployment, account) = with_requests(5).await;
    let root = &account.super_admin;
    while root.get("/v1/me").await.status != 429 {}
    let change = json!({});
    let mut let_through = 0;
    while root.send(Method::PUT, "/v1/me/password", Some(&change)).await.status != 429 {
        let_through += 1;
    }
    assert_eq!(let_through, 20);
}
