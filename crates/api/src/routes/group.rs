//! Groups.

use actix_web::web::Data;
use actix_web::{delete, get, patch, post, put};
use keyhall_domain::authz::{
    AddGroupMember, CreateGroup, DeleteGroup, ListGroupMembers, ListGroups, ReadGroup, RemoveGroupMember,
    UpdateGroup,
};
use keyhall_domain::group::{Group, GroupMember, GroupPatch, NewGroup};
use keyhall_domain::id::GroupId;
use keyhall_domain::page::Page;
use keyhall_storage::Store;

use crate::answer::{Answer, Entity, Made, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::page::{NamedQuery, PageQuery};
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// List the groups
///
/// `everyone`, which is built in, too. Needs `group:list`, which every built-in role has.
#[utoipa::path(
    tag = "Groups",
    operation_id = "listGroups",
    params(NamedQuery),
    responses((status = OK, description = "A page of groups", body = Page<Group>)),
    extensions(("x-permission" = json!(permission::of::<ListGroups>()))),
)]
#[get("/v1/groups")]
pub(crate) async fn list_groups(
    grant: Authorized<ListGroups>,
    query: Query<NamedQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Group>>> {
    let request = query.0.request();
    Ok(Entity(store.list_groups(&grant, query.0.name, query.0.sort, request).await?))
}

/// Make a group
///
/// A named set of members and API credentials, which can hold grants. Needs `group:create`.
#[utoipa::path(
    tag = "Groups",
    operation_id = "createGroup",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again")),
    request_body(content = NewGroup, example = json!({ "name": "Backend", "description": "Whoever is on call for the services" })),
    responses(
        (status = CREATED, description = "Made", body = Group),
        (status = CONFLICT, description = "The account has a group of this name, or the key stands for another request, or for one that still runs", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateGroup>()))),
)]
#[post("/v1/groups")]
pub(crate) async fn create_group(
    grant: Authorized<CreateGroup>,
    new: Repeatable<NewGroup>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Made<Group>> {
    let group = store.create_group(&grant, new.attempt, new.body).await?;
    Ok(Made::within("/v1/groups", group, &public_url))
}

/// Show a group
///
/// Needs `group:read`, which every built-in role has.
#[utoipa::path(
    tag = "Groups",
    operation_id = "getGroup",
    params(("groupId" = GroupId, Path, description = "The group")),
    responses((status = OK, description = "The group", body = Group)),
    extensions(("x-permission" = json!(permission::of::<ReadGroup>()))),
)]
#[get("/v1/groups/{groupId}")]
pub(crate) async fn get_group(grant: Authorized<ReadGroup>, store: Data<Store>) -> Answer<Entity<Group>> {
    Ok(Entity(store.read_group(&grant).await?))
}

/// Change a group's name or description
///
/// Needs `group:update`. `everyone` is built in and stays as it is.
#[utoipa::path(
    tag = "Groups",
    operation_id = "updateGroup",
    params(
        ("groupId" = GroupId, Path, description = "The group"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the group must still have"),
    ),
    request_body(content = GroupPatch, example = json!({ "name": "Platform", "description": null })),
    responses(
        (status = OK, description = "The group as it is now", body = Group),
        (status = CONFLICT, description = "The name is taken, or the group is built in", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateGroup>()))),
)]
#[patch("/v1/groups/{groupId}")]
pub(crate) async fn update_group(
    grant: Authorized<UpdateGroup>,
    if_match: IfMatch,
    body: Body<GroupPatch>,
    store: Data<Store>,
) -> Answer<Entity<Group>> {
    Ok(Entity(store.update_group(&grant, if_match.0, body.0).await?))
}

/// Delete a group
///
/// What it was granted goes with it. Needs `group:delete`, and `grant:create` wherever the group holds a grant; where somebody would
/// rise to an environment's default role, also the right to grant that. `everyone` is
/// built in and stays.
#[utoipa::path(
    tag = "Groups",
    operation_id = "deleteGroup",
    params(
        ("groupId" = GroupId, Path, description = "The group"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the group must still have"),
    ),
    responses(
        (status = NO_CONTENT, description = "Deleted"),
        (status = CONFLICT, description = "The group is built in", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<DeleteGroup>()))),
)]
#[delete("/v1/groups/{groupId}")]
pub(crate) async fn delete_group(
    grant: Authorized<DeleteGroup>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_group(&grant, if_match.0).await?;
    Ok(NoContent)
}

/// List who is in a group
///
/// Whoever was added last comes first; in `everyone` all active members, the newest first. Needs `group:read`.
#[utoipa::path(
    tag = "Groups",
    operation_id = "listGroupMembers",
    params(("groupId" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = OK, description = "A page of principals", body = Page<GroupMember>)),
    extensions(("x-permission" = json!(permission::of::<ListGroupMembers>()))),
)]
#[get("/v1/groups/{groupId}/members")]
pub(crate) async fn list_group_members(
    grant: Authorized<ListGroupMembers>,
    query: Query<PageQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<GroupMember>>> {
    Ok(Entity(store.list_group_members(&grant, query.0.request()).await?))
}

/// Put somebody into a group
///
/// A member or an API credential of the account; who is in it already stays. It hands out what the group was granted: needs
/// `group:update`, and the right to grant each of its roles where the group holds it.
#[utoipa::path(
    tag = "Groups",
    operation_id = "addGroupMember",
    params(
        ("groupId" = GroupId, Path, description = "The group"),
        ("principalId" = String, Path, description = "The member (`mbr_…`) or the API credential (`crd_…`)"),
    ),
    responses(
        (status = NO_CONTENT, description = "In the group"),
        (status = CONFLICT, description = "The group is built in", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<AddGroupMember>()))),
)]
#[put("/v1/groups/{groupId}/members/{principalId}")]
pub(crate) async fn add_group_member(
    grant: Authorized<AddGroupMember>,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.add_group_member(&grant).await?;
    Ok(NoContent)
}

/// Take somebody out of a group
///
/// Needs `group:update`; where they would rise to an environment's default role, also the right to grant that.
#[utoipa::path(
    tag = "Groups",
    operation_id = "removeGroupMember",
    params(
        ("groupId" = GroupId, Path, description = "The group"),
        ("principalId" = String, Path, description = "The member (`mbr_…`) or the API credential (`crd_…`)"),
    ),
    responses(
        (status = NO_CONTENT, description = "Not in the group any more"),
        (status = CONFLICT, description = "The group is built in", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<RemoveGroupMember>()))),
)]
#[delete("/v1/groups/{groupId}/members/{principalId}")]
pub(crate) async fn remove_group_member(
    grant: Authorized<RemoveGroupMember>,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.remove_group_member(&grant).await?;
    Ok(NoContent)
}
