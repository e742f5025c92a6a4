//! Who may change whom.
//!
//! A outranks B: B is no Super Admin, and A is one or holds every account-level permission that B holds. Roles are no chain:
//! `admin` and `billing_admin` do not outrank each other. Super Admins are changed only by another, signed in as a person.

use crate::authz::Bearer;
use crate::id::MemberId;
use crate::permission::PermissionSet;
use crate::principal::PrincipalId;
use crate::role::{AccountRole, HeldRole, MemberRole};

/// Why one member may not change another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RankError {
    /// The other one is a Super Admin, and one is none.
    #[error("only another Super Admin changes, suspends or removes a Super Admin")]
    SuperAdmin,
    /// One is a Super Admin, and would change oneself.
    #[error("a Super Admin is changed, suspended or removed only by another, never by themself")]
    Oneself,
    /// A token would touch a Super Admin, or its own owner.
    #[error("a token changes neither Super Admins nor its own owner; sign in and do it in a session")]
    Token,
    /// The other one holds a permission that one lacks.
    #[error("the member or the role holds account permissions that you do not hold")]
    Outranked,
}

/// A member whom somebody wants to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Who it is.
    pub id: MemberId,
    /// What the member is now.
    pub role: HeldRole<MemberRole>,
}

/// Whether the bearer outranks somebody with this role; the bearer's effective right counts, token ceiling included.
pub fn outranks(bearer: &Bearer, role: &HeldRole<MemberRole>) -> bool {
    holder_outranks(bearer.account_permissions(), bearer.is_super_admin(), role)
}

/// Whether somebody with the one role outranks somebody with the other, nothing else considered.
pub fn role_outranks(role: &AccountRole, other: &HeldRole<MemberRole>) -> bool {
    holder_outranks(role.permissions(), role.is_super_admin_member(), other)
}

fn holder_outranks(held: &PermissionSet, is_super_admin: bool, role: &HeldRole<MemberRole>) -> bool {
    *role != MemberRole::SuperAdmin && (is_super_admin || held.has_all(role.permissions()))
}

/// Whether the bearer may change the target as it is (its state, its membership, its tokens).
///
/// # Errors
/// The rule that forbids it.
pub fn may_change(bearer: &Bearer, target: Target) -> Result<(), RankError> {
    let oneself = bearer.id() == PrincipalId::Member(target.id);
    let super_admin = target.role == MemberRole::SuperAdmin;
    match (super_admin, oneself) {
        (true, _) if !bearer.is_super_admin() => Err(RankError::SuperAdmin),
        (true, true) => Err(RankError::Oneself),
        (true, false) | (false, true) if !bearer.in_session() => Err(RankError::Token),
        (true, false) => Ok(()),
        (false, _) if outranks(bearer, &target.role) => Ok(()),
        (false, _) => Err(RankError::Outranked),
    }
}

/// Whether the bearer may say what the target is called elsewhere: who may change the target, and Super Admins themselves.
///
/// # Errors
/// The rule that forbids it.
pub fn may_identify(bearer: &Bearer, target: Target) -> Result<(), RankError> {
    let oneself = bearer.id() == PrincipalId::Member(target.id);
    if oneself && bearer.is_super_admin() && bearer.in_session() {
        Ok(())
    } else {
        may_change(bearer, target)
    }
}

/// Whether the bearer may hand the role to the target: outranking them as they are and as they would be.
///
/// # Errors
/// The rule that forbids it.
pub fn may_assign(bearer: &Bearer, target: Target, role: &HeldRole<MemberRole>) -> Result<(), RankError> {
    may_change(bearer, target)?;
    may_hand_out(bearer, role)
}

/// Whether the bearer may hand the role to somebody who has none yet.
///
/// # Errors
/// [`RankError::Outranked`] when the role holds more than the bearer.
pub fn may_hand_out(bearer: &Bearer, role: &HeldRole<MemberRole>) -> Result<(), RankError> {
    if outranks(bearer, role) { Ok(()) } else { Err(RankError::Outranked) }
}

/// Whether the bearer may make a custom account role of what it permits now into what it will permit: with all that it holds
/// before and afterwards.
///
/// # Errors
/// [`RankError::Outranked`] when it holds more than the bearer.
pub fn may_define(bearer: &Bearer, before: &PermissionSet, after: &PermissionSet) -> Result<(), RankError> {
    let both = before.union(after);
    let held = bearer.is_super_admin() || bearer.account_permissions().has_all(&both);
    if held { Ok(()) } else { Err(RankError::Outranked) }
}
