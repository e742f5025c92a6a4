//! Grants: roles for principals and groups, on projects and on environments.
//!
//! Both levels are one table and one set of rules; [`GrantPlace`] says which of the two. What falls with a grant is in [`fall`],
//! whether a project keeps an owner in [`ownership`].

mod change;
mod create;
pub(crate) mod fall;
pub(crate) mod ownership;
pub(crate) mod rise;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    Action, EnvironmentGrantRef, EnvironmentRef, ListEnvironmentGrants, ListProjectGrants, Place,
    ProjectGrantRef, ReadEnvironmentGrant, ReadProjectGrant,
};
use keyhall_domain::grant::{Grant, GrantedRole, Grantee};
use keyhall_domain::id::{AccountId, GrantId, GroupId, ProjectId};
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::permission::PermissionSet;
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::role::{RoleColumns, column};
use crate::schema::{grants, principals};
use crate::store::Store;
use crate::stored;
use crate::transaction::Tx;

pub(crate) use create::insert_creator;

/// Where a grant is: on a project as a whole, or on one of its environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantPlace {
    /// On a project.
    Project(ProjectId),
    /// On an environment.
    Environment(EnvironmentRef),
}

/// A grant as it is stored, with the kind of a principal.
#[derive(Debug, Queryable)]
pub(crate) struct GrantRow {
    id: Uuid,
    place: (Uuid, Option<Uuid>),
    principal: Option<Uuid>,
    principal_kind: Option<String>,
    group: Option<Uuid>,
    role: RoleColumns,
    created: (jiff_diesel::Timestamp, String, Uuid),
}

impl Store {
    /// The grants on a project as a whole, newest first; of one principal or group, where that is asked for.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_project_grants(
        &self,
        grant: &Granted<ListProjectGrants>,
        of: Option<Grantee>,
        request: PageRequest,
    ) -> Result<Page<Grant>, StoreError> {
        self.read(grant, move |tx| list(tx, GrantPlace::Project(*tx.scope()), of, request)).await
    }

    /// The grants on an environment, newest first; of one principal or group, where that is asked for.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_environment_grants(
        &self,
        grant: &Granted<ListEnvironmentGrants>,
        of: Option<Grantee>,
        request: PageRequest,
    ) -> Result<Page<Grant>, StoreError> {
        self.read(grant, move |tx| list(tx, GrantPlace::Environment(*tx.scope()), of, request)).await
    }

    /// The grant on a project that was granted to be read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was taken away since.
    pub async fn read_project_grant(&self, grant: &Granted<ReadProjectGrant>) -> Result<Grant, StoreError> {
        self.read(grant, |tx| {
            let ProjectGrantRef { project, grant } = *tx.scope();
            load(tx.connection, tx.bearer().account, GrantPlace::Project(project), grant)
        })
        .await
    }

    /// The grant on an environment that was granted to be read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was taken away since.
    pub async fn read_environment_grant(
        &self,
        grant: &Granted<ReadEnvironmentGrant>,
    ) -> Result<Grant, StoreError> {
        self.read(grant, |tx| {
            let EnvironmentGrantRef { environment, grant } = *tx.scope();
            load(tx.connection, tx.bearer().account, GrantPlace::Environment(environment), grant)
        })
        .await
    }
}

fn list<A: Action>(
    tx: &mut Tx<'_, A>,
    place: GrantPlace,
    of: Option<Grantee>,
    request: PageRequest,
) -> Result<Page<Grant>, StoreError> {
    let account = tx.account();
    let total = at(account, place, of).count().get_result(tx.connection)?;
    let ids: Vec<Uuid> = at(account, place, of)
        .order((grants::created_at.desc(), grants::id.desc()))
        .offset(request.offset())
        .limit(request.limit())
        .select(grants::id)
        .load(tx.connection)?;
    let rows: Vec<GrantRow> = grants::table
        .left_join(principals::table.on(grants::principal_id.eq(principals::id.nullable())))
        .filter(grants::id.eq_any(ids))
        .order((grants::created_at.desc(), grants::id.desc()))
        .select(grant_columns())
        .load(tx.connection)?;
    let results = rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?;
    Ok(request.page(results, total))
}

/// The grants at a place, of one grantee where that is said.
fn at(account: Uuid, place: GrantPlace, of: Option<Grantee>) -> grants::BoxedQuery<'static, Pg> {
    let here = grants::table
        .filter(grants::account_id.eq(account))
        .filter(grants::project_id.eq(Uuid::from(place.project())))
        .filter(grants::environment_id.is_not_distinct_from(place.environment_column()))
        .into_boxed();
    match of {
        None => here,
        Some(Grantee::Group(group)) => here.filter(grants::group_id.eq(Uuid::from(group))),
        Some(Grantee::Member(member)) => here.filter(grants::principal_id.eq(Uuid::from(member))),
        Some(Grantee::ApiCredential(credential)) => {
            here.filter(grants::principal_id.eq(Uuid::from(credential)))
        }
    }
}

