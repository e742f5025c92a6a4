//! The audit: events in chains of hashes, one chain for each account and one for the deployment.
//!
//! Each event carries SHA-256 over the hash of the one before it and its own canonical JSON (RFC 8785), so that whoever
//! changes, removes or inserts one has to make all that follow anew. The head is signed with each event under a key that the
//! database has only sealed, so that whoever has the database alone cannot. Nothing updates an event; the oldest are dropped
//! after their time ([`retire()`]).

mod chain;
mod diagnose;
mod filter;
mod read;
mod retire;
mod row;
mod seal;
mod verify;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::sha256;
use keyhall_domain::audit::{AuditEvent, Change, Deed, Object, Outcome};
use keyhall_domain::id::{AccountId, AuditEventId};
use serde_json::Value;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::StoreError;
use crate::schema::audit_chains;
use crate::stored;

pub use read::{AuditPage, AuditQuery};
pub(crate) use retire::{Retired, find_chain, retire};
pub(crate) use row::{object, object_columns};
pub(crate) use seal::Seal;
pub(crate) use verify::verify;
pub use verify::{ChainReport, Checkpoint, Fault, FaultKind};

/// The largest whole number that every reader of JSON keeps (RFC 8785 section 3.2.2.3).
const LARGEST: u64 = (1 << 53) - 1;

/// Which chain an event belongs to. Whoever locks several does it in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chain {
    /// An account's.
    Account(AccountId),
    /// The deployment's: what belongs to no account.
    Deployment,
}

/// A place in a chain, and the hash of the event there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    sequence: i64,
    hash: [u8; 32],
}

/// An event that has no place in its chain yet.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    deed: &'a Deed,
    action: &'static str,
    object: Option<Object>,
    outcome: Outcome,
    reason: Option<&'static str>,
    change: Option<Change>,
}

impl<'a> Entry<'a> {
    /// Something came about.
    pub(crate) fn success(deed: &'a Deed, action: &'static str, change: Change) -> Self {
        let object = Some(change.object);
        Self { deed, action, object, outcome: Outcome::Success, reason: None, change: Some(change) }
    }

    /// Something was refused.
    pub(crate) fn refused(
        deed: &'a Deed,
        action: &'static str,
        object: Option<Object>,
        reason: &'static str,
    ) -> Self {
        let outcome = Outcome::Refused;
        Self { deed, action, object, outcome, reason: Some(reason), change: None }
    }

    fn into_event(self, chain: Chain, sequence: i64, now: Timestamp) -> AuditEvent {
        let origin = self.deed.origin.as_ref();
        let place = self.change.as_ref().map(|change| (change.project, change.environment));
        let (project_id, environment_id) = place.unwrap_or_default();
        let (before, after) = self.change.map_or((None, None), |change| (change.before, change.after));
        let said = |value: &Value| !value.is_null();
        AuditEvent {
            id: AuditEventId::generate(now),
            time: now,
            account_id: chain.account(),
            sequence,
            actor: self.deed.actor,
            via: self.deed.via,
            action: self.action.to_owned(),
            object: self.object,
            project_id,
            environment_id,
            outcome: self.outcome,
            reason: self.reason.map(str::to_owned),
            address: origin.map(|origin| origin.address),
            user_agent: origin.and_then(|origin| origin.user_agent.clone()),
            request_id: origin.map(|origin| origin.request_id.clone()),
            before: before.filter(said),
            after: after.filter(said),
        }
    }
}

impl Chain {
    /// The chain's id in the database: the account's, or all zeros.
    pub(crate) fn id(self) -> Uuid {
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

impl From<Uuid> for Chain {
    fn from(id: Uuid) -> Self {
        if id.is_nil() { Self::Deployment } else { Self::Account(id.into()) }
    }
}

impl Link {
    /// Where every chain begins.
    const GENESIS: Self = Self { sequence: 0, hash: [0; 32] };

    /// A link from its columns.
    fn stored(sequence: i64, hash: &[u8]) -> Result<Self, StoreError> {
        let hash = hash.try_into().map_err(|error| stored::unknown("hash", error))?;
        Ok(Self { sequence, hash })
    }

    /// The hash of an event that follows this one.
    fn next(&self, event: &AuditEvent) -> Result<[u8; 32], StoreError> {
        let canonical = serde_json_canonicalizer::to_vec(event).map_err(StoreError::unexpected)?;
        Ok(sha256(&[&self.hash, &canonical]))
    }
}

/// Puts events at the end of a chain. The lock on the chain's head is the last that a transaction takes, and each event's
/// time is taken under it, so that times follow the order of the chain.
///
/// A head that bears no signature of ours was moved by somebody: what follows is written down and hashed like everything, but
/// not signed any more, so that no later event vouches for what was done. Verification tells.
pub(crate) fn append(
    connection: &mut PgConnection,
    chain: Chain,
    (clock, seal): (&Clock, &Seal),
    entries: Vec<Entry<'_>>,
) -> Result<(), StoreError> {
    let id = chain.id();
    let genesis = seal.sign_head(id, &Link::GENESIS);
    diesel::insert_into(audit_chains::table)
        .values((
            audit_chains::id.eq(id),
            audit_chains::sequence.eq(Link::GENESIS.sequence),
            audit_chains::hash.eq(Link::GENESIS.hash.as_slice()),
            audit_chains::signature.eq(genesis.as_slice()),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let (sequence, hash, signature): (i64, Vec<u8>, Option<Vec<u8>>) = audit_chains::table
        .find(id)
        .select((audit_chains::sequence, audit_chains::hash, audit_chains::signature))
        .for_update()
        .first(connection)?;
    let previous = Link::stored(sequence, &hash)?;
    let is_ours = seal.is_head(id, &previous, signature.as_deref());
    let mut head = previous;
    for entry in entries {
        let event = entry.into_event(chain, head.sequence + 1, clock.now());
        require_exact(&event)?;
        head = Link { sequence: event.sequence, hash: head.next(&event)? };
        row::insert(connection, id, &event, &head.hash)?;
    }
    let signature = is_ours.then(|| seal.sign_head(id, &head).to_vec());
    diesel::update(audit_chains::table.find(id))
        .set((
            audit_chains::sequence.eq(head.sequence),
            audit_chains::hash.eq(head.hash.as_slice()),
            audit_chains::signature.eq(signature),
        ))
        .execute(connection)?;
    Ok(())
}

/// Refuses numbers that PostgreSQL or a reader of JSON may give back otherwise than they were hashed: all but whole ones of at
/// most 53 bits.
fn require_exact(event: &AuditEvent) -> Result<(), StoreError> {
    match [&event.before, &event.after].into_iter().flatten().all(is_exact) {
        true => Ok(()),
        false => Err(StoreError::unexpected("an audit event holds a number that is not whole, or too large")),
    }
}

fn is_exact(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            size.is_some_and(|size| size <= LARGEST)
        }
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(fields) => fields.values().all(is_exact),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_holds_no_number_that_could_come_back_as_another() {
        let edge = 9_007_199_254_740_991_i64;
        for exact in [json!(null), json!(0), json!(edge), json!(-edge), json!({ "a": [1, "2", true] })] {
            assert!(is_exact(&exact), "{exact}");
        }
        for inexact in [json!(0.5), json!(1.0), json!(edge + 1), json!(-edge - 1), json!(u64::MAX)] {
            assert!(!is_exact(&json!({ "a": [{ "b": inexact }] })), "{inexact}");
        }
    }
}
