//! Accounts: listed, closed, opened, deleted.

use keyhall_storage::StoreError;
use keyhall_storage::open::{AccountChange, AccountSummary};
use serde_json::{Value, json};

use super::report::{UNCHANGED, named, report};
use super::with_store;
use crate::arguments::{DeleteAccount, ListAccounts, OneAccount};
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Lists all accounts.
pub(super) fn list(configuration: &Configuration, arguments: &ListAccounts) -> Result<(), CommandError> {
    with_store(configuration, async |store| {
        let accounts = store.list_accounts().await?;
        if arguments.json {
            return Ok(json!({ "accounts": accounts.iter().map(summary).collect::<Vec<_>>() }).to_string());
        }
        let header = format!("{:<30}  {:<9}  {:>7}  {:>12}  NAME", "ID", "STATE", "MEMBERS", "SUPER ADMINS");
        let lines = accounts.iter().map(|AccountSummary { account, members, super_admins }| {
            let (id, state, name) = (account.id.to_string(), account.state.name(), account.name.as_str());
            format!("{id:<30}  {state:<9}  {members:>7}  {super_admins:>12}  {name}")
        });
        Ok(std::iter::once(header).chain(lines).collect::<Vec<_>>().join("\n"))
    })
}

/// Closes an account.
pub(super) fn suspend(configuration: &Configuration, arguments: &OneAccount) -> Result<(), CommandError> {
    with_store(configuration, async |store| {
        changed(&store.suspend_account(arguments.account).await?, "suspended", arguments)
    })
}

/// Opens an account.
pub(super) fn resume(configuration: &Configuration, arguments: &OneAccount) -> Result<(), CommandError> {
    with_store(configuration, async |store| {
        changed(&store.resume_account(arguments.account).await?, "active; people sign in anew", arguments)
    })
}

/// Deletes an account.
pub(super) fn delete(configuration: &Configuration, arguments: &DeleteAccount) -> Result<(), CommandError> {
    with_store(configuration, async |store| {
        let gone = store.delete_account(arguments.account, arguments.confirm.clone()).await?;
        if arguments.json {
            return Ok(json!({ "deleted": true, "account": summary(&gone) }).to_string());
        }
        let members = format!("{} removed; the users stay", gone.members);
        Ok(report(&[
            ("Account", named(&gone.account)),
            ("State", "deleted".to_owned()),
            ("Members", members),
        ]))
    })
}

fn changed(change: &AccountChange, state: &str, arguments: &OneAccount) -> Result<String, StoreError> {
    let AccountChange { account, changed, sessions } = change;
    Ok(match (arguments.json, changed) {
        (true, _) => json!({ "changed": changed, "account": account, "sessionsEnded": sessions }).to_string(),
        (false, true) => report(&[
            ("Account", named(account)),
            ("State", state.to_owned()),
            ("Sessions", format!("{sessions} ended")),
        ]),
        (false, false) => report(&[("Account", named(account)), ("State", UNCHANGED.to_owned())]),
    })
}

fn summary(summary: &AccountSummary) -> Value {
    let AccountSummary { account, members, super_admins } = summary;
    json!({
        "id": account.id,
        "name": account.name,
        "state": account.state,
        "createdAt": account.created_at,
        "members": members,
        "superAdmins": super_admins,
    })
}
