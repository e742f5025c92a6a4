//! The last Super Admin stays, whatever somebody with access to the database writes.

use diesel::connection::SimpleConnection;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_tests::Deployment;

use crate::sql;

const CONSTRAINT: &str = "accounts_keep_a_super_admin";

#[tokio::test]
async fn no_statement_takes_the_last_super_admin() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let last = sql::uuid::<MemberId>(&account.super_admin.member);
    // None of these counts as one who could stay.
    sql::insert_member(&deployment.database, &account, "super_admin", "suspended");
    let disabled = sql::insert_member(&deployment.database, &account, "super_admin", "active");
    sql::set_user(&deployment.database, &disabled, "state = 'disabled'");

    let before = sql::dump(&deployment.database);
    for statement in statements(&format!("= '{last}'")) {
        expect_refused(&deployment, &statement);
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn no_statement_takes_the_last_two_at_once() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let other = sql::insert_member(&deployment.database, &account, "super_admin", "active");
    let ids = [&account.super_admin.member, &other].map(|id| format!("'{}'", sql::uuid::<MemberId>(id)));

    let before = sql::dump(&deployment.database);
    for statement in statements(&format!("IN ({})", ids.join(", "))) {
        expect_refused(&deployment, &statement);
    }
    assert_eq!(sql::dump(&deployment.database), before);

    for statement in statements(&format!("= {}", ids[1])) {
        let rolled_back = format!("DO $$ BEGIN {statement}; RAISE 'it came so far'; END $$");
        let error = deployment.database.try_execute(&rolled_back).unwrap_err();
        assert_eq!(error.to_string(), "it came so far", "one of two goes: {statement}");
    }
}

#[tokio::test]
async fn a_whole_account_goes_with_its_super_admins() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let id = sql::uuid::<AccountId>(&acme.id);
    assert_eq!(deployment.database.execute(&format!("DELETE FROM accounts WHERE id = '{id}'")), 1);
    assert_eq!(deployment.database.count("members", &format!("account_id = '{id}'")), 0);
    acme.super_admin.get("/v1/me").await.expect_problem(401, "unauthenticated");
    umbrella.super_admin.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn an_account_that_has_none_is_left_alone() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let id = sql::uuid::<AccountId>(&account.id);
    deployment.database.execute("ALTER TABLE members DISABLE TRIGGER members_keep_a_super_admin");
    deployment.database.execute(&format!("UPDATE members SET role = 'admin' WHERE account_id = '{id}'"));
    deployment.database.execute("ALTER TABLE members ENABLE TRIGGER members_keep_a_super_admin");

    let member = sql::insert_member(&deployment.database, &account, "member", "active");
    sql::set_member(&deployment.database, &member, "state = 'suspended'");
    sql::set_user(&deployment.database, &member, "state = 'disabled'");
    let member = sql::uuid::<MemberId>(&member);
    assert_eq!(deployment.database.execute(&format!("DELETE FROM principals WHERE id = '{member}'")), 1);
}

#[tokio::test]
async fn somebody_who_becomes_super_admin_while_a_statement_shuts_them_out_does_not_count() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "admin").await;
    let user = sql::uuid::<MemberId>(&person.member);
    let mut connection = keyhall_tests::connect(deployment.database.url());
    let shut_out = format!(
        "BEGIN; UPDATE users SET state = 'disabled' WHERE id = (SELECT user_id FROM members WHERE id = '{user}')"
    );
    connection.batch_execute(&shut_out).unwrap();

    let path = format!("/v1/members/{}/super-admin", person.member);
    let by = account.super_admin.clone();
    let made = tokio::spawn(async move { by.put(&path).await });
    while deployment.database.connections("wait_event_type = 'Lock'") == 0 {
        assert!(!made.is_finished(), "it waits for what shuts them out");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    connection.batch_execute("COMMIT").unwrap();
    let refused = made.await.unwrap().expect_problem(409, "wrong-state");
    assert_eq!(refused.text("detail"), "the user is disabled");
}

/// Every way in which a statement takes members out of the active Super Admins.
fn statements(members: &str) -> [String; 6] {
    [
        format!("UPDATE members SET role = 'member' WHERE id {members}"),
        format!("UPDATE members SET role = 'billing_admin' WHERE id {members}"),
        format!("UPDATE members SET state = 'suspended' WHERE id {members}"),
        format!("DELETE FROM members WHERE id {members}"),
        format!("DELETE FROM principals WHERE id {members}"),
        format!(
            "UPDATE users SET state = 'disabled' WHERE id IN (SELECT user_id FROM members WHERE id {members})"
        ),
    ]
}

fn expect_refused(deployment: &Deployment, statement: &str) {
    match deployment.database.try_execute(statement) {
        Err(diesel::result::Error::DatabaseError(_, why)) => {
            assert_eq!(why.constraint_name(), Some(CONSTRAINT), "{statement}: {}", why.message());
        }
        other => panic!("{statement}: {other:?}"),
    }
}
