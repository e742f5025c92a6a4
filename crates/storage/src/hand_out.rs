//! Handing out roles at several places at once: the bearer's rights at each are loaded, and held against what is handed out.

use keyhall_domain::authz::{Action, Bearer, Place, ScopeRef, may_grant_everywhere, outweighs};
use keyhall_domain::permission::PermissionSet;

use crate::error::StoreError;
use crate::locate::Find;
use crate::transaction::Tx;

/// Whether the bearer may hand out a role that permits this at each of these places.
///
/// # Errors
/// [`StoreError::Refused`] or [`StoreError::Rule`] for the first place where they may not.
pub(crate) fn require<A: Action>(
    tx: &mut Tx<'_, A>,
    grants: &[(Place, PermissionSet)],
) -> Result<(), StoreError> {
    let (bearer, at) = load(tx, grants)?;
    Ok(may_grant_everywhere(&bearer, &at)?)
}

/// Whether the bearer holds all that a role permits at a place, or owns it, and so may take the role away.
///
/// # Errors
/// [`StoreError::Rule`] where they hold less.
pub(crate) fn require_outweighing<A: Action>(
    tx: &mut Tx<'_, A>,
    place: Place,
    role: PermissionSet,
) -> Result<(), StoreError> {
    let (bearer, at) = load(tx, &[(place, role)])?;
    Ok(at.iter().try_for_each(|(at, role)| outweighs(&bearer, role, at))?)
}

/// The bearer with its rights at the places loaded, and the places as scopes.
fn load<A: Action>(
    tx: &mut Tx<'_, A>,
    grants: &[(Place, PermissionSet)],
) -> Result<(Bearer, Vec<(ScopeRef, PermissionSet)>), StoreError> {
    let mut bearer: Bearer = tx.bearer().clone();
    let mut at = Vec::with_capacity(grants.len());
    for (place, permissions) in grants {
        // Who owns everything needs no look at what they were granted.
        if !bearer.sees_every_project() {
            match place {
                Place::Project(project) => drop(project.find(&mut bearer, tx.connection)?),
                Place::Environment(environment) => drop(environment.find(&mut bearer, tx.connection)?),
                Place::Account | Place::OwnedBy(_) => {}
            }
        }
        at.push((ScopeRef { account: bearer.account, place: *place }, *permissions));
    }
    Ok((bearer, at))
}
