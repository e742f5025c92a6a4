//! Grants on environments.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use keyhall_domain::authz::{
    CreateEnvironmentGrant, DeleteEnvironmentGrant, ListEnvironmentGrants, ReadEnvironmentGrant,
    UpdateEnvironmentGrant,
};
use keyhall_domain::grant::{EnvironmentGrantPatch, Grant, NewEnvironmentGrant};
use keyhall_domain::id::{EnvironmentId, GrantId, ProjectId};
use keyhall_domain::page::Page;
use keyhall_storage::Store;

use super::warned::WarnedGrant;
use crate::answer::{Answer, Entity, Made, NoContent, Warned};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::page::GrantQuery;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// List the grants on an environment
///
/// Newest first. Needs `grant:list`.
#[utoipa::path(
    tag = "Grants",
    operation_id = "listEnvironmentGrants",
    params(("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"), GrantQuery),
    responses((status = OK, description = "A page of grants", body = Page<Grant>)),
    extensions(("x-permission" = json!(permission::of::<ListEnvironmentGrants>()))),
)]
#[get("/v1/projects/{projectId}/environments/{environmentId}/grants")]
pub(crate) async fn list_environment_grants(
    grant: Authorized<ListEnvironmentGrants>,
    query: Query<GrantQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Grant>>> {
    Ok(Entity(store.list_environment_grants(&grant, query.0.principal, query.0.request()).await?))
}

/// Grant a role on an environment
///
/// To a member, an API credential or a group: one direct role for each principal and group; a principal must be a member of the
/// project, and a group have a role on it. `none` takes from a principal what groups and the default role give here; what the role
/// on the project gives stays. Owners grant any role on the environment, and so do the project's; who else has `grant:create`,
/// roles that hold no more than they do.
#[utoipa::path(
    tag = "Grants",
    operation_id = "createEnvironmentGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again"),
    ),
    request_body(content = NewEnvironmentGrant, example = json!({ "principal": "mbr_01k8yzj4c5e6rtb7mf9gq2w3xn", "role": "operator" })),
    responses(
        (status = CREATED, description = "Granted", body = Grant),
        (status = CONFLICT, description = "There is a grant already, which `present` shows; or it cannot be granted now; or the key stands for another request", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateEnvironmentGrant>()))),
)]
#[post("/v1/projects/{projectId}/environments/{environmentId}/grants")]
pub(crate) async fn create_environment_grant(
    grant: Authorized<CreateEnvironmentGrant>,
    new: Repeatable<NewEnvironmentGrant>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Grant>> {
    let at = *grant.scope();
    let made = store.create_environment_grant(&grant, new.attempt, new.body).await?;
    Ok(Made::within(
        &format!("/v1/projects/{}/environments/{}/grants", at.project, at.environment),
        made,
        &public_url,
    ))
}

/// Show a grant on an environment
///
/// Needs `grant:read`.
#[utoipa::path(
    tag = "Grants",
    operation_id = "getEnvironmentGrant",
    params(("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"), ("grantId" = GrantId, Path, description = "The grant")),
    responses((status = OK, description = "The grant", body = Grant)),
    extensions(("x-permission" = json!(permission::of::<ReadEnvironmentGrant>()))),
)]
#[get("/v1/projects/{projectId}/environments/{environmentId}/grants/{grantId}")]
pub(crate) async fn get_environment_grant(
    grant: Authorized<ReadEnvironmentGrant>,
    store: Data<Store>,
) -> Answer<Entity<Grant>> {
    Ok(Entity(store.read_environment_grant(&grant).await?))
}

/// Change the role of a grant on an environment
///
/// Needs `grant:update`, to hold all that the role there is permits, and what it takes to grant the new one.
/// `warnings` is empty.
#[utoipa::path(
    tag = "Grants",
    operation_id = "updateEnvironmentGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        ("grantId" = GrantId, Path, description = "The grant"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the grant must still have"),
    ),
    request_body(content = EnvironmentGrantPatch, example = json!({ "role": "viewer" })),
    responses(
        (status = OK, description = "The grant as it is now", body = WarnedGrant),
        (status = CONFLICT, description = "The role is none that a group can have", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateEnvironmentGrant>()))),
)]
#[patch("/v1/projects/{projectId}/environments/{environmentId}/grants/{grantId}")]
pub(crate) async fn update_environment_grant(
    grant: Authorized<UpdateEnvironmentGrant>,
    if_match: IfMatch,
    body: Body<EnvironmentGrantPatch>,
    store: Data<Store>,
) -> Answer<Warned<Grant>> {
    let changed = store.update_environment_grant(&grant, if_match.0, body.0).await?;
    Ok(Warned { entity: changed.value, warnings: changed.ownership.warnings() })
}

/// Take a grant on an environment away
///
/// From now on the environment's default role counts for who has no other grant here. Needs `grant:delete`, and to own the place or hold all
/// that the role permits; where somebody would rise to the default role, also the right to grant that.
#[utoipa::path(
    tag = "Grants",
    operation_id = "deleteEnvironmentGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        ("grantId" = GrantId, Path, description = "The grant"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the grant must still have"),
    ),
    responses(
        (status = NO_CONTENT, description = "Taken away"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteEnvironmentGrant>()))),
)]
#[delete("/v1/projects/{projectId}/environments/{environmentId}/grants/{grantId}")]
pub(crate) async fn delete_environment_grant(
    grant: Authorized<DeleteEnvironmentGrant>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_environment_grant(&grant, if_match.0).await?;
    Ok(NoContent)
}
