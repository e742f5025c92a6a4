//! Projects.

use actix_web::web::Data;
use actix_web::{get, post};
use keyhall_domain::authz::{CreateProject, ListProjects, ReadProject};
use keyhall_domain::id::ProjectId;
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::project::{NewProject, Project};
use keyhall_domain::violation::Violations;
use keyhall_storage::Store;
use utoipa::IntoParams;

use crate::answer::{Answer, Entity, Made};
use crate::authorized::Authorized;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// Which projects are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProjectQuery {
    /// Only those whose name has this in it, compared without case.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 100, example = "pay")]
    name: Option<NameSearch>,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// List the projects
///
/// Newest first: those on which the bearer has a role, all of the account for a Super Admin. For everybody.
#[utoipa::path(
    tag = "Projects",
    operation_id = "listProjects",
    params(ProjectQuery),
    responses((status = OK, description = "A page of projects", body = Page<Project>)),
    extensions(("x-permission" = json!(permission::of::<ListProjects>()))),
)]
#[get("/v1/projects")]
pub(crate) async fn list_projects(
    grant: Authorized<ListProjects>,
    query: Query<ProjectQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Project>>> {
    let Query(ProjectQuery { name, page, size }) = query;
    Ok(Entity(store.list_projects(&grant, name, PageRequest { page, size }).await?))
}

/// Make a project
///
/// The bearer becomes its owner. Needs `project:create`.
#[utoipa::path(
    tag = "Projects",
    operation_id = "createProject",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again")),
    request_body(content = NewProject, example = json!({ "name": "Payments", "description": "Everything that takes money" })),
    responses(
        (status = CREATED, description = "Made", body = Project),
        (status = CONFLICT, description = "The account has a project of this name, or the key stands for another request, or for one that still runs", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateProject>()))),
)]
#[post("/v1/projects")]
pub(crate) async fn create_project(
    grant: Authorized<CreateProject>,
    new: Repeatable<NewProject>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Project>> {
    let project = store.create_project(&grant, new.attempt, new.body).await?;
    Ok(Made::within("/v1/projects", project, &public_url))
}

/// Show a project
///
/// For who has a role on it, and for Super Admins; for anybody else it does not exist. Needs `project:read`.
#[utoipa::path(
    tag = "Projects",
    operation_id = "getProject",
    params(("projectId" = ProjectId, Path, description = "The project")),
    responses((status = OK, description = "The project", body = Project)),
    extensions(("x-permission" = json!(permission::of::<ReadProject>()))),
)]
#[get("/v1/projects/{projectId}")]
pub(crate) async fn get_project(
    grant: Authorized<ReadProject>,
    store: Data<Store>,
) -> Answer<Entity<Project>> {
    Ok(Entity(store.read_project(&grant).await?))
}
