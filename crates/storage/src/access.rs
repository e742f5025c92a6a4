//! Who ends up with what: everybody on a project or an environment, one principal everywhere, and why.
//!
//! A page of people is found by one statement ([`people`]); what each of them ends up with is then the domain's to say, from
//! the same rights that a decision loads.

mod explain;
mod member;
mod people;

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::access::{Access, AccessOrder, RoleStanding};
use keyhall_domain::authz::{
    Action, EnvironmentRef, EnvironmentRights, HeldGrant, Place, ProjectRights, ReadEnvironmentAccess,
    ReadProjectAccess,
};
use keyhall_domain::id::ProjectId;
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::principal::Principal;
use keyhall_domain::role::{BuiltInRole, EnvironmentRole, HeldRole, ProjectRole};
use uuid::Uuid;

use crate::environment;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::held_grants::{self, HeldRow, held_grants as held};
use crate::schema::roles;
use crate::store::Store;
use crate::transaction::Tx;
use people::PersonRow;

impl Store {
    /// Everybody who may speak and has a part in the project, and what they end up with on it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn read_project_access(
        &self,
        grant: &Granted<ReadProjectAccess>,
        order: AccessOrder,
        request: PageRequest,
    ) -> Result<Page<Access>, StoreError> {
        self.read(grant, move |tx| {
            let project = *tx.scope();
            let account = tx.account();
            let (people, total) = people::on_project(tx.connection, account, project, order, request)?;
            page(tx, (Place::Project(project), None), people, request, total)
        })
        .await
    }

    /// Everybody who may speak and has a part in the environment's project, and what they end up with on the environment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn read_environment_access(
        &self,
        grant: &Granted<ReadEnvironmentAccess>,
        order: AccessOrder,
        request: PageRequest,
    ) -> Result<Page<Access>, StoreError> {
        self.read(grant, move |tx| {
            let at = *tx.scope();
            let account = tx.account();
            let default = environment::default_role(tx.connection, tx.bearer().account, at)?;
            let (people, total) =
                people::on_environment(tx.connection, account, (at, &default), order, request)?;
            page(tx, (Place::Environment(at), Some(default)), people, request, total)
        })
        .await
    }
}

fn page<A: Action>(
    tx: &mut Tx<'_, A>,
    (place, default): (Place, Option<HeldRole<EnvironmentRole>>),
    people: Vec<PersonRow>,
    request: PageRequest,
    total: i64,
) -> Result<Page<Access>, StoreError> {
    let ids: Vec<_> = people.iter().map(PersonRow::id).collect();
    let project = match place {
        Place::Project(project) => project,
        Place::Environment(at) => at.project,
        Place::Account | Place::OwnedBy(_) => return Err(StoreError::NotFound),
    };
    let account = tx.account();
    let mut grants = load_grants(tx.connection, account, &ids, &[project.into()])?;
    let results = people.into_iter().map(|person| {
        let id = person.principal()?;
        let mut principal = Principal::new(id, person.account_role(id));
        let theirs = grants.remove(&person.id()).unwrap_or_default();
        if let (Place::Environment(at), Some(default)) = (place, default) {
            principal.environments.insert(at.environment, theirs.on_environment(at, default)?);
        }
        principal.projects.insert(project, theirs.on_project(project)?);
        let standing = standing(&principal, &place);
        Ok(Access { principal: id, name: person.name()?, email: person.email()?, standing })
    });
    let results = results.collect::<Result<_, StoreError>>()?;
    Ok(request.page(results, total))
}

/// What a principal with its rights loaded ends up with at a place.
fn standing(principal: &Principal, place: &Place) -> RoleStanding {
    let permissions = principal.permissions_at(place).unwrap_or_default();
    match place {
        Place::Environment(_) if principal.role.owns_everything() => {
            RoleStanding::of_super_admin(EnvironmentRole::Owner.into(), permissions)
        }
        _ if principal.role.owns_everything() => {
            RoleStanding::of_super_admin(ProjectRole::Owner.into(), permissions)
        }
        Place::Environment(at) => {
            let none = EnvironmentRights { grants: Vec::new(), default: EnvironmentRole::None.into() };
            let rights = principal.environments.get(&at.environment).unwrap_or(&none);
            RoleStanding::on_environment(rights, permissions)
        }
        Place::Project(project) => {
            let rights = principal.projects.get(project).cloned().unwrap_or_default();
            RoleStanding::on_project(&rights, permissions)
        }
        Place::Account | Place::OwnedBy(_) => {
            RoleStanding::on_project(&ProjectRights::default(), permissions)
        }
    }
}

/// The grants that count for one principal, by where they are.
#[derive(Debug, Default)]
struct Grants(BTreeMap<(Uuid, Option<Uuid>), Vec<HeldRow>>);

impl Grants {
    fn on_project(&self, project: ProjectId) -> Result<ProjectRights, StoreError> {
        Ok(ProjectRights { grants: self.at((project.into(), None))? })
    }

    fn on_environment(
        &self,
        at: EnvironmentRef,
        default: HeldRole<EnvironmentRole>,
    ) -> Result<EnvironmentRights, StoreError> {
        let key = (at.project.into(), Some(at.environment.into()));
        Ok(EnvironmentRights { grants: self.at(key)?, default })
    }

    fn at<B: BuiltInRole>(&self, key: (Uuid, Option<Uuid>)) -> Result<Vec<HeldGrant<B>>, StoreError> {
        let rows = self.0.get(&key).map_or(&[][..], Vec::as_slice);
        rows.iter().cloned().map(held_grants::held_grant).collect()
    }
}

/// The grants of some principals on some projects and all their environments.
fn load_grants(
    connection: &mut PgConnection,
    account: Uuid,
    principals: &[Uuid],
    projects: &[Uuid],
) -> Result<BTreeMap<Uuid, Grants>, StoreError> {
    type Row = (Uuid, (Uuid, Option<Uuid>), HeldRow);
    let rows: Vec<Row> = held::table
        .left_join(roles::table.on(held::role_id.eq(roles::id.nullable())))
        .filter(held::account_id.eq(account))
        .filter(held::project_id.eq_any(projects))
        .filter(held::principal_id.eq_any(principals))
        .select((
            held::principal_id,
            (held::project_id, held::environment_id),
            (held::grant_id, held::group_id, (held::role, held::role_id, roles::permissions.nullable())),
        ))
        .load(connection)?;
    let mut grants: BTreeMap<Uuid, Grants> = BTreeMap::new();
    for (principal, place, row) in rows {
        grants.entry(principal).or_default().0.entry(place).or_default().push(row);
    }
    Ok(grants)
}
