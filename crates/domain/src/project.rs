//! Projects: what an account's work is divided into.

use jiff::Timestamp;
use serde::Serialize;

use crate::id::ProjectId;
use crate::name::{Description, Name};
use crate::patch::{Assign, Replace};
use crate::principal::PrincipalId;
use crate::violation::Violations;

/// A project of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The project's id.
    pub id: ProjectId,
    /// Its name, unique in the account (compared without case).
    pub name: Name,
    /// What it is for.
    pub description: Option<Description>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: PrincipalId,
}

/// A project to be made; who makes it becomes its owner.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewProject {
    /// Its name, unique in the account (compared without case).
    pub name: Name,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
}

/// What changes about a project.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct ProjectPatch {
    /// The new name. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Name, required = false))]
    pub name: Replace<Name>,
    /// The new description; `null` removes it. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>, required = false))]
    pub description: Assign<Description>,
}

/// What is in a project or an environment and would go with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Contents {
    /// Environments; always 0 in an environment.
    pub environments: i64,
    /// Grants of others than who would delete it, on it and on its environments.
    pub grants: i64,
    /// Repositories; always 0 in an environment.
    pub repositories: i64,
}

/// What to do with what is in a thing that is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> CascadeError)]
pub enum Cascade {
    /// Refuse to delete the thing.
    #[default]
    Refuse,
    /// Delete it too.
    Delete,
}

/// A text that does not say what to do with what is in a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `true` or `false`")]
pub struct CascadeError;

impl Contents {
    /// Whether the thing is empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::str::FromStr for Cascade {
    type Err = CascadeError;

    fn from_str(text: &str) -> Result<Self, CascadeError> {
        match text {
            "true" => Ok(Self::Delete),
            "false" => Ok(Self::Refuse),
            _ => Err(CascadeError),
        }
    }
}
