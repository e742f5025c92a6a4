//! The account.

use actix_web::get;
use actix_web::web::Data;
use keyhall_domain::account::Account;
use keyhall_domain::authz::ReadAccount;
use keyhall_storage::Store;

use crate::answer::{Answer, Entity};
use crate::authorized::Authorized;
use crate::permission;

/// Show the account
///
/// The account that the bearer speaks in. For every member.
#[utoipa::path(
    tag = "Account",
    operation_id = "getAccount",
    responses((status = OK, description = "The account", body = Account)),
    extensions(("x-permission" = json!(permission::of::<ReadAccount>()))),
)]
#[get("/v1/account")]
pub(crate) async fn get_account(
    grant: Authorized<ReadAccount>,
    store: Data<Store>,
) -> Answer<Entity<Account>> {
    Ok(Entity(store.read_account(&grant).await?))
}
