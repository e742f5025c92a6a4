//! Who ends up with what: the roles of everybody on one project or environment, and those of one principal everywhere.

mod explanation;

use serde::Serialize;

use crate::authz::{EnvironmentRights, HeldGrant, ProjectRights};
use crate::email::Email;
use crate::grant::GrantedRole;
use crate::id::{EnvironmentId, GrantId, GroupId, ProjectId};
use crate::name::Name;
use crate::permission::PermissionSet;
use crate::principal::PrincipalId;
use crate::role::{BuiltInRole, EnvironmentRole, ProjectRole, RoleRef};
use crate::violation::Violations;

pub use explanation::{Explanation, Obstacle, Question, QuestionError, RoleThatGives};

/// What one principal ends up with on a project or an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Who.
    pub principal: PrincipalId,
    /// A member's name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub name: Option<Name>,
    /// A member's address.
    pub email: Option<Email>,
    /// What they end up with there.
    #[serde(flatten)]
    pub standing: RoleStanding,
}

/// A project, and what one principal ends up with on it and on its environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProjectAccess {
    /// The project.
    pub project_id: ProjectId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Payments"))]
    pub project_name: Name,
    /// What they end up with on the project itself.
    #[serde(flatten)]
    pub standing: RoleStanding,
    /// What they end up with on its environments, by name.
    pub environments: Vec<EnvironmentAccess>,
}

/// An environment, and what one principal ends up with on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentAccess {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Production"))]
    pub environment_name: Name,
    /// What they end up with there.
    #[serde(flatten)]
    pub standing: RoleStanding,
}

/// The role that somebody ends up with, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RoleStanding {
    /// The strongest of the roles that count; with several, `permissions` has all that they give together.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "owner"))]
    pub role: GrantedRole,
    /// Every role that counts, the strongest first.
    pub sources: Vec<RoleSource>,
    /// What they hold there in all, in an environment with what their role on the project gives.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, example = json!(["environment:read", "grant:list"])))]
    pub permissions: PermissionSet,
}

/// A role that counts, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RoleSource {
    /// The role.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "owner"))]
    pub role: GrantedRole,
    /// Where it comes from.
    pub from: RoleOrigin,
    /// The grant, where it is one.
    pub grant_id: Option<GrantId>,
    /// The group that the grant is for.
    pub group_id: Option<GroupId>,
}

/// Where a role comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoleOrigin {
    /// A grant of the principal's own.
    Direct,
    /// A grant of a group that the principal is in.
    Group,
    /// The environment's default role.
    Default,
    /// Super Admins are Owner everywhere.
    SuperAdmin,
}

/// In which order accesses are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations)]
pub enum AccessOrder {
    /// By name.
    #[default]
    #[deserr(rename = "name")]
    #[cfg_attr(feature = "openapi", schema(rename = "name"))]
    Name,
    /// By name, backwards.
    #[deserr(rename = "-name")]
    #[cfg_attr(feature = "openapi", schema(rename = "-name"))]
    NameDescending,
    /// The strongest role first.
    #[deserr(rename = "role")]
    #[cfg_attr(feature = "openapi", schema(rename = "role"))]
    Role,
    /// The weakest role first.
    #[deserr(rename = "-role")]
    #[cfg_attr(feature = "openapi", schema(rename = "-role"))]
    RoleDescending,
}

impl RoleStanding {
    /// What a member of the project ends up with on it.
    pub fn on_project(rights: &ProjectRights, permissions: PermissionSet) -> Self {
        Self::of(rights.grants.iter().map(granted).collect(), permissions)
    }

    /// What a member of the project ends up with on an environment.
    pub fn on_environment(rights: &EnvironmentRights, permissions: PermissionSet) -> Self {
        let sources = if let Some(none) = rights.shut_out() {
            vec![granted(none)]
        } else if rights.falls_to_default() {
            let role = rights.default.reference().into();
            vec![RoleSource { role, from: RoleOrigin::Default, grant_id: None, group_id: None }]
        } else {
            rights.counting().iter().map(granted).collect()
        };
        Self::of(sources, permissions)
    }

    /// What a Super Admin is there.
    pub fn of_super_admin(role: GrantedRole, permissions: PermissionSet) -> Self {
        let source = RoleSource { role, from: RoleOrigin::SuperAdmin, grant_id: None, group_id: None };
        Self { role, sources: vec![source], permissions }
    }

    fn of(mut sources: Vec<RoleSource>, permissions: PermissionSet) -> Self {
        sources.sort_by_key(|source| (source.role.rank(), source.grant_id));
        let none = GrantedRole::Environment(EnvironmentRole::None.into());
        Self { role: sources.first().map_or(none, |source| source.role), sources, permissions }
    }
}

impl GrantedRole {
    /// How strong a role is, the strongest first: built-in roles in their order, those that an account makes between `operator`
    /// and `viewer`.
    pub fn rank(self) -> u8 {
        match self {
            Self::Project(RoleRef::BuiltIn(ProjectRole::Owner))
            | Self::Environment(RoleRef::BuiltIn(EnvironmentRole::Owner)) => 0,
            Self::Project(RoleRef::BuiltIn(ProjectRole::Contributor))
            | Self::Environment(RoleRef::BuiltIn(EnvironmentRole::Contributor)) => 1,
            Self::Environment(RoleRef::BuiltIn(EnvironmentRole::Operator)) => 2,
            Self::Project(RoleRef::Custom(_)) | Self::Environment(RoleRef::Custom(_)) => 3,
            Self::Project(RoleRef::BuiltIn(ProjectRole::Viewer))
            | Self::Environment(RoleRef::BuiltIn(EnvironmentRole::Viewer)) => 4,
            Self::Environment(RoleRef::BuiltIn(EnvironmentRole::None)) => 5,
        }
    }
}

impl From<ProjectRole> for GrantedRole {
    fn from(role: ProjectRole) -> Self {
        Self::Project(role.into())
    }
}

impl From<EnvironmentRole> for GrantedRole {
    fn from(role: EnvironmentRole) -> Self {
        Self::Environment(role.into())
    }
}

impl From<RoleRef<ProjectRole>> for GrantedRole {
    fn from(role: RoleRef<ProjectRole>) -> Self {
        Self::Project(role)
    }
}

impl From<RoleRef<EnvironmentRole>> for GrantedRole {
    fn from(role: RoleRef<EnvironmentRole>) -> Self {
        Self::Environment(role)
    }
}

fn granted<B: BuiltInRole>(grant: &HeldGrant<B>) -> RoleSource
where
    GrantedRole: From<RoleRef<B>>,
{
    let from = if grant.group.is_some() { RoleOrigin::Group } else { RoleOrigin::Direct };
    let role = grant.role.reference().into();
    RoleSource { role, from, grant_id: Some(grant.id), group_id: grant.group }
}
