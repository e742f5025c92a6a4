//! Audit events as rows.

use std::net::IpAddr;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use ipnet::IpNet;
use keyhall_domain::audit::{Actor, AuditEvent, Channel, Object, Outcome};
use keyhall_domain::id::{AccountId, AuditEventId, EnvironmentId, ProjectId};
use serde_json::Value;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::audit_events;
use crate::stored;

/// An event as it is stored, its hash aside.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(Pg))]
pub(super) struct EventRow {
    id: Uuid,
    chain_id: Uuid,
    sequence: i64,
    time: jiff_diesel::Timestamp,
    actor_type: String,
    actor_id: Option<Uuid>,
    via_type: Option<String>,
    via_id: Option<Uuid>,
    action: String,
    object_type: Option<String>,
    object_id: Option<Uuid>,
    project_id: Option<Uuid>,
    environment_id: Option<Uuid>,
    outcome: String,
    reason: Option<String>,
    address: Option<IpNet>,
    user_agent: Option<String>,
    request_id: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
}

pub(super) fn insert(
    connection: &mut PgConnection,
    chain: Uuid,
    event: &AuditEvent,
    hash: &[u8; 32],
) -> Result<(), StoreError> {
    let (actor_type, actor_id) = actor_columns(event.actor);
    let (via_type, via_id) = event.via.map(channel_columns).unzip();
    let (object_type, object_id) = event.object.map(object_columns).unzip();
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::id.eq(Uuid::from(event.id)),
            audit_events::chain_id.eq(chain),
            audit_events::sequence.eq(event.sequence),
            audit_events::time.eq(stored::time(event.time)),
            (audit_events::actor_type.eq(actor_type), audit_events::actor_id.eq(actor_id)),
            (audit_events::via_type.eq(via_type), audit_events::via_id.eq(via_id)),
            audit_events::action.eq(&event.action),
            (audit_events::object_type.eq(object_type), audit_events::object_id.eq(object_id)),
            audit_events::project_id.eq(event.project_id.map(Uuid::from)),
            audit_events::environment_id.eq(event.environment_id.map(Uuid::from)),
            (audit_events::outcome.eq(event.outcome.name()), audit_events::reason.eq(&event.reason)),
            audit_events::address.eq(event.address.map(IpNet::from)),
            audit_events::user_agent.eq(&event.user_agent),
            audit_events::request_id.eq(&event.request_id),
            (audit_events::before.eq(&event.before), audit_events::after.eq(&event.after)),
            audit_events::hash.eq(hash.as_slice()),
        ))
        .execute(connection)?;
    Ok(())
}

impl TryFrom<EventRow> for AuditEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: AuditEventId::from(row.id),
            time: row.time.to_jiff(),
            account_id: (!row.chain_id.is_nil()).then(|| AccountId::from(row.chain_id)),
            sequence: row.sequence,
            actor: actor(&row.actor_type, row.actor_id)?,
            via: both("via_id", row.via_type, row.via_id)?
                .map(|(kind, id)| channel(&kind, id))
                .transpose()?,
            action: row.action,
            object: both("object_id", row.object_type, row.object_id)?
                .map(|(kind, id)| object(&kind, id))
                .transpose()?,
            project_id: row.project_id.map(ProjectId::from),
            environment_id: row.environment_id.map(EnvironmentId::from),
            outcome: outcome(&row.outcome)?,
            reason: row.reason,
            address: row.address.map(single_address).transpose()?,
            user_agent: row.user_agent,
            request_id: row.request_id,
            before: said("audit_events.before", row.before)?,
            after: said("audit_events.after", row.after)?,
        })
    }
}

/// A type and an id, or neither. One without the other is nothing that was written here.
fn both(
    column: &'static str,
    kind: Option<String>,
    id: Option<Uuid>,
) -> Result<Option<(String, Uuid)>, StoreError> {
    match (kind, id) {
        (Some(kind), Some(id)) => Ok(Some((kind, id))),
        (None, None) => Ok(None),
        _ => Err(stored::unknown(column, "a type without an id, or an id without a type")),
    }
}

