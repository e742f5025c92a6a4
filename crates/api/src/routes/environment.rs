//! Environments.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use keyhall_domain::authz::{
    CreateEnvironment, DeleteEnvironment, ListEnvironments, ReadEnvironment, UpdateEnvironment,
};
use keyhall_domain::environment::{Environment, EnvironmentPatch, NewEnvironment};
use keyhall_domain::id::{EnvironmentId, ProjectId};
use keyhall_domain::page::Page;
use keyhall_storage::Store;

use super::project::CascadeQuery;
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

/// List a project's environments
///
/// All of them for who has `environment:list` through a role on the project, as each built-in one gives it; else those where a
/// role on the environment gives it. For members of the project.
#[utoipa::path(
    tag = "Environments",
    operation_id = "listEnvironments",
    params(("projectId" = ProjectId, Path, description = "The project"), NamedQuery),
    responses((status = OK, description = "A page of environments", body = Page<Environment>)),
    extensions(("x-permission" = json!(permission::of::<ListEnvironments>()))),
)]
#[get("/v1/projects/{projectId}/environments")]
pub(crate) async fn list_environments(
    grant: Authorized<ListEnvironments>,
    query: Query<NamedQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Environment>>> {
    let request = query.0.request();
    Ok(Entity(store.list_environments(&grant, query.0.name, query.0.sort, request).await?))
}

/// Make an environment
///
/// The bearer becomes its owner, if it is a member of the project. The default role is what members of the project have who were
/// granted nothing here; setting another than `none` hands it out. Needs `environment:create`.
#[utoipa::path(
    tag = "Environments",
    operation_id = "createEnvironment",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again"),
    ),
    request_body(content = NewEnvironment, example = json!({ "name": "Production", "description": "What customers use", "defaultRole": "viewer" })),
    responses(
        (status = CREATED, description = "Made", body = Environment),
        (status = CONFLICT, description = "The project has an environment of this name, or the key stands for another request, or for one that still runs", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateEnvironment>()))),
)]
#[post("/v1/projects/{projectId}/environments")]
pub(crate) async fn create_environment(
    grant: Authorized<CreateEnvironment>,
    new: Repeatable<NewEnvironment>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Environment>> {
    let made = store.create_environment(&grant, new.attempt, new.body).await?;
    Ok(Made::within(&format!("/v1/projects/{}/environments", grant.scope()), made, &public_url))
}

/// Show an environment
///
/// Needs `environment:read`, by a role on the project or on the environment.
#[utoipa::path(
    tag = "Environments",
    operation_id = "getEnvironment",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
    ),
    responses((status = OK, description = "The environment", body = Environment)),
    extensions(("x-permission" = json!(permission::of::<ReadEnvironment>()))),
)]
#[get("/v1/projects/{projectId}/environments/{environmentId}")]
pub(crate) async fn get_environment(
    grant: Authorized<ReadEnvironment>,
    store: Data<Store>,
) -> Answer<Entity<Environment>> {
    Ok(Entity(store.read_environment(&grant).await?))
}

/// Change an environment's name, description or default role
///
/// Needs `environment:update`, by a role on the project or on the environment; for the default role, which acts at once on
/// everybody without a grant here, also what it takes to grant it.
#[utoipa::path(
    tag = "Environments",
    operation_id = "updateEnvironment",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the environment must still have"),
    ),
    request_body(content = EnvironmentPatch, example = json!({ "name": "Live", "defaultRole": "operator" })),
    responses(
        (status = OK, description = "The environment as it is now", body = Environment),
        (status = CONFLICT, description = "The project has another environment of this name", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateEnvironment>()))),
)]
#[patch("/v1/projects/{projectId}/environments/{environmentId}")]
pub(crate) async fn update_environment(
    grant: Authorized<UpdateEnvironment>,
    if_match: IfMatch,
    body: Body<EnvironmentPatch>,
    store: Data<Store>,
) -> Answer<Entity<Environment>> {
    Ok(Entity(store.update_environment(&grant, if_match.0, body.0).await?))
}

/// Delete an environment
///
/// With `cascade=true` also where others were granted a role here. Its name can be used again, its id stays dead. Needs
/// `environment:delete`, by a role on the project.
#[utoipa::path(
    tag = "Environments",
    operation_id = "deleteEnvironment",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        CascadeQuery,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the environment must still have"),
    ),
    responses(
        (status = NO_CONTENT, description = "Deleted"),
        (status = CONFLICT, description = "There is something in it; `contents` counts it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteEnvironment>()))),
)]
#[delete("/v1/projects/{projectId}/environments/{environmentId}")]
pub(crate) async fn delete_environment(
    grant: Authorized<DeleteEnvironment>,
    query: Query<CascadeQuery>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_environment(&grant, if_match.0, query.0.cascade).await?;
    Ok(NoContent)
}
