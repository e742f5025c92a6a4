//! Users: shut out, let in, deleted.

use keyhall_storage::open::{Membership, User, UserChange, UserSelector};
use serde_json::{Value, json};

use super::report::{UNCHANGED, named, report};
use super::with_store;
use crate::arguments::{DeleteUser, OneUser, WhichUser};
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Shuts a user out.
pub(super) fn disable(configuration: &Configuration, arguments: &OneUser) -> Result<(), CommandError> {
    let user = selector(&arguments.user)?;
    with_store(configuration, async |store| {
        Ok(changed(&store.disable_user(user).await?, "disabled", arguments))
    })
}

/// Lets a user in again.
pub(super) fn enable(configuration: &Configuration, arguments: &OneUser) -> Result<(), CommandError> {
    let user = selector(&arguments.user)?;
    with_store(configuration, async |store| {
        Ok(changed(&store.enable_user(user).await?, "active; they sign in anew", arguments))
    })
}

/// Deletes a user.
pub(super) fn delete(configuration: &Configuration, arguments: &DeleteUser) -> Result<(), CommandError> {
    let user = selector(&arguments.user)?;
    with_store(configuration, async |store| {
        let gone = store.delete_user(user, arguments.confirm.clone()).await?;
        if arguments.json {
            let (user, accounts) = (for_machines(&gone.user), accounts(&gone.memberships));
            return Ok(json!({ "deleted": true, "user": user, "accounts": accounts }).to_string());
        }
        Ok(effect(&gone, "deleted"))
    })
}

/// Who is meant.
pub(super) fn selector(which: &WhichUser) -> Result<UserSelector, CommandError> {
    match (which.user, &which.email) {
        (Some(id), _) => Ok(UserSelector::Id(id)),
        (None, Some(email)) => Ok(UserSelector::Email(email.clone())),
        (None, None) => Err(CommandError::Nobody),
    }
}

/// A user by address and id.
pub(super) fn for_people(user: &User) -> String {
    format!("{} ({})", user.email.as_str(), user.id)
}

/// A user, for machines.
pub(super) fn for_machines(user: &User) -> Value {
    json!({ "id": user.id, "email": user.email, "state": user.state.name() })
}

/// Where a user is a member, for machines.
pub(super) fn accounts(memberships: &[Membership]) -> Vec<Value> {
    let of = |one: &Membership| {
        json!({
            "id": one.account.id,
            "name": one.account.name,
            "memberId": one.member,
            "role": one.role,
            "state": one.state,
        })
    };
    memberships.iter().map(of).collect()
}

fn changed(change: &UserChange, state: &str, arguments: &OneUser) -> String {
    match (arguments.json, change.changed) {
        (true, changed) => json!({
            "changed": changed,
            "user": for_machines(&change.user),
            "accounts": accounts(&change.memberships),
            "sessionsEnded": change.sessions,
        })
        .to_string(),
        (false, true) => effect(change, state),
        (false, false) => report(&[("User", for_people(&change.user)), ("State", UNCHANGED.to_owned())]),
    }
}

fn effect(change: &UserChange, state: &str) -> String {
    let mut lines = vec![
        ("User", for_people(&change.user)),
        ("State", state.to_owned()),
        ("Sessions", format!("{} ended", change.sessions)),
    ];
    let accounts = change.memberships.iter();
    lines.extend(accounts.map(|one| ("Account", format!("{}, as {}", named(&one.account), one.role))));
    report(&lines)
}
