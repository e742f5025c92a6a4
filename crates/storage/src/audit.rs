//! The audit: events in chains of hashes, one chain for each account and one for the deployment.
//!
//! Each event carries SHA-256 over the hash of the one before it and its own canonical JSON (RFC 8785), so that whoever
//! changes, removes or inserts one has to make all that follow anew. Nothing updates or deletes an event.

mod read;
mod row;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::sha256;
use keyhall_domain::audit::{AuditEvent, Change, Deed, Object, Outcome};
use keyhall_domain::id::{AccountId, AuditEventId, ProjectId};
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::StoreError;
use crate::schema::audit_chains;

pub use read::{AuditPage, AuditQuery};
pub(crate) use row::{object, object_columns};

/// The hash that a chain begins with.
const GENESIS: [u8; 32] = [0; 32];

/// Which chain an event belongs to. Whoever locks several does it in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chain {
    /// An account's.
    Account(AccountId),
    /// The deployment's: what belongs to no account.
    Deployment,
}

/// An event that has no place in its chain yet.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    deed: &'a Deed,
    action: &'static str,
    object: Option<Object>,
    project: Option<ProjectId>,
    outcome: Outcome,
    reason: Option<&'static str>,
    change: Option<Change>,
}

impl<'a> Entry<'a> {
    /// Something came about.
    pub(crate) fn success(
        deed: &'a Deed,
        action: &'static str,
        change: Change,
        project: Option<ProjectId>,
    ) -> Self {
        let object = Some(change.object);
        Self { deed, action, object, project, outcome: Outcome::Success, reason: None, change: Some(change) }
    }

    /// Something was refused.
    pub(crate) fn refused(
        deed: &'a Deed,
        action: &'static str,
        object: Option<Object>,
        reason: &'static str,
    ) -> Self {
        let outcome = Outcome::Refused;
        Self { deed, action, object, project: None, outcome, reason: Some(reason), change: None }
    }

    fn into_event(self, chain: Chain, sequence: i64, now: Timestamp) -> AuditEvent {
        let origin = self.deed.origin.as_ref();
        let (before, after) = self.change.map_or((None, None), |change| (change.before, change.after));
        AuditEvent {
            id: AuditEventId::generate(now),
            time: now,
            account_id: chain.account(),
            sequence,
            actor: self.deed.actor,
            via: self.deed.via,
            action: self.action.to_owned(),
            object: self.object,
            project_id: self.project,
            outcome: self.outcome,
            reason: self.reason.map(str::to_owned),
            address: origin.map(|origin| origin.address),
            user_agent: origin.and_then(|origin| origin.user_agent.clone()),
            request_id: origin.map(|origin| origin.request_id.clone()),
            before,
            after,
        }
    }
}

impl Chain {
    /// The chain's id in the database: the account's, or all zeros.
    fn id(self) -> Uuid {
        match self {
            Self::Account(account) => account.into(),
            Self::Deployment => Uuid::nil(),
        }
    }

    fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Deployment => None,
        }
    }
}

/// Puts events at the end of a chain. The lock on the chain's head is the last that a transaction takes, and each event's
/// time is taken under it, so that times follow the order of the chain.
pub(crate) fn append(
    connection: &mut PgConnection,
    chain: Chain,
    clock: &Clock,
    entries: Vec<Entry<'_>>,
) -> Result<(), StoreError> {
    diesel::insert_into(audit_chains::table)
        .values((
            audit_chains::id.eq(chain.id()),
            audit_chains::sequence.eq(0),
            audit_chains::hash.eq(GENESIS.as_slice()),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let (mut sequence, mut hash): (i64, Vec<u8>) = audit_chains::table
        .find(chain.id())
        .select((audit_chains::sequence, audit_chains::hash))
        .for_update()
        .first(connection)?;
    for entry in entries {
        sequence += 1;
        let event = entry.into_event(chain, sequence, clock.now());
        let linked = link(&hash, &event)?;
        row::insert(connection, chain.id(), &event, &linked)?;
        hash = linked.to_vec();
    }
    diesel::update(audit_chains::table.find(chain.id()))
        .set((audit_chains::sequence.eq(sequence), audit_chains::hash.eq(hash)))
        .execute(connection)?;
    Ok(())
}

/// The hash of an event that follows the one with the hash `previous`.
fn link(previous: &[u8], event: &AuditEvent) -> Result<[u8; 32], StoreError> {
    let canonical = serde_json_canonicalizer::to_vec(event).map_err(StoreError::unexpected)?;
    Ok(sha256(&[previous, &canonical]))
}
