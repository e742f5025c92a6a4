//! Whether projects keep an owner.
//!
//! The last owner may go where the account has a Super Admin, who owns every project; where it has none, nothing that people do
//! leaves a project without an owner that had one.

use std::collections::BTreeSet;

use diesel::prelude::*;
use keyhall_domain::authz::Action;
use keyhall_domain::grant::{GrantError, GrantedRole, Ownership};
use keyhall_domain::id::ProjectId;
use keyhall_domain::member::MemberState;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::{BuiltInRole, ProjectRole};
use uuid::Uuid;

use crate::error::StoreError;
use crate::held_grants::held_grants;
use crate::schema::{members, projects, users};
use crate::super_admin;
use crate::transaction::Tx;

/// Does what may take an owner from a project, and says whether it was the last.
///
/// # Errors
/// [`GrantError::LastOwner`] in an account without a Super Admin.
pub(super) fn watch<A: Action, T>(
    tx: &mut Tx<'_, A>,
    former: GrantedRole,
    project: ProjectId,
    work: impl FnOnce(&mut Tx<'_, A>) -> Result<T, StoreError>,
) -> Result<(T, Ownership), StoreError> {
    let value = work(tx)?;
    let concerns = matches!(former, GrantedRole::Project(_)) && former.is_owner();
    if !concerns || has_owner(tx, project)? {
        return Ok((value, Ownership::Kept));
    }
    match super_admin::load(tx.connection, tx.bearer().account)? {
        Some(_) => Ok((value, Ownership::Lost)),
        None => Err(GrantError::LastOwner.into()),
    }
}

/// Does what may take owners from any projects: somebody goes, or a group.
///
/// # Errors
/// [`GrantError::LastOwner`] where a project loses its last one, in an account without a Super Admin.
pub(crate) fn keeping<A: Action, T>(
    tx: &mut Tx<'_, A>,
    work: impl FnOnce(&mut Tx<'_, A>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if super_admin::load(tx.connection, tx.bearer().account)?.is_some() {
        return work(tx);
    }
    let before = ownerless(tx)?;
    let value = work(tx)?;
    if ownerless(tx)?.is_subset(&before) { Ok(value) } else { Err(GrantError::LastOwner.into()) }
}

/// Whether somebody who may speak owns the project, themselves or through a group.
fn has_owner<A: Action>(tx: &mut Tx<'_, A>, project: ProjectId) -> Result<bool, StoreError> {
    let without = without_owner(tx.account()).filter(projects::id.eq(Uuid::from(project)));
    let found: Option<Uuid> = without.select(projects::id).first(tx.connection).optional()?;
    Ok(found.is_none())
}

fn ownerless<A: Action>(tx: &mut Tx<'_, A>) -> Result<BTreeSet<Uuid>, StoreError> {
    let ids: Vec<Uuid> = without_owner(tx.account()).select(projects::id).load(tx.connection)?;
    Ok(ids.into_iter().collect())
}

fn without_owner(account: Uuid) -> projects::BoxedQuery<'static, diesel::pg::Pg> {
    let disabled = users::table.filter(users::state.ne(UserState::Active.name())).select(users::id);
    let out_of_action = members::table
        .select(members::id)
        .into_boxed()
        .filter(members::account_id.eq(account))
        .filter(members::state.ne(MemberState::Active.name()).or(members::user_id.eq_any(disabled)));
    let owned = held_grants::table
        .select(held_grants::project_id)
        .into_boxed()
        .filter(held_grants::account_id.eq(account))
        .filter(held_grants::environment_id.is_null())
        .filter(held_grants::role.eq(ProjectRole::Owner.name()))
        .filter(held_grants::principal_id.ne_all(out_of_action));
    projects::table.into_boxed().filter(projects::account_id.eq(account)).filter(projects::id.ne_all(owned))
}
