//! Accounts as the operator sees them, and closes and opens them.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::account::{Account, AccountState};
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::id::AccountId;
use keyhall_domain::member::MemberState;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::{BuiltInRole, MemberRole};
use serde_json::json;
use uuid::Uuid;

use super::OperatorError;
use crate::account::{self, AccountRow};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::schema::{accounts, members, sessions, users};
use crate::store::Store;
use crate::transaction::{Done, lock_account};

/// An account, and who is in it.
#[derive(Debug, Clone)]
pub struct AccountSummary {
    /// The account.
    pub account: Account,
    /// How many members it has, invited and suspended ones included.
    pub members: i64,
    /// How many of them are active Super Admins; 0 in an imported account that nobody was elevated in.
    pub super_admins: i64,
}

/// An account that was closed or opened.
#[derive(Debug, Clone)]
pub struct AccountChange {
    /// The account as it is now.
    pub account: Account,
    /// Whether it was otherwise before.
    pub changed: bool,
    /// How many sessions ended.
    pub sessions: usize,
}

impl Store {
    /// All accounts, in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_accounts(&self) -> Result<Vec<AccountSummary>, StoreError> {
        self.reading(|connection| {
            let rows: Vec<AccountRow> =
                accounts::table.order(accounts::id).select(AccountRow::as_select()).load(connection)?;
            let (members, super_admins) = (count_members(connection)?, count_super_admins(connection)?);
            let count = |counts: &HashMap<Uuid, i64>, account: &Account| {
                counts.get(&Uuid::from(account.id)).copied().unwrap_or_default()
            };
            let summarise = |row| {
                let account = Account::try_from(row)?;
                let (members, super_admins) = (count(&members, &account), count(&super_admins, &account));
                Ok(AccountSummary { account, members, super_admins })
            };
            rows.into_iter().map(summarise).collect()
        })
        .await
    }

    /// Closes an account: its sessions end, its tokens are refused, until it is opened again.
    ///
    /// # Errors
    /// [`OperatorError::NoAccount`].
    pub async fn suspend_account(&self, id: AccountId) -> Result<AccountChange, StoreError> {
        self.set_account_state("account.suspend", id, AccountState::Suspended).await
    }

    /// Opens an account again: tokens work, sessions have to be begun anew.
    ///
    /// # Errors
    /// [`OperatorError::NoAccount`].
    pub async fn resume_account(&self, id: AccountId) -> Result<AccountChange, StoreError> {
        self.set_account_state("account.resume", id, AccountState::Active).await
    }

    async fn set_account_state(
        &self,
        action: &'static str,
        id: AccountId,
        state: AccountState,
    ) -> Result<AccountChange, StoreError> {
        self.write_as_operator(action, move |connection, _| {
            let before = lock(connection, id)?;
            if before.state == state {
                let unchanged = AccountChange { account: before, changed: false, sessions: 0 };
                return Ok((Done::unchanged(unchanged), Chain::Account(id)));
            }
            diesel::update(accounts::table.find(Uuid::from(id)))
                .set(accounts::state.eq(state.name()))
                .execute(connection)?;
            let sessions = match state {
                AccountState::Active => 0,
                AccountState::Suspended => {
                    let theirs = sessions::table.filter(sessions::account_id.eq(Uuid::from(id)));
                    diesel::delete(theirs).execute(connection)?
                }
            };
            let (was, is) = (json!({ "state": before.state }), json!({ "state": state }));
            let account = Account { state, ..before };
            let change = Change::updated(Object::Account(id), was, is);
            let changed = AccountChange { account, changed: true, sessions };
            Ok((Done::changed(changed, change), Chain::Account(id)))
        })
        .await
    }
}

/// Locks an account, and reads it.
pub(super) fn lock(connection: &mut PgConnection, id: AccountId) -> Result<Account, StoreError> {
    match lock_account(connection, id) {
        Err(StoreError::NotFound) => Err(OperatorError::NoAccount(id).into()),
        locked => locked.and_then(|()| account::load(connection, id)),
    }
}

fn count_members(connection: &mut PgConnection) -> Result<HashMap<Uuid, i64>, StoreError> {
    let counts = members::table.group_by(members::account_id).select((members::account_id, count_star()));
    Ok(counts.load(connection)?.into_iter().collect())
}

fn count_super_admins(connection: &mut PgConnection) -> Result<HashMap<Uuid, i64>, StoreError> {
    let counts = members::table
        .inner_join(users::table)
        .filter(members::role.eq(MemberRole::SuperAdmin.name()))
        .filter(members::state.eq(MemberState::Active.name()))
        .filter(users::state.eq(UserState::Active.name()))
        .group_by(members::account_id)
        .select((members::account_id, count_star()));
    Ok(counts.load(connection)?.into_iter().collect())
}
