//! The account role of a principal, member or credential.

use serde::Serialize;

use super::{CredentialRole, MemberRole};
use crate::permission::PermissionSet;

/// What a principal is in its account. People and machines have tables of their own, so the two are never mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AccountRole {
    /// A member's role.
    Member(MemberRole),
    /// An API credential's role.
    Credential(CredentialRole),
}

impl AccountRole {
    /// What the role permits in the whole account.
    pub fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::Member(role) => role.permissions(),
            Self::Credential(role) => role.permissions(),
        }
    }

    /// Whether it is the Super Admin role of people, which is everything everywhere.
    pub fn is_super_admin_member(self) -> bool {
        self == Self::Member(MemberRole::SuperAdmin)
    }

    /// Whether it is Owner on every project and environment of the account.
    pub fn owns_everything(self) -> bool {
        matches!(self, Self::Member(MemberRole::SuperAdmin) | Self::Credential(CredentialRole::SuperAdmin))
    }

    /// The role's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member(role) => role.name(),
            Self::Credential(role) => role.name(),
        }
    }
}
