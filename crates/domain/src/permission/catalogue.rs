//! Which operations each of Keyhall's own resource types has, and at which level.

use super::{Level, Operation, Permission, ResourceType};
use Operation::{
    Create, Delete, Evaluate, Explain, List, ManageAll, Read, Regenerate, Revoke, Rotate, Search, Update,
};

/// The operations of one resource type at one level.
#[derive(Debug)]
pub struct Entry {
    /// The resource type.
    pub resource_type: ResourceType,
    /// Where its permissions are held.
    pub level: Level,
    /// What can be done to it there.
    pub operations: &'static [Operation],
}

/// Everything that can be permitted, in the order in which people are shown it.
pub const CATALOGUE: &[Entry] = &[
    account(ResourceType::Account, &[Read, Update]),
    account(ResourceType::Billing, &[Read, Update]),
    account(ResourceType::Agent, &[Create, Read, List, Update, Delete]),
    account(ResourceType::ApiCredential, &[Create, Read, List, Update, Rotate, Delete]),
    account(ResourceType::IpAllowList, &[Read, Update]),
    account(ResourceType::Member, &[Create, Read, List, Update, Delete]),
    account(ResourceType::Group, &[Create, Read, List, Update, Delete]),
    account(ResourceType::Session, &[List, Revoke]),
    account(ResourceType::Role, &[Create, Read, List, Update, Delete]),
    account(ResourceType::Project, &[Create]),
    account(ResourceType::AuditEvent, &[Read, List]),
    account(ResourceType::Lineage, &[Read]),
    account(ResourceType::ResourceType, &[Create, Read, List, Update, Delete]),
    account(ResourceType::Integration, &[Create, Read, List, Update, Delete]),
    account(ResourceType::TokenPolicy, &[Read, Update]),
    account(
        ResourceType::PersonalAccessToken,
        &[Create, Read, List, Update, Revoke, Rotate, Regenerate, Delete, ManageAll],
    ),
    account(ResourceType::Access, &[Evaluate, Search, Explain]),
    project(ResourceType::Project, &[Read, List, Update, Delete]),
    project(ResourceType::Grant, &[Create, Read, List, Update, Delete]),
    project(ResourceType::Environment, &[Create, Read, List, Update, Delete]),
    project(ResourceType::Repository, &[Create, Read, List, Update, Delete]),
    environment(ResourceType::Environment, &[Read, List, Update]),
    environment(ResourceType::Grant, &[Create, Read, List, Update, Delete]),
];

impl Entry {
    /// The entry's permissions.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + '_ {
        self.operations.iter().map(|operation| Permission::new(self.resource_type, *operation))
    }
}

const fn account(resource_type: ResourceType, operations: &'static [Operation]) -> Entry {
    Entry { resource_type, level: Level::Account, operations }
}

const fn project(resource_type: ResourceType, operations: &'static [Operation]) -> Entry {
    Entry { resource_type, level: Level::Project, operations }
}

const fn environment(resource_type: ResourceType, operations: &'static [Operation]) -> Entry {
    Entry { resource_type, level: Level::Environment, operations }
}
