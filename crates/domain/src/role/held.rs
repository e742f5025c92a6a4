//! A role with what it permits.

use super::{BuiltInRole, RoleRef};
use crate::id::RoleId;
use crate::permission::{Permission, PermissionSet};

/// A role with what it permits: what the decision works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldRole<B> {
    /// A built-in role; its table says what it permits.
    BuiltIn(B),
    /// A role that the account has made, as it is now.
    Custom {
        /// Which.
        id: RoleId,
        /// What it permits.
        permissions: PermissionSet,
    },
}

impl<B: BuiltInRole> HeldRole<B> {
    /// What the role permits at its level.
    pub fn permissions(&self) -> &PermissionSet {
        match self {
            Self::BuiltIn(role) => role.permissions(),
            Self::Custom { permissions, .. } => permissions,
        }
    }

    /// Whether the role has the permission.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions().has(permission)
    }

    /// How the role is named.
    pub fn reference(&self) -> RoleRef<B> {
        match self {
            Self::BuiltIn(role) => RoleRef::BuiltIn(*role),
            Self::Custom { id, .. } => RoleRef::Custom(*id),
        }
    }
}

impl<B> From<B> for HeldRole<B> {
    fn from(role: B) -> Self {
        Self::BuiltIn(role)
    }
}

impl<B: PartialEq> PartialEq<B> for HeldRole<B> {
    fn eq(&self, other: &B) -> bool {
        matches!(self, Self::BuiltIn(role) if role == other)
    }
}
