//! Super Admins: made and unmade by one another. What the database itself refuses is in `database`.

mod database;

use keyhall_tests::{Deployment, Person};
use serde_json::json;

use crate::sql;

#[tokio::test]
async fn super_admins_make_and_unmake_one_another_in_a_session() {
    let deployment = Deployment::start().await;
    let (acme, account) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let first = &account.super_admin;
    let second = account.person(&deployment, "admin").await;
    let path = path_of(&second);

    let made = first.put(&path).await.expect(200);
    assert_eq!(made.text("role"), "super_admin");
    let events = deployment.database.count("audit_events", "true");
    first.put(&path).await.expect(200);
    assert_eq!(deployment.database.count("audit_events", "true"), events, "it changed nothing");

    second.get("/v1/audit-events").await.expect(200);
    second.delete(&path_of(first)).await.expect(200);
    first.get("/v1/audit-events").await.expect_problem(403, "missing-permission");
    assert_eq!(first.get("/v1/me").await.expect(200).body["member"]["role"], "member");
    let refused = second.delete(&path_of(first)).await;
    refused.expect_problem(409, "wrong-state");
    acme.super_admin.get("/v1/audit-events").await.expect(200);
}

#[tokio::test]
async fn nobody_below_and_no_token_makes_or_unmakes_a_super_admin() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, other) = (&account.super_admin, account.person(&deployment, "super_admin").await);
    let member = account.person(&deployment, "member").await;
    let token = other.through_token().await;
    let sizes = sql::sizes(&deployment.database);

    for role in ["admin", "billing_admin"] {
        let id = sql::insert_member(&deployment.database, &account, "member", "active");
        sql::set_member(&deployment.database, &member.member, &format!("role = '{role}'"));
        for target in [&id, &member.member, &root.member] {
            let path = format!("/v1/members/{target}/super-admin");
            member.put(&path).await.expect_problem(403, "outranked");
            member.delete(&path).await.expect_problem(403, "outranked");
        }
    }
    sql::set_member(&deployment.database, &member.member, "role = 'member'");
    member.put(&path_of(&member)).await.expect_problem(403, "missing-permission");
    for target in [root, &member] {
        token.put(&path_of(target)).await.expect_problem(403, "session-required");
        token.delete(&path_of(target)).await.expect_problem(403, "session-required");
    }
    assert_eq!(sql::standing(&deployment.database, &root.member).unwrap().0, "super_admin");
    assert_eq!(sql::standing(&deployment.database, &member.member).unwrap().0, "member");
    assert_eq!(sql::sizes(&deployment.database)["audit_events"], sizes["audit_events"]);
}

#[tokio::test]
async fn a_super_admin_never_changes_themself() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let path = format!("/v1/members/{}", account.super_admin.member);
    for others in ["is the only one", "is one of two"] {
        let (root, before) = (&account.super_admin, sql::dump(&deployment.database));
        root.patch(&path, &json!({ "role": "member" })).await.expect_problem(403, "outranked");
        root.act(&format!("{path}/suspend")).await.expect_problem(403, "outranked");
        root.delete(&path).await.expect_problem(403, "outranked");
        root.delete(&format!("{path}/super-admin")).await.expect_problem(403, "outranked");
        assert_eq!(sql::dump(&deployment.database), before, "who {others}");
        account.person(&deployment, "super_admin").await;
    }
}

#[tokio::test]
async fn only_active_members_are_made_super_admin() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invited = sql::insert_member(&deployment.database, &account, "member", "invited");
    let suspended = sql::insert_member(&deployment.database, &account, "admin", "suspended");
    let disabled = sql::insert_member(&deployment.database, &account, "admin", "active");
    sql::set_user(&deployment.database, &disabled, "state = 'disabled'");
    let before = sql::dump(&deployment.database);

    for (member, why) in [
        (invited, "the member has not accepted the invitation yet"),
        (suspended, "the member is suspended"),
        (disabled, "the user is disabled"),
    ] {
        let answer = account.super_admin.put(&format!("/v1/members/{member}/super-admin")).await;
        assert_eq!(answer.expect_problem(409, "wrong-state").text("detail"), why);
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn whoever_comes_back_from_a_suspension_is_super_admin_again_unless_that_was_taken() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let other = account.person(&deployment, "super_admin").await;
    let path = format!("/v1/members/{}", other.member);
    let admin = account.person(&deployment, "admin").await;

    account.super_admin.act(&format!("{path}/suspend")).await.expect(200);
    admin.act(&format!("{path}/reinstate")).await.expect_problem(403, "outranked");
    let back = account.super_admin.act(&format!("{path}/reinstate")).await.expect(200);
    assert_eq!(back.text("role"), "super_admin");

    account.super_admin.act(&format!("{path}/suspend")).await.expect(200);
    account.super_admin.delete(&format!("{path}/super-admin")).await.expect(200);
    let back = account.super_admin.act(&format!("{path}/reinstate")).await.expect(200);
    assert_eq!(back.text("role"), "member");
}

fn path_of(person: &Person) -> String {
    format!("/v1/members/{}/super-admin", person.member)
}
