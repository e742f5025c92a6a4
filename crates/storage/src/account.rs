//! Accounts.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::account::Account;
use keyhall_domain::authz::ReadAccount;
use keyhall_domain::id::AccountId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::schema::accounts;
use crate::store::Store;
use crate::stored;

/// An account as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
pub(crate) struct AccountRow {
    id: Uuid,
    name: String,
    state: String,
    created_at: jiff_diesel::Timestamp,
}

impl Store {
    /// The bearer's account.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn read_account(&self, grant: &Granted<ReadAccount>) -> Result<Account, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account)).await
    }
}

/// Reads an account.
pub(crate) fn load(connection: &mut PgConnection, account: AccountId) -> Result<Account, StoreError> {
    accounts::table.find(Uuid::from(account)).select(AccountRow::as_select()).first(connection)?.try_into()
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            name: stored::parse("accounts.name", &row.name)?,
            state: stored::parse("accounts.state", &row.state)?,
            created_at: row.created_at.to_jiff(),
        })
    }
}
