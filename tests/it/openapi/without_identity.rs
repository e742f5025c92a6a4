//! Every operation without a credential, with a dead one, and with a living one in the wrong place: 401, and why in the
//! words of RFC 6750.

use jiff::SignedDuration;
use keyhall_credential::secret::{ClientSecret, OneTimeSecret, PersonalAccessTokenSecret, SessionSecret};
use keyhall_tests::{Account, Answer, Deployment, Person};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::document::{Mode, Operation, guarded, operations};
use super::fixture::fill;

/// The challenge to who sent no credential.
const PLAIN: &str = "Bearer realm=\"keyhall\"";
/// The challenge to who sent one that is not alive.
const INVALID_TOKEN: &str = "Bearer realm=\"keyhall\", error=\"invalid_token\"";
/// The challenge to who sent something that is no bearer.
const INVALID_REQUEST: &str = "Bearer realm=\"keyhall\", error=\"invalid_request\"";

#[tokio::test]
async fn without_a_credential_every_operation_is_refused_but_the_public_ones() {
    let (deployment, account) = start().await;
    for operation in operations() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        let answer = send(&deployment, &operation, &path, |request| request).await;
        if operation.right.mode == Mode::Public {
            assert_ne!(
                answer.body["type"], "https://keyhall.example/problems/unauthenticated",
                "{operation}"
            );
            assert_ne!(answer.status, 403, "{operation}");
        } else {
            refused(&operation, answer, PLAIN);
        }
    }
}

#[tokio::test]
async fn a_credential_in_any_other_place_than_the_header_is_none() {
    let (deployment, account) = start().await;
    let live = &account.super_admin.bearer;
    for operation in guarded() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        for name in ["access_token", "token", "bearer", "authorization", "api_key"] {
            let path = format!("{path}?{name}={live}");
            refused(&operation, send(&deployment, &operation, &path, |request| request).await, PLAIN);
        }
        for name in ["X-API-Key", "X-Auth-Token", "Proxy-Authorization", "Api-Key"] {
            let answer = send(&deployment, &operation, &path, |request| request.header(name, live)).await;
            refused(&operation, answer, PLAIN);
        }
        for name in ["session", "token", "access_token", "Authorization"] {
            let cookie = format!("{name}={live}");
            let answer =
                send(&deployment, &operation, &path, |request| request.header("cookie", &cookie)).await;
            refused(&operation, answer, PLAIN);
        }
    }
}

#[tokio::test]
async fn with_a_dead_token_every_operation_is_refused() {
    let (deployment, account) = start().await;
    let dead = dead_tokens(&deployment, &account).await;
    for operation in guarded() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        for (what, token) in &dead {
            let answer = send(&deployment, &operation, &path, |request| request.bearer_auth(token)).await;
            assert!(!answer.body.to_string().contains(token), "{operation}: {what}");
            refused(&operation, answer, INVALID_TOKEN);
        }
    }
}

#[tokio::test]
async fn with_a_malformed_header_every_operation_is_refused() {
    let (deployment, account) = start().await;
    let live = &account.super_admin.bearer;
    let malformed = [
        "Bearer".to_owned(),
        live.clone(),
        format!("Bearer {live} {live}"),
        format!("Basic {live}"),
        "Basic YWRhOnNlY3JldA==".to_owned(),
        format!("Token {live}"),
        format!("Bearer: {live}"),
        format!("Bearer=\"{live}\""),
    ];
    for operation in guarded() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        for header in &malformed {
            let answer =
                send(&deployment, &operation, &path, |request| request.header("authorization", header)).await;
            refused(&operation, answer, INVALID_REQUEST);
        }
        let twice = |request: RequestBuilder| request.bearer_auth(live).bearer_auth(live);
        refused(&operation, send(&deployment, &operation, &path, twice).await, INVALID_REQUEST);
    }
}

async fn start() -> (Deployment, Account) {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    (deployment, account)
}

/// Tokens that look right and open nothing. Time passes until they are dead; the first Super Admin stays signed in.
async fn dead_tokens(deployment: &Deployment, account: &Account) -> Vec<(&'static str, String)> {
    let person = account.person(deployment, "super_admin").await;
    let ended = Person::sign_in(deployment, &person.email, &person.password).await;
    ended.delete("/v1/sessions/current").await.expect(204);
    let revoked = token(&person, &json!({ "name": "revoked" })).await;
    person.act(&format!("/v1/personal-access-tokens/{}/revoke", revoked.id())).await.expect(200);
    let expired = token(&person, &json!({ "name": "short", "lifetime": "PT10M" })).await;
    let suspended = account.person(deployment, "member").await.through_token().await;
    account.super_admin.act(&format!("/v1/members/{}/suspend", suspended.member)).await.expect(200);
    deployment.pass(SignedDuration::from_mins(45));
    account.super_admin.get("/v1/me").await.expect(200);
    deployment.pass(SignedDuration::from_mins(30));
    vec![
        ("an unknown session", SessionSecret::generate().expect("a secret").reveal().to_owned()),
        ("an unknown token", PersonalAccessTokenSecret::generate().expect("a secret").reveal().to_owned()),
        ("a client secret", ClientSecret::generate().expect("a secret").reveal().to_owned()),
        ("an invitation", OneTimeSecret::generate().expect("a secret").reveal().to_owned()),
        ("no token of ours", "eyJhbGciOiJub25lIn0.e30.".to_owned()),
        ("a session that was ended", ended.bearer),
        ("a session that was not used for too long", person.bearer),
        ("a revoked token", revoked.text("token")),
        ("an expired token", expired.text("token")),
        ("a suspended member's token", suspended.bearer),
    ]
}

async fn token(owner: &Person, new: &Value) -> Answer {
    owner.post("/v1/personal-access-tokens", new).await.expect(201)
}

async fn send(
    deployment: &Deployment,
    operation: &Operation,
    path: &str,
    with: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Answer {
    let request = deployment.client.request(operation.method.clone(), deployment.url(path));
    let request = match operation.example() {
        Some(example) => request.json(example),
        None => request,
    };
    Answer::read(with(request).send().await.expect("the server answers")).await
}

#[track_caller]
fn refused(operation: &Operation, answer: Answer, challenge: &str) {
    assert_eq!(answer.status, 401, "{operation}: {:#}", answer.body);
    assert_eq!(answer.header("www-authenticate"), challenge, "{operation}: {:#}", answer.body);
    answer.expect_problem(401, "unauthenticated");
}
