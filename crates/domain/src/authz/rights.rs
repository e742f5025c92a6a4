//! What a principal holds where: its account role, what it was granted on projects and environments, and how the two of
//! them make one set of permissions. Token ceilings, addresses and standing are the decision's.

use crate::id::{GrantId, GroupId};
use crate::permission::{Operation, Permission, PermissionSet, ResourceType};
use crate::principal::Principal;
use crate::role::{BuiltInRole, EnvironmentRole, HeldRole, ProjectRole};

use super::scope::{EnvironmentRef, Place};

/// A grant that counts for a principal: its own, or one of a group that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldGrant<B> {
    /// Which grant.
    pub id: GrantId,
    /// The role that it gives.
    pub role: HeldRole<B>,
    /// The group that it is granted to; `None` for the principal's own.
    pub group: Option<GroupId>,
}

/// What a principal was granted on a project: its own grant and those of its groups, which add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectRights {
    /// The grants; none: the principal is no member of the project.
    pub grants: Vec<HeldGrant<ProjectRole>>,
}

/// What a principal was granted on an environment, and what it gives to who was granted nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRights {
    /// The grants.
    pub grants: Vec<HeldGrant<EnvironmentRole>>,
    /// The environment's default role, for members of the project without a grant here.
    pub default: HeldRole<EnvironmentRole>,
}

/// The resource types that exist both in a project and in its environments: what a project role says of them, it says of all
/// its environments too.
pub const IN_ENVIRONMENTS_TOO: [ResourceType; 2] = [ResourceType::Environment, ResourceType::Grant];

impl Principal {
    /// What it holds at the place, if it has any part in it: the union of all roles that count there.
    pub fn permissions_at(&self, place: &Place) -> Option<PermissionSet> {
        match place {
            Place::Account | Place::OwnedBy(_) => Some(*self.role.permissions()),
            Place::Project(_) | Place::Environment(_) if self.role.owns_everything() => Some(owned(place)),
            Place::Project(project) => {
                let rights = self.projects.get(project)?;
                (!rights.grants.is_empty()).then(|| rights.permissions())
            }
            Place::Environment(at) => self.permissions_in(*at),
        }
    }

    fn permissions_in(&self, at: EnvironmentRef) -> Option<PermissionSet> {
        let of_project = self.permissions_at(&Place::Project(at.project))?;
        let of_environment = self.environments.get(&at.environment).map(EnvironmentRights::permissions);
        Some(in_environments(&of_project).union(&of_environment.unwrap_or(PermissionSet::EMPTY)))
    }
}

impl ProjectRights {
    /// What all the grants together give.
    pub fn permissions(&self) -> PermissionSet {
        union(&self.grants)
    }
}

impl EnvironmentRights {
    /// The principal's own `none`, which takes away what groups and the default would give.
    pub fn shut_out(&self) -> Option<&HeldGrant<EnvironmentRole>> {
        self.grants.iter().find(|grant| grant.group.is_none() && grant.role == EnvironmentRole::None)
    }

    /// The grants that count: none under a `none` of one's own.
    pub fn counting(&self) -> &[HeldGrant<EnvironmentRole>] {
        if self.shut_out().is_some() { &[] } else { &self.grants }
    }

    /// Whether the default role counts: where there is no grant at all.
    pub fn falls_to_default(&self) -> bool {
        self.grants.is_empty()
    }

    /// What a member of the project ends up with here.
    pub fn permissions(&self) -> PermissionSet {
        if self.falls_to_default() { *self.default.permissions() } else { union(self.counting()) }
    }
}

/// What the owner of the place holds there.
fn owned(place: &Place) -> PermissionSet {
    match place {
        Place::Environment(_) => {
            in_environments(ProjectRole::Owner.permissions()).union(EnvironmentRole::Owner.permissions())
        }
        Place::Account | Place::OwnedBy(_) | Place::Project(_) => *ProjectRole::Owner.permissions(),
    }
}

/// What of a project role counts in the project's environments.
fn in_environments(of_project: &PermissionSet) -> PermissionSet {
    of_project.iter().filter(|permission| IN_ENVIRONMENTS_TOO.contains(&permission.resource_type)).collect()
}

fn union<B: BuiltInRole>(grants: &[HeldGrant<B>]) -> PermissionSet {
    grants.iter().fold(PermissionSet::EMPTY, |set, grant| set.union(grant.role.permissions()))
}

/// The permission to hand out roles.
pub(super) const HAND_OUT: Permission = Permission::new(ResourceType::Grant, Operation::Create);
