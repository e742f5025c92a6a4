//! What the roles that accounts make can hold: what the catalogue has at their level, but not what guards the account, and for
//! API credentials no write on who may do what.

use crate::permission::{Level, Operation, Permission, PermissionSet, ResourceType};
use crate::role::RoleKind;
use crate::violation::Violations;

/// Why a role cannot hold a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolePermissionError {
    /// The catalogue does not have it at the level.
    #[error("`{permission}` is not held at the level `{}`", .level.name())]
    Level {
        /// The permission.
        permission: Permission,
        /// The level.
        level: Level,
    },
    /// No role that an account makes holds it.
    #[error("`{0}` is for the built-in Super Admin role alone")]
    Reserved(Permission),
    /// No API credential holds it, by any role.
    #[error("`{0}` is never held by an API credential: a machine neither makes a principal nor changes one")]
    Machine(Permission),
}

/// What only the built-in Super Admin role of members holds.
const RESERVED: PermissionSet = PermissionSet::EMPTY
    .with(ResourceType::IpAllowList, &[Operation::Update])
    .with(ResourceType::TokenPolicy, &[Operation::Update]);

/// The permissions as a set, if a role of the kind can hold them all.
///
/// # Errors
/// A violation for each that it cannot hold.
pub fn check_permissions(kind: RoleKind, permissions: &[Permission]) -> Result<PermissionSet, Violations> {
    let wrong = permissions.iter().enumerate().filter_map(|(index, permission)| {
        let error = may_hold(kind, *permission).err()?;
        Some(Violations::one(format!("permissions[{index}]"), error.to_string()))
    });
    match wrong.reduce(Violations::with) {
        Some(violations) => Err(violations),
        None => Ok(permissions.iter().copied().collect()),
    }
}

/// Whether a role of the kind that an account makes can hold the permission.
///
/// # Errors
/// Why not.
pub fn may_hold(kind: RoleKind, permission: Permission) -> Result<(), RolePermissionError> {
    let level = kind.level();
    if !permission.is_held_at(level) {
        return Err(RolePermissionError::Level { permission, level });
    }
    match kind {
        RoleKind::Member if RESERVED.has(permission) => Err(RolePermissionError::Reserved(permission)),
        RoleKind::ApiCredential if is_never_a_machines(permission) => {
            Err(RolePermissionError::Machine(permission))
        }
        RoleKind::Member | RoleKind::ApiCredential | RoleKind::Project | RoleKind::Environment => Ok(()),
    }
}

/// Whether it is a write on principals, roles, tokens, the account or what guards it. What its own bearer may do to itself
/// is not meant.
fn is_never_a_machines(permission: Permission) -> bool {
    use Operation::{List, Read, Revoke, Rotate};
    match permission.resource_type {
        ResourceType::Account
        | ResourceType::ApiCredential
        | ResourceType::Group
        | ResourceType::IpAllowList
        | ResourceType::Member
        | ResourceType::Role
        | ResourceType::Session
        | ResourceType::TokenPolicy => !matches!(permission.operation, Read | List),
        ResourceType::PersonalAccessToken => !matches!(permission.operation, Read | List | Rotate | Revoke),
        ResourceType::Access
        | ResourceType::Agent
        | ResourceType::AuditEvent
        | ResourceType::Billing
        | ResourceType::Environment
        | ResourceType::Grant
        | ResourceType::Integration
        | ResourceType::Lineage
        | ResourceType::Project
        | ResourceType::Repository
        | ResourceType::ResourceType => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::{BuiltInRole, CredentialRole};

    #[test]
    fn what_guards_the_account_is_in_no_role_that_an_account_makes() {
        for kind in RoleKind::ALL {
            for text in ["ip_allow_list:update", "token_policy:update"] {
                assert!(may_hold(kind, text.parse().unwrap()).is_err(), "{kind:?} {text}");
            }
        }
    }

    #[test]
    fn a_machines_role_holds_at_least_what_the_built_in_ones_hold_and_no_write_on_principals() {
        for role in CredentialRole::ROLES {
            for permission in role.permissions().iter() {
                assert_eq!(may_hold(RoleKind::ApiCredential, permission), Ok(()), "{permission}");
            }
        }
        for text in [
            "member:create",
            "group:update",
            "role:create",
            "api_credential:rotate",
            "session:revoke",
            "personal_access_token:manage_all",
            "personal_access_token:create",
            "account:update",
        ] {
            let permission = text.parse().unwrap();
            let refused = Err(RolePermissionError::Machine(permission));
            assert_eq!(may_hold(RoleKind::ApiCredential, permission), refused, "{text}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_role_is_told_at_once() {
        let permissions = ["project:read", "account:read", "grant:list", "project:create"];
        let permissions: Vec<_> = permissions.iter().map(|text| text.parse().unwrap()).collect();
        let wrong = check_permissions(RoleKind::Environment, &permissions).unwrap_err().into_vec();
        let fields: Vec<_> = wrong.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["permissions[0]", "permissions[1]", "permissions[3]"]);
    }
}
