//! Users shut out, let in and deleted, in all their accounts at once.

use jiff::Timestamp;
use keyhall_domain::id::{MemberId, UserId};
use keyhall_storage::open::{OperatorError, UserSelector};
use keyhall_tests::{Account, Answer, Deployment, Person, accept};
use serde_json::json;
use uuid::Uuid;

use super::{actions, by_email, events, id_of, join, refusal, user};
use crate::races::credentials::while_locked;
use crate::routes::audit_event::chain::expect_whole;
use crate::sql;

/// Two accounts, and somebody who is Super Admin in both; in the second beside another.
async fn in_both(deployment: &Deployment) -> (Account, Account, String) {
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let member = join(deployment, &acme.super_admin, &umbrella, "super_admin").await;
    (acme, umbrella, member)
}

#[tokio::test]
async fn who_is_the_last_super_admin_of_one_of_their_accounts_stays_in_all_of_them() {
    let deployment = Deployment::start().await;
    let (acme, _umbrella, _) = in_both(&deployment).await;
    let last = &acme.super_admin;
    let before = sql::dump(&deployment.database);
    for refused in [
        refusal(deployment.store.disable_user(user(last)).await),
        refusal(deployment.store.delete_user(user(last), last.email.parse().unwrap()).await),
    ] {
        let text = refused.to_string();
        let OperatorError::LastSuperAdmin(accounts) = refused else { panic!("{text}") };
        let names: Vec<_> = accounts.iter().map(|account| account.name.as_str()).collect();
        assert_eq!(names, ["Acme"]);
        assert!(text.contains("`Acme`") && text.contains(&acme.id) && !text.contains("Umbrella"), "{text}");
    }
    assert_eq!(sql::dump(&deployment.database), before);
    last.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_suspended_or_disabled_other_super_admin_does_not_count() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let second = account.person(&deployment, "super_admin").await;
    let disabled = account.person(&deployment, "super_admin").await;
    deployment.store.disable_user(user(&disabled)).await.unwrap();
    account.super_admin.act(&format!("/v1/members/{}/suspend", second.member)).await.expect(200);
    refusal(deployment.store.disable_user(user(&account.super_admin)).await);
    // Whoever is out of action already does not hold the account, so they may go.
    deployment.store.disable_user(user(&second)).await.unwrap();
    deployment.store.delete_user(user(&disabled), disabled.email.parse().unwrap()).await.unwrap();
    deployment.store.enable_user(user(&second)).await.unwrap();
    refusal(deployment.store.disable_user(user(&account.super_admin)).await);
}

#[tokio::test]
async fn a_disabled_user_is_out_of_every_account_and_that_is_written_down_in_each() {
    let deployment = Deployment::start().await;
    let (acme, umbrella, in_umbrella) = in_both(&deployment).await;
    acme.person(&deployment, "super_admin").await;
    let person = &acme.super_admin;
    let body = json!({ "email": person.email, "password": person.password, "account": umbrella.id });
    let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
    let elsewhere = Answer::read(request.send().await.unwrap()).await.expect(201).text("token");
    let bearers = [person.clone(), person.with_bearer(&elsewhere)];
    let tokens = [bearers[0].through_token().await, bearers[1].through_token().await];

    let spelling = by_email(&person.email.to_uppercase());
    let disabled = deployment.store.disable_user(spelling.clone()).await.unwrap();
    assert_eq!((disabled.changed, disabled.sessions, disabled.memberships.len()), (true, 2, 2));
    for bearer in &bearers {
        let refused = bearer.get("/v1/me").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the bearer token is not valid");
    }
    for token in &tokens {
        let refused = token.get("/v1/me").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the user is disabled");
    }
    let before = sql::dump(&deployment.database);
    assert!(!deployment.store.disable_user(spelling.clone()).await.unwrap().changed);
    assert_eq!(sql::dump(&deployment.database), before);
    assert!(deployment.store.enable_user(spelling.clone()).await.unwrap().changed);
    assert!(!deployment.store.enable_user(spelling).await.unwrap().changed);
    tokens[1].get("/v1/me").await.expect(200);

    let change = (json!({ "userState": "active" }), json!({ "userState": "disabled" }));
    for (account, kind, object) in [
        (Some(&acme), "member", sql::uuid::<MemberId>(&person.member)),
        (Some(&umbrella), "member", sql::uuid::<MemberId>(&in_umbrella)),
        (None, "user", Uuid::from(disabled.user.id)),
    ] {
        let events = events(&deployment.database, account.map(|account| account.id.as_str()));
        let events: Vec<_> = events.into_iter().filter(|event| event["action"] != "account.create").collect();
        assert_eq!(actions(&events), ["user.disable", "user.enable"]);
        for event in &events {
            assert_eq!(
                (&event["object_type"], &event["object_id"]),
                (&json!(kind), &json!(object.to_string()))
            );
        }
        assert_eq!((&events[0]["before"], &events[0]["after"]), (&change.0, &change.1));
    }
    expect_whole(&deployment.database);
}

