//! The roles that accounts make, as the API shows them; what they can hold is in [`limits`].

mod limits;

use jiff::Timestamp;
use serde::Serialize;

use super::{BuiltInRole, CredentialRole, EnvironmentRole, MemberRole, ProjectRole, RoleKind};
use crate::id::RoleId;
use crate::name::{Description, Name, NameKey};
use crate::patch::{Assign, Replace};
use crate::permission::{Level, Permission, PermissionSet};
use crate::principal::PrincipalId;
use crate::violation::Violations;

pub use limits::{RolePermissionError, check_permissions, may_hold};

/// A role, built in or made by the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// The role's id, by which requests name it; `null` for a built-in role, which they name by its name.
    pub id: Option<RoleId>,
    /// Its name, unique among the roles of its level and principals (compared without case).
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Release manager"))]
    pub name: Name,
    /// What it is for.
    pub description: Option<Description>,
    /// Where it is held.
    pub level: Level,
    /// For an account role, whose it can be: members' or API credentials', never both. `null` at the other levels.
    pub principals: Option<RolePrincipals>,
    /// Whether it is built in, and so neither changed nor deleted.
    pub built_in: bool,
    /// What it permits.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, example = json!(["grant:list", "environment:create"])))]
    pub permissions: PermissionSet,
    /// When it was made; `null` for a built-in role.
    pub created_at: Option<Timestamp>,
    /// Who made it; `null` for a built-in role.
    pub created_by: Option<PrincipalId>,
}

/// Whose an account role can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(rename_all = "snake_case"))]
#[deserr(error = Violations)]
#[serde(rename_all = "snake_case")]
pub enum RolePrincipals {
    /// People's.
    #[deserr(rename = "member")]
    Member,
    /// Machines'.
    #[deserr(rename = "api_credential")]
    ApiCredential,
}

/// A role to be made.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewRole {
    /// Its name, unique among the roles of its level and principals (compared without case).
    pub name: Name,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
    /// Where it is held.
    pub level: Level,
    /// For an account role, whose it can be. Not at the other levels.
    #[deserr(default)]
    pub principals: Option<RolePrincipals>,
    /// What it permits: permissions that the catalogue has at the level (`GET /v1/permissions`).
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub permissions: Vec<Permission>,
}

/// What changes about a role. Its level and its principals stay.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct RolePatch {
    /// The new name. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Name, required = false))]
    pub name: Replace<Name>,
    /// The new description; `null` removes it. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>, required = false))]
    pub description: Assign<Description>,
    /// All that it permits from now on. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, required = false))]
    pub permissions: Replace<Vec<Permission>>,
}

/// How often a role is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RoleUses {
    /// Principals whose account role it is.
    pub principals: i64,
    /// Grants of it, those that open invitations carry included.
    pub grants: i64,
    /// Environments whose default role it is.
    pub default_roles: i64,
}

impl NewRole {
    /// What the role is for, and what it permits.
    ///
    /// # Errors
    /// A violation for each permission that it cannot hold, and for principals that do not fit the level.
    pub fn check(&self) -> Result<(RoleKind, PermissionSet), Violations> {
        let kind = match (self.level, self.principals) {
            (Level::Account, Some(RolePrincipals::Member)) => RoleKind::Member,
            (Level::Account, Some(RolePrincipals::ApiCredential)) => RoleKind::ApiCredential,
            (Level::Project, None) => RoleKind::Project,
            (Level::Environment, None) => RoleKind::Environment,
            (Level::Account, None) => {
                return Err(Violations::one(
                    "principals",
                    "is required for an account role: `member` or `api_credential`",
                ));
            }
            (Level::Project | Level::Environment, Some(_)) => {
                return Err(Violations::one("principals", "is for account roles alone; leave it out"));
            }
        };
        check_permissions(kind, &self.permissions).map(|permissions| (kind, permissions))
    }
}

/// The built-in roles of a kind, from the highest; none of the account's own has the name of one of them.
pub fn built_in(kind: RoleKind) -> Vec<Role> {
    match kind {
        RoleKind::Member => roles::<MemberRole>(),
        RoleKind::ApiCredential => roles::<CredentialRole>(),
        RoleKind::Project => roles::<ProjectRole>(),
        RoleKind::Environment => roles::<EnvironmentRole>(),
    }
}

/// Whether a built-in role of the kind has the name.
pub fn is_built_in_name(kind: RoleKind, key: &NameKey) -> bool {
    built_in(kind).iter().any(|role| role.name.key() == *key)
}

impl Role {
    /// What the role is for.
    pub fn kind(&self) -> RoleKind {
        match (self.level, self.principals) {
            (Level::Account, Some(RolePrincipals::ApiCredential)) => RoleKind::ApiCredential,
            (Level::Account, _) => RoleKind::Member,
            (Level::Project, _) => RoleKind::Project,
            (Level::Environment, _) => RoleKind::Environment,
        }
    }
}

impl RolePrincipals {
    /// Whose roles of a kind can be, where that is said.
    pub fn of(kind: RoleKind) -> Option<Self> {
        match kind {
            RoleKind::Member => Some(Self::Member),
            RoleKind::ApiCredential => Some(Self::ApiCredential),
            RoleKind::Project | RoleKind::Environment => None,
        }
    }
}

impl RoleUses {
    /// Whether anything uses the role.
    pub fn is_used(&self) -> bool {
        *self != Self::default()
    }
}

fn roles<B: BuiltInRole>() -> Vec<Role> {
    let role = |role: &B| {
        Some(Role {
            id: None,
            name: role.name().parse().ok()?,
            description: None,
            level: B::KIND.level(),
            principals: RolePrincipals::of(B::KIND),
            built_in: true,
            permissions: *role.permissions(),
            created_at: None,
            created_by: None,
        })
    };
    B::ROLES.iter().filter_map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_role_is_shown() {
        let count = |kind| built_in(kind).len();
        assert_eq!(RoleKind::ALL.map(count), [4, 5, 3, 5]);
    }
}