/// An address. A whole network is nothing that was written here.
fn single_address(network: IpNet) -> Result<IpAddr, StoreError> {
    if network.prefix_len() == network.max_prefix_len() {
        Ok(network.addr())
    } else {
        Err(stored::unknown("audit_events.address", format!("`{network}`")))
    }
}

/// A value, or nothing. A JSON `null` is nothing that was written here, and would pass for nothing.
fn said(column: &'static str, value: Option<Value>) -> Result<Option<Value>, StoreError> {
    match value {
        Some(Value::Null) => Err(stored::unknown(column, "`null`")),
        value => Ok(value),
    }
}

pub(super) fn actor_columns(actor: Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::Member(id) => ("member", Some(id.into())),
        Actor::ApiCredential(id) => ("api_credential", Some(id.into())),
        Actor::Operator => ("operator", None),
        Actor::Anonymous => ("anonymous", None),
    }
}

fn actor(kind: &str, id: Option<Uuid>) -> Result<Actor, StoreError> {
    match (kind, id) {
        ("member", Some(id)) => Ok(Actor::Member(id.into())),
        ("api_credential", Some(id)) => Ok(Actor::ApiCredential(id.into())),
        ("operator", None) => Ok(Actor::Operator),
        ("anonymous", None) => Ok(Actor::Anonymous),
        _ => Err(stored::unknown("audit_events.actor_type", format!("`{kind}`"))),
    }
}

fn channel_columns(channel: Channel) -> (&'static str, Uuid) {
    match channel {
        Channel::Session(id) => ("session", id.into()),
        Channel::PersonalAccessToken(id) => ("personal_access_token", id.into()),
    }
}

fn channel(kind: &str, id: Uuid) -> Result<Channel, StoreError> {
    match kind {
        "session" => Ok(Channel::Session(id.into())),
        "personal_access_token" => Ok(Channel::PersonalAccessToken(id.into())),
        _ => Err(stored::unknown("audit_events.via_type", format!("`{kind}`"))),
    }
}

/// An object as its two columns.
pub(crate) fn object_columns(object: Object) -> (&'static str, Uuid) {
    match object {
        Object::Account(id) => ("account", id.into()),
        Object::User(id) => ("user", id.into()),
        Object::Member(id) => ("member", id.into()),
        Object::Session(id) => ("session", id.into()),
        Object::Group(id) => ("group", id.into()),
        Object::Role(id) => ("role", id.into()),
        Object::Project(id) => ("project", id.into()),
        Object::Environment(id) => ("environment", id.into()),
        Object::Grant(id) => ("grant", id.into()),
        Object::Repository(id) => ("repository", id.into()),
        Object::PersonalAccessToken(id) => ("personal_access_token", id.into()),
    }
}

/// An object from its two columns.
pub(crate) fn object(kind: &str, id: Uuid) -> Result<Object, StoreError> {
    match kind {
        "account" => Ok(Object::Account(id.into())),
        "user" => Ok(Object::User(id.into())),
        "member" => Ok(Object::Member(id.into())),
        "session" => Ok(Object::Session(id.into())),
        "group" => Ok(Object::Group(id.into())),
        "role" => Ok(Object::Role(id.into())),
        "project" => Ok(Object::Project(id.into())),
        "environment" => Ok(Object::Environment(id.into())),
        "grant" => Ok(Object::Grant(id.into())),
        "repository" => Ok(Object::Repository(id.into())),
        "personal_access_token" => Ok(Object::PersonalAccessToken(id.into())),
        _ => Err(stored::unknown("audit_events.object_type", format!("`{kind}`"))),
    }
}

fn outcome(name: &str) -> Result<Outcome, StoreError> {
    match name {
        "success" => Ok(Outcome::Success),
        "refused" => Ok(Outcome::Refused),
        _ => Err(stored::unknown("audit_events.outcome", format!("`{name}`"))),
    }
}
