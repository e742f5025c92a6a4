//! On what grounds a principal holds a permission at a place, before its token, its address and its standing are looked at.

use super::decision::Reason;
use super::rights::{EnvironmentRights, HeldGrant, IN_ENVIRONMENTS_TOO};
use super::scope::{EnvironmentRef, Place};
use crate::id::{EnvironmentId, ProjectId};
use crate::permission::Permission;
use crate::principal::Principal;
use crate::role::{BuiltInRole, EnvironmentRole, ProjectRole};

/// Whether a principal holds a permission at a place, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// It holds it.
    Held(Reason),
    /// It has a part in the place, but not this permission.
    Lacking,
    /// The place is not there for it.
    NoPart,
}

impl Principal {
    /// On what grounds it holds the permission at the place: what its account role gives ∪ what its roles on project and
    /// environment give, Super Admins being Owner everywhere.
    pub fn grounds(&self, permission: Permission, place: &Place) -> Grounds {
        match place {
            Place::Account => self.in_account(permission).map_or(Grounds::Lacking, Grounds::Held),
            Place::Project(project) => self.in_project(permission, *project),
            Place::Environment(environment) => self.in_environment(permission, *environment),
            Place::OwnedBy(owner) => match self.in_account(permission) {
                Some(reason) => Grounds::Held(reason),
                None if *owner == self.id => Grounds::Lacking,
                None => Grounds::NoPart,
            },
        }
    }

    /// What gives the permission in the account as a whole, or one that implies it.
    fn in_account(&self, permission: Permission) -> Option<Reason> {
        let held = self.role.permissions();
        let holds = held.has(permission) || permission.implied_by().is_some_and(|wider| held.has(wider));
        holds.then_some(Reason::AccountRole { role: self.role })
    }

    fn in_project(&self, permission: Permission, project: ProjectId) -> Grounds {
        if self.role.owns_everything() {
            return owning(ProjectRole::Owner, permission);
        }
        match self.projects.get(&project) {
            Some(rights) if !rights.grants.is_empty() => {
                held(giving(&rights.grants, permission).map(|HeldGrant { id, role, group }| {
                    Reason::ProjectRole { project, role: role.reference(), grant: *id, group: *group }
                }))
            }
            Some(_) | None => Grounds::NoPart,
        }
    }

    /// What the project role says of environments and grants it says of this environment too, and a `none` here does not change
    /// that.
    fn in_environment(&self, permission: Permission, at: EnvironmentRef) -> Grounds {
        match self.in_project(permission, at.project) {
            Grounds::NoPart => Grounds::NoPart,
            Grounds::Held(reason) if IN_ENVIRONMENTS_TOO.contains(&permission.resource_type) => {
                Grounds::Held(reason)
            }
            Grounds::Held(_) | Grounds::Lacking if self.role.owns_everything() => {
                owning(EnvironmentRole::Owner, permission)
            }
            Grounds::Held(_) | Grounds::Lacking => {
                let rights = self.environments.get(&at.environment);
                held(rights.and_then(|rights| by_rights(rights, permission, at.environment)))
            }
        }
    }
}

fn held(reason: Option<Reason>) -> Grounds {
    reason.map_or(Grounds::Lacking, Grounds::Held)
}

fn owning<B: BuiltInRole>(owner: B, permission: Permission) -> Grounds {
    held(owner.permissions().has(permission).then_some(Reason::OwnerEverywhere))
}

fn by_rights(
    rights: &EnvironmentRights,
    permission: Permission,
    environment: EnvironmentId,
) -> Option<Reason> {
    if rights.falls_to_default() {
        let role = rights.default.reference();
        return rights.default.has(permission).then_some(Reason::DefaultRole { environment, role });
    }
    giving(rights.counting(), permission).map(|HeldGrant { id, role, group }| Reason::EnvironmentRole {
        environment,
        role: role.reference(),
        grant: *id,
        group: *group,
    })
}

/// The grant that gives the permission: the principal's own before those of its groups.
fn giving<B: BuiltInRole>(grants: &[HeldGrant<B>], permission: Permission) -> Option<&HeldGrant<B>> {
    let mut having = grants.iter().filter(|grant| grant.role.has(permission));
    let own = having.clone().find(|grant| grant.group.is_none());
    own.or_else(|| having.next())
}
