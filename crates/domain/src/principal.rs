//! Principals: who can hold rights. A member or an API credential; a token is how one speaks, not one of its own.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::account::AccountState;
use crate::authz::{EnvironmentRights, ProjectRights};
use crate::id::{ApiCredentialId, EnvironmentId, MemberId, ProjectId};
use crate::member::MemberState;
use crate::role::AccountRole;
use crate::violation::Violations;

/// Who a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> PrincipalIdError)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PrincipalId {
    /// A person in an account.
    Member(MemberId),
    /// A machine of an account.
    ApiCredential(ApiCredentialId),
}

/// A living principal with the rights that were loaded for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who it is.
    pub id: PrincipalId,
    /// Its account role.
    pub role: AccountRole,
    /// What it was granted on each project that was loaded.
    pub projects: BTreeMap<ProjectId, ProjectRights>,
    /// What it was granted on each environment that was loaded.
    pub environments: BTreeMap<EnvironmentId, EnvironmentRights>,
}

impl Principal {
    /// A principal of whose grants nothing is loaded yet.
    pub fn new(id: PrincipalId, role: AccountRole) -> Self {
        Self { id, role, projects: BTreeMap::new(), environments: BTreeMap::new() }
    }
}

/// The states on which it depends whether a member may speak at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberStanding {
    /// The account's state.
    pub account: AccountState,
    /// The user's state.
    pub user: UserState,
    /// The membership's state.
    pub member: MemberState,
}

/// Whether a user may sign in anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// May sign in.
    Active,
    /// Shut out by the operator.
    Disabled,
}

/// Why a text is not a user's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown user state `{0}`")]
pub struct UserStateError(pub String);

/// Why a principal may not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// The account is suspended.
    #[error("the account is suspended")]
    AccountSuspended,
    /// The user is disabled.
    #[error("the user is disabled")]
    UserDisabled,
    /// The invitation was not accepted yet.
    #[error("the invitation was not accepted yet")]
    Invited,
    /// The member is suspended.
    #[error("the member is suspended")]
    Suspended,
}

impl MemberStanding {
    /// Whether the member may speak now.
    ///
    /// # Errors
    /// The first reason why not, from the widest to the narrowest.
    pub fn check(self) -> Result<(), StandingError> {
        match (self.account, self.user, self.member) {
            (AccountState::Suspended, _, _) => Err(StandingError::AccountSuspended),
            (_, UserState::Disabled, _) => Err(StandingError::UserDisabled),
            (_, _, MemberState::Invited) => Err(StandingError::Invited),
            (_, _, MemberState::Suspended) => Err(StandingError::Suspended),
            (AccountState::Active, UserState::Active, MemberState::Active) => Ok(()),
        }
    }
}

impl UserState {
    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl std::str::FromStr for UserState {
    type Err = UserStateError;

    fn from_str(text: &str) -> Result<Self, UserStateError> {
        match text {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            other => Err(UserStateError(other.to_owned())),
        }
    }
}

/// Why a text is not the id of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id of the form `mbr_` or `crd_` followed by 26 characters")]
pub struct PrincipalIdError;

impl std::str::FromStr for PrincipalId {
    type Err = PrincipalIdError;

    fn from_str(text: &str) -> Result<Self, PrincipalIdError> {
        let member = text.parse().map(Self::Member);
        member.or_else(|_| text.parse().map(Self::ApiCredential)).map_err(|_| PrincipalIdError)
    }
}

impl std::fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Member(id) => id.fmt(f),
            Self::ApiCredential(id) => id.fmt(f),
        }
    }
}
