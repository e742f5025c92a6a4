//! The catalogue of permissions: `resource_type:operation`, closed.
//!
//! Keyhall's own entities are resource types like any other, so one catalogue serves the management API and the resources
//! that an account registers. What is not in the catalogue cannot be written down.

use std::str::FromStr;

use serde::Serialize;

use crate::violation::Violations;

mod catalogue;
mod set;

pub use catalogue::{CATALOGUE, Entry};
pub use set::PermissionSet;

/// One operation on one resource type; on the wire `project:read`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = FromStr::from_str -> PermissionError)]
pub struct Permission {
    /// What is operated on.
    pub resource_type: ResourceType,
    /// What is done.
    pub operation: Operation,
}

/// The kinds of things that Keyhall itself protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the words of the access model")]
pub enum ResourceType {
    Account,
    Billing,
    Agent,
    ApiCredential,
    IpAllowList,
    Member,
    Group,
    Session,
    Role,
    Project,
    Environment,
    Grant,
    Repository,
    AuditEvent,
    Lineage,
    ResourceType,
    Integration,
    TokenPolicy,
    PersonalAccessToken,
    Access,
}

/// What can be done to a thing: the nine general operations, then those of single types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the words of the access model")]
pub enum Operation {
    Create,
    Read,
    List,
    Update,
    Delete,
    Share,
    Unshare,
    Publish,
    Subscribe,
    Rotate,
    Revoke,
    Regenerate,
    ManageAll,
    Evaluate,
    Search,
    Explain,
}

/// Where a permission is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = lowercase)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// In the whole account, through the account role.
    Account,
    /// In one project, through the project role.
    Project,
    /// In one environment, through the environment role.
    Environment,
}

/// A text that is no permission of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a permission of the catalogue, such as `project:read`; `GET /v1/permissions` lists all")]
pub struct PermissionError;

impl Permission {
    /// `operation` on `resource_type`.
    pub const fn new(resource_type: ResourceType, operation: Operation) -> Self {
        Self { resource_type, operation }
    }

    /// Every permission there is, each once, in the catalogue's order.
    pub fn all() -> impl Iterator<Item = Self> {
        let mut met = PermissionSet::EMPTY;
        CATALOGUE.iter().flat_map(Entry::permissions).filter(move |permission| {
            let is_new = !met.has(*permission);
            met = met.with(permission.resource_type, &[permission.operation]);
            is_new
        })
    }

    /// Whether it can be held at the level.
    pub fn is_held_at(self, level: Level) -> bool {
        level.permissions().has(self)
    }

    /// The wider permission that lets its holder do this too: who manages everyone's tokens may make their own.
    pub fn implied_by(self) -> Option<Self> {
        match (self.resource_type, self.operation) {
            (ResourceType::PersonalAccessToken, Operation::Create) => {
                Some(Self::new(ResourceType::PersonalAccessToken, Operation::ManageAll))
            }
            _ => None,
        }
    }
}

impl Level {
    /// All of them, from the widest.
    pub const ALL: [Self; 3] = [Self::Account, Self::Project, Self::Environment];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Project => "project",
            Self::Environment => "environment",
        }
    }

    /// All that can be held there.
    pub fn permissions(self) -> PermissionSet {
        CATALOGUE.iter().filter(|entry| entry.level == self).flat_map(Entry::permissions).collect()
    }
}

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, PermissionError> {
        Self::all().find(|permission| permission.to_string() == text).ok_or(PermissionError)
    }
}

impl ResourceType {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Billing => "billing",
            Self::Agent => "agent",
            Self::ApiCredential => "api_credential",
            Self::IpAllowList => "ip_allow_list",
            Self::Member => "member",
            Self::Group => "group",
            Self::Session => "session",
            Self::Role => "role",
            Self::Project => "project",
            Self::Environment => "environment",
            Self::Grant => "grant",
            Self::Repository => "repository",
            Self::AuditEvent => "audit_event",
            Self::Lineage => "lineage",
            Self::ResourceType => "resource_type",
            Self::Integration => "integration",
            Self::TokenPolicy => "token_policy",
            Self::PersonalAccessToken => "personal_access_token",
            Self::Access => "access",
        }
    }
}

impl Operation {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::List => "list",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::Publish => "publish",
            Self::Subscribe => "subscribe",
            Self::Rotate => "rotate",
            Self::Revoke => "revoke",
            Self::Regenerate => "regenerate",
            Self::ManageAll => "manage_all",
            Self::Evaluate => "evaluate",
            Self::Search => "search",
            Self::Explain => "explain",
        }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.resource_type.name(), self.operation.name())
    }
}

impl std::fmt::Debug for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
