//! Projects. Who makes one owns it; for who has no role on one it does not exist, Super Admins excepted.

mod change;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Bearer, CreateProject, ListProjects, ReadProject};
use keyhall_domain::id::{AccountId, ProjectId};
use keyhall_domain::name::{Description, NameKey, NameSearch};
use keyhall_domain::page::{NamedOrder, Page, PageRequest};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::project::{NewProject, Project};
use keyhall_domain::role::ProjectRole;
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::grant::{self, GrantPlace};
use crate::granted::Granted;
use crate::held_grants::{giving, held_grants};
use crate::idempotency::{Attempt, Creation};
use crate::schema::projects;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// A project as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = projects, check_for_backend(Pg))]
struct ProjectRow {
    id: Uuid,
    name: String,
    description: Option<String>,
    created_by: Uuid,
    created_by_kind: String,
    created_at: jiff_diesel::Timestamp,
}

impl Store {
    /// Makes a project; the bearer becomes its owner.
    ///
    /// # Errors
    /// [`crate::Conflict::ProjectName`] when the account has one of this name.
    pub async fn create_project(
        &self,
        grant: &Granted<CreateProject>,
        attempt: Option<Attempt>,
        new: NewProject,
    ) -> Result<Creation<Project>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let project = insert(tx, &new)?;
            grant::insert_creator(tx, GrantPlace::Project(project.id), ProjectRole::Owner.into())?;
            let change = Change::created(Object::Project(project.id), described(&project));
            Ok(Done::changed(project.clone(), change.in_project(project.id)))
        })
        .await
    }

    /// The projects on which the bearer has `project:list`; all of the account for a Super Admin.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_projects(
        &self,
        grant: &Granted<ListProjects>,
        name: Option<NameSearch>,
        order: NamedOrder,
        request: PageRequest,
    ) -> Result<Page<Project>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let visible = |bearer: &Bearer| visible(bearer, pattern.clone());
            let total = visible(tx.bearer()).count().get_result(tx.connection)?;
            let rows = ordered(visible(tx.bearer()), order)
                .offset(request.offset())
                .limit(request.limit())
                .select(ProjectRow::as_select())
                .load(tx.connection)?;
            let results = rows.into_iter().map(Project::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// The project that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since.
    pub async fn read_project(&self, grant: &Granted<ReadProject>) -> Result<Project, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account, *tx.scope())).await
    }
}

/// Reads a project of an account.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    id: ProjectId,
) -> Result<Project, StoreError> {
    projects::table
        .filter(projects::id.eq(Uuid::from(id)))
        .filter(projects::account_id.eq(Uuid::from(account)))
        .select(ProjectRow::as_select())
        .first(connection)?
        .try_into()
}

/// The ids of the projects on which somebody was granted a role that has a permission.
pub(crate) fn giving_projects(
    account: Uuid,
    principal: Uuid,
    permission: Permission,
) -> diesel::helper_types::IntoBoxed<
    'static,
    diesel::dsl::Select<held_grants::table, held_grants::project_id>,
    Pg,
> {
    held_grants::table
        .select(held_grants::project_id)
        .into_boxed()
        .filter(held_grants::account_id.eq(account))
        .filter(held_grants::principal_id.eq(principal))
        .filter(held_grants::environment_id.is_null())
        .filter(giving::<ProjectRole>(account, permission))
}

/// The projects that the bearer may see, of a name like the pattern.
fn visible(bearer: &Bearer, pattern: Option<String>) -> projects::BoxedQuery<'static, Pg> {
    let account = Uuid::from(bearer.account);
    let mut query = projects::table.filter(projects::account_id.eq(account)).into_boxed();
    if !bearer.sees_every_project() {
        let (_, principal) = stored::principal_columns(bearer.id());
        let list = Permission::new(ResourceType::Project, Operation::List);
        query = query.filter(projects::id.eq_any(giving_projects(account, principal, list)));
    }
    match pattern {
        Some(pattern) => query.filter(projects::name_key.like(pattern)),
        None => query,
    }
}

fn ordered(query: projects::BoxedQuery<'static, Pg>, order: NamedOrder) -> projects::BoxedQuery<'static, Pg> {
    match order {
        NamedOrder::Name => query.order((projects::name_key.asc(), projects::id.asc())),
        NamedOrder::NameDescending => query.order((projects::name_key.desc(), projects::id.desc())),
        NamedOrder::Oldest => query.order((projects::created_at.asc(), projects::id.asc())),
        NamedOrder::Newest => query.order((projects::created_at.desc(), projects::id.desc())),
    }
}

fn insert(tx: &mut Tx<'_, CreateProject>, new: &NewProject) -> Result<Project, StoreError> {
    let (kind, principal) = stored::principal_columns(tx.bearer().id());
    diesel::insert_into(projects::table)
        .values((
            projects::id.eq(Uuid::from(ProjectId::generate(tx.now))),
            projects::account_id.eq(tx.account()),
            projects::name.eq(new.name.as_str()),
            projects::name_key.eq(new.name.key().as_str()),
            projects::description.eq(new.description.as_ref().map(Description::as_str)),
            projects::created_by.eq(principal),
            projects::created_by_kind.eq(kind),
            projects::created_at.eq(stored::time(tx.now)),
        ))
        .returning(ProjectRow::as_returning())
        .get_result(tx.connection)?
        .try_into()
}

/// What an event says of a project.
fn described(project: &Project) -> serde_json::Value {
    json!({ "name": project.name, "description": project.description })
}

/// A `LIKE` pattern for a key that stands anywhere in another.
pub(crate) fn contains(key: &NameKey) -> String {
    let escaped = key.as_str().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl TryFrom<ProjectRow> for Project {
    type Error = StoreError;

    fn try_from(row: ProjectRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            name: stored::parse("projects.name", &row.name)?,
            description: stored::parse_optional("projects.description", row.description.as_deref())?,
            created_at: row.created_at.to_jiff(),
            created_by: stored::principal(&row.created_by_kind, row.created_by)?,
        })
    }
}
