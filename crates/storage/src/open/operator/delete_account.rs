//! Deleting a whole account, its Super Admins included: the one way in which they all go.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::id::AccountId;
use keyhall_domain::name::Name;
use serde_json::json;
use uuid::Uuid;

use super::account::lock;
use super::{AccountSummary, OperatorError};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::schema::{accounts, members};
use crate::store::Store;
use crate::super_admin;
use crate::transaction::Done;

impl Store {
    /// Deletes an account and everything in it. Its users stay, and so do its audit events, which outlive what they are about.
    ///
    /// # Errors
    /// [`OperatorError::NoAccount`]; [`OperatorError::AccountUnconfirmed`] when the account has another name.
    pub async fn delete_account(&self, id: AccountId, confirm: Name) -> Result<AccountSummary, StoreError> {
        self.write_as_operator("account.delete", move |connection, _| {
            let account = lock(connection, id)?;
            if account.name != confirm {
                return Err(OperatorError::AccountUnconfirmed.into());
            }
            let theirs = members::table.filter(members::account_id.eq(Uuid::from(id)));
            let members: i64 = theirs.count().get_result(connection)?;
            let super_admins = super_admin::load(connection, id)?.map_or(0, |admins| admins.len());
            let super_admins = i64::try_from(super_admins).map_err(StoreError::unexpected)?;
            // However much is in it: nobody but the operator waits for it.
            diesel::sql_query("SET LOCAL statement_timeout = 0").execute(connection)?;
            diesel::delete(accounts::table.find(Uuid::from(id))).execute(connection)?;
            let before = json!({ "name": account.name, "state": account.state, "members": members });
            let change = Change::removed(Object::Account(id), before);
            let gone = AccountSummary { account, members, super_admins };
            Ok((Done::changed(gone, change), Chain::Deployment))
        })
        .await
    }
}
