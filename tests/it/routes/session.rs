//! Sessions: signing in, and what is told to whom. What ends them is in `lifetime`, whose account they are of in `account`.

mod account;
mod lifetime;
mod lock_out;
mod others;

use keyhall_credential::digest::sha256;
use keyhall_tests::{Account, Answer, Deployment};
use serde_json::{Value, json};

use crate::sql;

const SIGN_IN: &str = "/v1/sessions";

#[tokio::test]
async fn an_address_is_known_in_every_spelling() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let fullwidth = root.email.replacen("root", "ｒｏｏＴ", 1);

    for email in [root.email.to_uppercase(), format!("  {}\t", root.email), fullwidth] {
        let session = sign_in(&deployment, &email, &root.password).await.expect(201);
        assert_eq!(session.text("memberId"), root.member, "{email}");
        assert_eq!(session.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_password_learns_nothing() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (suspended, disabled) =
        (account.person(&deployment, "member").await, account.person(&deployment, "member").await);
    account.super_admin.act(&format!("/v1/members/{}/suspend", suspended.member)).await.expect(200);
    sql::set_user(&deployment.database, &disabled.member, "state = 'disabled'");
    account.invite("invited@example.com", "member").await;

    let known = account.super_admin.email.as_str();
    let wrong = sign_in(&deployment, known, "not the password of anybody").await;
    let expected = observable(&wrong.expect_problem(401, "invalid-credentials"));
    let (long, almost) = ("x".repeat(10_000), format!("{} ", account.super_admin.password));
    for (email, password) in [
        ("nobody@example.com", "not the password of anybody"),
        ("nobody@example.com", "abc"),
        ("nobody@example.com", long.as_str()),
        (known, "abc"),
        (known, ""),
        (known, long.as_str()),
        (known, almost.as_str()),
        ("invited@example.com", "not the password of anybody"),
        (suspended.email.as_str(), "not the password of anybody"),
        (disabled.email.as_str(), "not the password of anybody"),
    ] {
        let answer = sign_in(&deployment, email, password).await;
        assert_eq!(observable(&answer), expected, "{email} with {} bytes", password.len());
    }
}

#[tokio::test]
async fn who_may_not_speak_is_told_why_with_the_right_password() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    let set_user = |state| sql::set_user(&deployment.database, &person.member, state);
    let refusal = async || {
        let answer = sign_in(&deployment, &person.email, &person.password).await;
        answer.expect_problem(401, "unauthenticated").text("detail")
    };

    sql::set_member(&deployment.database, &person.member, "state = 'suspended'");
    assert_eq!(refusal().await, "the member is suspended");
    set_user("state = 'disabled'");
    assert_eq!(refusal().await, "the user is disabled");
    sql::set_account_state(&deployment.database, &account.id, "suspended");
    assert_eq!(refusal().await, "the account is suspended");

    sql::set_account_state(&deployment.database, &account.id, "active");
    set_user("state = 'active'");
    sql::set_member(&deployment.database, &person.member, "state = 'active'");
    sign_in(&deployment, &person.email, &person.password).await.expect(201);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_sign_in_is_told_at_once() {
    let deployment = Deployment::start().await;
    let answer = post(&deployment, &json!({ "email": "nobody", "account": "acc_1", "admin": true })).await;
    let answer = answer.expect_problem(400, "invalid-request");
    assert_eq!(answer.violated(), ["account", "admin", "email", "password"]);
}

#[tokio::test]
async fn the_database_knows_a_session_by_its_digest_alone() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    root.get("/v1/me").await.expect(200);

    let dump = sql::dump(&deployment.database).join("\n");
    assert!(dump.contains(&hex(&sha256(&[root.bearer.as_bytes()]))), "the dump shows what is stored");
    for secret in [root.bearer.as_str(), &root.bearer["khu_".len()..], root.password.as_str()] {
        assert!(!dump.contains(secret), "a secret stands in the database");
        assert!(!dump.contains(&hex(secret.as_bytes())), "a secret stands in the database as bytes");
    }
}

#[tokio::test]
async fn a_session_says_whose_it_is_and_never_its_secret_again() {
    let deployment = Deployment::start().await;
    let Account { id, super_admin: root } = deployment.account("Acme").await;
    let made = sign_in(&deployment, &root.email, &root.password).await.expect(201);
    assert_eq!(made.header("location"), "https://keyhall.example/v1/sessions/current");

    let shown = root.with_bearer(&made.text("token")).get("/v1/sessions/current").await.expect(200);
    let mut expected = made.body;
    expected.as_object_mut().unwrap().remove("token");
    assert_eq!(shown.body, expected);
    assert_eq!((shown.text("accountId"), shown.text("memberId")), (id, root.member));
}

async fn sign_in(deployment: &Deployment, email: &str, password: &str) -> Answer {
    post(deployment, &json!({ "email": email, "password": password })).await
}

async fn post(deployment: &Deployment, body: &Value) -> Answer {
    let request = deployment.client.post(deployment.url(SIGN_IN)).json(body);
    Answer::read(request.send().await.expect("the server answers")).await
}

/// What a caller can tell one answer from another by; the request's own id and the time aside.
fn observable(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let headers =
        answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut body = answer.body.clone();
    for own in ["requestId", "instance"] {
        body.as_object_mut().unwrap().remove(own).expect("it has one");
    }
    (answer.status, headers.collect(), body)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
