//! What falls with the last role on a project: the grants on its environments.
//!
//! Whoever takes a role on a project away, be it a grant, a place in a group or the group, looks afterwards for grants on
//! environments whose holder is no member of the project any more. Suspended members keep theirs.

use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use keyhall_domain::authz::Action;
use keyhall_domain::grant::{Grant, Grantee};
use keyhall_domain::id::{AccountId, ProjectId};
use uuid::Uuid;

use super::{GrantRow, grant_columns, removed, rise};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::held_grants::held_grants;
use crate::schema::{grants, principals};
use crate::transaction::{Done, Tx};

/// What falls with a grant on a project: of a principal what they alone hold, of a group its own on the environments too.
pub(super) fn with_grant<A: Action>(tx: &mut Tx<'_, A>, grant: &Grant) -> Result<Vec<Grant>, StoreError> {
    let project = grant.project_id;
    let mut fallen = match grant.principal {
        Grantee::Group(group) => {
            let own = environment_grants(tx.account())
                .filter(grants::project_id.eq(Uuid::from(project)))
                .filter(grants::group_id.eq(Uuid::from(group)));
            let own = find(tx, own)?;
            own.iter().try_for_each(|one| rise::require_none(tx, one))?;
            delete(tx, own)?
        }
        Grantee::Member(_) | Grantee::ApiCredential(_) => Vec::new(),
    };
    fallen.extend(in_projects(tx, &[project])?);
    Ok(fallen)
}

/// What falls in these projects of whoever is no member any more.
pub(crate) fn in_projects<A: Action>(
    tx: &mut Tx<'_, A>,
    projects: &[ProjectId],
) -> Result<Vec<Grant>, StoreError> {
    let projects: Vec<_> = projects.iter().copied().map(Uuid::from).collect();
    let lost = orphaned(tx.account()).filter(grants::project_id.eq_any(projects));
    take(tx, lost)
}

/// What falls of one principal.
pub(crate) fn of_principal<A: Action>(tx: &mut Tx<'_, A>, principal: Uuid) -> Result<Vec<Grant>, StoreError> {
    let lost = orphaned(tx.account()).filter(grants::principal_id.eq(principal));
    take(tx, lost)
}

/// The deed, with an event for each grant that fell.
pub(crate) fn recorded<T>(done: Done<T>, account: AccountId, fallen: &[Grant]) -> Done<T> {
    let chain = Chain::Account(account);
    fallen.iter().fold(done, |done, grant| done.and(chain, "grant.delete", removed(grant)))
}

fn environment_grants(account: Uuid) -> grants::BoxedQuery<'static, Pg> {
    grants::table
        .filter(grants::account_id.eq(account))
        .filter(grants::environment_id.is_not_null())
        .into_boxed()
}

/// The grants on environments whose holder has no role on the project.
fn orphaned(account: Uuid) -> grants::BoxedQuery<'static, Pg> {
    let membership = held_grants::table
        .filter(held_grants::account_id.eq(grants::account_id))
        .filter(held_grants::project_id.eq(grants::project_id))
        .filter(held_grants::environment_id.is_null())
        .filter(held_grants::principal_id.nullable().eq(grants::principal_id));
    environment_grants(account).filter(grants::principal_id.is_not_null()).filter(not(exists(membership)))
}

/// Deletes these grants, and says what they were.
fn take<A: Action>(
    tx: &mut Tx<'_, A>,
    which: grants::BoxedQuery<'static, Pg>,
) -> Result<Vec<Grant>, StoreError> {
    let found = find(tx, which)?;
    delete(tx, found)
}

fn find<A: Action>(
    tx: &mut Tx<'_, A>,
    which: grants::BoxedQuery<'static, Pg>,
) -> Result<Vec<Grant>, StoreError> {
    let ids: Vec<Uuid> = which.select(grants::id).load(tx.connection)?;
    let rows: Vec<GrantRow> = grants::table
        .left_join(principals::table.on(grants::principal_id.eq(principals::id.nullable())))
        .filter(grants::id.eq_any(ids))
        .order(grants::id)
        .select(grant_columns())
        .load(tx.connection)?;
    rows.into_iter().map(Grant::try_from).collect()
}

fn delete<A: Action>(tx: &mut Tx<'_, A>, found: Vec<Grant>) -> Result<Vec<Grant>, StoreError> {
    let ids: Vec<Uuid> = found.iter().map(|grant| grant.id.into()).collect();
    diesel::delete(grants::table.filter(grants::id.eq_any(ids))).execute(tx.connection)?;
    Ok(found)
}
