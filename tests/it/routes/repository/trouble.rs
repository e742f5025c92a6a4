//! A provider that is away, slow, endless, mad or hostile: 503, nothing is stored, and its words go no further.

use std::time::Duration;

use keyhall_tests::{Deployment, GitMood, Options, Person};
use serde_json::{Value, json};

use super::{github, gitlab, start};

#[tokio::test]
async fn a_provider_that_drips_floods_or_cuts_is_given_up() {
    let options = Options { git_timeout: Duration::from_secs(1), ..Options::default() };
    let deployment = Deployment::start_with(options).await;
    let (account, path) = start(&deployment).await;
    for mood in [GitMood::Drips, GitMood::Floods, GitMood::Cuts] {
        deployment.git.set_mood(mood);
        away(&account.super_admin, &path).await;
    }
    deployment.git.say(200, format!("{{\"private\":false,\"x\":\"{}\"}}", "x".repeat(1024 * 1024)));
    away(&account.super_admin, &path).await;
    assert_eq!(deployment.database.count("repositories", "true"), 0);
}

#[tokio::test]
async fn a_provider_with_troubles_of_its_own_is_away() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    for status in [500, 502, 503, 504, 204, 206, 400, 418] {
        deployment.git.say(status, if status == 204 { "" } else { "{\"message\":\"PROVIDER-SAYS\"}" });
        away(&account.super_admin, &path).await;
    }
    deployment.git.set_mood(GitMood::Documented);
    account.super_admin.post(&path, &github("payments")).await.expect(201);
}

#[tokio::test]
async fn a_limit_of_the_providers_says_when_to_come_back() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    for (status, header, seconds) in [
        (429, None, "60"),
        (429, Some("Retry-After: 17"), "17"),
        (429, Some("Retry-After: 999999"), "3600"),
        (429, Some("Retry-After: 0"), "1"),
        (429, Some("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"), "60"),
        (403, Some("X-RateLimit-Remaining: 0"), "60"),
        (403, Some("Retry-After: 5"), "5"),
    ] {
        let (header, body) = (header.map(str::to_owned), "PROVIDER-SAYS".to_owned());
        deployment.git.set_mood(GitMood::Says { status, header, body });
        let answer = account.super_admin.post(&path, &github("payments")).await;
        let answer = answer.expect_problem(503, "provider-unavailable");
        assert_eq!(answer.header("retry-after"), seconds);
        assert!(answer.text("detail").contains("no more requests"), "{}", answer.text);
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_not_understood() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    for body in [
        "",
        "PROVIDER-SAYS",
        "{}",
        "null",
        "{\"private\":\"no\",\"visibility\":7}",
        "{\"visibility\":\"everybody\"}",
        "{\"visibility\":\"public\",\"default_branch\":\"a\\u0000b\"}",
        "{\"visibility\":\"public\",\"default_branch\":\"a\\u202eb\"}",
        "{\"visibility\":\"public\",\"default_branch\":\"a\\nb\"}",
        &format!("{{\"visibility\":\"public\",\"default_branch\":\"{}\"}}", "b".repeat(256)),
        &"[".repeat(100_000),
    ] {
        deployment.git.say(200, body);
        away(&account.super_admin, &path).await;
    }
    assert_eq!(deployment.database.count("repositories", "true"), 0);
}

#[tokio::test]
async fn a_url_that_is_none_of_the_web_is_left_out() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let long = format!("https://git.example/{}", "a".repeat(2048));
    for url in
        ["javascript:alert(1)", "https://ada@evil.example/", "https://git.example/\u{0}", "//x", "", &long]
    {
        let said = json!({ "visibility": "public", "html_url": url, "web_url": url, "default_branch": null });
        deployment.git.say(200, said.to_string());
        for body in [github("payments"), gitlab("payments")] {
            let made = root.post(&path, &body).await.expect(201);
            assert_eq!((&made.body["webUrl"], &made.body["defaultBranch"]), (&Value::Null, &Value::Null));
            root.delete(&format!("{path}/{}", made.id())).await.expect(204);
        }
    }
}

/// Both providers are away, and nobody is told why.
async fn away(root: &Person, path: &str) {
    for body in [github("payments"), gitlab("payments")] {
        let answer = root.post(path, &body).await.expect_problem(503, "provider-unavailable");
        assert_eq!(answer.header("retry-after"), "10");
        assert!(answer.body.get("detail").is_none(), "{}", answer.text);
        assert!(!answer.text.contains("PROVIDER-SAYS"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_provider_that_says_the_token_back_has_it_kept_nowhere() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let token = "ghp_SaidBackByTheProvider0123456789";
    for (branch, url) in
        [(token, "https://github.com/acme/payments"), ("main", &format!("https://x.example/{token}"))]
    {
        let said = json!({ "default_branch": branch, "private": true, "html_url": url });
        deployment.git.say(200, said.to_string());
        let answer = super::lend(&account.super_admin, &path, &github("payments"), token).await;
        let answer = answer.expect_problem(503, "provider-unavailable");
        assert!(!answer.text.contains(token), "{}", answer.text);
    }
    assert_eq!(deployment.database.count("repositories", "true"), 0);
}
