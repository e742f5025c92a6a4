//! What an action is done to, and where that lies in the model.

use serde::{Serialize, Serializer};

use crate::id::{
    AccountId, EnvironmentId, GrantId, GroupId, MemberId, PersonalAccessTokenId, ProjectId, RepositoryId,
    RoleId, SessionId,
};
use crate::permission::Level;
use crate::principal::PrincipalId;

/// What an action is done to: the value that is authorised and then used, one and the same.
pub trait Scope: Clone + Send + Sync + 'static {}

/// The account that the bearer speaks in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThisAccount;

/// The bearer itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Myself;

/// Somebody's place in a group, taken or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPlace {
    /// The group.
    pub group: GroupId,
    /// Who is in it, or is to be.
    pub principal: PrincipalId,
}

/// An environment, under the project that it is asked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentRef {
    /// The project.
    pub project: ProjectId,
    /// The environment.
    pub environment: EnvironmentId,
}

/// A grant on a project as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectGrantRef {
    /// The project.
    pub project: ProjectId,
    /// The grant.
    pub grant: GrantId,
}

/// A grant on an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentGrantRef {
    /// The environment.
    pub environment: EnvironmentRef,
    /// The grant.
    pub grant: GrantId,
}

/// A repository of a project; under another project it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepositoryRef {
    /// The project.
    pub project: ProjectId,
    /// The repository.
    pub repository: RepositoryId,
}

impl Scope for ThisAccount {}
impl Scope for Myself {}
impl Scope for MemberId {}
impl Scope for SessionId {}
impl Scope for GroupId {}
impl Scope for GroupPlace {}
impl Scope for ProjectId {}
impl Scope for RoleId {}
impl Scope for EnvironmentRef {}
impl Scope for ProjectGrantRef {}
impl Scope for EnvironmentGrantRef {}
impl Scope for RepositoryRef {}
impl Scope for PersonalAccessTokenId {}

/// A scope as the decision sees it: in which account it really lies (as stored, not as asked), and where there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeRef {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Where in the account.
    pub place: Place,
}

/// Where in an account a scope lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The account as a whole, or something that everybody in it may know of.
    Account,
    /// A project.
    Project(ProjectId),
    /// An environment of a project.
    Environment(EnvironmentRef),
    /// Something that belongs to one principal alone.
    OwnedBy(PrincipalId),
}

impl ScopeRef {
    /// The account as a whole.
    pub fn account(account: AccountId) -> Self {
        Self { account, place: Place::Account }
    }

    /// A project of the account.
    pub fn project(account: AccountId, project: ProjectId) -> Self {
        Self { account, place: Place::Project(project) }
    }

    /// An environment of the account.
    pub fn environment(account: AccountId, environment: EnvironmentRef) -> Self {
        Self { account, place: Place::Environment(environment) }
    }

    /// The level at which permissions are held there.
    pub fn level(&self) -> Level {
        match self.place {
            Place::Account | Place::OwnedBy(_) => Level::Account,
            Place::Project(_) => Level::Project,
            Place::Environment(_) => Level::Environment,
        }
    }
}

/// The id of the narrowest thing that the scope lies in.
impl std::fmt::Display for ScopeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Place::Account | Place::OwnedBy(_) => self.account.fmt(f),
            Place::Project(project) => project.fmt(f),
            Place::Environment(at) => at.environment.fmt(f),
        }
    }
}

impl Serialize for ScopeRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
