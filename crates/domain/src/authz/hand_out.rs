//! Who may hand out which role where: grants, default roles, and the grants of a group that somebody is put into.
//!
//! Whoever holds all that the owner of a scope holds hands out any role of the scope, and a project's owner any of its
//! environments; whoever else holds `grant:create` hands out what they hold themselves. What counts is the effective right
//! of the bearer that speaks, its token's ceiling included.

use super::Via;
use super::bearer::Bearer;
use super::decision::{Decision, Refusal, decide};
use super::rights::HAND_OUT;
use super::scope::{Place, ScopeRef};
use crate::permission::{Level, Permission, PermissionSet};
use crate::principal::Principal;
use crate::role::{BuiltInRole, EnvironmentRole, ProjectRole};

/// Why a role cannot be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandOutError {
    /// The right to hand out anything there is missing.
    #[error("this needs the permission `grant:create` there")]
    Refused(Refusal),
    /// The role holds more than one holds oneself.
    #[error("the role holds `{permission}`, which you do not hold in `{at}`")]
    Exceeds {
        /// The first permission that one does not hold.
        permission: Permission,
        /// Where.
        at: ScopeRef,
    },
}

/// Whether the bearer may hand out a role that permits this at the scope.
///
/// # Errors
/// The rule that forbids it.
pub fn may_grant(bearer: &Bearer, role: &PermissionSet, at: &ScopeRef) -> Result<(), HandOutError> {
    if let Decision::Refused(refusal) = decide(bearer, HAND_OUT, at, Via::Any) {
        return Err(HandOutError::Refused(refusal));
    }
    outweighs(bearer, role, at)
}

/// Whether the bearer holds at the scope all that the role permits, or owns it: who may take it away, where they may take away.
///
/// # Errors
/// [`HandOutError::Exceeds`].
pub fn outweighs(bearer: &Bearer, role: &PermissionSet, at: &ScopeRef) -> Result<(), HandOutError> {
    let held = bearer.permissions_at(&at.place).unwrap_or(PermissionSet::EMPTY);
    let project = match at.place {
        Place::Environment(at) => bearer.permissions_at(&Place::Project(at.project)),
        Place::Account | Place::OwnedBy(_) | Place::Project(_) => None,
    };
    within(&held, project.as_ref(), role, at)
}

/// The same for each of several roles, such as those of a group.
///
/// # Errors
/// The first rule that forbids one.
pub fn may_grant_everywhere(
    bearer: &Bearer,
    grants: &[(ScopeRef, PermissionSet)],
) -> Result<(), HandOutError> {
    grants.iter().try_for_each(|(at, role)| match may_grant(bearer, role, at) {
        // A place that is not there for the bearer is not named to it.
        Err(HandOutError::Refused(Refusal::NotFound)) => {
            let at = ScopeRef::account(at.account);
            Err(HandOutError::Refused(Refusal::Missing { permission: HAND_OUT, at }))
        }
        other => other,
    })
}

/// Whether a principal that does not speak now (an inviter, at acceptance) may hand the role out.
///
/// # Errors
/// The rule that forbids it.
pub fn may_give_out(principal: &Principal, role: &PermissionSet, at: &ScopeRef) -> Result<(), HandOutError> {
    let missing = Refusal::Missing { permission: HAND_OUT, at: *at };
    match principal.permissions_at(&at.place) {
        Some(held) if held.has(HAND_OUT) => within(&held, None, role, at),
        Some(_) | None => Err(HandOutError::Refused(missing)),
    }
}

/// All that the owner of a scope of the level holds.
pub fn owner_of(level: Level) -> PermissionSet {
    match level {
        Level::Account => Level::Account.permissions(),
        Level::Project => *ProjectRole::Owner.permissions(),
        Level::Environment => *EnvironmentRole::Owner.permissions(),
    }
}

fn within(
    held: &PermissionSet,
    in_project: Option<&PermissionSet>,
    role: &PermissionSet,
    at: &ScopeRef,
) -> Result<(), HandOutError> {
    let owner = owner_of(at.level());
    let owns_project = in_project.is_some_and(|held| held.has_all(&owner_of(Level::Project)));
    let most = if owns_project || held.has_all(&owner) { held.union(&owner) } else { *held };
    match role.iter().find(|permission| !most.has(*permission)) {
        None => Ok(()),
        Some(permission) => Err(HandOutError::Exceeds { permission, at: *at }),
    }
}
