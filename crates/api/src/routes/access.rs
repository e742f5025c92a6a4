//! Who ends up with what, and why.

use actix_web::web::{Data, Json};
use actix_web::{get, post};
use keyhall_domain::access::{Access, Explanation, ProjectAccess, Question};
use keyhall_domain::authz::{ExplainAccess, ReadEnvironmentAccess, ReadMemberAccess, ReadProjectAccess};
use keyhall_domain::id::{EnvironmentId, MemberId, ProjectId};
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::violation::Violations;
use keyhall_storage::Store;
use utoipa::IntoParams;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::page::AccessQuery;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::query::Query;

/// On which projects a member's access is asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberAccessQuery {
    /// Only on projects whose name has this in it, compared without case.
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

/// Show who ends up with which role on a project
///
/// Everybody who may speak now and has a role on the project, themselves, through a group or as Super Admin; with every role
/// that counts and where it comes from. Needs `grant:list`.
#[utoipa::path(
    tag = "Projects",
    operation_id = "getProjectAccess",
    params(("projectId" = ProjectId, Path, description = "The project"), AccessQuery),
    responses((status = OK, description = "A page of principals", body = Page<Access>)),
    extensions(("x-permission" = json!(permission::of::<ReadProjectAccess>()))),
)]
#[get("/v1/projects/{projectId}/access")]
pub(crate) async fn get_project_access(
    grant: Authorized<ReadProjectAccess>,
    query: Query<AccessQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Access>>> {
    Ok(Entity(store.read_project_access(&grant, query.0.sort, query.0.request()).await?))
}

/// Show who ends up with which role on an environment
///
/// Everybody who may speak now and is a member of the project, or Super Admin: with a grant here of their own or of a group, or
/// with the default role; a `none` of one's own takes all of that away. Needs `grant:list`.
#[utoipa::path(
    tag = "Environments",
    operation_id = "getEnvironmentAccess",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("environmentId" = EnvironmentId, Path, description = "The environment"),
        AccessQuery,
    ),
    responses((status = OK, description = "A page of principals", body = Page<Access>)),
    extensions(("x-permission" = json!(permission::of::<ReadEnvironmentAccess>()))),
)]
#[get("/v1/projects/{projectId}/environments/{environmentId}/access")]
pub(crate) async fn get_environment_access(
    grant: Authorized<ReadEnvironmentAccess>,
    query: Query<AccessQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Access>>> {
    Ok(Entity(store.read_environment_access(&grant, query.0.sort, query.0.request()).await?))
}

/// Show what a member ends up with on projects and environments
///
/// By project name: the projects on which the member has a role, each with those environments that a list of them would show.
/// Of oneself all; of others those projects on which one has `grant:list`. Needs `member:read`, which every built-in role has.
#[utoipa::path(
    tag = "Members",
    operation_id = "getMemberAccess",
    params(("memberId" = MemberId, Path, description = "The member"), MemberAccessQuery),
    responses((status = OK, description = "A page of projects", body = Page<ProjectAccess>)),
    extensions(("x-permission" = json!(permission::of::<ReadMemberAccess>()))),
)]
#[get("/v1/members/{memberId}/access")]
pub(crate) async fn get_member_access(
    grant: Authorized<ReadMemberAccess>,
    query: Query<MemberAccessQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<ProjectAccess>>> {
    let Query(MemberAccessQuery { name, page, size }) = query;
    Ok(Entity(store.read_member_access(&grant, name, PageRequest { page, size }).await?))
}

/// Explain whether somebody may do something
///
/// Whether a principal holds a permission in the account, a project or an environment; through which role, grant, group or
/// default; or what keeps them out, and which roles would give it. Oneself is free; others need `access:explain`.
#[utoipa::path(
    tag = "Decisions",
    operation_id = "explainAccess",
    request_body(content = Question, example = json!({ "permission": "project:create" })),
    responses(
        (status = OK, description = "Yes or no, and why", body = Explanation),
        (status = FORBIDDEN, description = "About others, without `access:explain`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "No such principal, or no such project or environment for whoever asks about themself", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<ExplainAccess>()))),
)]
#[post("/v1/access/explain")]
pub(crate) async fn explain_access(
    grant: Authorized<ExplainAccess>,
    body: Body<Question>,
    store: Data<Store>,
) -> Answer<Json<Explanation>> {
    Ok(Json(store.explain_access(&grant, body.0).await?))
}
