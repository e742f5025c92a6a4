//! Making and unmaking Super Admins.

use actix_web::web::Data;
use actix_web::{delete, put};
use keyhall_domain::authz::{GrantSuperAdmin, RevokeSuperAdmin};
use keyhall_domain::id::MemberId;
use keyhall_domain::member::Member;
use keyhall_storage::Store;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::if_match::IfMatch;
use crate::permission;
use crate::problem::ProblemDocument;

/// Make a member Super Admin
///
/// For Super Admins, in a session. The member must be active.
#[utoipa::path(
    tag = "Members",
    operation_id = "grantSuperAdmin",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses(
        (status = OK, description = "The member, now Super Admin", body = Member),
        (status = CONFLICT, description = "The member is not active", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<GrantSuperAdmin>()))),
)]
#[put("/v1/members/{memberId}/super-admin")]
pub(crate) async fn grant_super_admin(
    grant: Authorized<GrantSuperAdmin>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<Entity<Member>> {
    Ok(Entity(store.grant_super_admin(&grant, if_match.0).await?))
}

/// Take the Super Admin role away
///
/// The member becomes `member`. For Super Admins, in a session, never for themselves; so one always stays.
#[utoipa::path(
    tag = "Members",
    operation_id = "revokeSuperAdmin",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses(
        (status = OK, description = "The member, Super Admin no more", body = Member),
        (status = CONFLICT, description = "The member is no Super Admin", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<RevokeSuperAdmin>()))),
)]
#[delete("/v1/members/{memberId}/super-admin")]
pub(crate) async fn revoke_super_admin(
    grant: Authorized<RevokeSuperAdmin>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<Entity<Member>> {
    Ok(Entity(store.revoke_super_admin(&grant, if_match.0).await?))
}
