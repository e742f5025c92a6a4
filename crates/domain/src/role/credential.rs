//! The five built-in account roles of API credentials, and their table.
//!
//! No credential holds a write on members, groups, roles, credentials, others' tokens, the account, its IP allow list or its
//! token policy: a machine never makes a principal.

use serde::Serialize;

use super::{BuiltInRole, RoleError, RoleKind};
use crate::permission::{Operation, PermissionSet, ResourceType};
use Operation::{Create, Delete, Evaluate, Explain, List, Read, Revoke, Rotate, Search, Update};

/// An API credential's account role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialRole {
    /// Owner on every project and environment.
    SuperAdmin,
    /// Billing and projects.
    BillingAdmin,
    /// Agents, projects, decisions.
    Admin,
    /// Reads the account.
    Member,
    /// Asks for decisions and nothing else.
    DecisionClient,
}

impl CredentialRole {
    /// All of them, from the highest.
    pub const ALL: [Self; 5] =
        [Self::SuperAdmin, Self::BillingAdmin, Self::Admin, Self::Member, Self::DecisionClient];
}

impl BuiltInRole for CredentialRole {
    const KIND: RoleKind = RoleKind::ApiCredential;
    const ROLES: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::BillingAdmin => "billing_admin",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::DecisionClient => "decision_client",
        }
    }

    fn permissions(self) -> &'static PermissionSet {
        match self {
            Self::SuperAdmin => &SUPER_ADMIN,
            Self::BillingAdmin => &BILLING_ADMIN,
            Self::Admin => &ADMIN,
            Self::Member => &MEMBER,
            Self::DecisionClient => &DECISION_CLIENT,
        }
    }
}

impl std::str::FromStr for CredentialRole {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| RoleError(text.to_owned()))
    }
}

const DECISION_CLIENT: PermissionSet =
    PermissionSet::EMPTY.with(ResourceType::Access, &[Evaluate, Search, Explain]);

const MEMBER: PermissionSet = PermissionSet::EMPTY
    .with(ResourceType::Account, &[Read])
    .with(ResourceType::Role, &[Read, List])
    .with(ResourceType::ResourceType, &[Read, List])
    .with(ResourceType::Integration, &[Read, List])
    .with(ResourceType::Member, &[Read, List])
    .with(ResourceType::Group, &[Read, List])
    .with(ResourceType::PersonalAccessToken, &[Read, Rotate, Revoke]);

const BILLING_ADMIN: PermissionSet =
    MEMBER.with(ResourceType::Billing, &[Read, Update]).with(ResourceType::Project, &[Create]);

const ADMIN: PermissionSet = MEMBER
    .with(ResourceType::Agent, &[Create, Read, List, Update, Delete])
    .with(ResourceType::Project, &[Create])
    .with(ResourceType::Access, &[Evaluate, Search, Explain]);

const SUPER_ADMIN: PermissionSet = ADMIN
    .with(ResourceType::Billing, &[Read, Update])
    .with(ResourceType::Lineage, &[Read])
    .with(ResourceType::AuditEvent, &[Read, List])
    .with(ResourceType::ResourceType, &[Create, Update, Delete]);
