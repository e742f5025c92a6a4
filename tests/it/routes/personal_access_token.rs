//! Personal access tokens: what they are worth, and for how long. How they are made is in `issue`, how they end in `revoke`,
//! who sees them in `list`.

mod issue;
mod list;
mod revoke;

use jiff::{SignedDuration, Timestamp};
use keyhall_tests::{Answer, Deployment, Person};
use serde_json::{Value, json};

use crate::sql;

const TOKENS: &str = "/v1/personal-access-tokens";

#[tokio::test]
async fn a_token_may_do_what_its_owner_may_at_this_moment() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "admin").await);
    let token = person.through_token().await;
    let new_project = |name: &str| json!({ "name": name });

    let made = token.post("/v1/projects", &new_project("Payments")).await.expect(201);
    assert_eq!(made.body["createdBy"], json!({ "type": "member", "id": person.member }));
    let path = format!("/v1/members/{}", person.member);
    root.patch(&path, &json!({ "role": "member" })).await.expect(200);
    let refused = token.post("/v1/projects", &new_project("Billing")).await;
    assert_eq!(refused.expect_problem(403, "missing-permission").text("missingPermission"), "project:create");
    token.get(&format!("/v1/projects/{}", made.id())).await.expect(200);

    root.patch(&path, &json!({ "role": "admin" })).await.expect(200);
    token.post("/v1/projects", &new_project("Billing")).await.expect(201);
    root.put(&format!("{path}/super-admin")).await.expect(200);
    token.get("/v1/audit-events").await.expect(200);
    root.delete(&format!("{path}/super-admin")).await.expect(200);
    token.get("/v1/audit-events").await.expect_problem(403, "missing-permission");
}

#[tokio::test]
async fn a_token_ends_with_its_lifetime_to_the_moment() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let made = create(&root, json!({ "name": "laptop", "lifetime": "P90D" })).await.expect(201);
    let token = root.with_bearer(&made.text("token"));

    deployment.pass(SignedDuration::from_hours(90 * 24) - SignedDuration::from_micros(1));
    token.get("/v1/me").await.expect(200);
    deployment.pass(SignedDuration::from_micros(1));
    let refused = token.get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(refused.text("detail"), "the personal access token is expired");
    assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));

    let root = Person::sign_in(&deployment, &root.email, &root.password).await;
    assert_eq!(root.get(&path(&made)).await.expect(200).text("status"), "expired");
}

#[tokio::test]
async fn only_who_holds_the_right_secret_learns_why_it_is_refused() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "member").await);
    let [revoked, expired, living] =
        ["revoked", "expired", "living"].map(|name| json!({ "name": name, "lifetime": "PT2H" }));
    let (revoked, expired) = (create(&person, revoked).await, create(&person, expired).await);
    let living = create(root, living).await.expect(201);
    person.act(&format!("{}/revoke", path(&revoked))).await.expect(200);

    let why = async |bearer: &str| {
        let refused = person.with_bearer(bearer).get("/v1/me").await.expect_problem(401, "unauthenticated");
        refused.text("detail")
    };
    assert_eq!(why(&revoked.text("token")).await, "the personal access token is revoked");
    sql::set_member(&deployment.database, &person.member, "state = 'suspended'");
    assert_eq!(why(&expired.text("token")).await, "the member is suspended");
    assert_eq!(why(&revoked.text("token")).await, "the personal access token is revoked");
    deployment.pass(SignedDuration::from_hours(2));
    assert_eq!(why(&expired.text("token")).await, "the personal access token is expired");
    assert_eq!(why(&revoked.text("token")).await, "the personal access token is revoked");
    assert_eq!(why(&living.text("token")).await, "the personal access token is expired");

    for wrong in wrong_secrets(&expired.text("token")) {
        assert_eq!(why(&wrong).await, "the bearer token is not valid", "{wrong}");
    }
}

#[tokio::test]
async fn a_token_makes_no_token_and_no_session() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let token = root.through_token().await;
    create(&token, json!({ "name": "another" })).await.expect_problem(403, "session-required");
    token.delete("/v1/sessions/current").await.expect_problem(403, "session-required");
    assert_eq!(deployment.database.count("personal_access_tokens", "true"), 1);
}

#[tokio::test]
async fn the_secret_stands_nowhere_but_in_the_answer_that_made_it() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let made = create(&root, json!({ "name": "laptop" })).await.expect(201);
    let secret = made.text("token");
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(made.text("hint"), secret[secret.len() - 4..]);
    let bare = secret.trim_start_matches("khp_");

    for path in [path(&made).as_str(), TOKENS, "/v1/audit-events", "/v1/me"] {
        let answer = root.get(path).await.expect(200);
        assert!(!answer.body.to_string().contains(bare), "{path}");
    }
    let revoked = root.act(&format!("{}/revoke", path(&made))).await.expect(200);
    assert!(!revoked.body.to_string().contains(bare));
    assert!(!sql::dump(&deployment.database).join("\n").contains(bare));
}

/// Secrets of the same shape that were never given out, and what only looks like one.
fn wrong_secrets(secret: &str) -> Vec<String> {
    let fresh =
        keyhall_credential::secret::PersonalAccessTokenSecret::generate().expect("there is randomness");
    vec![
        fresh.reveal().to_owned(),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret}A"),
        secret.replacen("khp_", "khu_", 1),
        secret.to_lowercase().replacen("khp_", "khp_0", 1),
    ]
}

async fn create(by: &Person, body: Value) -> Answer {
    by.post(TOKENS, &body).await
}

fn path(token: &Answer) -> String {
    format!("{TOKENS}/{}", token.id())
}

fn time(answer: &Answer, field: &str) -> Timestamp {
    answer.text(field).parse().expect("an instant")
}
