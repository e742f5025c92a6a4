//! Projects.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use keyhall_domain::authz::{CreateProject, DeleteProject, ListProjects, ReadProject, UpdateProject};
use keyhall_domain::id::ProjectId;
use keyhall_domain::page::Page;
use keyhall_domain::project::{Cascade, NewProject, Project, ProjectPatch};
use keyhall_domain::violation::Violations;
use keyhall_storage::Store;
use utoipa::IntoParams;

use crate::answer::{Answer, Entity, Made, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::page::NamedQuery;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// What to do with what is in a thing that is deleted.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CascadeQuery {
    /// Whether what is in it is deleted too. Without it, something in it is a 409 that counts it.
    #[deserr(default)]
    #[param(value_type = Option<bool>, example = true)]
    pub(super) cascade: Cascade,
}

/// List the projects
///
/// Those on which a role gives the bearer `project:list`, as each built-in one does; all of the account for a Super Admin. For
/// everybody.
#[utoipa::path(
    tag = "Projects",
    operation_id = "listProjects",
    params(NamedQuery),
    responses((status = OK, description = "A page of projects", body = Page<Project>)),
    extensions(("x-permission" = json!(permission::of::<ListProjects>()))),
)]
#[get("/v1/projects")]
pub(crate) async fn list_projects(
    grant: Authorized<ListProjects>,
    query: Query<NamedQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Project>>> {
    let request = query.0.request();
    Ok(Entity(store.list_projects(&grant, query.0.name, query.0.sort, request).await?))
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

/// Change a project's name or description
///
/// Needs `project:update`.
#[utoipa::path(
    tag = "Projects",
    operation_id = "updateProject",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the project must still have"),
    ),
    request_body(content = ProjectPatch, example = json!({ "name": "Payments and refunds", "description": null })),
    responses(
        (status = OK, description = "The project as it is now", body = Project),
        (status = CONFLICT, description = "The account has another project of this name", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateProject>()))),
)]
#[patch("/v1/projects/{projectId}")]
pub(crate) async fn update_project(
    grant: Authorized<UpdateProject>,
    if_match: IfMatch,
    body: Body<ProjectPatch>,
    store: Data<Store>,
) -> Answer<Entity<Project>> {
    Ok(Entity(store.update_project(&grant, if_match.0, body.0).await?))
}

/// Delete a project
///
/// With `cascade=true` what is in it goes too: environments, repositories, grants. Its name can be used again, its id stays dead.
/// Needs `project:delete`.
#[utoipa::path(
    tag = "Projects",
    operation_id = "deleteProject",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        CascadeQuery,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the project must still have"),
    ),
    responses(
        (status = NO_CONTENT, description = "Deleted"),
        (status = CONFLICT, description = "There is something in it; `contents` counts it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteProject>()))),
)]
#[delete("/v1/projects/{projectId}")]
pub(crate) async fn delete_project(
    grant: Authorized<DeleteProject>,
    query: Query<CascadeQuery>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_project(&grant, if_match.0, query.0.cascade).await?;
    Ok(NoContent)
}
