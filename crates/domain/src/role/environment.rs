//! The five built-in environment roles, and their table.

use serde::Serialize;

use super::{BuiltInRole, RoleKind};
use crate::permission::{Operation, PermissionSet, ResourceType};
use Operation::{Create, Delete, List, Read, Update};

/// A principal's role on one environment, which does not follow from the one on the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentRole {
    /// Everything in the environment, granting it to others included.
    Owner,
    /// Changes what is in the environment.
    Contributor,
    /// Runs what is in the environment.
    Operator,
    /// Looks.
    Viewer,
    /// Nothing, whatever groups and the default role would give. Never a group's.
    None,
}

impl BuiltInRole for EnvironmentRole {
    const KIND: RoleKind = RoleKind::Environment;
    const ROLES: &'static [Self] =
        &[Self::Owner, Self::Contributor, Self::Operator, Self::Viewer, Self::None];

    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Contributor => "contributor",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::None => "none",
        }
    }

    fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::Owner => &OWNER,
            // They differ in what is in the environment, which resource types say.
            Self::Contributor | Self::Operator | Self::Viewer => &VIEWER,
            Self::None => &PermissionSet::EMPTY,
        }
    }
}

const VIEWER: PermissionSet = PermissionSet::EMPTY
    .with(ResourceType::Environment, &[Read, List])
    .with(ResourceType::Grant, &[Read, List]);

const OWNER: PermissionSet =
    VIEWER.with(ResourceType::Environment, &[Update]).with(ResourceType::Grant, &[Create, Update, Delete]);
