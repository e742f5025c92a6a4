//! The three built-in project roles, and their table.

use serde::Serialize;

use super::{BuiltInRole, RoleKind};
use crate::permission::{Operation, PermissionSet, ResourceType};
use Operation::{Create, Delete, List, Read, Update};

/// A principal's role on one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectRole {
    /// Everything in the project, granting it to others included.
    Owner,
    /// Changes what is in the project.
    Contributor,
    /// Looks.
    Viewer,
}

impl BuiltInRole for ProjectRole {
    const KIND: RoleKind = RoleKind::Project;
    const ROLES: &'static [Self] = &[Self::Owner, Self::Contributor, Self::Viewer];

    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Contributor => "contributor",
            Self::Viewer => "viewer",
        }
    }

    fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::Owner => &OWNER,
            Self::Contributor => &CONTRIBUTOR,
            Self::Viewer => &VIEWER,
        }
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
