//! Changing and deleting roles: whoever has one has what it permits on their next request.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, DeleteRole, UpdateRole};
use keyhall_domain::id::RoleId;
use keyhall_domain::name::Description;
use keyhall_domain::permission::PermissionSet;
use keyhall_domain::rank::{self, RankError};
use keyhall_domain::role::RoleKind;
use keyhall_domain::role::custom::{Role, RolePatch, check_permissions, is_built_in_name};
use uuid::Uuid;

use super::{begin, column, described, uses};
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::hand_out;
use crate::precondition::Precondition;
use crate::schema::roles;
use crate::store::Store;
use crate::transaction::{Done, Tx};

impl Store {
    /// Changes a role: its name, its description, what it permits.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for permissions that it cannot hold; [`StoreError::Rule`] where the bearer does not hold all that
    /// it will hold; [`Conflict::RoleName`]; [`StoreError::Precondition`].
    pub async fn update_role(
        &self,
        grant: &Granted<UpdateRole>,
        precondition: Precondition,
        patch: RolePatch,
    ) -> Result<Role, StoreError> {
        self.write(grant, move |tx| {
            let (id, before) = begin(tx)?;
            precondition.check(&before)?;
            let after = patched(&before, &patch)?;
            if after == before {
                return Ok(Done::unchanged(before));
            }
            require_editing(tx, id, &before, &after.permissions)?;
            diesel::update(roles::table.find(Uuid::from(id)))
                .set((
                    roles::name.eq(after.name.as_str()),
                    roles::name_key.eq(after.name.key().as_str()),
                    roles::description.eq(after.description.as_ref().map(Description::as_str)),
                    roles::permissions.eq(column::texts(&after.permissions)),
                ))
                .execute(tx.connection)?;
            let change = Change::updated(Object::Role(id), described(&before), described(&after));
            Ok(Done::changed(after, change))
        })
        .await
    }

    /// Deletes a role that nobody has.
    ///
    /// # Errors
    /// [`Conflict::RoleInUse`] with how often it is in use; [`StoreError::Precondition`].
    pub async fn delete_role(
        &self,
        grant: &Granted<DeleteRole>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let (id, role) = begin(tx)?;
            precondition.check(&role)?;
            let account = tx.account();
            let uses = uses::count(tx.connection, account, id)?;
            if uses.is_used() {
                return Err(StoreError::Conflict(Conflict::RoleInUse(uses)));
            }
            require_editing(tx, id, &role, &PermissionSet::EMPTY)?;
            diesel::delete(roles::table.find(Uuid::from(id))).execute(tx.connection)?;
            Ok(Done::changed((), Change::removed(Object::Role(id), described(&role))))
        })
        .await
    }
}

fn patched(before: &Role, patch: &RolePatch) -> Result<Role, StoreError> {
    let RolePatch { name, description, permissions } = patch.clone();
    let name = name.into_option().unwrap_or_else(|| before.name.clone());
    if is_built_in_name(before.kind(), &name.key()) {
        return Err(StoreError::Conflict(Conflict::RoleName));
    }
    let permissions = match permissions.into_option() {
        Some(permissions) => check_permissions(before.kind(), &permissions).map_err(StoreError::Invalid)?,
        None => before.permissions,
    };
    Ok(Role {
        name,
        description: description.over(before.description.clone()),
        permissions,
        ..before.clone()
    })
}

/// Whether the bearer may make a role that permits this: with all of it in the account, for an account role. One for projects or
/// environments gives nobody anything until it is handed out.
pub(super) fn require_making<A: Action>(
    tx: &Tx<'_, A>,
    kind: RoleKind,
    permissions: &PermissionSet,
) -> Result<(), StoreError> {
    match kind {
        RoleKind::Member | RoleKind::ApiCredential => {
            Ok(rank::may_define(tx.bearer(), &PermissionSet::EMPTY, permissions)?)
        }
        RoleKind::Project | RoleKind::Environment => Ok(()),
    }
}

/// Whether the bearer may edit a role: with all that it permits before and afterwards, for an account role; for the others
/// wherever the role is in use, as if they granted it there, and where it is in use nowhere, who has made it. Super Admins may.
fn require_editing<A: Action>(
    tx: &mut Tx<'_, A>,
    id: RoleId,
    before: &Role,
    after: &PermissionSet,
) -> Result<(), StoreError> {
    match before.kind() {
        RoleKind::Member | RoleKind::ApiCredential => {
            Ok(rank::may_define(tx.bearer(), &before.permissions, after)?)
        }
        RoleKind::Project | RoleKind::Environment if tx.bearer().sees_every_project() => Ok(()),
        RoleKind::Project | RoleKind::Environment => {
            let account = tx.account();
            let places = uses::places(tx.connection, account, id)?;
            if places.is_empty() && before.created_by != Some(tx.bearer().id()) {
                return Err(RankError::Outranked.into());
            }
            let both = before.permissions.union(after);
            let grants: Vec<_> = places.into_iter().map(|place| (place, both)).collect();
            hand_out::require(tx, &grants)
        }
    }
}
