//! Members: users in an account, and how they come into it.

use jiff::Timestamp;
use serde::Serialize;

use crate::email::Email;
use crate::external_id::ExternalId;
use crate::id::{MemberId, ProjectId};
use crate::name::Name;
use crate::patch::{Assign, Replace};
use crate::principal::UserState;
use crate::role::{AssignableRole, MemberRoleRef, ProjectRoleRef};
use crate::violation::Violations;

/// A user in one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The address under which the member signs in.
    pub email: Email,
    /// The person's name; `null` until they have given it, at the latest when they accept an invitation.
    pub name: Option<Name>,
    /// The account role.
    pub role: MemberRoleRef,
    /// Whether the member may speak.
    pub state: MemberState,
    /// What the account's own services call this person; unique in the account.
    pub external_id: Option<ExternalId>,
    /// When the member was invited.
    pub created_at: Timestamp,
}

/// Whether a member may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MemberState {
    /// Invited, and has not accepted yet.
    Invited,
    /// May speak.
    Active,
    /// Kept out for a while; tokens are refused, and work again afterwards.
    Suspended,
}

/// An invitation into the account.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
pub struct NewMember {
    /// Whom to invite.
    pub email: Email,
    /// The account role that the member will have.
    pub role: AssignableRole,
    /// What the account's own services call this person; unique in the account.
    #[deserr(default)]
    pub external_id: Option<ExternalId>,
    /// The roles on projects that the member gets on acceptance; at most 100, one for each project.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 100))]
    pub projects: Vec<InvitedRole>,
}

/// A role on a project that an invitation carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
#[serde(rename_all = "camelCase")]
pub struct InvitedRole {
    /// The project.
    pub project_id: ProjectId,
    /// The role on it.
    pub role: ProjectRoleRef,
}

/// What changes about a member.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
pub struct MemberPatch {
    /// The new account role. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = AssignableRole, required = false))]
    pub role: Replace<AssignableRole>,
    /// What the account's own services call this person; `null` removes it. Absent, it stays as it is.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ExternalId>, required = false))]
    pub external_id: Assign<ExternalId>,
}

/// Why a member cannot be brought into another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberStateError {
    /// Only members who accepted their invitation are suspended or made Super Admin.
    #[error("the member has not accepted the invitation yet")]
    Invited,
    /// Only who has not accepted yet is invited again.
    #[error("the member has accepted the invitation already")]
    Accepted,
    /// Only active members are made Super Admin.
    #[error("the member is suspended")]
    Suspended,
    /// Only members whose user is not disabled are made Super Admin.
    #[error("the user is disabled")]
    UserDisabled,
    /// Only suspended members are reinstated.
    #[error("the member is not suspended")]
    NotSuspended,
    /// A Super Admin loses that role by an action of its own before getting another.
    #[error(
        "the member is a Super Admin; take that role away first (`DELETE /v1/members/{{id}}/super-admin`)"
    )]
    SuperAdmin,
    /// The member is no Super Admin.
    #[error("the member is no Super Admin")]
    NoSuperAdmin,
}

/// The most roles on projects that an invitation carries.
const MOST_INVITED_ROLES: usize = 100;

impl NewMember {
    /// Whether the roles on projects can be given: not too many, and one for each project.
    ///
    /// # Errors
    /// A violation for each that cannot.
    pub fn check(&self) -> Result<(), Violations> {
        if self.projects.len() > MOST_INVITED_ROLES {
            return Err(Violations::one("projects", format!("must have at most {MOST_INVITED_ROLES} items")));
        }
        let mut met = std::collections::BTreeSet::new();
        let repeated = self.projects.iter().enumerate().filter(|(_, one)| !met.insert(one.project_id));
        let violations = repeated.map(|(index, _)| {
            Violations::one(
                format!("projects[{index}].projectId"),
                "names a project that stands before already",
            )
        });
        violations.reduce(Violations::with).map_or(Ok(()), Err)
    }
}

impl MemberState {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The state after a suspension; suspending again changes nothing.
    ///
    /// # Errors
    /// When the member has not accepted yet.
    pub fn suspended(self) -> Result<Self, MemberStateError> {
        match self {
            Self::Active | Self::Suspended => Ok(Self::Suspended),
            Self::Invited => Err(MemberStateError::Invited),
        }
    }

    /// The state after the end of a suspension.
    ///
    /// # Errors
    /// When the member is not suspended.
    pub fn reinstated(self) -> Result<Self, MemberStateError> {
        match self {
            Self::Suspended => Ok(Self::Active),
            Self::Invited | Self::Active => Err(MemberStateError::NotSuspended),
        }
    }

    /// Whether a member in this state can be sent their invitation once more.
    ///
    /// # Errors
    /// When the member has accepted it.
    pub fn can_be_invited_again(self) -> Result<(), MemberStateError> {
        match self {
            Self::Invited => Ok(()),
            Self::Active | Self::Suspended => Err(MemberStateError::Accepted),
        }
    }

    /// Whether a member in this state, with a user in that one, can be made Super Admin.
    ///
    /// # Errors
    /// When the member is not active: not in the account, or not as a user.
    pub fn can_be_super_admin(self, user: UserState) -> Result<(), MemberStateError> {
        match (self, user) {
            (Self::Active, UserState::Active) => Ok(()),
            (Self::Active, UserState::Disabled) => Err(MemberStateError::UserDisabled),
            (Self::Invited, _) => Err(MemberStateError::Invited),
            (Self::Suspended, _) => Err(MemberStateError::Suspended),
        }
    }
}

impl std::str::FromStr for MemberState {
    type Err = UnknownStateError;

    fn from_str(text: &str) -> Result<Self, UnknownStateError> {
        [Self::Invited, Self::Active, Self::Suspended]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownStateError(text.to_owned()))
    }
}

/// Why a text is not a member's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown member state `{0}`")]
pub struct UnknownStateError(pub String);