#[tokio::test]
async fn a_deleted_user_leaves_every_account_and_can_be_invited_as_somebody_new() {
    let deployment = Deployment::start().await;
    let (acme, umbrella, in_umbrella) = in_both(&deployment).await;
    acme.person(&deployment, "super_admin").await;
    let person = &acme.super_admin;
    let token = person.through_token().await;
    person.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let orphaned = acme.invite("grace@example.com", "member").await;
    let id = deployment.store.enable_user(user(person)).await.unwrap().user.id;
    deployment.store.issue_password_reset(user(person)).await.unwrap();

    let before = sql::dump(&deployment.database);
    let refused =
        deployment.store.delete_user(UserSelector::Id(id), "other@example.com".parse().unwrap()).await;
    assert_eq!(refusal(refused), OperatorError::UserUnconfirmed);
    assert_eq!(sql::dump(&deployment.database), before);

    let gone =
        deployment.store.delete_user(UserSelector::Id(id), person.email.parse().unwrap()).await.unwrap();
    assert_eq!(gone.memberships.len(), 2);
    for bearer in [person, &token] {
        bearer.get("/v1/me").await.expect_problem(401, "unauthenticated");
    }
    for member in [&person.member, &in_umbrella] {
        assert_eq!(sql::standing(&deployment.database, member), None);
    }
    let uuid = Uuid::from(id);
    for table in ["users", "password_resets"] {
        let column = if table == "users" { "id" } else { "user_id" };
        assert_eq!(deployment.database.count(table, &format!("{column} = '{uuid}'")), 0, "{table}");
    }
    assert_eq!(deployment.database.count("projects", "true"), 1, "what they made stays");
    let lost = accept(&deployment, &orphaned, "nine amber kettles hum politely", Some("Grace")).await;
    lost.expect_problem(409, "inviter-lost-right");

    for (account, role) in [(&acme, "super_admin"), (&umbrella, "super_admin")] {
        let events = events(&deployment.database, Some(&account.id));
        let removed = events.last().unwrap();
        assert_eq!(removed["action"], "member.remove");
        assert_eq!(removed["before"], json!({ "role": role, "state": "active" }));
    }
    assert_eq!(actions(&events(&deployment.database, None)).last(), Some(&"user.delete"));
    let text = json!(sql::rows(&deployment.database, "SELECT * FROM audit_events")).to_string();
    assert!(!text.contains(&person.email), "events know people by id alone");
    expect_whole(&deployment.database);

    assert_eq!(refusal(deployment.store.disable_user(user(person)).await), OperatorError::NoUser);
    let again = umbrella.invite(&person.email, "member").await;
    let refused = accept(&deployment, &again, "nine amber kettles hum politely", None).await;
    assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["name"]);
    accept(&deployment, &again, "nine amber kettles hum politely", Some("Again")).await.expect(200);
}

#[tokio::test]
async fn who_is_unknown_is_told_so_and_nothing_changes() {
    let deployment = Deployment::start().await;
    deployment.account("Acme").await;
    let before = sql::dump(&deployment.database);
    let id = UserSelector::Id(UserId::generate(Timestamp::now()));
    for selector in [id, by_email("nobody@example.com")] {
        let store = &deployment.store;
        assert_eq!(refusal(store.disable_user(selector.clone()).await), OperatorError::NoUser);
        assert_eq!(refusal(store.enable_user(selector.clone()).await), OperatorError::NoUser);
        assert_eq!(refusal(store.issue_password_reset(selector.clone()).await), OperatorError::NoUser);
        let deleted = store.delete_user(selector, "nobody@example.com".parse().unwrap()).await;
        assert_eq!(refusal(deleted), OperatorError::NoUser);
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn somebody_who_is_shut_out_in_the_middle_of_signing_in_does_not_come_in() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    let id = Uuid::from(deployment.store.enable_user(user(&person)).await.unwrap().user.id);
    let sessions = deployment.database.count("sessions", "true");

    // The password was checked already; what the operator's command does to the rows happens before the session stands.
    let signing_in = sign_in(&deployment, &person);
    let disabled = format!("UPDATE users SET state = 'disabled' WHERE id = '{id}'");
    let answer = while_locked(&deployment, &account, &disabled, signing_in).await;
    let answer = answer.expect_problem(401, "unauthenticated");
    assert_eq!(answer.text("detail"), "the user is disabled");
    assert_eq!(deployment.database.count("sessions", "true"), sessions);

    deployment.store.enable_user(user(&person)).await.unwrap();
    let signing_in = sign_in(&deployment, &person);
    let deleted = format!(
        "DELETE FROM principals WHERE id IN (SELECT id FROM members WHERE user_id = '{id}'); DELETE FROM users WHERE id = '{id}'"
    );
    while_locked(&deployment, &account, &deleted, signing_in)
        .await
        .expect_problem(401, "invalid-credentials");
}

#[tokio::test]
async fn a_change_by_somebody_whose_account_is_deleted_meanwhile_does_not_come_about() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let id = Uuid::from(id_of(&account));
    let project = json!({ "name": "Payments" });
    let change = account.super_admin.post("/v1/projects", &project);
    let deleted = format!("DELETE FROM accounts WHERE id = '{id}'");
    let answer = while_locked(&deployment, &account, &deleted, change).await;
    answer.expect_problem(401, "unauthenticated");
    assert_eq!(deployment.database.count("projects", "true"), 0);
}

#[tokio::test]
async fn an_open_link_to_a_new_password_ends_when_its_user_is_shut_out() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    deployment.store.issue_password_reset(user(&person)).await.unwrap();
    assert_eq!(deployment.database.count("password_resets", "true"), 1);
    deployment.store.disable_user(user(&person)).await.unwrap();
    assert_eq!(deployment.database.count("password_resets", "true"), 0);
}

async fn sign_in(deployment: &Deployment, person: &Person) -> Answer {
    let body = json!({ "email": person.email, "password": person.password });
    let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}
