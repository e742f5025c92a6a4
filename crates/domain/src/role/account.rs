//! The account role of a principal, member or credential.

use serde::{Serialize, Serializer};

use super::{CredentialRole, HeldRole, MemberRole};
use crate::permission::PermissionSet;

/// What a principal is in its account. People and machines have tables of their own, so the two are never mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountRole {
    /// A member's role.
    Member(HeldRole<MemberRole>),
    /// An API credential's role.
    Credential(HeldRole<CredentialRole>),
}

impl AccountRole {
    /// What the role permits in the whole account.
    pub fn permissions(&self) -> &PermissionSet {
        match self {
            Self::Member(role) => role.permissions(),
            Self::Credential(role) => role.permissions(),
        }
    }

    /// Whether it is the Super Admin role of people, which is everything everywhere.
    pub fn is_super_admin_member(&self) -> bool {
        matches!(self, Self::Member(role) if *role == MemberRole::SuperAdmin)
    }

    /// Whether it is Owner on every project and environment of the account.
    pub fn owns_everything(&self) -> bool {
        match self {
            Self::Member(role) => *role == MemberRole::SuperAdmin,
            Self::Credential(role) => *role == CredentialRole::SuperAdmin,
        }
    }
}

impl From<MemberRole> for AccountRole {
    fn from(role: MemberRole) -> Self {
        Self::Member(role.into())
    }
}

impl From<CredentialRole> for AccountRole {
    fn from(role: CredentialRole) -> Self {
        Self::Credential(role.into())
    }
}

/// The role as it is named on the wire.
impl std::fmt::Display for AccountRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Member(role) => role.reference().fmt(f),
            Self::Credential(role) => role.reference().fmt(f),
        }
    }
}

impl Serialize for AccountRole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
