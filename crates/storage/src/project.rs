//! Projects. Who makes one owns it; for who has no role on one it does not exist, Super Admins excepted.

use diesel::pg::Pg;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Bearer, CreateProject, ListProjects, ReadProject};
use keyhall_domain::id::{GrantId, ProjectId};
use keyhall_domain::name::{Description, NameKey, NameSearch};
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::project::{NewProject, Project};
use keyhall_domain::role::ProjectRole;
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::grant::Granted;
use crate::idempotency::{Attempt, Creation};
use crate::schema::{grants, projects};
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
            insert_owner(tx, project.id)?;
            let after = json!({ "name": project.name, "description": project.description });
            let change = Change::created(Object::Project(project.id), after);
            Ok(Done::changed(project.clone(), change).in_project(project.id))
        })
        .await
    }

    /// The projects on which the bearer has a role, newest first; all of the account for a Super Admin.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_projects(
        &self,
        grant: &Granted<ListProjects>,
        name: Option<NameSearch>,
        request: PageRequest,
    ) -> Result<Page<Project>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let total = visible(tx.bearer(), pattern.as_deref()).count().get_result(tx.connection)?;
            let rows = visible(tx.bearer(), pattern.as_deref())
                .order((projects::created_at.desc(), projects::id.desc()))
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
        self.read(grant, |tx| {
            projects::table
                .filter(projects::id.eq(Uuid::from(*tx.scope())))
                .filter(projects::account_id.eq(tx.account()))
                .select(ProjectRow::as_select())
                .first(tx.connection)?
                .try_into()
        })
        .await
    }
}

/// The projects that the bearer may see, of a name like the pattern.
fn visible<'a>(bearer: &Bearer, pattern: Option<&'a str>) -> projects::BoxedQuery<'a, Pg> {
    let account = Uuid::from(bearer.account);
    let mut query = projects::table.filter(projects::account_id.eq(account)).into_boxed();
    if !bearer.sees_every_project() {
        let (_, principal) = stored::principal_columns(bearer.id());
        let granted = grants::table
            .filter(grants::account_id.eq(account).and(grants::principal_id.eq(principal)))
            .select(grants::project_id);
        query = query.filter(projects::id.eq_any(granted));
    }
    match pattern {
        Some(pattern) => query.filter(projects::name_key.like(pattern)),
        None => query,
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

fn insert_owner(tx: &mut Tx<'_, CreateProject>, project: ProjectId) -> Result<(), StoreError> {
    let (kind, principal) = stored::principal_columns(tx.bearer().id());
    diesel::insert_into(grants::table)
        .values((
            grants::id.eq(Uuid::from(GrantId::generate(tx.now))),
            grants::account_id.eq(tx.account()),
            grants::project_id.eq(Uuid::from(project)),
            grants::principal_id.eq(principal),
            grants::role.eq(ProjectRole::Owner.name()),
            grants::granted_by.eq(principal),
            grants::granted_by_kind.eq(kind),
            grants::created_at.eq(stored::time(tx.now)),
        ))
        .execute(tx.connection)?;
    Ok(())
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
