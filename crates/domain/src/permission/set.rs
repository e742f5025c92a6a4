//! A set of permissions that is copied, compared and asked without allocation.

use serde::Serialize;

use super::{Operation, Permission, ResourceType};

/// How many resource types there are.
const TYPES: usize = ResourceType::Access as usize + 1;

// A shift by more than the bits would wrap round in a release build, and a permission be taken for another.
const _: () = assert!((Operation::Explain as u32) < u32::BITS);

/// A set of permissions: for each resource type one bit for each operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PermissionSet([u32; TYPES]);

impl PermissionSet {
    /// Nothing.
    pub const EMPTY: Self = Self([0; TYPES]);

    /// The set with these operations on this resource type added.
    #[expect(
        clippy::indexing_slicing,
        reason = "a resource type's number is below TYPES, which is one more than the last one's"
    )]
    pub const fn with(mut self, resource_type: ResourceType, operations: &[Operation]) -> Self {
        let mut index = 0;
        while index < operations.len() {
            self.0[resource_type as usize] |= 1 << operations[index] as u32;
            index += 1;
        }
        self
    }

    /// Whether the set has the permission.
    pub fn has(&self, permission: Permission) -> bool {
        let bits = self.0.get(permission.resource_type as usize).copied().unwrap_or_default();
        bits & (1 << permission.operation as u32) != 0
    }

    /// Whether the set has everything that the other has.
    pub fn has_all(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| theirs & !mine == 0)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// What is in one of them or in both.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        self
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine &= theirs;
        }
        self
    }

    /// The permissions in the catalogue's order, each once.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        Permission::all().filter(|permission| self.has(*permission))
    }
}

impl Default for PermissionSet {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions
            .into_iter()
            .fold(Self::EMPTY, |set, permission| set.with(permission.resource_type, &[permission.operation]))
    }
}

impl std::fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{CATALOGUE, Entry, Level, PermissionError};

    #[test]
    fn no_permission_stands_twice_at_a_level_of_the_catalogue() {
        for level in Level::ALL {
            let entries = CATALOGUE.iter().filter(|entry| entry.level == level);
            let listed: Vec<_> = entries.flat_map(Entry::permissions).collect();
            let set: std::collections::BTreeSet<_> = listed.iter().copied().collect();
            assert_eq!(listed.len(), set.len(), "{level:?}");
            assert_eq!(level.permissions().iter().count(), listed.len(), "{level:?}");
        }
    }

    #[test]
    fn a_permission_of_two_levels_is_still_one() {
        let all: Vec<_> = Permission::all().collect();
        let set: std::collections::BTreeSet<_> = all.iter().copied().collect();
        assert_eq!(all.len(), set.len());
        let update = Permission::new(ResourceType::Environment, Operation::Update);
        let levels: Vec<_> = Level::ALL.into_iter().filter(|level| update.is_held_at(*level)).collect();
        assert_eq!(levels, [Level::Project, Level::Environment]);
        assert_eq!("environment:update".parse(), Ok(update));
        for wrong in ["", "environment", "environment:*", "environment:rotate", "Environment:update", "*:*"] {
            assert_eq!(wrong.parse::<Permission>(), Err(PermissionError), "{wrong}");
        }
    }

    #[test]
    fn sets_are_united_and_cut() {
        let set = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<PermissionSet>();
        let (one, two) = (set(&["account:read", "role:list"]), set(&["role:list", "project:create"]));
        assert_eq!(one.union(&two), set(&["account:read", "role:list", "project:create"]));
        assert_eq!(one.intersection(&two), set(&["role:list"]));
        assert!(one.intersection(&set(&["project:read"])).is_empty());
    }

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let read = Permission::new(ResourceType::Account, Operation::Read);
        let explain = Permission::new(ResourceType::Access, Operation::Explain);
        let set = PermissionSet::from_iter([read, explain]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [read, explain]);
        assert!(set.has_all(&PermissionSet::from_iter([read])));
        assert!(!PermissionSet::from_iter([read]).has_all(&set));
    }
}
