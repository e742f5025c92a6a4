//! The account roles that one member can give to another.

use deserr::Deserr;

use super::{MemberRole, MemberRoleRef, RoleRef};
use crate::id::RoleId;
use crate::violation::Violations;

/// A built-in account role that one member can give to another: any but Super Admin, which is made by an action of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserr)]
#[deserr(error = Violations)]
pub enum OrdinaryRole {
    /// Billing, people and projects.
    #[deserr(rename = "billing_admin")]
    BillingAdmin,
    /// People, projects, agents, other people's tokens.
    #[deserr(rename = "admin")]
    Admin,
    /// Reads the account and makes tokens of their own.
    #[deserr(rename = "member")]
    Member,
}

/// An account role that an invitation or a `PATCH` may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> AssignableRoleError)]
pub enum AssignableRole {
    /// A built-in role.
    BuiltIn(OrdinaryRole),
    /// A role for members that the account has made.
    Custom(RoleId),
}

/// A text that names no role that can be assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of `billing_admin`, `admin`, `member`, or the id of a role of the account (`rol_…`)")]
pub struct AssignableRoleError;

impl std::str::FromStr for AssignableRole {
    type Err = AssignableRoleError;

    fn from_str(text: &str) -> Result<Self, AssignableRoleError> {
        match text.parse::<MemberRoleRef>() {
            Ok(RoleRef::BuiltIn(MemberRole::BillingAdmin)) => Ok(Self::BuiltIn(OrdinaryRole::BillingAdmin)),
            Ok(RoleRef::BuiltIn(MemberRole::Admin)) => Ok(Self::BuiltIn(OrdinaryRole::Admin)),
            Ok(RoleRef::BuiltIn(MemberRole::Member)) => Ok(Self::BuiltIn(OrdinaryRole::Member)),
            Ok(RoleRef::Custom(id)) => Ok(Self::Custom(id)),
            Ok(RoleRef::BuiltIn(MemberRole::SuperAdmin)) | Err(_) => Err(AssignableRoleError),
        }
    }
}

impl From<OrdinaryRole> for MemberRole {
    fn from(role: OrdinaryRole) -> Self {
        match role {
            OrdinaryRole::BillingAdmin => Self::BillingAdmin,
            OrdinaryRole::Admin => Self::Admin,
            OrdinaryRole::Member => Self::Member,
        }
    }
}

impl From<AssignableRole> for MemberRoleRef {
    fn from(role: AssignableRole) -> Self {
        match role {
            AssignableRole::BuiltIn(role) => Self::BuiltIn(role.into()),
            AssignableRole::Custom(id) => Self::Custom(id),
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for AssignableRole {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::openapi::role_schema(["billing_admin", "admin", "member"])
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for AssignableRole {}
