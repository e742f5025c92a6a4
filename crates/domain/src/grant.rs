//! Grants: a role for a principal or a group, on a project or on one of its environments.

use jiff::Timestamp;
use serde::Serialize;

use crate::id::{ApiCredentialId, EnvironmentId, GrantId, GroupId, MemberId, ProjectId};
use crate::principal::{PrincipalId, StandingError};
use crate::role::{BuiltInRole, EnvironmentRole, EnvironmentRoleRef, ProjectRole, ProjectRoleRef, RoleKind};
use crate::violation::Violations;
use crate::warning::Warning;

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The grant's id.
    pub id: GrantId,
    /// To whom.
    pub principal: Grantee,
    /// Which role.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "contributor"))]
    pub role: GrantedRole,
    /// On which project.
    pub project_id: ProjectId,
    /// On which of its environments; `null` for the project itself.
    pub environment_id: Option<EnvironmentId>,
    /// When.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: PrincipalId,
}

/// To whom something is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> GranteeError)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Grantee {
    /// A person in the account.
    Member(MemberId),
    /// A machine of the account.
    ApiCredential(ApiCredentialId),
    /// Whoever is in a group.
    Group(GroupId),
}

/// A role with the level at which it is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum GrantedRole {
    /// On a project.
    Project(ProjectRoleRef),
    /// On an environment.
    Environment(EnvironmentRoleRef),
}

/// A grant on a project, to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewProjectGrant {
    /// To whom: the id of a member (`mbr_…`), an API credential (`crd_…`) or a group (`grp_…`).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub principal: Grantee,
    /// Which role.
    pub role: ProjectRoleRef,
}

/// A grant on an environment, to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewEnvironmentGrant {
    /// To whom: the id of a member (`mbr_…`), an API credential (`crd_…`) or a group (`grp_…`). They are members of the project.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub principal: Grantee,
    /// Which role; `none` is for single principals, and takes what groups and the default role give.
    pub role: EnvironmentRoleRef,
}

/// What changes about a grant on a project: the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct ProjectGrantPatch {
    /// The new role.
    pub role: ProjectRoleRef,
}

/// What changes about a grant on an environment: the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct EnvironmentGrantPatch {
    /// The new role.
    pub role: EnvironmentRoleRef,
}

/// What came of a change that may leave a project without an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<T> {
    /// What came of it.
    pub value: T,
    /// Whether the project has an owner still.
    pub ownership: Ownership,
}

/// Whether a project has an owner of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// It has, or had none before either.
    Kept,
    /// It has lost its last one; the account's Super Admins own it.
    Lost,
}

/// Why something cannot be granted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The principal may not speak now.
    #[error("{0}; they get no grant meanwhile")]
    Standing(StandingError),
    /// A principal without a role on the project has none on its environments.
    #[error("the principal has no role on the project; grant it one first")]
    NoMemberOfProject,
    /// The same of a group: its own grant on the project is needed, so that everybody in it is a member of the project.
    #[error("the group has no role on the project; grant it one first")]
    NoGroupOfProject,
    /// `none` takes away from one principal what groups and the default give it.
    #[error("`none` is granted to single principals, never to a group")]
    NoneForGroup,
    /// The account has no Super Admin who would own the project instead.
    #[error("the project would have no owner left, and the account has no Super Admin who owns it instead")]
    LastOwner,
}

/// A text that is neither the id of a principal nor of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of a member (`mbr_…`), an API credential (`crd_…`) or a group (`grp_…`)")]
pub struct GranteeError;

impl Ownership {
    /// What is to be said about it.
    pub fn warnings(self) -> Vec<Warning> {
        match self {
            Self::Kept => Vec::new(),
            Self::Lost => vec![Warning::NO_OWNER_LEFT],
        }
    }
}

impl GrantedRole {
    /// What kind of role it is.
    pub const fn kind(self) -> RoleKind {
        match self {
            Self::Project(_) => ProjectRole::KIND,
            Self::Environment(_) => EnvironmentRole::KIND,
        }
    }

    /// Whether it is the built-in owner role.
    pub fn is_owner(self) -> bool {
        match self {
            Self::Project(role) => role == ProjectRole::Owner,
            Self::Environment(role) => role == EnvironmentRole::Owner,
        }
    }

    /// Whether it can be granted to them.
    ///
    /// # Errors
    /// [`GrantError::NoneForGroup`].
    pub fn fits(self, grantee: Grantee) -> Result<(), GrantError> {
        match (self, grantee) {
            (Self::Environment(role), Grantee::Group(_)) if role == EnvironmentRole::None => {
                Err(GrantError::NoneForGroup)
            }
            _ => Ok(()),
        }
    }
}

impl From<PrincipalId> for Grantee {
    fn from(principal: PrincipalId) -> Self {
        match principal {
            PrincipalId::Member(id) => Self::Member(id),
            PrincipalId::ApiCredential(id) => Self::ApiCredential(id),
        }
    }
}

impl std::str::FromStr for Grantee {
    type Err = GranteeError;

    fn from_str(text: &str) -> Result<Self, GranteeError> {
        let group = || text.parse().map(Self::Group).map_err(|_| GranteeError);
        text.parse().map(|principal: PrincipalId| principal.into()).or_else(|_| group())
    }
}

impl std::fmt::Display for GrantedRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Project(role) => role.fmt(f),
            Self::Environment(role) => role.fmt(f),
        }
    }
}
