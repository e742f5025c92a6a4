//! Why somebody may or may not do something: the chain that lets them through, or what is missing and what would give it.

use serde::Serialize;

use crate::authz::{Grounds, Place, Reason, ScopeRef};
use crate::id::{EnvironmentId, GrantId, ProjectId};
use crate::name::Name;
use crate::permission::{Level, Permission};
use crate::principal::{Principal, PrincipalId, StandingError};
use crate::role::RoleKind;
use crate::violation::Violations;

/// Whether somebody holds a permission somewhere: what is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(as = AccessQuestion, rename_all = "camelCase"))]
pub struct Question {
    /// Who: the id of a member (`mbr_…`) or an API credential (`crd_…`). Absent: the bearer itself.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub principal: Option<PrincipalId>,
    /// Which permission of the catalogue (`GET /v1/permissions`).
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "environment:update"))]
    pub permission: Permission,
    /// In which project. Absent: in the account as a whole.
    #[deserr(default)]
    pub project_id: Option<ProjectId>,
    /// In which environment of the project. Absent: in the project itself.
    #[deserr(default)]
    pub environment_id: Option<EnvironmentId>,
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// An environment is asked for without its project.
    #[error("is required with `environmentId`")]
    NoProject,
    /// The permission is not held at the level.
    #[error("`{permission}` is not held in {}; it is held in {}", place(*.level), places(*.permission))]
    Level {
        /// The permission.
        permission: Permission,
        /// The level that was asked for.
        level: Level,
    },
}

/// Whether somebody holds a permission somewhere, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether they may.
    pub allowed: bool,
    /// Who.
    pub principal: PrincipalId,
    /// Which permission.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "environment:update"))]
    pub permission: Permission,
    /// Where: the id of the account, the project or the environment.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: ScopeRef,
    /// What lets them through; `null` when nothing does.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>, example = json!({
        "through": "environment_role", "environmentId": "env_01k8yzj4c5e6rtb7mf9gq2w3xn", "role": "owner",
        "grantId": "grt_01k8yzj4c5e6rtb7mf9gq2w3xn", "groupId": "grp_01k8yzj4c5e6rtb7mf9gq2w3xn",
    })))]
    pub reason: Option<Reason>,
    /// What keeps them out; `null` when they may.
    pub obstacle: Option<Obstacle>,
    /// The roles that would give it there; empty when they may.
    pub would_give: Vec<RoleThatGives>,
}

/// What keeps somebody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Obstacle {
    /// They may not speak at all now.
    CannotSpeak {
        /// Why.
        #[serde(serialize_with = "in_words")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, example = "the member is suspended"))]
        why: StandingError,
    },
    /// They are no member of the project, neither themselves nor through a group.
    NoMemberOfProject,
    /// A grant of `none` takes from them what groups and the default role give.
    ShutOut {
        /// The grant.
        #[serde(rename = "grantId")]
        #[cfg_attr(feature = "openapi", schema(rename = "grantId"))]
        grant: GrantId,
    },
    /// None of the roles that they have there has the permission.
    MissingPermission,
}

/// A role that would give a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleThatGives {
    /// At which level it is given.
    pub level: Level,
    /// How requests name it: a built-in role by its name, one of the account's own by its id.
    #[cfg_attr(feature = "openapi", schema(example = "owner"))]
    pub role: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "owner"))]
    pub name: Name,
}

impl Question {
    /// Holds the question against itself.
    ///
    /// # Errors
    /// A violation where it has no answer.
    pub fn check(&self) -> Result<(), Violations> {
        let level = match (self.project_id, self.environment_id) {
            (None, None) => Level::Account,
            (Some(_), None) => Level::Project,
            (Some(_), Some(_)) => Level::Environment,
            (None, Some(_)) => {
                return Err(Violations::one("projectId", QuestionError::NoProject.to_string()));
            }
        };
        if level != Level::Environment && !self.permission.is_held_at(level)
            || level == Level::Environment
                && !self.permission.is_held_at(Level::Environment)
                && !counts_in_environments(self.permission)
        {
            let error = QuestionError::Level { permission: self.permission, level };
            return Err(Violations::one("permission", error.to_string()));
        }
        Ok(())
    }
}

impl Explanation {
    /// The answer for a principal as it was loaded.
    pub fn of(
        principal: &Principal,
        standing: Result<(), StandingError>,
        permission: Permission,
        at: ScopeRef,
    ) -> Self {
        let grounds = principal.grounds(permission, &at.place);
        let (reason, obstacle) = match (standing, grounds) {
            (Err(why), _) => (None, Some(Obstacle::CannotSpeak { why })),
            (Ok(()), Grounds::Held(reason)) => (Some(reason), None),
            (Ok(()), Grounds::NoPart) => (None, Some(Obstacle::NoMemberOfProject)),
            (Ok(()), Grounds::Lacking) => (None, Some(lacking(principal, permission, &at.place))),
        };
        let allowed = reason.is_some();
        Self {
            allowed,
            principal: principal.id,
            permission,
            scope: at,
            reason,
            obstacle,
            would_give: Vec::new(),
        }
    }

    /// The kinds of roles that could give the permission there, from the narrowest.
    pub fn kinds_that_could(&self) -> Vec<RoleKind> {
        if self.allowed {
            return Vec::new();
        }
        let account = match self.principal {
            PrincipalId::Member(_) => RoleKind::Member,
            PrincipalId::ApiCredential(_) => RoleKind::ApiCredential,
        };
        match self.scope.level() {
            Level::Account => vec![account],
            Level::Project => vec![RoleKind::Project],
            Level::Environment if counts_in_environments(self.permission) => {
                vec![RoleKind::Environment, RoleKind::Project]
            }
            Level::Environment => vec![RoleKind::Environment],
        }
    }
}

/// Whether it was a `none` that keeps the principal out, or no role has the permission anyway.
fn lacking(principal: &Principal, permission: Permission, place: &Place) -> Obstacle {
    let Place::Environment(at) = place else { return Obstacle::MissingPermission };
    let Some(rights) = principal.environments.get(&at.environment) else {
        return Obstacle::MissingPermission;
    };
    let Some(none) = rights.shut_out() else { return Obstacle::MissingPermission };
    let mut groups = rights.grants.iter().filter(|grant| grant.group.is_some()).peekable();
    let without_it = match groups.peek() {
        Some(_) => groups.any(|grant| grant.role.has(permission)),
        None => rights.default.has(permission),
    };
    if without_it { Obstacle::ShutOut { grant: none.id } } else { Obstacle::MissingPermission }
}

/// Whether a project role that has the permission gives it in the project's environments.
fn counts_in_environments(permission: Permission) -> bool {
    crate::authz::IN_ENVIRONMENTS_TOO.contains(&permission.resource_type)
        && permission.is_held_at(Level::Project)
}

fn in_words<S: serde::Serializer>(why: &StandingError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}

fn place(level: Level) -> &'static str {
    match level {
        Level::Account => "the account as a whole",
        Level::Project => "a project",
        Level::Environment => "an environment",
    }
}

fn places(permission: Permission) -> String {
    let held = Level::ALL.into_iter().filter(|level| permission.is_held_at(*level));
    held.map(place).collect::<Vec<_>>().join(" or ")
}
