//! Projects: what an account's work is divided into.

use jiff::Timestamp;
use serde::Serialize;

use crate::id::ProjectId;
use crate::name::{Description, Name};
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
