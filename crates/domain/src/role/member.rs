//! The four built-in account roles of people, and their table.

use serde::Serialize;

use super::{BuiltInRole, RoleError, RoleKind};
use crate::permission::{Operation, PermissionSet, ResourceType};
use Operation::{
    Create, Delete, Evaluate, Explain, List, ManageAll, Read, Regenerate, Revoke, Rotate, Search, Update,
};

/// A member's account role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Everything, everywhere in the account.
    SuperAdmin,
    /// Billing, people and projects.
    BillingAdmin,
    /// People, projects, agents, other people's tokens.
    Admin,
    /// Reads the account and makes tokens of their own.
    Member,
}

impl MemberRole {
    /// All of them, from the highest.
    pub const ALL: [Self; 4] = [Self::SuperAdmin, Self::BillingAdmin, Self::Admin, Self::Member];
}

impl BuiltInRole for MemberRole {
    const KIND: RoleKind = RoleKind::Member;
    const ROLES: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::BillingAdmin => "billing_admin",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::SuperAdmin => &SUPER_ADMIN,
            Self::BillingAdmin => &BILLING_ADMIN,
            Self::Admin => &ADMIN,
            Self::Member => &MEMBER,
        }
    }
}

impl std::str::FromStr for MemberRole {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| RoleError(text.to_owned()))
    }
}

const MEMBER: PermissionSet = PermissionSet::EMPTY
    .with(ResourceType::Account, &[Read])
    .with(ResourceType::ApiCredential, &[Read, List])
    .with(ResourceType::Member, &[Read, List])
    .with(ResourceType::Group, &[Read, List])
    .with(ResourceType::Role, &[Read, List])
    .with(ResourceType::ResourceType, &[Read, List])
    .with(ResourceType::Integration, &[Read, List])
    .with(ResourceType::TokenPolicy, &[Read])
    .with(
        ResourceType::PersonalAccessToken,
        &[Create, Read, List, Update, Revoke, Rotate, Regenerate, Delete],
    );

/// What both `billing_admin` and `admin` have beyond `member`.
const MANAGER: PermissionSet = MEMBER
    .with(ResourceType::Account, &[Update])
    .with(ResourceType::Member, &[Create, Update, Delete])
    .with(ResourceType::Group, &[Create, Update, Delete])
    .with(ResourceType::Project, &[Create]);

const BILLING_ADMIN: PermissionSet = MANAGER.with(ResourceType::Billing, &[Read, Update]);

const ADMIN: PermissionSet = MANAGER
    .with(ResourceType::Agent, &[Create, Read, List, Update, Delete])
    .with(ResourceType::Session, &[List, Revoke])
    .with(ResourceType::ResourceType, &[Create, Update, Delete])
    .with(ResourceType::PersonalAccessToken, &[ManageAll])
    .with(ResourceType::Access, &[Evaluate, Search, Explain]);

const SUPER_ADMIN: PermissionSet = ADMIN
    .with(ResourceType::Billing, &[Read, Update])
    .with(ResourceType::ApiCredential, &[Create, Update, Rotate, Delete])
    .with(ResourceType::IpAllowList, &[Read, Update])
    .with(ResourceType::Role, &[Create, Update, Delete])
    .with(ResourceType::AuditEvent, &[Read, List])
    .with(ResourceType::Lineage, &[Read])
    .with(ResourceType::Integration, &[Create, Update, Delete])
    .with(ResourceType::TokenPolicy, &[Update]);
