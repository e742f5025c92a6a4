//! Groups: named sets of members and API credentials of one account, which can hold grants.
//!
//! Who is put into a group gets what the group was granted, so to put somebody into one is to hand that out.

use jiff::Timestamp;
use serde::Serialize;

use crate::email::Email;
use crate::id::GroupId;
use crate::name::{Description, Name};
use crate::patch::{Assign, Replace};
use crate::principal::PrincipalId;
use crate::violation::Violations;

/// The name of the group that is built in.
pub const EVERYONE: &str = "everyone";

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The group's id.
    pub id: GroupId,
    /// Its name, unique in the account (compared without case).
    pub name: Name,
    /// What it is for.
    pub description: Option<Description>,
    /// Whether it is built in (`everyone`: all active members), and so neither changed nor deleted.
    pub built_in: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; `null` for the one that is built in.
    pub created_by: Option<PrincipalId>,
}

/// A group to be made.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewGroup {
    /// Its name, unique in the account (compared without case).
    pub name: Name,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
}

/// What changes about a group.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct GroupPatch {
    /// The new name. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Name, required = false))]
    pub name: Replace<Name>,
    /// The new description; `null` removes it. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>, required = false))]
    pub description: Assign<Description>,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    /// Who it is.
    pub principal: PrincipalId,
    /// A member's name, once they have given it.
    pub name: Option<Name>,
    /// A member's address.
    pub email: Option<Email>,
    /// When they were put into the group; `null` in `everyone`, in which they are by being active.
    pub added_at: Option<Timestamp>,
}

/// Why a group cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// It is built in.
    #[error("the group `everyone` is built in: it has all active members, always")]
    BuiltIn,
}
