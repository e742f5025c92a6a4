//! What the operator does to accounts and users, and what the running server makes of it at the next request. The commands
//! themselves are in `process::operator`.

mod account;
mod elevate;
mod import;
mod reset_password;
mod user;

use keyhall_domain::id::AccountId;
use keyhall_storage::StoreError;
use keyhall_storage::open::{OperatorError, UserSelector};
use keyhall_tests::{Account, Database, Deployment, Person, accept};
use serde_json::Value;
use uuid::Uuid;

use crate::sql;

/// The id of an account.
pub(crate) fn id_of(account: &Account) -> AccountId {
    account.id.parse().expect("an id")
}

/// A person by address.
pub(crate) fn user(person: &Person) -> UserSelector {
    by_email(&person.email)
}

fn by_email(email: &str) -> UserSelector {
    UserSelector::Email(email.parse().expect("an address"))
}

/// The operator's refusal.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> OperatorError {
    match result {
        Err(StoreError::Operator(error)) => error,
        other => panic!("not refused to the operator: {other:?}"),
    }
}

/// Somebody who belongs to this account, and joins that one too, with this role.
pub(crate) async fn join(deployment: &Deployment, person: &Person, account: &Account, role: &str) -> String {
    let invited_as = if role == "super_admin" { "member" } else { role };
    let invitation = account.invite(&person.email, invited_as).await;
    accept(deployment, &invitation, &person.password, None).await.expect(200);
    if role == "super_admin" {
        account.super_admin.put(&format!("/v1/members/{}/super-admin", invitation.id())).await.expect(200);
    }
    invitation.id()
}

/// The events that the operator made in an account's chain, or in the deployment's, oldest first.
fn events(database: &Database, account: Option<&str>) -> Vec<Value> {
    let chain = account.map_or(Uuid::nil(), sql::uuid::<AccountId>);
    let query = format!(
        "SELECT action, object_type, object_id, before, after, outcome, address FROM audit_events \
         WHERE chain_id = '{chain}' AND actor_type = 'operator' ORDER BY sequence"
    );
    sql::rows(database, &query)
}

/// The names of actions among events.
fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["action"].as_str().expect("a name")).collect()
}
