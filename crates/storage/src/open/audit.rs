//! Verifying the audit, for whoever has the server: all chains of the deployment, one after another.

use diesel::prelude::*;
use keyhall_domain::id::AccountId;
use uuid::Uuid;

use crate::audit::{self, Chain, ChainReport, Checkpoint};
use crate::error::StoreError;
use crate::schema::{accounts, audit_chains};
use crate::store::Store;

/// A chain of events: an account's, or, for `None`, the deployment's.
pub type ChainOf = Option<AccountId>;

impl Store {
    /// Some chains of the deployment, in the order of their ids; those after one that was given before. An account has a chain
    /// whether or not it is there, and what was written of a deleted account stays.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_audit_chains(&self, after: Option<ChainOf>) -> Result<Vec<ChainOf>, StoreError> {
        const SOME: i64 = 1000;
        self.reading(move |connection| {
            let mut chains =
                audit_chains::table.select(audit_chains::id).order(audit_chains::id).limit(SOME).into_boxed();
            let mut accounts =
                accounts::table.select(accounts::id).order(accounts::id).limit(SOME).into_boxed();
            if let Some(after) = after {
                let after = id(after);
                chains = chains.filter(audit_chains::id.gt(after));
                accounts = accounts.filter(accounts::id.gt(after));
            }
            let mut ids: Vec<Uuid> = chains.load(connection)?;
            ids.extend(accounts.load::<Uuid>(connection)?);
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(SOME.unsigned_abs().try_into().unwrap_or(usize::MAX));
            Ok(ids.into_iter().map(|id| (!id.is_nil()).then(|| AccountId::from(id))).collect())
        })
        .await
    }

    /// Verifies a chain, as it is at one moment, and, where something of it was noted down before, against that. Reads it in
    /// batches; what is written meanwhile is neither waited for nor held up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away. What is wrong with the chain is in the report.
    pub async fn verify_audit_chain(
        &self,
        chain: ChainOf,
        noted: Option<Checkpoint>,
    ) -> Result<ChainReport, StoreError> {
        let (seal, chain) = (self.audit_seal(), Chain::from(id(chain)));
        self.reading_at_length(move |connection| {
            let mut snapshot = connection.build_transaction().read_only().repeatable_read();
            snapshot.run(|connection| audit::verify(connection, &seal, chain, noted))
        })
        .await
    }
}

fn id(chain: ChainOf) -> Uuid {
    chain.map_or_else(Uuid::nil, Uuid::from)
}
