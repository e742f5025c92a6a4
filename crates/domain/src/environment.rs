//! Environments: what a project's work runs in, each with roles of its own.

use jiff::Timestamp;
use serde::Serialize;

use crate::id::{EnvironmentId, ProjectId};
use crate::name::{Description, Name};
use crate::patch::{Assign, Replace};
use crate::principal::PrincipalId;
use crate::role::{EnvironmentRole, EnvironmentRoleRef};
use crate::violation::Violations;

/// An environment of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// The environment's id.
    pub id: EnvironmentId,
    /// The project that it is in.
    pub project_id: ProjectId,
    /// Its name, unique in the project (compared without case).
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Production"))]
    pub name: Name,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "What customers use"))]
    pub description: Option<Description>,
    /// The role that members of the project have here who were granted none, themselves or through a group.
    pub default_role: EnvironmentRoleRef,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: PrincipalId,
}

/// An environment to be made; who makes it becomes its owner, if they are a member of the project.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
pub struct NewEnvironment {
    /// Its name, unique in the project (compared without case).
    pub name: Name,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
    /// The role that members of the project have here who were granted none. Absent, it is `none`.
    #[deserr(default = EnvironmentRole::None.into())]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub default_role: EnvironmentRoleRef,
}

/// What changes about an environment.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
pub struct EnvironmentPatch {
    /// The new name. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Name, required = false))]
    pub name: Replace<Name>,
    /// The new description; `null` removes it. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>, required = false))]
    pub description: Assign<Description>,
    /// The new default role, which acts at once on everybody without a grant here. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = EnvironmentRoleRef, required = false))]
    pub default_role: Replace<EnvironmentRoleRef>,
}
