//! The session that a bearer speaks in. How one begins is in [`crate::open`]; sessions of a whole account are in `others`.

mod others;

use diesel::pg::Pg;
use diesel::prelude::*;
use ipnet::IpNet;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, EndCurrentSession, ReadCurrentSession, Speaks};
use keyhall_domain::id::SessionId;
use keyhall_domain::session::Session;
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::precondition::Precondition;
use crate::schema::sessions;
use crate::store::Store;
use crate::transaction::{Done, Tx};
pub(crate) use others::end_all_of_user;

/// A session as it is stored, its digest aside.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub(crate) struct SessionRow {
    id: Uuid,
    account_id: Uuid,
    member_id: Uuid,
    address: IpNet,
    created_at: jiff_diesel::Timestamp,
    expires_at: jiff_diesel::Timestamp,
}

impl Store {
    /// The session that the bearer speaks in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was ended since.
    pub async fn read_current_session(
        &self,
        grant: &Granted<ReadCurrentSession>,
    ) -> Result<Session, StoreError> {
        self.read(grant, |tx| {
            let id = current(tx)?;
            load(tx, id)
        })
        .await
    }

    /// Signs the bearer out: the session ends at once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was ended since; [`StoreError::Precondition`].
    pub async fn end_current_session(
        &self,
        grant: &Granted<EndCurrentSession>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let id = current(tx)?;
            precondition.check(&load(tx, id)?)?;
            match diesel::delete(sessions::table.find(Uuid::from(id))).execute(tx.connection)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(Done::changed((), Change::removed(Object::Session(id), json!({})))),
            }
        })
        .await
    }
}

fn load<A: Action>(tx: &mut Tx<'_, A>, id: SessionId) -> Result<Session, StoreError> {
    let row = sessions::table
        .filter(sessions::id.eq(Uuid::from(id)))
        .filter(sessions::account_id.eq(tx.account()))
        .select(SessionRow::as_select());
    Ok(row.first(tx.connection)?.into())
}

fn current<A: Action>(tx: &Tx<'_, A>) -> Result<SessionId, StoreError> {
    match tx.bearer().speaks {
        Speaks::Session(id) => Ok(id),
        Speaks::PersonalAccessToken(_) => Err(StoreError::NotFound),
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id.into(),
            account_id: row.account_id.into(),
            member_id: row.member_id.into(),
            created_at: row.created_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            address: row.address.addr(),
        }
    }
}
