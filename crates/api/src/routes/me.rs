//! Who one is.

use actix_web::get;
use actix_web::web::Data;
use keyhall_domain::account::Account;
use keyhall_domain::audit::Channel;
use keyhall_domain::authz::ReadMyself;
use keyhall_domain::member::Member;
use keyhall_domain::permission::PermissionSet;
use keyhall_storage::Store;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::permission;

/// Who the bearer is, through what it speaks, where, and what it may do there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    /// The bearer as a member.
    member: Member,
    /// The account that it speaks in.
    account: Account,
    /// Through what it speaks.
    via: Channel,
    /// What it may do in the account as a whole.
    #[schema(value_type = Vec<String>, example = json!(["account:read", "member:list"]))]
    permissions: PermissionSet,
}

/// Show who the bearer is
///
/// The member, the account, through what the bearer speaks, and its permissions in the account. For everybody about
/// themselves.
#[utoipa::path(
    tag = "Me",
    operation_id = "getMe",
    responses((status = OK, description = "The bearer", body = Me)),
    extensions(("x-permission" = json!(permission::of::<ReadMyself>()))),
)]
#[get("/v1/me")]
pub(crate) async fn get_me(grant: Authorized<ReadMyself>, store: Data<Store>) -> Answer<Entity<Me>> {
    let member = store.read_own_member(&grant).await?;
    let account = store.read_own_account(&grant).await?;
    let (via, permissions) = (grant.bearer().speaks.into(), *grant.bearer().account_permissions());
    Ok(Entity(Me { member, account, via, permissions }))
}
