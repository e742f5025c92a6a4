//! What one member ends up with on projects and environments, as far as who asks may know.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use keyhall_domain::access::{EnvironmentAccess, ProjectAccess};
use keyhall_domain::authz::{Action, EnvironmentRef, Place, ReadMemberAccess};
use keyhall_domain::id::ProjectId;
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::principal::Principal;
use uuid::Uuid;

use super::{Grants, load_grants, standing};
use crate::authenticate::load_principal;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::held_grants::held_grants as held;
use crate::project::{contains, giving_projects};
use crate::role::{HeldColumns, column};
use crate::schema::{environments, projects, roles};
use crate::store::Store;
use crate::stored;
use crate::transaction::Tx;

/// A project's id and name.
type ProjectRow = (Uuid, String);

/// A project's environment: id, name, default role.
type EnvironmentRow = (Uuid, (Uuid, String), HeldColumns);

impl Store {
    /// The projects that a member has a part in, by name, each with its environments and what the member ends up with there. Of
    /// others one sees the projects on which one has `grant:list` oneself. Of a member who may not speak now: what they would
    /// have.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the member was removed since.
    pub async fn read_member_access(
        &self,
        grant: &Granted<ReadMemberAccess>,
        name: Option<NameSearch>,
        request: PageRequest,
    ) -> Result<Page<ProjectAccess>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let account = tx.bearer().account;
            let (principal, _) = load_principal(tx.connection, account, *tx.scope())?;
            let total = visible(tx, &principal, pattern.clone()).count().get_result(tx.connection)?;
            let rows: Vec<ProjectRow> = visible(tx, &principal, pattern.clone())
                .order((projects::name_key, projects::id))
                .offset(request.offset())
                .limit(request.limit())
                .select((projects::id, projects::name))
                .load(tx.connection)?;
            let results = accesses(tx, principal, rows)?;
            Ok(request.page(results, total))
        })
        .await
    }
}

/// The projects that the member has a part in and that who asks may know about.
fn visible(
    tx: &Tx<'_, ReadMemberAccess>,
    member: &Principal,
    pattern: Option<String>,
) -> projects::BoxedQuery<'static, Pg> {
    let (account, bearer) = (tx.account(), tx.bearer());
    let (_, subject) = stored::principal_columns(member.id);
    let mut query = projects::table.into_boxed().filter(projects::account_id.eq(account));
    if !member.role.owns_everything() {
        let theirs = held::table
            .select(held::project_id)
            .into_boxed()
            .filter(held::account_id.eq(account))
            .filter(held::principal_id.eq(subject))
            .filter(held::environment_id.is_null());
        query = query.filter(projects::id.eq_any(theirs));
    }
    if bearer.id() != member.id && !bearer.sees_every_project() {
        let (_, asker) = stored::principal_columns(bearer.id());
        let list = Permission::new(ResourceType::Grant, Operation::List);
        query = query.filter(projects::id.eq_any(giving_projects(account, asker, list)));
    }
    match pattern {
        Some(pattern) => query.filter(projects::name_key.like(pattern)),
        None => query,
    }
}

fn accesses<A: Action>(
    tx: &mut Tx<'_, A>,
    mut principal: Principal,
    rows: Vec<ProjectRow>,
) -> Result<Vec<ProjectAccess>, StoreError> {
    let account = tx.account();
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let (_, subject) = stored::principal_columns(principal.id);
    let grants = load_grants(tx.connection, account, &[subject], &ids)?.remove(&subject).unwrap_or_default();
    let listing = Listing::of(tx, &principal, &ids)?;
    let mut within = load_environments(tx, &ids)?;
    rows.into_iter()
        .map(|(id, name)| {
            let project = id.into();
            principal.projects.insert(project, grants.on_project(project)?);
            let mut environments = Vec::new();
            for row in within.remove(&id).unwrap_or_default() {
                let shown = environment(&mut principal, &grants, row)?;
                if listing.shows(project, &shown)? {
                    environments.push(shown);
                }
            }
            Ok(ProjectAccess {
                project_id: project,
                project_name: stored::parse("projects.name", &name)?,
                environments,
                standing: standing(&principal, &Place::Project(project)),
            })
        })
        .collect()
}

/// Which environments who asks may be shown: what a list of them would show of one's own, and of others' those of projects where
/// a role on the project lists them.
enum Listing {
    All,
    Own,
    Others(Grants),
}

impl Listing {
    fn of<A: Action>(tx: &mut Tx<'_, A>, member: &Principal, projects: &[Uuid]) -> Result<Self, StoreError> {
        if tx.bearer().sees_every_project() {
            return Ok(Self::All);
        }
        if tx.bearer().id() == member.id {
            return Ok(Self::Own);
        }
        let (account, (_, asker)) = (tx.account(), stored::principal_columns(tx.bearer().id()));
        let grants = load_grants(tx.connection, account, &[asker], projects)?.remove(&asker);
        Ok(Self::Others(grants.unwrap_or_default()))
    }

    fn shows(&self, project: ProjectId, environment: &EnvironmentAccess) -> Result<bool, StoreError> {
        let list = Permission::new(ResourceType::Environment, Operation::List);
        Ok(match self {
            Self::All => true,
            Self::Own => environment.standing.permissions.has(list),
            Self::Others(grants) => grants.on_project(project)?.permissions().has(list),
        })
    }
}

fn environment(
    principal: &mut Principal,
    grants: &Grants,
    (project, (id, name), default): EnvironmentRow,
) -> Result<EnvironmentAccess, StoreError> {
    let at = EnvironmentRef { project: project.into(), environment: id.into() };
    principal.environments.insert(at.environment, grants.on_environment(at, column::held(&default)?)?);
    Ok(EnvironmentAccess {
        environment_id: at.environment,
        environment_name: stored::parse("environments.name", &name)?,
        standing: standing(principal, &Place::Environment(at)),
    })
}

fn load_environments<A: Action>(
    tx: &mut Tx<'_, A>,
    of: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<EnvironmentRow>>, StoreError> {
    let rows: Vec<EnvironmentRow> = environments::table
        .left_join(roles::table.on(environments::default_role_id.eq(roles::id.nullable())))
        .filter(environments::account_id.eq(tx.account()))
        .filter(environments::project_id.eq_any(of))
        .order((environments::name_key, environments::id))
        .select((
            environments::project_id,
            (environments::id, environments::name),
            (environments::default_role, environments::default_role_id, roles::permissions.nullable()),
        ))
        .load(tx.connection)?;
    let mut within: BTreeMap<Uuid, Vec<EnvironmentRow>> = BTreeMap::new();
    for row in rows {
        within.entry(row.0).or_default().push(row);
    }
    Ok(within)
}
