//! Letting every address in again, for an account whose own people are locked out.

use keyhall_domain::account::Account;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::id::AccountId;
use keyhall_domain::ip_allow_list::IpAllowList;

use super::account::lock;
use crate::audit::Chain;
use crate::error::StoreError;
use crate::ip_allow_list::{clear, load};
use crate::store::Store;
use crate::transaction::Done;

/// An account that can be reached from everywhere again.
#[derive(Debug, Clone)]
pub struct ClearedIpAllowList {
    /// The account.
    pub account: Account,
    /// How many networks stood on the list.
    pub networks: usize,
}

impl Store {
    /// Empties an account's IP allow list.
    ///
    /// # Errors
    /// [`super::OperatorError::NoAccount`].
    pub async fn clear_ip_allow_list(&self, id: AccountId) -> Result<ClearedIpAllowList, StoreError> {
        self.write_as_operator("ip_allow_list.clear", move |connection, _| {
            let account = lock(connection, id)?;
            let before = load(connection, id)?;
            let cleared = ClearedIpAllowList { account, networks: before.entries.len() };
            if before.entries.is_empty() {
                return Ok((Done::unchanged(cleared), Chain::Account(id)));
            }
            clear(connection, id)?;
            let change =
                Change::updated(Object::Account(id), before.described(), IpAllowList::default().described());
            Ok((Done::changed(cleared, change), Chain::Account(id)))
        })
        .await
    }
}
