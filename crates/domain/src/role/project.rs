//! The three built-in project roles, and their table.

use serde::Serialize;

use super::RoleError;
use crate::permission::{Operation, PermissionSet, ResourceType};
use Operation::{Create, Delete, List, Read, Update};

/// A principal's role on one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProjectRole {
    /// Everything in the project, granting it to others included.
    Owner,
    /// Changes what is in the project.
    Contributor,
    /// Looks.
    Viewer,
}

impl ProjectRole {
    /// All of them, from the highest.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Contributor, Self::Viewer];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Contributor => "contributor",
            Self::Viewer => "viewer",
        }
    }

    /// What the role permits in its project.
    pub const fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::Owner => &OWNER,
            Self::Contributor => &CONTRIBUTOR,
            Self::Viewer => &VIEWER,
        }
    }
}

impl std::str::FromStr for ProjectRole {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| RoleError(text.to_owned()))
    }
}

const VIEWER: PermissionSet = PermissionSet::EMPTY
    .with(ResourceType::Project, &[Read, List])
    .with(ResourceType::Grant, &[Read, List])
    .with(ResourceType::Environment, &[Read, List])
    .with(ResourceType::Repository, &[Read, List]);

const CONTRIBUTOR: PermissionSet =
    VIEWER.with(ResourceType::Project, &[Update]).with(ResourceType::Repository, &[Create, Update, Delete]);

const OWNER: PermissionSet = CONTRIBUTOR
    .with(ResourceType::Project, &[Delete])
    .with(ResourceType::Grant, &[Create, Update, Delete])
    .with(ResourceType::Environment, &[Create, Update, Delete]);
