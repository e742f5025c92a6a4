//! The Super Admin of an account that has none, or has lost them.

use keyhall_domain::super_admins::Elevation;
use keyhall_storage::open::{ElevationRequest, MemberSelector, OperatorError};
use keyhall_storage::{Conflict, StoreError};
use keyhall_tests::{Account, Deployment, Person};
use serde_json::json;

use super::{events, id_of, refusal, user};
use crate::sql;

/// Lets an account be without any Super Admin, as an imported one is; somebody in it is admin.
async fn without_super_admin(deployment: &Deployment) -> (Account, Person) {
    let account = deployment.account("Acme").await;
    let admin = account.person(deployment, "admin").await;
    let triggers = |what| format!("ALTER TABLE members {what} TRIGGER members_keep_a_super_admin");
    deployment.database.execute(&triggers("DISABLE"));
    sql::set_member(&deployment.database, &account.super_admin.member, "role = 'member'");
    deployment.database.execute(&triggers("ENABLE"));
    (account, admin)
}

fn request(account: &Account, member: &str, how: Elevation) -> ElevationRequest {
    ElevationRequest { account: id_of(account), member: MemberSelector::Id(member.parse().unwrap()), how }
}

#[tokio::test]
async fn in_an_account_without_super_admin_nobody_becomes_one_by_the_api_and_the_rest_goes_on() {
    let deployment = Deployment::start().await;
    let (account, admin) = without_super_admin(&deployment).await;
    let path = format!("/v1/members/{}", account.super_admin.member);
    for by in [&admin, &account.super_admin] {
        by.put(&format!("/v1/members/{}/super-admin", by.member)).await.expect(403);
        by.put(&format!("{path}/super-admin")).await.expect(403);
    }
    let refused =
        admin.post("/v1/members", &json!({ "email": "g@example.com", "role": "super_admin" })).await;
    refused.expect_problem(400, "invalid-request");
    admin.patch(&path, &json!({ "role": "super_admin" })).await.expect_problem(400, "invalid-request");
    assert_eq!(deployment.database.count("members", "role = 'super_admin'"), 0);

    admin.patch(&path, &json!({ "role": "admin" })).await.expect(200);
    admin.act(&format!("{path}/suspend")).await.expect(200);
    admin.act(&format!("{path}/reinstate")).await.expect(200);
    admin.delete(&path).await.expect(204);
    admin.post("/v1/members", &json!({ "email": "g@example.com", "role": "member" })).await.expect(201);
}

#[tokio::test]
async fn the_operator_gives_it_one_who_then_makes_others() {
    let deployment = Deployment::start().await;
    let (account, admin) = without_super_admin(&deployment).await;
    admin.get("/v1/audit-events").await.expect_problem(403, "missing-permission");

    let email = admin.email.to_uppercase().parse().unwrap();
    let request = ElevationRequest {
        member: MemberSelector::Email(email),
        ..request(&account, &admin.member, Elevation::First)
    };
    let elevated = deployment.store.elevate_member(request).await.unwrap();
    assert_eq!(
        (elevated.member.id.to_string(), elevated.changed, elevated.others),
        (admin.member.clone(), true, 0)
    );
    admin.get("/v1/audit-events").await.expect(200);
    admin.put(&format!("/v1/members/{}/super-admin", account.super_admin.member)).await.expect(200);

    let events = events(&deployment.database, Some(&account.id));
    let event = events.last().unwrap();
    assert_eq!(event["action"], "super_admin.grant");
    assert_eq!(
        (&event["before"], &event["after"]),
        (&json!({ "role": "admin" }), &json!({ "role": "super_admin", "breakGlass": false }))
    );
}

#[tokio::test]
async fn where_there_is_one_the_glass_has_to_be_broken() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = account.person(&deployment, "admin").await;
    let before = sql::dump(&deployment.database);
    for member in [&admin.member, &account.super_admin.member] {
        let refused =
            refusal(deployment.store.elevate_member(request(&account, member, Elevation::First)).await);
        assert_eq!(refused, OperatorError::HasSuperAdmins { count: 1 });
        assert!(refused.to_string().contains("--break-glass"), "{refused}");
    }
    assert_eq!(sql::dump(&deployment.database), before);

    let broken = request(&account, &admin.member, Elevation::BreakGlass);
    let elevated = deployment.store.elevate_member(broken.clone()).await.unwrap();
    assert_eq!((elevated.changed, elevated.others), (true, 1));
    let events = events(&deployment.database, Some(&account.id));
    assert_eq!(events.last().unwrap()["after"], json!({ "role": "super_admin", "breakGlass": true }));

    let before = sql::dump(&deployment.database);
    assert!(!deployment.store.elevate_member(broken).await.unwrap().changed);
    assert_eq!(sql::dump(&deployment.database), before);
    admin.delete(&format!("/v1/members/{}/super-admin", account.super_admin.member)).await.expect(200);
}

#[tokio::test]
async fn only_an_active_member_of_the_account_is_elevated_and_the_account_may_be_closed() {
    let deployment = Deployment::start().await;
    let (account, admin) = without_super_admin(&deployment).await;
    let other = deployment.account("Umbrella").await;
    let database = &deployment.database;
    let invited = sql::insert_member(database, &account, "member", "invited");
    let suspended = sql::insert_member(database, &account, "admin", "suspended");
    let disabled = sql::insert_member(database, &account, "admin", "active");
    sql::set_user(database, &disabled, "state = 'disabled'");
    let before = sql::dump(database);

    for how in [Elevation::First, Elevation::BreakGlass] {
        for (member, why) in [
            (&invited, "the member has not accepted the invitation yet"),
            (&suspended, "the member is suspended"),
            (&disabled, "the user is disabled"),
        ] {
            match deployment.store.elevate_member(request(&account, member, how)).await {
                Err(StoreError::Conflict(conflict @ Conflict::MemberState(_))) => {
                    assert_eq!(conflict.to_string(), why);
                }
                unexpected => panic!("{unexpected:?}"),
            }
        }
        let stranger = request(&account, &other.super_admin.member, how);
        assert_eq!(refusal(deployment.store.elevate_member(stranger).await), OperatorError::NoMember);
        let member = MemberSelector::Email(other.super_admin.email.parse().unwrap());
        let stranger = ElevationRequest { account: id_of(&account), member, how };
        assert_eq!(refusal(deployment.store.elevate_member(stranger).await), OperatorError::NoMember);
    }
    assert_eq!(sql::dump(database), before);

    deployment.store.suspend_account(id_of(&account)).await.unwrap();
    deployment.store.elevate_member(request(&account, &admin.member, Elevation::First)).await.unwrap();
    assert_eq!(sql::standing(database, &admin.member).unwrap().0, "super_admin");
    // Who was made one so is held by the rule from then on.
    let refused = refusal(deployment.store.disable_user(user(&admin)).await);
    assert!(matches!(refused, OperatorError::LastSuperAdmin(accounts) if accounts.len() == 1));
}
