//! A filter as SQL, and where in the filtered list one is.

use diesel::pg::Pg;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::audit::{Actor, AuditEvent, AuditFilter};
use uuid::Uuid;

use super::row::actor_columns;
use crate::schema::audit_events;
use crate::stored;

/// The place of an event in a list that is newest first: by time, and by the order of the chain where times are equal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub(super) time: Timestamp,
    pub(super) sequence: i64,
}

impl From<&AuditEvent> for Cursor {
    fn from(event: &AuditEvent) -> Self {
        Self { time: event.time, sequence: event.sequence }
    }
}

/// The events of a chain that the filter lets through, newest first, after the cursor.
///
/// Each filter is an equality that begins an index, and the order is the rest of it.
pub(super) fn newest<'a>(
    chain: Uuid,
    filter: &'a AuditFilter,
    after: Option<Cursor>,
) -> audit_events::BoxedQuery<'a, Pg> {
    let mut query = audit_events::table
        .filter(audit_events::chain_id.eq(chain))
        .order((audit_events::time.desc(), audit_events::sequence.desc()))
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(audit_events::time.ge(stored::time(from.get())));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_events::time.lt(stored::time(to.get())));
    }
    if let Some(Cursor { time, sequence }) = after {
        let time = stored::time(time);
        let later = audit_events::time.lt(time).or(audit_events::sequence.lt(sequence));
        query = query.filter(audit_events::time.le(time)).filter(later);
    }
    if let Some(actor) = filter.actor {
        query = by(query, actor);
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_events::action.eq(action.as_str()));
    }
    if let Some(object) = filter.object {
        query = query.filter(audit_events::object_id.eq(Uuid::from(object)));
    }
    if let Some(project) = filter.project {
        query = query.filter(audit_events::project_id.eq(Uuid::from(project)));
    }
    match filter.outcome {
        Some(outcome) => query.filter(audit_events::outcome.eq(outcome.name())),
        None => query,
    }
}

fn by<'a>(query: audit_events::BoxedQuery<'a, Pg>, actor: Actor) -> audit_events::BoxedQuery<'a, Pg> {
    match actor_columns(actor) {
        (_, Some(id)) => query.filter(audit_events::actor_id.eq(id)),
        (kind, None) => {
            query.filter(audit_events::actor_id.is_null()).filter(audit_events::actor_type.eq(kind))
        }
    }
}
