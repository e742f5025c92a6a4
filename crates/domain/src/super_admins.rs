//! The Super Admins of an account: a set that cannot be empty.
//!
//! An account without any (imported from an older system) is lawful and has no such set; only the operator gives it one.
//! Once there is one, nothing takes the last away: in the API whoever is removed, is removed by another who stays, and the
//! operator, who is none of them, is refused ([`SuperAdmins::losing`]).

use std::collections::BTreeSet;

use crate::id::MemberId;

/// The active Super Admins of an account; at least one.
///
/// INVARIANT: `members` is never empty. [`SuperAdmins::new`] refuses an empty set, [`SuperAdmins::without`] keeps the one
/// who removes, and [`SuperAdmins::losing`] refuses to take the last.
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

/// Why the operator cannot take somebody out of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account would have no active Super Admin left")]
pub struct LastSuperAdminError;

/// On what the operator relies who makes a Super Admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elevation {
    /// There is none.
    First,
    /// Those who there are are lost to the account, which only people can tell.
    BreakGlass,
}

/// Why the operator cannot make a Super Admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account has an active Super Admin, who makes others")]
pub struct ElevationError;

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

    /// The set after the operator took `member` out of action, by disabling or deleting the user. Whoever is none of them
    /// leaves it as it is.
    ///
    /// # Errors
    /// When `member` is the only one.
    pub fn losing(&self, member: MemberId) -> Result<Self, LastSuperAdminError> {
        Self::new(self.members.iter().copied().filter(|one| *one != member)).ok_or(LastSuperAdminError)
    }

    /// The set after the operator put `member` into it, or began it.
    ///
    /// # Errors
    /// When there is one already, who makes others, and the operator does not say that the glass is to be broken.
    pub fn elevate(present: Option<&Self>, member: MemberId, how: Elevation) -> Result<Self, ElevationError> {
        match (present, how) {
            (Some(_), Elevation::First) => Err(ElevationError),
            (Some(present), Elevation::BreakGlass) => {
                Ok(Self { members: present.members.iter().copied().chain([member]).collect() })
            }
            (None, Elevation::First | Elevation::BreakGlass) => {
                Ok(Self { members: BTreeSet::from([member]) })
            }
        }
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

/// Of the accounts that a user belongs to, as which member, with whichever Super Admins: those that would have none left
/// without that user. An account that has none now loses none.
pub fn left_without<T>(memberships: impl IntoIterator<Item = (T, MemberId, Option<SuperAdmins>)>) -> Vec<T> {
    let loses =
        |admins: Option<SuperAdmins>, member| admins.is_some_and(|admins| admins.losing(member).is_err());
    memberships
        .into_iter()
        .filter_map(|(account, member, admins)| loses(admins, member).then_some(account))
        .collect()
}
