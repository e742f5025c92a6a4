//! Who a bearer is: what it is told about itself.

use serde::Serialize;

use crate::account::Account;
use crate::audit::Channel;
use crate::email::Email;
use crate::member::Member;
use crate::permission::PermissionSet;

/// Who the bearer is, through what it speaks, where, and what it may do there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Me))]
#[serde(rename_all = "camelCase")]
pub struct Myself {
    /// The bearer as a member.
    pub member: Member,
    /// The address that the user has asked for, until they follow the link that was mailed there.
    pub pending_email: Option<Email>,
    /// The account that it speaks in.
    pub account: Account,
    /// Through what it speaks.
    pub via: Channel,
    /// What it may do in the account as a whole.
    #[cfg_attr(feature = "openapi", schema(
        value_type = Vec<String>, example = json!(["account:read", "member:list"]),
    ))]
    pub permissions: PermissionSet,
}
