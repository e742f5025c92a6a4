//! Changing the role of a grant, and taking grants away.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    Action, DeleteEnvironmentGrant, DeleteProjectGrant, EnvironmentGrantRef, ProjectGrantRef,
    UpdateEnvironmentGrant, UpdateProjectGrant,
};
use keyhall_domain::grant::{
    Changed, EnvironmentGrantPatch, Grant, GrantedRole, Ownership, ProjectGrantPatch,
};
use keyhall_domain::id::GrantId;
use keyhall_domain::role::EnvironmentRole;
use uuid::Uuid;

use super::{GrantPlace, described, load};
use crate::error::StoreError;
use crate::grant::{fall, ownership, rise};
use crate::granted::Granted;
use crate::hand_out;
use crate::locate::Locate;
use crate::precondition::Precondition;
use crate::role::column;
use crate::schema::grants;
use crate::store::Store;
use crate::transaction::{Done, Tx};

impl Store {
    /// Changes the role of a grant on a project.
    ///
    /// # Errors
    /// [`StoreError::Rule`] for a role that the bearer may not hand out; [`keyhall_domain::grant::GrantError::LastOwner`];
    /// [`StoreError::Precondition`].
    pub async fn update_project_grant(
        &self,
        grant: &Granted<UpdateProjectGrant>,
        precondition: Precondition,
        patch: ProjectGrantPatch,
    ) -> Result<Changed<Grant>, StoreError> {
        self.write(grant, move |tx| {
            let ProjectGrantRef { project, grant } = *tx.scope();
            let before = begin(tx, &precondition, GrantPlace::Project(project), grant)?;
            let account = tx.bearer().account;
            column::named(tx.connection, account, patch.role, "role")?;
            change(tx, before, patch.role.into())
        })
        .await
    }

    /// Changes the role of a grant on an environment.
    ///
    /// # Errors
    /// [`StoreError::Rule`] for a role that the bearer may not hand out; [`keyhall_domain::grant::GrantError::NoneForGroup`];
    /// [`StoreError::Precondition`].
    pub async fn update_environment_grant(
        &self,
        grant: &Granted<UpdateEnvironmentGrant>,
        precondition: Precondition,
        patch: EnvironmentGrantPatch,
    ) -> Result<Changed<Grant>, StoreError> {
        self.write(grant, move |tx| {
            let EnvironmentGrantRef { environment, grant } = *tx.scope();
            let before = begin(tx, &precondition, GrantPlace::Environment(environment), grant)?;
            let account = tx.bearer().account;
            column::named(tx.connection, account, patch.role, "role")?;
            change(tx, before, patch.role.into())
        })
        .await
    }

    /// Takes a grant on a project away. Who is no member of the project any more loses their grants on its environments too.
    ///
    /// # Errors
    /// [`keyhall_domain::grant::GrantError::LastOwner`]; [`StoreError::Precondition`].
    pub async fn delete_project_grant(
        &self,
        grant: &Granted<DeleteProjectGrant>,
        precondition: Precondition,
    ) -> Result<Ownership, StoreError> {
        self.write(grant, move |tx| {
            let ProjectGrantRef { project, grant } = *tx.scope();
            let before = begin(tx, &precondition, GrantPlace::Project(project), grant)?;
            require_taking(tx, &before)?;
            let (fallen, ownership) = ownership::watch(tx, before.role, project, |tx| {
                delete(tx, before.id)?;
                fall::with_grant(tx, &before)
            })?;
            let done = Done::changed(ownership, super::removed(&before));
            Ok(fall::recorded(done, tx.bearer().account, &fallen))
        })
        .await
    }

    /// Takes a grant on an environment away; the environment's default role counts from now on.
    ///
    /// # Errors
    /// [`StoreError::Precondition`].
    pub async fn delete_environment_grant(
        &self,
        grant: &Granted<DeleteEnvironmentGrant>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let EnvironmentGrantRef { environment, grant } = *tx.scope();
            let before = begin(tx, &precondition, GrantPlace::Environment(environment), grant)?;
            require_taking(tx, &before)?;
            rise::require_none(tx, &before)?;
            delete(tx, before.id)?;
            Ok(Done::changed((), super::removed(&before)))
        })
        .await
    }
}

/// Locks the account, decides again, and reads the grant as it is now.
fn begin<A: Action>(
    tx: &mut Tx<'_, A>,
    precondition: &Precondition,
    place: GrantPlace,
    id: GrantId,
) -> Result<Grant, StoreError>
where
    A::Scope: Locate,
{
    tx.reconfirm()?;
    let grant = load(tx.connection, tx.bearer().account, place, id)?;
    precondition.check(&grant)?;
    Ok(grant)
}

fn change<A: Action>(
    tx: &mut Tx<'_, A>,
    before: Grant,
    role: GrantedRole,
) -> Result<Done<Changed<Grant>>, StoreError> {
    let (account, place) = (tx.bearer().account, super::place_of(&before));
    if role == before.role {
        return Ok(Done::unchanged(Changed { value: before, ownership: Ownership::Kept }));
    }
    role.fits(before.principal)?;
    require_taking(tx, &before)?;
    let permissions = super::permissions(tx.connection, account, role)?;
    hand_out::require(tx, &[(place.place(), permissions)])?;
    if is_none(before.role) {
        // What groups give comes back with it.
        rise::require_none(tx, &before)?;
    }
    let ((), ownership) =
        ownership::watch(tx, before.role, before.project_id, |tx| set_role(tx, before.id, role))?;
    let after = Grant { role, ..before.clone() };
    let change = Change::updated(Object::Grant(after.id), described(&before), described(&after));
    Ok(Done::changed(Changed { value: after, ownership }, place.of(change)))
}

/// Whether the bearer may take the grant's role away: with all that it permits, or as an owner.
fn require_taking<A: Action>(tx: &mut Tx<'_, A>, grant: &Grant) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let permissions = super::permissions(tx.connection, account, grant.role)?;
    hand_out::require_outweighing(tx, super::place_of(grant).place(), permissions)
}

fn is_none(role: GrantedRole) -> bool {
    matches!(role, GrantedRole::Environment(role) if role == EnvironmentRole::None)
}

fn set_role<A: Action>(tx: &mut Tx<'_, A>, id: GrantId, role: GrantedRole) -> Result<(), StoreError> {
    let (role, role_id) = match role {
        GrantedRole::Project(role) => column::columns(role),
        GrantedRole::Environment(role) => column::columns(role),
    };
    diesel::update(grants::table.find(Uuid::from(id)))
        .set((grants::role.eq(role), grants::role_id.eq(role_id)))
        .execute(tx.connection)?;
    Ok(())
}

fn delete<A: Action>(tx: &mut Tx<'_, A>, id: GrantId) -> Result<(), StoreError> {
    diesel::delete(grants::table.find(Uuid::from(id))).execute(tx.connection)?;
    Ok(())
}
