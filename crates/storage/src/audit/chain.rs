//! A chain as it is stored: its head, its anchor, its events in their order.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use jiff::Timestamp;
use keyhall_domain::audit::AuditEvent;
use uuid::Uuid;

use super::row::EventRow;
use super::{Link, Seal};
use crate::error::StoreError;
use crate::schema::{audit_anchors, audit_chains, audit_events};
use crate::stored;

/// An event as it is stored, with the hash beside it. A row that is no event at all (an unknown type, an impossible time) is
/// `None`: nobody here wrote it so.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) sequence: i64,
    pub(super) hash: Vec<u8>,
    pub(super) event: Option<AuditEvent>,
}

/// The head of a chain, and whether Keyhall signed it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) link: Link,
    pub(super) is_signed: bool,
}

/// The last event that was dropped from a chain, and whether Keyhall signed that.
#[derive(Debug)]
pub(super) struct Anchor {
    pub(super) link: Link,
    pub(super) is_signed: bool,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(Pg))]
struct HashedRow {
    sequence: i64,
    hash: Vec<u8>,
    #[diesel(embed)]
    event: EventRow,
}

impl Stored {
    /// Whether the event follows this link: the next place, and the hash that comes of both.
    pub(super) fn follows(&self, link: &Link) -> bool {
        self.sequence == link.sequence + 1
            && self.event.as_ref().is_some_and(|event| link.next(event).is_ok_and(|hash| hash == *self.hash))
    }

    /// Whether the event would follow this link in another place than it stands in.
    pub(super) fn would_follow(&self, link: &Link) -> bool {
        let moved = |event: &AuditEvent| AuditEvent { sequence: link.sequence + 1, ..event.clone() };
        self.event.as_ref().is_some_and(|event| link.next(&moved(event)).is_ok_and(|hash| hash == *self.hash))
    }

    /// The link that it is, when its hash can be one.
    pub(super) fn link(&self) -> Option<Link> {
        Some(Link { sequence: self.sequence, hash: self.hash.as_slice().try_into().ok()? })
    }
}

impl From<HashedRow> for Stored {
    fn from(row: HashedRow) -> Self {
        Self { sequence: row.sequence, hash: row.hash, event: AuditEvent::try_from(row.event).ok() }
    }
}

/// The events of a chain after a place, in their order.
pub(super) fn load_events(
    connection: &mut PgConnection,
    chain: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let events = || {
        audit_events::table
            .filter(audit_events::chain_id.eq(chain))
            .filter(audit_events::sequence.gt(after))
            .order(audit_events::sequence)
            .limit(limit)
    };
    match events().select(HashedRow::as_select()).load(connection) {
        Ok(rows) => Ok(rows.into_iter().map(Stored::from).collect()),
        Err(DieselError::DeserializationError(_)) => {
            let keys: Vec<(i64, Vec<u8>)> =
                events().select((audit_events::sequence, audit_events::hash)).load(connection)?;
            keys.into_iter().map(|key| load_one(connection, chain, key)).collect()
        }
        Err(error) => Err(error.into()),
    }
}

fn load_one(
    connection: &mut PgConnection,
    chain: Uuid,
    (sequence, hash): (i64, Vec<u8>),
) -> Result<Stored, StoreError> {
    let row = audit_events::table
        .filter(audit_events::chain_id.eq(chain))
        .filter(audit_events::sequence.eq(sequence))
        .select(HashedRow::as_select());
    match row.first(connection) {
        Ok(row) => Ok(row.into()),
        Err(DieselError::DeserializationError(_)) => Ok(Stored { sequence, hash, event: None }),
        Err(error) => Err(error.into()),
    }
}

/// The head of a chain, if there is such a chain.
pub(super) fn load_head(
    connection: &mut PgConnection,
    seal: &Seal,
    chain: Uuid,
) -> Result<Option<Head>, StoreError> {
    let row: Option<(i64, Vec<u8>, Option<Vec<u8>>)> = audit_chains::table
        .find(chain)
        .select((audit_chains::sequence, audit_chains::hash, audit_chains::signature))
        .first(connection)
        .optional()?;
    row.map(|(sequence, hash, signature)| {
        let link = Link::stored(sequence, &hash)?;
        Ok(Head { link, is_signed: seal.is_head(chain, &link, signature.as_deref()) })
    })
    .transpose()
}

/// The anchor of a chain from which something was dropped.
pub(super) fn load_anchor(
    connection: &mut PgConnection,
    seal: &Seal,
    chain: Uuid,
) -> Result<Option<Anchor>, StoreError> {
    type Row = (i64, Vec<u8>, jiff_diesel::Timestamp, Vec<u8>);
    let columns =
        (audit_anchors::sequence, audit_anchors::hash, audit_anchors::dropped_at, audit_anchors::signature);
    let row = audit_anchors::table.find(chain).select(columns).first::<Row>(connection).optional()?;
    row.map(|(sequence, hash, dropped_at, signature)| {
        let link = Link::stored(sequence, &hash)?;
        let is_signed = seal.is_anchor(chain, &link, dropped_at.to_jiff(), &signature);
        Ok(Anchor { link, is_signed })
    })
    .transpose()
}

/// Writes down the last event that was dropped, in the place of the one before.
pub(super) fn set_anchor(
    connection: &mut PgConnection,
    seal: &Seal,
    (chain, last): (Uuid, &Link),
    now: Timestamp,
) -> Result<(), StoreError> {
    let signature = seal.sign_anchor(chain, last, now);
    let columns = (
        audit_anchors::sequence.eq(last.sequence),
        audit_anchors::hash.eq(last.hash.as_slice()),
        audit_anchors::dropped_at.eq(stored::time(now)),
        audit_anchors::signature.eq(signature.as_slice()),
    );
    diesel::insert_into(audit_anchors::table)
        .values((audit_anchors::chain_id.eq(chain), columns))
        .on_conflict(audit_anchors::chain_id)
        .do_update()
        .set(columns)
        .execute(connection)?;
    Ok(())
}
