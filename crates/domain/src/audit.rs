//! Audit events: what happened, by whom, through what, from where.
//!
//! Actors and objects are ids; no e-mail and no person's name stands in an event, so that people can be deleted and the
//! chain of hashes holds. Deliberately absent: the hashing itself, which storage does over what it stores.

mod filter;
mod retention;

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::authz::{Bearer, EnvironmentRef, Origin, Speaks};
use crate::id::{
    AccountId, ApiCredentialId, AuditEventId, EnvironmentId, GrantId, GroupId, MemberId,
    PersonalAccessTokenId, ProjectId, RepositoryId, RoleId, SessionId, UserId,
};
use crate::principal::PrincipalId;
use crate::violation::Violations;

pub use filter::{ActionName, ActionNameError, ActorError, AuditFilter, PeriodError};
pub use retention::Retention;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// The event's id.
    pub id: AuditEventId,
    /// When it happened.
    pub time: Timestamp,
    /// In which account; `null` for what happened to the deployment as a whole.
    pub account_id: Option<AccountId>,
    /// Its place in the account's chain, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub sequence: i64,
    /// Who did it.
    pub actor: Actor,
    /// Through what.
    pub via: Option<Channel>,
    /// What was done.
    #[cfg_attr(feature = "openapi", schema(example = "project.create"))]
    pub action: String,
    /// What it was done to.
    pub object: Option<Object>,
    /// In which project.
    pub project_id: Option<ProjectId>,
    /// In which of its environments; absent where it was in none, also from the hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<EnvironmentId>,
    /// Whether it came about.
    pub outcome: Outcome,
    /// Why it did not come about.
    pub reason: Option<String>,
    /// The caller's address; `null` for the operator's command line.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "192.0.2.7"))]
    pub address: Option<IpAddr>,
    /// What the caller calls itself.
    pub user_agent: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// What of the object changed, as it was before.
    pub before: Option<Value>,
    /// What of the object changed, as it is now.
    pub after: Option<Value>,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> ActorError)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A person in an account.
    Member(MemberId),
    /// A machine of an account.
    ApiCredential(ApiCredentialId),
    /// Whoever has access to the server's command line.
    Operator,
    /// Nobody who is known.
    Anonymous,
}

/// Through what somebody spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Channel {
    /// A session.
    Session(SessionId),
    /// A personal access token.
    PersonalAccessToken(PersonalAccessTokenId),
}

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Object {
    /// An account.
    Account(AccountId),
    /// A user.
    User(UserId),
    /// A member.
    Member(MemberId),
    /// A session.
    Session(SessionId),
    /// A group.
    Group(GroupId),
    /// A role.
    Role(RoleId),
    /// A project.
    Project(ProjectId),
    /// An environment.
    Environment(EnvironmentId),
    /// A grant.
    Grant(GrantId),
    /// A repository of a project.
    Repository(RepositoryId),
    /// A personal access token.
    PersonalAccessToken(PersonalAccessTokenId),
}

/// Whether something came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = lowercase)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did.
    Success,
    /// It was refused.
    Refused,
}

/// Who does something now, and how it reached the server: what every event begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Who does it.
    pub actor: Actor,
    /// Through what.
    pub via: Option<Channel>,
    /// From where; `None` on the command line.
    pub origin: Option<Origin>,
}

/// What a use case says that it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What was changed.
    pub object: Object,
    /// In which project it lies.
    pub project: Option<ProjectId>,
    /// In which environment of the project.
    pub environment: Option<EnvironmentId>,
    /// What of it changed, as it was before.
    pub before: Option<Value>,
    /// What of it changed, as it is now.
    pub after: Option<Value>,
}

impl Change {
    /// A change of something, in no project.
    pub fn new(object: Object, before: Option<Value>, after: Option<Value>) -> Self {
        Self { object, project: None, environment: None, before, after }
    }

    /// The same in a project.
    #[must_use]
    pub fn in_project(self, project: ProjectId) -> Self {
        Self { project: Some(project), ..self }
    }

    /// The same in an environment.
    #[must_use]
    pub fn in_environment(self, at: EnvironmentRef) -> Self {
        Self { project: Some(at.project), environment: Some(at.environment), ..self }
    }

    /// Something came into being.
    pub fn created(object: Object, after: Value) -> Self {
        Self::new(object, None, Some(after))
    }

    /// Something changed. Fields that are the same before and after are left out.
    pub fn updated(object: Object, mut before: Value, mut after: Value) -> Self {
        if let (Value::Object(before), Value::Object(after)) = (&mut before, &mut after) {
            let same: Vec<_> = before
                .iter()
                .filter(|(name, value)| after.get(*name) == Some(*value))
                .map(|(name, _)| name.clone())
                .collect();
            for name in same {
                before.remove(&name);
                after.remove(&name);
            }
        }
        Self::new(object, Some(before), Some(after))
    }

    /// Something went.
    pub fn removed(object: Object, before: Value) -> Self {
        Self::new(object, Some(before), None)
    }
}

impl Deed {
    /// What a bearer does.
    pub fn of(bearer: &Bearer) -> Self {
        Self {
            actor: bearer.id().into(),
            via: Some(bearer.speaks.into()),
            origin: Some(bearer.origin.clone()),
        }
    }

    /// What somebody does who showed no credential, or none that was good.
    pub fn anonymous(origin: Origin) -> Self {
        Self { actor: Actor::Anonymous, via: None, origin: Some(origin) }
    }

    /// What a member does on the way in: signing in, accepting an invitation.
    pub fn by_member(member: MemberId, origin: Origin) -> Self {
        Self { actor: Actor::Member(member), via: None, origin: Some(origin) }
    }

    /// What the operator does on the command line.
    pub fn by_operator() -> Self {
        Self { actor: Actor::Operator, via: None, origin: None }
    }
}

/// The object's id, as it stands on the wire.
impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Member(id) => id.fmt(f),
            Self::Session(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
            Self::Role(id) => id.fmt(f),
            Self::Project(id) => id.fmt(f),
            Self::Environment(id) => id.fmt(f),
            Self::Grant(id) => id.fmt(f),
            Self::Repository(id) => id.fmt(f),
            Self::PersonalAccessToken(id) => id.fmt(f),
        }
    }
}

impl Outcome {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
        }
    }
}

impl From<PrincipalId> for Actor {
    fn from(principal: PrincipalId) -> Self {
        match principal {
            PrincipalId::Member(id) => Self::Member(id),
            PrincipalId::ApiCredential(id) => Self::ApiCredential(id),
        }
    }
}

impl From<Speaks> for Channel {
    fn from(speaks: Speaks) -> Self {
        match speaks {
            Speaks::Session(id) => Self::Session(id),
            Speaks::PersonalAccessToken(id) => Self::PersonalAccessToken(id),
        }
    }
}
