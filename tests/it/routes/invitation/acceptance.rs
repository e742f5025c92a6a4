//! Who accepts: somebody new sets name and password, somebody known proves who they are.

use keyhall_domain::id::MemberId;
use keyhall_tests::{Deployment, Person, accept};
use serde_json::{Value, json};

use super::{PASSWORD, post, token_of};
use crate::sql;

#[tokio::test]
async fn somebody_new_sets_name_and_password() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "admin").await;
    assert_eq!((&invitation.body["name"], &invitation.body["state"]), (&Value::Null, &json!("invited")));

    let member = accept(&deployment, &invitation, PASSWORD, Some("  Grace Hopper ")).await.expect(200);
    assert_eq!((member.id(), member.text("state")), (invitation.id(), "active".to_owned()));
    assert_eq!((member.text("name"), member.text("role")), ("Grace Hopper".to_owned(), "admin".to_owned()));
    let grace = Person::sign_in(&deployment, "grace@example.com", PASSWORD).await;
    assert_eq!(grace.get("/v1/me").await.expect(200).body["member"], member.body);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_the_link_still_works() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("w.quackenbush@example.com", "member").await;
    let token = token_of(&invitation);
    let before = sql::dump(&deployment.database);

    for (said, violated) in [
        (json!({ "password": "password", "name": "Grace" }), vec!["password"]),
        (json!({ "password": "quackenbush7", "name": "Grace" }), vec!["password"]),
        (json!({ "password": "short", "name": "Grace" }), vec!["password"]),
        (json!({ "password": "x".repeat(129), "name": "Grace" }), vec!["password"]),
        (json!({ "password": PASSWORD }), vec!["name"]),
        (json!({ "password": PASSWORD, "name": null }), vec!["name"]),
        (json!({ "password": PASSWORD, "name": "" }), vec!["name"]),
        (json!({ "password": PASSWORD, "name": "\u{202e}ecarG" }), vec!["name"]),
        (json!({ "password": "password" }), vec!["name", "password"]),
        (json!({ "name": "" }), vec!["name", "password"]),
        (json!({ "password": PASSWORD, "name": "Grace", "role": "admin" }), vec!["role"]),
    ] {
        let mut body = said.clone();
        body["token"] = json!(token);
        let answer = post(&deployment, &body).await.expect_problem(400, "invalid-request");
        assert_eq!(answer.violated(), violated, "{said}");
    }
    assert_eq!(sql::dump(&deployment.database), before);
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
}

#[tokio::test]
async fn somebody_known_gives_their_password_and_stays_as_they_are() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let person = acme.person(&deployment, "member").await;
    let invitation = umbrella.invite(&person.email, "admin").await;
    let user = user_of(&deployment, &person.member);

    let refused = accept(&deployment, &invitation, PASSWORD, Some("Mallory")).await;
    refused.expect_problem(401, "invalid-credentials");
    let newest =
        umbrella.super_admin.get("/v1/audit-events?limit=1").await.expect(200).body["results"][0].clone();
    assert_eq!(newest["object"], json!({ "type": "member", "id": invitation.id() }));
    assert_eq!(
        (&newest["action"], &newest["outcome"], &newest["reason"], &newest["actor"]["type"]),
        (&json!("member.accept"), &json!("refused"), &json!("wrong-password"), &json!("anonymous"))
    );
    let waiting = sql::standing(&deployment.database, &invitation.id());
    assert_eq!(waiting, Some(("admin".to_owned(), "invited".to_owned())));
    assert_eq!(user_of(&deployment, &person.member), user);

    let member = accept(&deployment, &invitation, &person.password, Some("Mallory")).await.expect(200);
    assert_eq!((member.text("name"), member.text("role")), ("Somebody New".to_owned(), "admin".to_owned()));
    assert_eq!(user_of(&deployment, &person.member), user);
    assert_eq!(user_of(&deployment, &invitation.id()), user);
    assert_eq!(person.get("/v1/me").await.expect(200).body["member"]["role"], "member");
}

#[tokio::test]
async fn whoever_is_disabled_or_whose_account_is_suspended_does_not_come_in() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    let refusal = async || {
        let before = sql::unaudited(&deployment.database);
        let answer = accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await;
        assert_eq!(sql::unaudited(&deployment.database), before);
        answer.expect_problem(401, "unauthenticated").text("detail")
    };

    sql::set_user(&deployment.database, &invitation.id(), "state = 'disabled'");
    assert_eq!(refusal().await, "the user is disabled");
    sql::set_user(&deployment.database, &invitation.id(), "state = 'active'");
    sql::set_account_state(&deployment.database, &account.id, "suspended");
    assert_eq!(refusal().await, "the account is suspended");
    for reason in ["user-disabled", "account-suspended"] {
        let event = format!("action = 'member.accept' AND outcome = 'refused' AND reason = '{reason}'");
        assert_eq!(deployment.database.count("audit_events", &event), 1, "{reason}");
    }
    sql::set_account_state(&deployment.database, &account.id, "active");
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
}

/// The row of a member's user.
fn user_of(deployment: &Deployment, member: &str) -> Value {
    let member = sql::uuid::<MemberId>(member);
    let query = format!("SELECT * FROM users WHERE id = (SELECT user_id FROM members WHERE id = '{member}')");
    sql::rows(&deployment.database, &query).pop().expect("there is one")
}

#[tokio::test]
async fn an_address_in_letters_of_any_script_is_invited_and_signs_in_in_every_case() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("  Grace@Bücher.example ", "member").await;
    assert_eq!(invitation.text("email"), "Grace@Bücher.example");
    accept(&deployment, &invitation, "seven purple otters juggle lanterns", Some("Grace")).await.expect(200);
    for email in ["grace@bücher.example", "GRACE@BÜCHER.EXAMPLE", "grace@bu\u{308}cher.example"] {
        let session =
            deployment.sign_in_from("127.0.0.1", email, "seven purple otters juggle lanterns").await;
        assert_eq!(session.expect(201).text("memberId"), invitation.id(), "{email}");
    }
    let twice = json!({ "email": "grace@bücher.example", "role": "member" });
    account.super_admin.post("/v1/members", &twice).await.expect_problem(409, "already-member");
    let long = format!("{}@example.com", "x".repeat(300));
    let refused = account.super_admin.post("/v1/members", &json!({ "email": long, "role": "member" })).await;
    assert_eq!(refused.violated(), ["email"]);
}
