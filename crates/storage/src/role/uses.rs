//! Where a role is in use.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::authz::{EnvironmentRef, Place};
use keyhall_domain::id::RoleId;
use keyhall_domain::role::custom::RoleUses;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::{environments, grants, invitation_grants, members};

/// How often a role is in use.
pub(super) fn count(
    connection: &mut PgConnection,
    account: Uuid,
    id: RoleId,
) -> Result<RoleUses, StoreError> {
    let id = Uuid::from(id);
    let principals = members::table
        .filter(members::account_id.eq(account).and(members::role_id.eq(id)))
        .count()
        .get_result(connection)?;
    let granted: i64 = grants::table
        .filter(grants::account_id.eq(account).and(grants::role_id.eq(id)))
        .count()
        .get_result(connection)?;
    let invited: i64 = invitation_grants::table
        .filter(invitation_grants::account_id.eq(account).and(invitation_grants::role_id.eq(id)))
        .count()
        .get_result(connection)?;
    let default_roles = environments::table
        .filter(environments::account_id.eq(account).and(environments::default_role_id.eq(id)))
        .count()
        .get_result(connection)?;
    Ok(RoleUses { principals, grants: granted + invited, default_roles })
}

/// Every place where somebody has the role, or would have it by default or on acceptance.
pub(super) fn places(
    connection: &mut PgConnection,
    account: Uuid,
    id: RoleId,
) -> Result<Vec<Place>, StoreError> {
    let id = Uuid::from(id);
    let granted: Vec<(Uuid, Option<Uuid>)> = grants::table
        .filter(grants::account_id.eq(account).and(grants::role_id.eq(id)))
        .select((grants::project_id, grants::environment_id))
        .distinct()
        .load(connection)?;
    let invited: Vec<Uuid> = invitation_grants::table
        .filter(invitation_grants::account_id.eq(account).and(invitation_grants::role_id.eq(id)))
        .select(invitation_grants::project_id)
        .distinct()
        .load(connection)?;
    let by_default: Vec<(Uuid, Uuid)> = environments::table
        .filter(environments::account_id.eq(account).and(environments::default_role_id.eq(id)))
        .select((environments::project_id, environments::id))
        .load(connection)?;
    let invited = invited.into_iter().map(|project| (project, None));
    let by_default = by_default.into_iter().map(|(project, environment)| (project, Some(environment)));
    Ok(granted.into_iter().chain(invited).chain(by_default).map(place).collect())
}

/// The place of these columns.
pub(crate) fn place((project, environment): (Uuid, Option<Uuid>)) -> Place {
    let project = project.into();
    match environment {
        Some(environment) => Place::Environment(EnvironmentRef { project, environment: environment.into() }),
        None => Place::Project(project),
    }
}
