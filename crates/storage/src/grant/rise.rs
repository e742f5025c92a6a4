//! Nobody rises because something was taken from them.
//!
//! On an environment a grant of one's own or of a group keeps the default role away, and a `none` keeps groups away too. Whoever
//! takes such a grant from somebody who stays in the project hands out what takes its place, if that is more, and needs the
//! right to.

use keyhall_domain::authz::{Action, EnvironmentRef, EnvironmentRights, HeldGrant, Place};
use keyhall_domain::grant::{Grant, Grantee};
use keyhall_domain::permission::PermissionSet;
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::role::EnvironmentRole;

use crate::environment;
use crate::error::StoreError;
use crate::hand_out;
use crate::held_grants;
use crate::transaction::Tx;

/// Whether the bearer may take a grant away, as far as what takes its place is concerned.
///
/// # Errors
/// [`StoreError::Refused`] or [`StoreError::Rule`] where somebody would rise to what the bearer may not hand out.
pub(crate) fn require_none<A: Action>(tx: &mut Tx<'_, A>, grant: &Grant) -> Result<(), StoreError> {
    let Some(environment) = grant.environment_id else { return Ok(()) };
    let at = EnvironmentRef { project: grant.project_id, environment };
    match grant.principal {
        Grantee::Group(_) => of_group(tx, at, grant),
        Grantee::Member(id) => of_principal(tx, PrincipalId::Member(id), at, |one| one.id == grant.id),
        Grantee::ApiCredential(id) => {
            of_principal(tx, PrincipalId::ApiCredential(id), at, |one| one.id == grant.id)
        }
    }
}

/// The same for a principal that leaves a group with these grants.
///
/// # Errors
/// The same.
pub(crate) fn require_none_by_leaving<A: Action>(
    tx: &mut Tx<'_, A>,
    principal: PrincipalId,
    grants: &[(Grant, PermissionSet)],
) -> Result<(), StoreError> {
    for (grant, _) in grants {
        if let Some(environment) = grant.environment_id {
            let at = EnvironmentRef { project: grant.project_id, environment };
            of_principal(tx, principal, at, |one| one.id == grant.id)?;
        }
    }
    Ok(())
}

/// The same for everybody in a group, of whom nobody is looked at: nobody rises where the default is no more than what the
/// group has.
///
/// # Errors
/// The same.
fn of_group<A: Action>(tx: &mut Tx<'_, A>, at: EnvironmentRef, grant: &Grant) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let held = super::permissions(tx.connection, account, grant.role)?;
    let default = environment::default_role(tx.connection, account, at)?;
    if held.has_all(default.permissions()) {
        return Ok(());
    }
    hand_out::require(tx, &[(Place::Environment(at), *default.permissions())])
}

fn of_principal<A: Action>(
    tx: &mut Tx<'_, A>,
    principal: PrincipalId,
    at: EnvironmentRef,
    goes: impl Fn(&HeldGrant<EnvironmentRole>) -> bool,
) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let (_, rights) = held_grants::on_environment(tx.connection, account, principal, at)?;
    let grants = rights.grants.iter().filter(|one| !goes(one)).copied().collect();
    let after = EnvironmentRights { grants, default: rights.default }.permissions();
    if rights.permissions().has_all(&after) {
        return Ok(());
    }
    hand_out::require(tx, &[(Place::Environment(at), after)])
}
