//! What the built-in roles of all kinds have in common.

use serde::Serialize;

use crate::permission::{Level, PermissionSet};

/// A set of built-in roles of one kind.
pub trait BuiltInRole: Copy + Eq + Ord + std::fmt::Debug + Send + Sync + 'static {
    /// What the roles are for.
    const KIND: RoleKind;
    /// All of them, from the highest.
    const ROLES: &'static [Self];

    /// The name on the wire and in the database.
    fn name(self) -> &'static str;

    /// What the role permits at its level.
    fn permissions(self) -> &'static PermissionSet;

    /// The role of this name.
    fn named(name: &str) -> Option<Self> {
        Self::ROLES.iter().copied().find(|role| role.name() == name)
    }
}

/// What a role is for: a level, and in the account whether for people or for machines, never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// The account role of a member.
    Member,
    /// The account role of an API credential.
    ApiCredential,
    /// A role on a project.
    Project,
    /// A role on an environment.
    Environment,
}

/// Why a text is not a kind of role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of role `{0}`")]
pub struct RoleKindError(pub String);

impl RoleKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Member, Self::ApiCredential, Self::Project, Self::Environment];

    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::ApiCredential => "api_credential",
            Self::Project => "project",
            Self::Environment => "environment",
        }
    }

    /// The level at which roles of the kind are held.
    pub const fn level(self) -> Level {
        match self {
            Self::Member | Self::ApiCredential => Level::Account,
            Self::Project => Level::Project,
            Self::Environment => Level::Environment,
        }
    }
}

impl std::str::FromStr for RoleKind {
    type Err = RoleKindError;

    fn from_str(text: &str) -> Result<Self, RoleKindError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| RoleKindError(text.to_owned()))
    }
}
