//! The decision: may this bearer do that there? One pure function, with its reason.

use serde::Serialize;

use super::action::{Action, Mode, Via};
use super::bearer::Bearer;
use super::scope::{Place, ScopeRef};
use crate::id::ProjectId;
use crate::permission::Permission;
use crate::role::{AccountRole, ProjectRole};

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
    /// The direct role on the project has the permission.
    ProjectRole {
        /// The project.
        project: ProjectId,
        /// The role.
        role: ProjectRole,
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
/// The rule, as the model has it: what the account role gives ∪ what the project role gives, Super Admins being Owner
/// everywhere, inside the bearer's account, under the token's ceiling, from an address that the account lets in.
pub fn decide(bearer: &Bearer, permission: Permission, at: &ScopeRef, via: Via) -> Decision {
    if let Err(refusal) = reach(bearer, at) {
        return Decision::Refused(refusal);
    }
    let reason = match at.place {
        Place::Account => in_account(bearer, permission),
        Place::Project(project) => match in_project(bearer, permission, project) {
            Some(reason) => reason,
            None => return Decision::Refused(Refusal::NotFound),
        },
        Place::OwnedBy(owner) => match in_account(bearer, permission) {
            None if owner != bearer.id() => return Decision::Refused(Refusal::NotFound),
            reason => reason,
        },
    };
    match reason.filter(|_| bearer.ceiling.allows(permission, at)) {
        None => Decision::Refused(Refusal::Missing { permission, at: *at }),
        Some(_) if via == Via::SessionOnly && !bearer.in_session() => {
            Decision::Refused(Refusal::SessionRequired)
        }
        Some(reason) => Decision::Allowed(reason),
    }
}

/// Whether the bearer may do the action at the scope: [`decide`], as the action's mode asks for it.
pub fn decide_action<A: Action>(bearer: &Bearer, at: &ScopeRef) -> Decision {
    let free = |reason| match (reach(bearer, at), A::VIA) {
        (Err(refusal), _) => Decision::Refused(refusal),
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

/// What gives the permission in the account as a whole, if anything does.
fn in_account(bearer: &Bearer, permission: Permission) -> Option<Reason> {
    bearer.holds_in_account(permission).then(|| Reason::AccountRole { role: bearer.role() })
}

/// What gives the permission in the project, if anything does; `None` when the bearer has no part in the project at all.
fn in_project(bearer: &Bearer, permission: Permission, project: ProjectId) -> Option<Option<Reason>> {
    let (role, reason) = if bearer.role().owns_everything() {
        (ProjectRole::Owner, Reason::OwnerEverywhere)
    } else {
        let role = *bearer.principal.projects.get(&project)?;
        (role, Reason::ProjectRole { project, role })
    };
    Some(role.permissions().has(permission).then_some(reason))
}
