//! The operator against the operator, and against those who use the API at the same moment.

use keyhall_domain::email::Email;
use keyhall_domain::id::MemberId;
use keyhall_domain::super_admins::Elevation;
use keyhall_storage::StoreError;
use keyhall_storage::open::{ElevationRequest, MemberSelector, OperatorError, UserSelector};
use keyhall_tests::{Deployment, Person};
use serde_json::json;

use super::{ROUNDS, Restore, race};
use crate::operator::{id_of, join, user};
use crate::routes::audit_event::chain::expect_whole;
use crate::sql;

/// Brings back users, members and sessions.
const PUT_BACK: &str = "
    UPDATE users SET state = 'active' WHERE state <> 'active';
    INSERT INTO principals SELECT * FROM kept_principals ON CONFLICT DO NOTHING;
    INSERT INTO members SELECT * FROM kept_members ON CONFLICT DO NOTHING;
    DELETE FROM sessions;
    INSERT INTO sessions SELECT * FROM kept_sessions";

const KEPT: &[&str] = &["principals", "members", "sessions"];

/// How many could hold the account.
fn active(deployment: &Deployment) -> i64 {
    let joined = "members JOIN users ON users.id = members.user_id";
    let condition = "role = 'super_admin' AND members.state = 'active' AND users.state = 'active'";
    deployment.database.count(joined, condition)
}

fn outcome<T>(result: Result<T, StoreError>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(StoreError::Operator(OperatorError::LastSuperAdmin(_))) => "the last",
        Err(StoreError::Operator(OperatorError::HasSuperAdmins { .. })) => "has one",
        Err(StoreError::Operator(OperatorError::NoUser)) => "nobody",
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_operators_who_disable_the_last_two_super_admins_one_is_refused() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let (one, other) = (&acme.super_admin, &umbrella.super_admin);
    // Both are Super Admins of both, and nobody else is of either: the locks of both accounts are needed.
    join(&deployment, one, &umbrella, "super_admin").await;
    join(&deployment, other, &acme, "super_admin").await;
    let mut restore = Restore::keep(&deployment.database, KEPT, PUT_BACK);
    for round in 0..ROUNDS {
        let disable = |person: &Person| {
            let (store, user) = (deployment.store.clone(), user(person));
            async move { outcome(store.disable_user(user).await) }
        };
        let mut outcomes = race(disable(one), disable(other)).await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["done", "the last"], "round {round}");
        assert_eq!(active(&deployment), 2, "round {round}: one in each");
        restore.run();
    }
    expect_whole(&deployment.database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_is_disabled_while_they_remove_the_other_super_admin_does_not_leave_none() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let one = account.super_admin.clone();
    let other = account.person(&deployment, "super_admin").await;
    let mut restore = Restore::keep(&deployment.database, KEPT, PUT_BACK);
    for round in 0..ROUNDS {
        let (store, disabled) = (deployment.store.clone(), user(&one));
        let disable = async move { outcome(store.disable_user(disabled).await) };
        let (by, path) = (one.clone(), format!("/v1/members/{}", other.member));
        let remove = async move {
            match by.delete(&path).await.status {
                204 => "done",
                401 => "shut out",
                status => panic!("{status}"),
            }
        };
        let outcomes = race(disable, remove).await;
        assert!(
            [["done", "shut out"], ["the last", "done"]].contains(&outcomes),
            "round {round}: {outcomes:?}"
        );
        assert_eq!(active(&deployment), 1, "round {round}: {outcomes:?}");
        restore.run();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_first_super_admins_one_is_made() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let other = account.person(&deployment, "member").await;
    let none = "ALTER TABLE members DISABLE TRIGGER members_keep_a_super_admin; \
                UPDATE members SET role = 'member'; \
                ALTER TABLE members ENABLE TRIGGER members_keep_a_super_admin";
    let mut restore = Restore::keep(&deployment.database, &[], none);
    restore.run();
    for round in 0..ROUNDS {
        let elevate = |member: &str| {
            let (store, member) = (deployment.store.clone(), MemberSelector::Id(member.parse().unwrap()));
            let request = ElevationRequest { account: id_of(&account), member, how: Elevation::First };
            async move { outcome(store.elevate_member(request).await) }
        };
        let mut outcomes = race(elevate(&account.super_admin.member), elevate(&other.member)).await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["done", "has one"], "round {round}");
        assert_eq!(active(&deployment), 1, "round {round}");
        restore.run();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_while_they_are_disabled_has_no_session_afterwards() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    let mut restore = Restore::keep(&deployment.database, KEPT, PUT_BACK);
    let theirs = format!("member_id = '{}'", sql::uuid::<MemberId>(&person.member));
    for round in 0..ROUNDS {
        let (store, disabled) = (deployment.store.clone(), user(&person));
        let disable = async move { outcome(store.disable_user(disabled).await).to_owned() };
        let body = json!({ "email": person.email, "password": person.password });
        let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
        let sign_in = async move { request.send().await.expect("it answers").status().as_u16().to_string() };
        let [disabled, signed_in] = race(disable, sign_in).await;
        assert_eq!(disabled, "done", "round {round}");
        assert!(["201", "401"].contains(&signed_in.as_str()), "round {round}: {signed_in}");
        assert_eq!(deployment.database.count("sessions", &theirs), 0, "round {round}: {signed_in}");
        restore.run();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_is_invited_while_they_are_deleted_is_invited_as_somebody_new_or_goes_with_it() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    for round in 0..ROUNDS {
        let email = format!("grace-{round}@example.com");
        acme.invite(&email, "member").await;
        let (store, address) = (deployment.store.clone(), email.parse::<Email>().unwrap());
        let user = UserSelector::Email(address.clone());
        let delete = async move { outcome(store.delete_user(user, address).await).to_owned() };
        let (by, body) = (umbrella.super_admin.clone(), json!({ "email": email, "role": "member" }));
        let invite = async move { by.post("/v1/members", &body).await.status.to_string() };
        assert_eq!(race(delete, invite).await, ["done", "201"], "round {round}");
        let known = format!("email_key = '{email}'");
        let users = deployment.database.count("users", &known);
        let members = deployment.database.count("members JOIN users ON users.id = user_id", &known);
        assert!([(0, 0), (1, 1)].contains(&(users, members)), "round {round}: {users} {members}");
    }
    expect_whole(&deployment.database);
}
