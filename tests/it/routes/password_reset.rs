//! Links to a new password: what they open, once, and for how long. How they are mailed is in `mail`.

use jiff::SignedDuration;
use keyhall_storage::open::UserSelector;
use keyhall_tests::{Answer, Deployment, Person};
use serde_json::json;

use crate::sql;

const NEW: &str = "eleven green walruses fix bicycles";
const CONFIRM: &str = "/v1/password-resets/confirm";

/// The secret of a link that the operator made.
async fn link(deployment: &Deployment, person: &Person) -> String {
    let user = UserSelector::Email(person.email.parse().expect("an address"));
    let issued = deployment.store.issue_password_reset(user).await.expect("a link");
    issued.secret.reveal().to_owned()
}

async fn confirm(deployment: &Deployment, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    let request = deployment.client.post(deployment.url(CONFIRM)).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}

#[tokio::test]
async fn whoever_holds_the_link_sets_the_password_once_and_all_sessions_end() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let token = root.through_token().await;
    let secret = link(&deployment, &root).await;

    confirm(&deployment, &secret, NEW).await.expect(204);
    root.get("/v1/me").await.expect_problem(401, "unauthenticated");
    token.get("/v1/me").await.expect(200);
    deployment
        .sign_in_from("127.0.0.1", &root.email, &root.password)
        .await
        .expect_problem(401, "invalid-credentials");
    deployment.sign_in_from("127.0.0.1", &root.email, NEW).await.expect(201);
    confirm(&deployment, &secret, "another sentence that nobody guesses")
        .await
        .expect_problem(401, "invalid-link");
    deployment.sign_in_from("127.0.0.1", &root.email, NEW).await.expect(201);

    let events = "action = 'password.reset' AND object_type = 'user' AND actor_type = 'anonymous'";
    assert_eq!(deployment.database.count("audit_events", events), 1);
}

#[tokio::test]
async fn a_link_ends_with_its_day_with_the_next_one_and_with_a_change_of_the_password() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;

    let first = link(&deployment, &person).await;
    let second = link(&deployment, &person).await;
    confirm(&deployment, &first, NEW).await.expect_problem(401, "invalid-link");
    deployment.pass(SignedDuration::from_hours(24));
    confirm(&deployment, &second, NEW).await.expect_problem(401, "invalid-link");

    let third = link(&deployment, &person).await;
    let person = Person::sign_in(&deployment, &person.email, &person.password).await;
    let change = json!({ "currentPassword": person.password, "newPassword": NEW });
    person.send(reqwest::Method::PUT, "/v1/me/password", Some(&change)).await.expect(204);
    confirm(&deployment, &third, "another sentence that nobody guesses")
        .await
        .expect_problem(401, "invalid-link");
    deployment.sign_in_from("127.0.0.1", &person.email, NEW).await.expect(201);
}

#[tokio::test]
async fn a_weak_password_uses_no_link_up_and_what_is_no_link_changes_nothing() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let secret = link(&deployment, &root).await;
    let before = sql::dump(&deployment.database);
    for weak in ["short", "password1234", &root.email] {
        assert_eq!(confirm(&deployment, &secret, weak).await.violated(), ["password"]);
    }
    let invitation = secret.replace("khi_", "khp_");
    for wrong in
        ["", "khi_", &secret[..45], &format!("{secret}0"), &secret.to_uppercase(), &invitation, &root.bearer]
    {
        confirm(&deployment, wrong, NEW).await.expect_problem(401, "invalid-link");
    }
    assert_eq!(sql::dump(&deployment.database), before);
    confirm(&deployment, &secret, NEW).await.expect(204);
}

#[tokio::test]
async fn a_link_is_for_its_own_user_and_an_invitation_is_none() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "member").await);
    let secret = link(&deployment, &person).await;
    let invitation = account.invite("grace@example.com", "member").await.text("invitationLink");
    let of_invitation = invitation.split_once('#').unwrap().1;

    confirm(&deployment, of_invitation, NEW).await.expect_problem(401, "invalid-link");
    let accept = json!({ "token": secret, "password": NEW, "name": "Mallory" });
    root.post("/v1/invitations/accept", &accept).await.expect_problem(401, "invalid-link");
    root.post("/v1/email-changes/confirm", &json!({ "token": secret }))
        .await
        .expect_problem(401, "invalid-link");
    confirm(&deployment, &secret, NEW).await.expect(204);
    deployment.sign_in_from("127.0.0.1", &person.email, NEW).await.expect(201);
    root.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn whoever_set_a_new_password_is_not_delayed_by_what_failed_before() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for attempt in 0..10 {
        let answer =
            deployment.sign_in_from(&format!("127.0.1.{attempt}"), &root.email, "not the password").await;
        answer.expect_problem(401, "invalid-credentials");
    }
    let locked = deployment.sign_in_from("127.0.0.9", &root.email, &root.password).await;
    locked.expect_problem(429, "too-many-failures");
    let secret = link(&deployment, &root).await;
    confirm(&deployment, &secret, NEW).await.expect(204);
    deployment.sign_in_from("127.0.0.9", &root.email, NEW).await.expect(201);
}

#[tokio::test]
async fn a_disabled_user_sets_no_password() {
    let deployment = Deployment::start().await;
    let person = deployment.account("Acme").await.person(&deployment, "member").await;
    let secret = link(&deployment, &person).await;
    sql::set_user(&deployment.database, &person.member, "state = 'disabled'");
    let refused = confirm(&deployment, &secret, NEW).await.expect_problem(401, "unauthenticated");
    assert_eq!(refused.text("detail"), "the user is disabled");
    sql::set_user(&deployment.database, &person.member, "state = 'active'");
    deployment.sign_in_from("127.0.0.1", &person.email, &person.password).await.expect(201);
}
