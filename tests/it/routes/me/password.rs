//! One's own password and name.

use keyhall_tests::{Deployment, Person, accept};
use reqwest::Method;
use serde_json::json;

use crate::sql;

const NEW: &str = "eleven green walruses fix bicycles";

async fn change(person: &Person, current: &str, new: &str) -> keyhall_tests::Answer {
    let body = json!({ "currentPassword": current, "newPassword": new });
    person.send(Method::PUT, "/v1/me/password", Some(&body)).await
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_in_every_account_and_leaves_tokens() {
    let deployment = Deployment::start().await;
    let (here, there) = (deployment.account("Here").await, deployment.account("There").await);
    let person = here.person(&deployment, "member").await;
    let (elsewhere, token) =
        (Person::sign_in(&deployment, &person.email, &person.password).await, person.through_token().await);
    let invitation = there.invite(&person.email, "member").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);
    let body = json!({ "email": person.email, "password": person.password, "account": there.id });
    let abroad = person.with_bearer(&person.post("/v1/sessions", &body).await.expect(201).text("token"));

    change(&person, &person.password, NEW).await.expect(204);
    for ended in [&person, &elsewhere, &abroad] {
        ended.get("/v1/me").await.expect_problem(401, "unauthenticated");
    }
    token.get("/v1/me").await.expect(200);
    here.super_admin.get("/v1/me").await.expect(200);
    let sign_in = async |password: &str| {
        let body = json!({ "email": person.email, "password": password, "account": here.id });
        person.post("/v1/sessions", &body).await
    };
    sign_in(&person.password).await.expect_problem(401, "invalid-credentials");
    sign_in(NEW).await.expect(201);
    let events = "action = 'me.change_password' AND outcome = 'success' AND object_type = 'user'";
    assert_eq!(deployment.database.count("audit_events", events), 1);
}

#[tokio::test]
async fn a_new_password_that_is_weak_or_a_wrong_current_one_changes_nothing() {
    let deployment = Deployment::start().await;
    let person = deployment.account("Acme").await.person(&deployment, "member").await;
    let hash = || sql::rows(&deployment.database, "SELECT password_hash FROM users ORDER BY id");
    let before = hash();
    change(&person, "not my password at all", NEW).await.expect_problem(403, "wrong-password");
    change(&person, "x", NEW).await.expect_problem(403, "wrong-password");
    for weak in ["short", "password1234", &person.email, &"x".repeat(129), &person.password] {
        let refused = change(&person, &person.password, weak).await.expect_problem(400, "invalid-request");
        assert_eq!(refused.violated(), ["newPassword"]);
        assert!(!refused.body.to_string().contains(weak) || weak.len() < 6, "{:#}", refused.body);
    }
    assert_eq!(hash(), before);
    person.get("/v1/me").await.expect(200);
    person
        .through_token()
        .await
        .send(Method::PUT, "/v1/me/password", Some(&json!({})))
        .await
        .expect_problem(403, "session-required");
}

#[tokio::test]
async fn a_name_changes_in_every_account_and_stands_in_no_event() {
    let deployment = Deployment::start().await;
    let (here, there) = (deployment.account("Here").await, deployment.account("There").await);
    let person = here.person(&deployment, "member").await;
    let invitation = there.invite(&person.email, "member").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);

    let me = person.patch("/v1/me", &json!({ "name": "Countess Lovelace" })).await.expect(200);
    assert_eq!(me.body["member"]["name"], "Countess Lovelace");
    let abroad = there.super_admin.get(&format!("/v1/members/{}", invitation.id())).await.expect(200);
    assert_eq!(abroad.text("name"), "Countess Lovelace");
    let event = here.super_admin.get("/v1/audit-events?limit=1").await.expect(200).body["results"][0].clone();
    assert_eq!((&event["action"], &event["after"]), (&json!("me.update"), &json!({ "changed": ["name"] })));
    person.patch("/v1/me", &json!({ "name": null })).await.expect_problem(400, "invalid-request");
    person
        .through_token()
        .await
        .patch("/v1/me", &json!({ "name": "X" }))
        .await
        .expect_problem(403, "session-required");
}

#[tokio::test]
async fn without_mail_no_address_is_changed_and_no_password_reset() {
    let deployment = Deployment::start().await;
    let person = deployment.account("Acme").await.person(&deployment, "member").await;
    let patch = json!({ "email": "new@example.com", "currentPassword": person.password });
    person.patch("/v1/me", &patch).await.expect_problem(409, "no-mail");
    let without_password = json!({ "email": "new@example.com" });
    assert_eq!(person.patch("/v1/me", &without_password).await.violated(), ["currentPassword"]);
    let reset = person.post("/v1/password-resets", &json!({ "email": person.email })).await;
    reset.expect_problem(409, "no-mail");
    assert_eq!(person.get("/v1/me").await.expect(200).body["member"]["email"], person.email);
}
