//! The operator's first step: an account with its first Super Admin. There is no default administrator.

use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::password::{NewPassword, PasswordHash, generate_password};
use keyhall_domain::account::{Account, AccountState};
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, UserId};
use keyhall_domain::member::{MemberState, MemberStateError};
use keyhall_domain::name::Name;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::MemberRole;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Chain;
use crate::error::StoreError;
use crate::group;
use crate::member::{find_or_insert_user, insert_member};
use crate::schema::{accounts, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

/// An account to be made, with its first Super Admin.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The account's name.
    pub name: Name,
    /// The Super Admin's address.
    pub email: Email,
    /// Whether to do nothing when the deployment has an account already.
    pub only_first: bool,
}

/// An account that was just made.
#[derive(Debug)]
pub struct Bootstrapped {
    /// The account.
    pub account: Account,
    /// The Super Admin's password, to be shown once; `None` when the user was there already and keeps theirs.
    pub password: Option<Arc<NewPassword>>,
}

impl Store {
    /// Makes an account with an active Super Admin; `None` when only the first was asked for and there is one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user is disabled; [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn bootstrap(&self, new: NewAccount) -> Result<Option<Bootstrapped>, StoreError> {
        let password = Arc::new(generate_password().map_err(StoreError::unexpected)?);
        let hash = self.passwords().hash(password.clone()).await?;
        let made = self
            .write_as_operator("account.create", move |connection, clock| {
                let now = clock.now();
                let account = AccountId::generate(now);
                if new.only_first && any_account(connection)? {
                    return Ok((Done::unchanged(None), Chain::Deployment));
                }
                let made = insert_account(connection, account, &new.name, now)?;
                let user = find_or_insert_user(connection, &new.email, now)?;
                require_active(connection, user)?;
                let is_new = set_first_password(connection, user, &hash)?;
                let member = insert_member(
                    connection,
                    account,
                    user,
                    (MemberRole::SuperAdmin.into(), MemberState::Active),
                    now,
                )?;
                let after = json!({ "name": made.name, "superAdmin": member });
                let change = Change::created(Object::Account(account), after);
                Ok((Done::changed(Some((made, is_new)), change), Chain::Account(account)))
            })
            .await?;
        Ok(made.map(|(account, is_new)| Bootstrapped { account, password: is_new.then_some(password) }))
    }
}

/// Whether there is an account. Takes a lock, so that of two who ask at once only one makes the first.
fn any_account(connection: &mut PgConnection) -> Result<bool, StoreError> {
    diesel::sql_query("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE").execute(connection)?;
    Ok(diesel::select(diesel::dsl::exists(accounts::table.select(accounts::id))).get_result(connection)?)
}

/// Makes an account that is open.
pub(super) fn insert_account(
    connection: &mut PgConnection,
    id: AccountId,
    name: &Name,
    now: Timestamp,
) -> Result<Account, StoreError> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(Uuid::from(id)),
            accounts::name.eq(name.as_str()),
            accounts::state.eq(AccountState::Active.name()),
            accounts::created_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    group::insert_everyone(connection, id, now)?;
    Ok(Account { id, name: name.clone(), state: AccountState::Active, created_at: now })
}

/// A user who is shut out would be a Super Admin who does not count.
fn require_active(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    let state: String =
        users::table.find(Uuid::from(user)).select(users::state).for_no_key_update().first(connection)?;
    match stored::parse("users.state", &state)? {
        UserState::Active => Ok(()),
        UserState::Disabled => Err(MemberStateError::UserDisabled.into()),
    }
}

/// Gives a user without a password this one, and says whether it did.
fn set_first_password(
    connection: &mut PgConnection,
    user: UserId,
    hash: &PasswordHash,
) -> Result<bool, StoreError> {
    let without = users::table.find(Uuid::from(user)).filter(users::password_hash.is_null());
    let changed = diesel::update(without).set(users::password_hash.eq(hash.as_phc())).execute(connection)?;
    Ok(changed == 1)
}
