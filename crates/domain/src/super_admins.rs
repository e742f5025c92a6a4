//! The Super Admins of an account: a set that cannot be empty.
//!
//! An account without any (imported from an older system) is lawful and has no such set. Once there is one, nothing that
//! the API does takes the last away: whoever is removed, is removed by another who stays.

use std::collections::BTreeSet;

use crate::id::MemberId;

/// The active Super Admins of an account; at least one.
///
/// INVARIANT: `members` is never empty. [`SuperAdmins::new`] refuses an empty set and [`SuperAdmins::without`] keeps the one
/// who removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuperAdmins {
    members: BTreeSet<MemberId>,
}

/// Why somebody cannot be taken out of the Super Admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuperAdminError {
    /// Who asks is not, or no longer, an active Super Admin.
    #[error("only an active Super Admin makes or removes Super Admins")]
    NotOneOfThem,
    /// Who asks would remove themself.
    #[error("a Super Admin is changed, suspended or removed only by another, never by themself")]
    Oneself,
}

impl SuperAdmins {
    /// The set, unless it would be empty.
    pub fn new(members: impl IntoIterator<Item = MemberId>) -> Option<Self> {
        let members: BTreeSet<_> = members.into_iter().collect();
        if members.is_empty() { None } else { Some(Self { members }) }
    }

    /// Whether the member is one of them.
    pub fn has(&self, member: MemberId) -> bool {
        self.members.contains(&member)
    }

    /// The set after `by` took `member` out of it.
    ///
    /// # Errors
    /// When `by` is not one of them, or is `member`.
    pub fn without(&self, member: MemberId, by: MemberId) -> Result<Self, SuperAdminError> {
        self.check(by)?;
        if member == by {
            return Err(SuperAdminError::Oneself);
        }
        let members = self.members.iter().copied().filter(|one| *one != member).collect();
        Ok(Self { members })
    }

    /// The set after `by` put `member` into it.
    ///
    /// # Errors
    /// When `by` is not one of them.
    pub fn with(&self, member: MemberId, by: MemberId) -> Result<Self, SuperAdminError> {
        self.check(by)?;
        let members = self.members.iter().copied().chain([member]).collect();
        Ok(Self { members })
    }

    /// How many there are; at least 1.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    fn check(&self, by: MemberId) -> Result<(), SuperAdminError> {
        if self.has(by) { Ok(()) } else { Err(SuperAdminError::NotOneOfThem) }
    }
}
