//! The deployment's key: made once, sealed under the master key, unsealed at every start.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::deployment_key::{DeploymentKey, SealedDeploymentKey, UnsealError};
use keyhall_credential::master_key::MasterKey;

use crate::error::StoreError;
use crate::schema::deployment;
use crate::stored;

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The master key is not the one that sealed the deployment's key, or what is sealed is damaged.
    #[error("the master key does not open this database; give the one that it was first served with")]
    MasterKey(#[source] UnsealError),
    /// The database is away, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The deployment's key. Of several servers that start at once on an empty database, one makes it and all use it.
pub(crate) fn deployment_key(
    connection: &mut PgConnection,
    master_key: &MasterKey,
    now: Timestamp,
) -> Result<DeploymentKey, OpenError> {
    sealed(connection, master_key, now)?.unseal(master_key).map_err(OpenError::MasterKey)
}

fn sealed(
    connection: &mut PgConnection,
    master_key: &MasterKey,
    now: Timestamp,
) -> Result<SealedDeploymentKey, StoreError> {
    let key = DeploymentKey::generate().map_err(StoreError::unexpected)?;
    let sealed = key.seal(master_key).map_err(StoreError::unexpected)?;
    diesel::insert_into(deployment::table)
        .values((deployment::sealed_key.eq(sealed.as_bytes()), deployment::created_at.eq(stored::time(now))))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let sealed: Vec<u8> = deployment::table.select(deployment::sealed_key).first(connection)?;
    Ok(SealedDeploymentKey::from_bytes(sealed))
}
