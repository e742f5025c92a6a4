//! Grants on projects.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use keyhall_domain::authz::{
    CreateProjectGrant, DeleteProjectGrant, ListProjectGrants, ReadProjectGrant, UpdateProjectGrant,
};
use keyhall_domain::grant::{Grant, NewProjectGrant, ProjectGrantPatch};
use keyhall_domain::id::{GrantId, ProjectId};
use keyhall_domain::page::Page;
use keyhall_storage::Store;

use super::warned::WarnedGrant;
use crate::answer::{Answer, Entity, Made, RemovalWarnings, Removed, Warned};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::page::GrantQuery;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// List the grants on a project
///
/// Newest first: those on the project itself, not those on its environments. Needs `grant:list`.
#[utoipa::path(
    tag = "Grants",
    operation_id = "listProjectGrants",
    params(("projectId" = ProjectId, Path, description = "The project"), GrantQuery),
    responses((status = OK, description = "A page of grants", body = Page<Grant>)),
    extensions(("x-permission" = json!(permission::of::<ListProjectGrants>()))),
)]
#[get("/v1/projects/{projectId}/grants")]
pub(crate) async fn list_project_grants(
    grant: Authorized<ListProjectGrants>,
    query: Query<GrantQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Grant>>> {
    Ok(Entity(store.list_project_grants(&grant, query.0.principal, query.0.request()).await?))
}

/// Grant a role on a project
///
/// To a member, an API credential or a group: one direct role for each principal and group; groups' roles add to it. Owners grant
/// any role on the project and on all its environments; who else has `grant:create`, roles that hold no more than they do.
#[utoipa::path(
    tag = "Grants",
    operation_id = "createProjectGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again"),
    ),
    request_body(content = NewProjectGrant, example = json!({ "principal": "mbr_01k8yzj4c5e6rtb7mf9gq2w3xn", "role": "contributor" })),
    responses(
        (status = CREATED, description = "Granted", body = Grant),
        (status = CONFLICT, description = "There is a grant already, which `present` shows; or it cannot be granted now; or the key stands for another request", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateProjectGrant>()))),
)]
#[post("/v1/projects/{projectId}/grants")]
pub(crate) async fn create_project_grant(
    grant: Authorized<CreateProjectGrant>,
    new: Repeatable<NewProjectGrant>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Grant>> {
    let made = store.create_project_grant(&grant, new.attempt, new.body).await?;
    Ok(Made::within(&format!("/v1/projects/{}/grants", grant.scope()), made, &public_url))
}

/// Show a grant on a project
///
/// Needs `grant:read`.
#[utoipa::path(
    tag = "Grants",
    operation_id = "getProjectGrant",
    params(("projectId" = ProjectId, Path, description = "The project"), ("grantId" = GrantId, Path, description = "The grant")),
    responses((status = OK, description = "The grant", body = Grant)),
    extensions(("x-permission" = json!(permission::of::<ReadProjectGrant>()))),
)]
#[get("/v1/projects/{projectId}/grants/{grantId}")]
pub(crate) async fn get_project_grant(
    grant: Authorized<ReadProjectGrant>,
    store: Data<Store>,
) -> Answer<Entity<Grant>> {
    Ok(Entity(store.read_project_grant(&grant).await?))
}

/// Change the role of a grant on a project
///
/// Needs `grant:update`, to hold all that the role there is permits, and what it takes to grant the new one. Where the last owner
/// of the project becomes something else, `warnings` says so.
#[utoipa::path(
    tag = "Grants",
    operation_id = "updateProjectGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("grantId" = GrantId, Path, description = "The grant"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the grant must still have"),
    ),
    request_body(content = ProjectGrantPatch, example = json!({ "role": "viewer" })),
    responses(
        (status = OK, description = "The grant as it is now", body = WarnedGrant),
        (status = CONFLICT, description = "The project would have no owner left, and the account has no Super Admin", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateProjectGrant>()))),
)]
#[patch("/v1/projects/{projectId}/grants/{grantId}")]
pub(crate) async fn update_project_grant(
    grant: Authorized<UpdateProjectGrant>,
    if_match: IfMatch,
    body: Body<ProjectGrantPatch>,
    store: Data<Store>,
) -> Answer<Warned<Grant>> {
    let changed = store.update_project_grant(&grant, if_match.0, body.0).await?;
    Ok(Warned { entity: changed.value, warnings: changed.ownership.warnings() })
}

/// Take a grant on a project away
///
/// Who is no member of the project any more loses their grants on its environments too. Where the last owner goes, the answer
/// says so. Needs `grant:delete`, and to own the project or hold all that the role permits.
#[utoipa::path(
    tag = "Grants",
    operation_id = "deleteProjectGrant",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("grantId" = GrantId, Path, description = "The grant"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the grant must still have"),
    ),
    responses(
        (status = OK, description = "Taken away, and whether there is something to know", body = RemovalWarnings),
        (status = CONFLICT, description = "The project would have no owner left, and the account has no Super Admin", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteProjectGrant>()))),
)]
#[delete("/v1/projects/{projectId}/grants/{grantId}")]
pub(crate) async fn delete_project_grant(
    grant: Authorized<DeleteProjectGrant>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<Removed> {
    Ok(Removed(store.delete_project_grant(&grant, if_match.0).await?.warnings()))
}
