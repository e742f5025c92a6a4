//! What an action is done to, and where that lies in the model.

use crate::id::{AccountId, GroupId, MemberId, PersonalAccessTokenId, ProjectId, RepositoryId, SessionId};
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
    /// Something that belongs to one principal alone.
    OwnedBy(PrincipalId),
}
