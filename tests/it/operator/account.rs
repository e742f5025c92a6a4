//! Accounts closed, opened and deleted. What a closed one refuses is in `states`.

use jiff::Timestamp;
use keyhall_domain::account::AccountState;
use keyhall_domain::id::AccountId;
use keyhall_storage::open::OperatorError;
use keyhall_tests::{Deployment, accept};
use serde_json::json;

use super::{actions, events, id_of, join, refusal};
use crate::routes::audit_event::chain::expect_whole;
use crate::sql;

#[tokio::test]
async fn closing_and_opening_is_written_down_once_and_what_is_so_already_is_left_alone() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (id, store) = (id_of(&account), &deployment.store);
    account.person(&deployment, "member").await;

    let suspended = store.suspend_account(id).await.unwrap();
    assert_eq!(
        (suspended.account.state, suspended.changed, suspended.sessions),
        (AccountState::Suspended, true, 2)
    );
    let before = sql::dump(&deployment.database);
    let again = store.suspend_account(id).await.unwrap();
    assert_eq!((again.changed, again.sessions), (false, 0));
    assert_eq!(sql::dump(&deployment.database), before);

    assert!(store.resume_account(id).await.unwrap().changed);
    assert!(!store.resume_account(id).await.unwrap().changed);
    let events = events(&deployment.database, Some(&account.id));
    assert_eq!(actions(&events), ["account.create", "account.suspend", "account.resume"]);
    assert_eq!(
        (&events[1]["before"], &events[1]["after"]),
        (&json!({ "state": "active" }), &json!({ "state": "suspended" }))
    );
}

#[tokio::test]
async fn nobody_accepts_an_invitation_into_a_closed_account() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    let password = "nine amber kettles hum politely";
    deployment.store.suspend_account(id_of(&account)).await.unwrap();
    let refused = accept(&deployment, &invitation, password, Some("Grace")).await;
    assert_eq!(refused.expect_problem(401, "unauthenticated").text("detail"), "the account is suspended");
    deployment.store.resume_account(id_of(&account)).await.unwrap();
    accept(&deployment, &invitation, password, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn a_deleted_account_goes_with_everything_but_its_users_and_its_audit() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let both = acme.person(&deployment, "super_admin").await;
    join(&deployment, &both, &umbrella, "member").await;
    acme.invite("grace@example.com", "member").await;
    let token = both.through_token().await;
    both.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    umbrella.super_admin.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let before = sql::sizes(&deployment.database);

    let gone = deployment.store.delete_account(id_of(&acme), "Acme".parse().unwrap()).await.unwrap();
    assert_eq!((gone.members, gone.super_admins), (3, 2));
    for bearer in [&acme.super_admin, &both, &token] {
        let refused = bearer.get("/v1/me").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the bearer token is not valid");
    }
    umbrella.super_admin.get("/v1/me").await.expect(200);
    let elsewhere = keyhall_tests::Person::sign_in(&deployment, &both.email, &both.password).await;
    assert_eq!(elsewhere.get("/v1/account").await.expect(200).id(), umbrella.id);

    let id = sql::uuid::<AccountId>(&acme.id);
    for table in
        ["principals", "members", "sessions", "invitations", "projects", "grants", "personal_access_tokens"]
    {
        assert_eq!(deployment.database.count(table, &format!("account_id = '{id}'")), 0, "{table}");
        assert_ne!(
            deployment.database.count(table, "true"),
            before.get(table).copied().unwrap_or_default() as i64,
            "{table}"
        );
    }
    let after = sql::sizes(&deployment.database);
    assert_eq!(after["users"], before["users"]);
    // The deletion, and the sign-in to the other account.
    assert_eq!(after["audit_events"], before["audit_events"] + 2);
    let events = events(&deployment.database, None);
    assert_eq!(actions(&events), ["account.delete"]);
    assert_eq!((&events[0]["object_id"], &events[0]["after"]), (&json!(id.to_string()), &json!(null)));
    assert_eq!(events[0]["before"], json!({ "name": "Acme", "state": "active", "members": 3 }));
    expect_whole(&deployment.database);
}

#[tokio::test]
async fn the_wrong_name_and_an_unknown_account_change_nothing() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (store, unknown) = (&deployment.store, AccountId::generate(Timestamp::now()));
    let before = sql::dump(&deployment.database);
    for name in ["Umbrella", "acme", "Acme Inc"] {
        let refused = refusal(store.delete_account(id_of(&account), name.parse().unwrap()).await);
        assert_eq!(refused, OperatorError::AccountUnconfirmed, "{name}");
    }
    assert_eq!(
        refusal(store.delete_account(unknown, "Acme".parse().unwrap()).await),
        OperatorError::NoAccount(unknown)
    );
    assert_eq!(refusal(store.suspend_account(unknown).await), OperatorError::NoAccount(unknown));
    assert_eq!(refusal(store.resume_account(unknown).await), OperatorError::NoAccount(unknown));
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn the_list_counts_members_and_active_super_admins() {
    let deployment = Deployment::start().await;
    assert!(deployment.store.list_accounts().await.unwrap().is_empty());
    let (acme, _umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    sql::insert_member(&deployment.database, &acme, "super_admin", "suspended");
    let disabled = sql::insert_member(&deployment.database, &acme, "super_admin", "active");
    sql::set_user(&deployment.database, &disabled, "state = 'disabled'");
    acme.person(&deployment, "super_admin").await;
    acme.invite("grace@example.com", "admin").await;
    let list = deployment.store.list_accounts().await.unwrap();
    let mut counted: Vec<_> =
        list.iter().map(|one| (one.account.name.as_str(), one.members, one.super_admins)).collect();
    counted.sort_unstable();
    assert_eq!(counted, [("Acme", 5, 2), ("Umbrella", 1, 1)]);
}