/// Reads a grant at a place.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    place: GrantPlace,
    id: GrantId,
) -> Result<Grant, StoreError> {
    grants::table
        .left_join(principals::table.on(grants::principal_id.eq(principals::id.nullable())))
        .filter(grants::id.eq(Uuid::from(id)))
        .filter(grants::account_id.eq(Uuid::from(account)))
        .filter(grants::project_id.eq(Uuid::from(place.project())))
        .filter(grants::environment_id.is_not_distinct_from(place.environment_column()))
        .select(grant_columns())
        .first::<GrantRow>(connection)?
        .try_into()
}

/// What a group was granted, and what each of these roles permits.
pub(crate) fn of_group(
    connection: &mut PgConnection,
    account: AccountId,
    group: GroupId,
) -> Result<Vec<(Grant, PermissionSet)>, StoreError> {
    let rows: Vec<GrantRow> = grants::table
        .left_join(principals::table.on(grants::principal_id.eq(principals::id.nullable())))
        .filter(grants::account_id.eq(Uuid::from(account)))
        .filter(grants::group_id.eq(Uuid::from(group)))
        .order((grants::project_id, grants::environment_id, grants::id))
        .select(grant_columns())
        .load(connection)?;
    rows.into_iter()
        .map(|row| {
            let grant = Grant::try_from(row)?;
            let permissions = permissions(connection, account, grant.role)?;
            Ok((grant, permissions))
        })
        .collect()
}

/// What a granted role permits.
pub(crate) fn permissions(
    connection: &mut PgConnection,
    account: AccountId,
    role: GrantedRole,
) -> Result<PermissionSet, StoreError> {
    Ok(match role {
        GrantedRole::Project(role) => *column::resolve(connection, account, role)?.permissions(),
        GrantedRole::Environment(role) => *column::resolve(connection, account, role)?.permissions(),
    })
}

impl GrantPlace {
    /// The project that it is, or is in.
    pub(crate) fn project(self) -> ProjectId {
        match self {
            Self::Project(project) => project,
            Self::Environment(at) => at.project,
        }
    }

    /// The place as the decision sees it.
    pub(crate) fn place(self) -> Place {
        match self {
            Self::Project(project) => Place::Project(project),
            Self::Environment(at) => Place::Environment(at),
        }
    }

    fn environment_column(self) -> Option<Uuid> {
        match self {
            Self::Project(_) => None,
            Self::Environment(at) => Some(at.environment.into()),
        }
    }

    /// The change, in this place.
    fn of(self, change: Change) -> Change {
        match self {
            Self::Project(project) => change.in_project(project),
            Self::Environment(at) => change.in_environment(at),
        }
    }
}

/// Where a grant is.
pub(crate) fn place_of(grant: &Grant) -> GrantPlace {
    match grant.environment_id {
        None => GrantPlace::Project(grant.project_id),
        Some(environment) => {
            GrantPlace::Environment(EnvironmentRef { project: grant.project_id, environment })
        }
    }
}

/// The change that takes a grant away.
pub(crate) fn removed(grant: &Grant) -> Change {
    place_of(grant).of(Change::removed(Object::Grant(grant.id), described(grant)))
}

/// What an event says of a grant.
fn described(grant: &Grant) -> serde_json::Value {
    json!({ "principal": grant.principal, "role": grant.role })
}

/// The columns of a [`GrantRow`].
#[diesel::dsl::auto_type(no_type_alias)]
fn grant_columns() -> _ {
    (
        grants::id,
        (grants::project_id, grants::environment_id),
        grants::principal_id,
        principals::kind.nullable(),
        grants::group_id,
        (grants::role, grants::role_id),
        (grants::created_at, grants::granted_by_kind, grants::granted_by),
    )
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let (created_at, kind, by) = row.created;
        let (project, environment) = row.place;
        let principal = match (row.principal, row.principal_kind, row.group) {
            (Some(id), Some(kind), None) => stored::principal(&kind, id)?.into(),
            (None, None, Some(group)) => Grantee::Group(group.into()),
            _ => return Err(stored::unknown("grants.principal_id", "nobody, or two")),
        };
        let role = match environment {
            None => GrantedRole::Project(column::reference(&row.role)?),
            Some(_) => GrantedRole::Environment(column::reference(&row.role)?),
        };
        Ok(Self {
            id: row.id.into(),
            principal,
            role,
            project_id: project.into(),
            environment_id: environment.map(Into::into),
            created_at: created_at.to_jiff(),
            created_by: stored::principal(&kind, by)?,
        })
    }
}
