//! The decision: may this bearer do that there? One pure function, with its reason.

use serde::Serialize;

use super::action::{Action, Mode, Via};
use super::bearer::Bearer;
use super::grounds::Grounds;
use super::scope::{Place, ScopeRef};
use crate::id::{EnvironmentId, GrantId, GroupId, ProjectId};
use crate::permission::Permission;
use crate::role::{AccountRole, EnvironmentRole, ProjectRole, RoleRef};

/// Yes or no, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed(Reason),
    /// No.
    Refused(Refusal),
}

/// What let a bearer through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "through", rename_all = "snake_case")]
pub enum Reason {
    /// The account role has the permission.
    AccountRole {
        /// The role.
        role: AccountRole,
    },
    /// A Super Admin is Owner everywhere in the account.
    OwnerEverywhere,
    /// A role on the project has the permission.
    ProjectRole {
        /// The project.
        #[serde(rename = "projectId")]
        project: ProjectId,
        /// The role.
        role: RoleRef<ProjectRole>,
        /// The grant that gives it.
        #[serde(rename = "grantId")]
        grant: GrantId,
        /// The group that the grant is for; none: it is the principal's own.
        #[serde(rename = "groupId")]
        group: Option<GroupId>,
    },
    /// A role on the environment has the permission.
    EnvironmentRole {
        /// The environment.
        #[serde(rename = "environmentId")]
        environment: EnvironmentId,
        /// The role.
        role: RoleRef<EnvironmentRole>,
        /// The grant that gives it.
        #[serde(rename = "grantId")]
        grant: GrantId,
        /// The group that the grant is for; none: it is the principal's own.
        #[serde(rename = "groupId")]
        group: Option<GroupId>,
    },
    /// The environment's default role has the permission.
    DefaultRole {
        /// The environment.
        #[serde(rename = "environmentId")]
        environment: EnvironmentId,
        /// The role.
        role: RoleRef<EnvironmentRole>,
    },
    /// It is the bearer's own.
    Own,
    /// Anyone who speaks in the account may ask; the answer shows only what they may see.
    Filtered,
}

/// What kept a bearer out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// For this bearer the thing does not exist.
    NotFound,
    /// The thing is there, the permission is not.
    Missing {
        /// What is missing.
        permission: Permission,
        /// Where it is missing.
        at: ScopeRef,
    },
    /// Only a signed-in person may do it, and this is a token.
    SessionRequired,
    /// The account does not let itself be spoken to from this address.
    AddressNotAllowed,
}

/// Whether the bearer holds the permission at the scope, speaking the way it does.
///
/// The rule, as the model has it: what the account role gives ∪ what the roles on project and environment give, Super Admins
/// being Owner everywhere, inside the bearer's account, under the token's ceiling, from an address that the account lets in.
pub fn decide(bearer: &Bearer, permission: Permission, at: &ScopeRef, via: Via) -> Decision {
    if let Err(refusal) = reach(bearer, at) {
        return Decision::Refused(refusal);
    }
    let reason = match bearer.principal.grounds(permission, &at.place) {
        Grounds::NoPart => return Decision::Refused(Refusal::NotFound),
        Grounds::Held(reason) if bearer.ceiling.allows(permission, at) => reason,
        Grounds::Held(_) | Grounds::Lacking => {
            return Decision::Refused(Refusal::Missing { permission, at: *at });
        }
    };
    if via == Via::SessionOnly && !bearer.in_session() {
        Decision::Refused(Refusal::SessionRequired)
    } else {
        Decision::Allowed(reason)
    }
}

/// Whether the bearer may do the action at the scope: [`decide`], as the action's mode asks for it.
pub fn decide_action<A: Action>(bearer: &Bearer, at: &ScopeRef) -> Decision {
    let free = |reason| match (reach(bearer, at), A::VIA) {
        (Err(refusal), _) => Decision::Refused(refusal),
        (Ok(()), _) if !bearer.has_part_in(&at.place) => Decision::Refused(Refusal::NotFound),
        (Ok(()), Via::SessionOnly) if !bearer.in_session() => Decision::Refused(Refusal::SessionRequired),
        (Ok(()), _) => Decision::Allowed(reason),
    };
    match (A::MODE, at.place) {
        (Mode::Require, _) => decide(bearer, A::PERMISSION, at, A::VIA),
        (Mode::Own, _) => free(Reason::Own),
        (Mode::Filter, _) => free(Reason::Filtered),
        (Mode::OwnOr(others), Place::OwnedBy(owner)) if owner != bearer.id() => {
            decide(bearer, others, at, A::VIA)
        }
        (Mode::OwnOr(_), _) => decide(bearer, A::PERMISSION, at, A::VIA),
    }
}

/// Whether the bearer reaches the scope at all: from where it comes, and in its own account.
fn reach(bearer: &Bearer, at: &ScopeRef) -> Result<(), Refusal> {
    if at.account != bearer.account {
        Err(Refusal::NotFound)
    } else if !bearer.comes_from_an_allowed_address() {
        Err(Refusal::AddressNotAllowed)
    } else {
        Ok(())
    }
}
