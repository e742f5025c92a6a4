//! From where the account can be reached.

use actix_web::web::Data;
use actix_web::{get, put};
use keyhall_domain::authz::{ReadIpAllowList, UpdateIpAllowList};
use keyhall_domain::ip_allow_list::IpAllowList;
use keyhall_storage::Store;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permission;
use crate::problem::ProblemDocument;

/// Show the IP allow list
///
/// The networks from which the account can be reached; an empty list lets every address in. Needs `ip_allow_list:read`, which
/// only Super Admins have.
#[utoipa::path(
    tag = "Account",
    operation_id = "getIpAllowList",
    responses((status = OK, description = "The list", body = IpAllowList)),
    extensions(("x-permission" = json!(permission::of::<ReadIpAllowList>()))),
)]
#[get("/v1/account/ip-allow-list")]
pub(crate) async fn get_ip_allow_list(
    grant: Authorized<ReadIpAllowList>,
    store: Data<Store>,
) -> Answer<Entity<IpAllowList>> {
    Ok(Entity(store.read_ip_allow_list(&grant).await?))
}

/// Replace the IP allow list
///
/// Acts at once: on signing in, and on every session and token. Your own address must be in it, or the list be empty. Needs
/// `ip_allow_list:update`, which only Super Admins have. Who is locked out all the same asks the operator
/// (`keyhall admin ip-allow-list clear`).
#[utoipa::path(
    tag = "Account",
    operation_id = "updateIpAllowList",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that the list must still have")),
    request_body(content = IpAllowList, example = json!({ "entries": [
        { "network": "192.0.2.0/24", "description": "The office" },
        { "network": "127.0.0.1" },
    ] })),
    responses(
        (status = OK, description = "The list, in force", body = IpAllowList),
        (status = CONFLICT, description = "Your own address is not in it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateIpAllowList>()))),
)]
#[put("/v1/account/ip-allow-list")]
pub(crate) async fn update_ip_allow_list(
    grant: Authorized<UpdateIpAllowList>,
    if_match: IfMatch,
    body: Body<IpAllowList>,
    store: Data<Store>,
) -> Answer<Entity<IpAllowList>> {
    Ok(Entity(store.update_ip_allow_list(&grant, if_match.0, body.0).await?))
}
