//! Roles.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use keyhall_domain::authz::{CreateRole, DeleteRole, ListRoles, ReadRole, UpdateRole};
use keyhall_domain::id::RoleId;
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{NamedOrder, Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::permission::Level;
use keyhall_domain::role::RoleKind;
use keyhall_domain::role::custom::{NewRole, Role, RolePatch, RolePrincipals};
use keyhall_domain::violation::Violations;
use keyhall_storage::{RoleFilter, Store};
use utoipa::IntoParams;

use crate::answer::{Answer, Entity, Made, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// Which roles are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoleQuery {
    /// Only those of this level.
    #[deserr(default)]
    #[param(value_type = Option<Level>, inline, example = "project")]
    level: Option<Level>,
    /// Of the account roles only those for members, or those for API credentials.
    #[deserr(default)]
    #[param(value_type = Option<RolePrincipals>, inline, example = "member")]
    principals: Option<RolePrincipals>,
    /// Only those whose name has this in it, compared without case.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 100, example = "owner")]
    name: Option<NameSearch>,
    /// In which order the account's own are listed: by name, or by when they were made; `-` turns it round.
    #[deserr(default)]
    #[param(value_type = Option<NamedOrder>, inline, example = "name")]
    sort: NamedOrder,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

impl RoleQuery {
    fn filter(&self) -> RoleFilter {
        let of_level = |kind: &RoleKind| self.level.is_none_or(|level| kind.level() == level);
        let of_principals =
            |kind: &RoleKind| self.principals.is_none_or(|whose| RolePrincipals::of(*kind) == Some(whose));
        let kinds = RoleKind::ALL.into_iter().filter(of_level).filter(of_principals);
        RoleFilter { name: self.name.clone(), kinds: kinds.collect() }
    }
}

/// List the roles
///
/// The account's own first, then the built-in ones, with what each permits. Requests name a role by its `id`, a built-in one by
/// its `name`. Needs `role:list`, which every built-in role of members has.
#[utoipa::path(
    tag = "Roles",
    operation_id = "listRoles",
    params(RoleQuery),
    responses((status = OK, description = "A page of roles", body = Page<Role>)),
    extensions(("x-permission" = json!(permission::of::<ListRoles>()))),
)]
#[get("/v1/roles")]
pub(crate) async fn list_roles(
    grant: Authorized<ListRoles>,
    query: Query<RoleQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Role>>> {
    let request = PageRequest { page: query.0.page, size: query.0.size };
    Ok(Entity(store.list_roles(&grant, query.0.filter(), query.0.sort, request).await?))
}

/// Make a role
///
/// A named set of permissions that the catalogue has at one level (`GET /v1/permissions`). No role of an account holds
/// `ip_allow_list:update` or `token_policy:update`, and none for API credentials a write on principals, roles, tokens or the
/// account. Needs `role:create`, and for an account role everything that it permits.
#[utoipa::path(
    tag = "Roles",
    operation_id = "createRole",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again")),
    request_body(content = NewRole, example = json!({ "name": "Release manager", "level": "project", "permissions": ["project:read", "project:list", "environment:list", "environment:read", "environment:create"] })),
    responses(
        (status = CREATED, description = "Made", body = Role),
        (status = CONFLICT, description = "There is a role of this name, or the key stands for another request, or for one that still runs", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateRole>()))),
)]
#[post("/v1/roles")]
pub(crate) async fn create_role(
    grant: Authorized<CreateRole>,
    new: Repeatable<NewRole>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Role>> {
    let role = store.create_role(&grant, new.attempt, new.body).await?;
    Ok(Made::within("/v1/roles", role, &public_url))
}

/// Show a role
///
/// One of the account's own. Needs `role:read`, which every built-in role of members has.
#[utoipa::path(
    tag = "Roles",
    operation_id = "getRole",
    params(("roleId" = RoleId, Path, description = "The role")),
    responses((status = OK, description = "The role", body = Role)),
    extensions(("x-permission" = json!(permission::of::<ReadRole>()))),
)]
#[get("/v1/roles/{roleId}")]
pub(crate) async fn get_role(grant: Authorized<ReadRole>, store: Data<Store>) -> Answer<Entity<Role>> {
    Ok(Entity(store.read_role(&grant).await?))
}

/// Change a role
///
/// Acts on the next request of everybody who has it. Needs `role:update`, and everything that the role permits and will permit: in
/// the account for an account role, else wherever it is in use; one that is in use nowhere is changed by who has made it and by
/// Super Admins.
#[utoipa::path(
    tag = "Roles",
    operation_id = "updateRole",
    params(
        ("roleId" = RoleId, Path, description = "The role"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the role must still have"),
    ),
    request_body(content = RolePatch, example = json!({ "name": "Release captain", "description": null })),
    responses(
        (status = OK, description = "The role as it is now", body = Role),
        (status = CONFLICT, description = "There is another role of this name", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateRole>()))),
)]
#[patch("/v1/roles/{roleId}")]
pub(crate) async fn update_role(
    grant: Authorized<UpdateRole>,
    if_match: IfMatch,
    body: Body<RolePatch>,
    store: Data<Store>,
) -> Answer<Entity<Role>> {
    Ok(Entity(store.update_role(&grant, if_match.0, body.0).await?))
}

/// Delete a role
///
/// One that nobody has, that no open invitation carries and that is no environment's default. Needs `role:delete`, and what it takes
/// to change it.
#[utoipa::path(
    tag = "Roles",
    operation_id = "deleteRole",
    params(
        ("roleId" = RoleId, Path, description = "The role"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the role must still have"),
    ),
    responses(
        (status = NO_CONTENT, description = "Deleted"),
        (status = CONFLICT, description = "The role is in use; `uses` counts where", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteRole>()))),
)]
#[delete("/v1/roles/{roleId}")]
pub(crate) async fn delete_role(
    grant: Authorized<DeleteRole>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_role(&grant, if_match.0).await?;
    Ok(NoContent)
}
