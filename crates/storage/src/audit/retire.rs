//! Dropping what was kept long enough, from the oldest, with an anchor in its place.
//!
//! What is dropped is verified first: nothing that was tampered with goes, and the anchor never vouches for it. No event tells
//! of the dropping; the anchor is its record, signed.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::chain::{load_anchor, load_events, set_anchor};
use super::{Link, Seal};
use crate::error::StoreError;
use crate::schema::{audit_chains, audit_events};

/// What came of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retired {
    /// So many events were dropped, and there may be more.
    Some(usize),
    /// So many events were dropped, and that was all.
    All(usize),
    /// So many events were dropped; the next is not as it was written, and stays.
    Stopped(usize),
}

/// The next chain after this one with events older than `before`.
pub(crate) fn find_chain(
    connection: &mut PgConnection,
    after: Option<Uuid>,
    before: Timestamp,
) -> Result<Option<Uuid>, StoreError> {
    let old = audit_events::table
        .filter(audit_events::chain_id.eq(audit_chains::id))
        .filter(audit_events::time.lt(crate::stored::time(before)));
    let mut chains = audit_chains::table
        .filter(diesel::dsl::exists(old))
        .order(audit_chains::id)
        .select(audit_chains::id)
        .into_boxed();
    if let Some(after) = after {
        chains = chains.filter(audit_chains::id.gt(after));
    }
    Ok(chains.first(connection).optional()?)
}

/// Drops the oldest events of a chain as far as they are older than `before`, at most `limit`.
pub(crate) fn retire(
    connection: &mut PgConnection,
    seal: &Seal,
    chain: Uuid,
    (before, now): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Retired, StoreError> {
    let anchor = load_anchor(connection, seal, chain)?;
    if anchor.as_ref().is_some_and(|anchor| !anchor.is_signed) {
        return Ok(Retired::Stopped(0));
    }
    let begin = anchor.map_or(Link::GENESIS, |anchor| anchor.link);
    let oldest = load_events(connection, chain, i64::MIN, limit)?;
    let (mut last, mut count, mut is_sound) = (begin, 0, true);
    for stored in &oldest {
        let is_old = stored.event.as_ref().is_none_or(|event| event.time < before);
        match stored.link() {
            _ if !is_old => break,
            Some(link) if stored.follows(&last) => (last, count) = (link, count + 1),
            _ => {
                is_sound = false;
                break;
            }
        }
    }
    if count > 0 {
        let dropped = audit_events::table
            .filter(audit_events::chain_id.eq(chain))
            .filter(audit_events::sequence.le(last.sequence));
        diesel::delete(dropped).execute(connection)?;
        set_anchor(connection, seal, (chain, &last), now)?;
    }
    Ok(match (is_sound, count == oldest.len() && !oldest.is_empty()) {
        (false, _) => Retired::Stopped(count),
        (true, true) => Retired::Some(count),
        (true, false) => Retired::All(count),
    })
}
