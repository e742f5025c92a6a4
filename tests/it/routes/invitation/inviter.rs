//! Who invites: what they learn, and that their right counts at the moment of acceptance.

use keyhall_tests::{Account, Answer, Deployment, Person, accept};
use serde_json::{Value, json};

use super::PASSWORD;
use crate::sql;

#[tokio::test]
async fn an_invitation_dies_with_the_inviters_right_and_comes_back_with_it() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = account.person(&deployment, "admin").await;
    let invitation = invite(&admin, "grace@example.com", "admin").await.expect(201);

    for (lost, back) in [
        ("role = 'member'", "role = 'admin'"),
        ("role = 'billing_admin'", "role = 'admin'"),
        ("state = 'suspended'", "state = 'active'"),
    ] {
        sql::set_member(&deployment.database, &admin.member, lost);
        expect_lost(&deployment, &invitation).await;
        sql::set_member(&deployment.database, &admin.member, back);
    }
    sql::set_user(&deployment.database, &admin.member, "state = 'disabled'");
    expect_lost(&deployment, &invitation).await;
    sql::set_user(&deployment.database, &admin.member, "state = 'active'");
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);

    let orphaned = invite(&admin, "ada@example.com", "member").await.expect(201);
    account.super_admin.delete(&format!("/v1/members/{}", admin.member)).await.expect(204);
    expect_lost(&deployment, &orphaned).await;
}

#[tokio::test]
async fn whoever_set_the_role_last_answers_for_it() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = account.person(&deployment, "admin").await;
    let billing_admin = account.person(&deployment, "billing_admin").await;
    let raised = raise(&admin, &billing_admin).await;
    let lost = raise(&admin, &billing_admin).await;

    account.super_admin.delete(&format!("/v1/members/{}", admin.member)).await.expect(204);
    let member = accept(&deployment, &raised, PASSWORD, Some("Grace Hopper")).await.expect(200);
    assert_eq!(member.text("role"), "billing_admin");
    sql::set_member(&deployment.database, &billing_admin.member, "role = 'admin'");
    expect_lost(&deployment, &lost).await;
}

#[tokio::test]
async fn who_is_in_the_account_or_invited_is_not_invited_again() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let member = account.person(&deployment, "member").await;
    account.invite("grace@example.com", "member").await;

    let before = sql::dump(&deployment.database);
    for email in ["grace@example.com", " GRACE@Example.COM", &member.email.to_uppercase()] {
        let refused = invite(&account.super_admin, email, "admin").await;
        refused.expect_problem(409, "already-member");
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn nobody_is_invited_above_the_inviter_or_as_super_admin() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = account.person(&deployment, "admin").await;
    let billing_admin = account.person(&deployment, "billing_admin").await;
    let member = account.person(&deployment, "member").await;
    let before = sql::dump(&deployment.database);

    for by in [&account.super_admin, &admin] {
        let refused = invite(by, "grace@example.com", "super_admin").await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["role"]);
    }
    invite(&admin, "grace@example.com", "billing_admin").await.expect_problem(403, "outranked");
    invite(&billing_admin, "grace@example.com", "admin").await.expect_problem(403, "outranked");
    let refused = invite(&member, "grace@example.com", "member").await;
    assert_eq!(refused.expect_problem(403, "missing-permission").text("missingPermission"), "member:create");
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn the_inviter_does_not_learn_whether_the_person_is_known() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let known = acme.person(&deployment, "member").await;

    let spelling = known.email.to_uppercase();
    let answers = [umbrella.invite(&spelling, "member").await, new_one(&umbrella).await];
    let [known, unknown] = &answers;
    assert_eq!(known.text("email"), spelling, "not as they spell it themselves");
    assert_eq!(without_own(&known.body), without_own(&unknown.body));
    for answer in &answers {
        let shown = umbrella.super_admin.get(&format!("/v1/members/{}", answer.id())).await.expect(200);
        assert_eq!((&shown.body["name"], &shown.body["state"]), (&Value::Null, &json!("invited")));
        assert_eq!(shown.body["email"], answer.body["email"]);
    }
    let list = umbrella.super_admin.get("/v1/members").await.expect(200);
    let named = list.body["results"].as_array().unwrap().iter().filter(|member| !member["name"].is_null());
    assert_eq!(named.count(), 0, "{:#}", list.body);
}

/// The inviter's right is gone: a conflict, of which the audit tells, and nothing changes.
async fn expect_lost(deployment: &Deployment, invitation: &Answer) {
    let unaudited = || sql::unaudited(&deployment.database);
    let told = || deployment.database.count("audit_events", "reason = 'inviter-lost-right'");
    let (before, told_before) = (unaudited(), told());
    let answer = accept(deployment, invitation, PASSWORD, Some("Grace Hopper")).await;
    answer.expect_problem(409, "inviter-lost-right");
    assert_eq!((unaudited(), told()), (before, told_before + 1));
}

/// Somebody whom the one invites as `member`, and the other raises to `billing_admin` before they accept.
async fn raise(inviter: &Person, raiser: &Person) -> Answer {
    let email = format!("{}@example.com", uuid::Uuid::now_v7());
    let invitation = invite(inviter, &email, "member").await.expect(201);
    let patch = json!({ "role": "billing_admin" });
    raiser.patch(&format!("/v1/members/{}", invitation.id()), &patch).await.expect(200);
    invitation
}

async fn invite(by: &Person, email: &str, role: &str) -> Answer {
    by.post("/v1/members", &json!({ "email": email, "role": role })).await
}

async fn new_one(account: &Account) -> Answer {
    account.invite("nobody-yet@example.com", "member").await
}

/// The answer to an invitation without what differs between any two.
fn without_own(body: &Value) -> Value {
    let mut body = body.clone();
    for own in ["id", "email", "invitationLink"] {
        body.as_object_mut().unwrap().remove(own).expect("it has one");
    }
    body
}
