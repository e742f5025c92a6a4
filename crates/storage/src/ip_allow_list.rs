//! From where an account can be reached. The list is looked at whenever somebody is authenticated or signs in.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Cidr};
use ipnet::IpNet;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{ReadIpAllowList, UpdateIpAllowList};
use keyhall_domain::id::AccountId;
use keyhall_domain::ip_allow_list::{AllowedNetwork, IpAllowList, Network};
use keyhall_domain::name::Description;
use uuid::Uuid;

use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::precondition::Precondition;
use crate::schema::ip_allow_list_entries;
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

impl Store {
    /// The account's allow list.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn read_ip_allow_list(
        &self,
        grant: &Granted<ReadIpAllowList>,
    ) -> Result<IpAllowList, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account)).await
    }

    /// Puts another allow list into force.
    ///
    /// # Errors
    /// [`Conflict::LockOut`] when the bearer's own address is not in it; [`StoreError::Precondition`].
    pub async fn update_ip_allow_list(
        &self,
        grant: &Granted<UpdateIpAllowList>,
        precondition: Precondition,
        list: IpAllowList,
    ) -> Result<IpAllowList, StoreError> {
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            let account = tx.bearer().account;
            let before = load(tx.connection, account)?;
            precondition.check(&before)?;
            let lock_out = |error| StoreError::Conflict(Conflict::LockOut(error));
            list.check_not_locked_out(tx.bearer().origin.address).map_err(lock_out)?;
            if list == before {
                return Ok(Done::unchanged(before));
            }
            replace(tx.connection, account, &list)?;
            let (was, is) = (before.described(), list.described());
            let change = Change::updated(Object::Account(account), was, is);
            Ok(Done::changed(list.clone(), change))
        })
        .await
    }
}

/// The networks of the account that a query has joined, as one column.
pub(crate) fn networks_of_account() -> SqlLiteral<Array<Cidr>> {
    sql(
        "ARRAY(SELECT network FROM ip_allow_list_entries WHERE ip_allow_list_entries.account_id = accounts.id)",
    )
}

/// Reads an account's allow list.
pub(crate) fn load(connection: &mut PgConnection, account: AccountId) -> Result<IpAllowList, StoreError> {
    let rows: Vec<(IpNet, Option<String>)> = ip_allow_list_entries::table
        .filter(ip_allow_list_entries::account_id.eq(Uuid::from(account)))
        .order(ip_allow_list_entries::position)
        .select((ip_allow_list_entries::network, ip_allow_list_entries::description))
        .load(connection)?;
    let entries = rows.into_iter().map(|(network, description)| {
        let description =
            stored::parse_optional("ip_allow_list_entries.description", description.as_deref())?;
        Ok(AllowedNetwork { network: Network::from(network), description })
    });
    Ok(IpAllowList { entries: entries.collect::<Result<_, StoreError>>()? })
}

/// Lets every address in.
pub(crate) fn clear(connection: &mut PgConnection, account: AccountId) -> Result<(), StoreError> {
    let account = ip_allow_list_entries::account_id.eq(Uuid::from(account));
    diesel::delete(ip_allow_list_entries::table.filter(account)).execute(connection)?;
    Ok(())
}

fn replace(connection: &mut PgConnection, account: AccountId, list: &IpAllowList) -> Result<(), StoreError> {
    clear(connection, account)?;
    let account = Uuid::from(account);
    let rows: Vec<_> = (0_i32..)
        .zip(&list.entries)
        .map(|(position, entry)| {
            (
                ip_allow_list_entries::account_id.eq(account),
                ip_allow_list_entries::position.eq(position),
                ip_allow_list_entries::network.eq(entry.network.get()),
                ip_allow_list_entries::description.eq(entry.description.as_ref().map(Description::as_str)),
            )
        })
        .collect();
    diesel::insert_into(ip_allow_list_entries::table).values(rows).execute(connection)?;
    Ok(())
}
