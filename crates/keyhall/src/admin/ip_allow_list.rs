//! Accounts whose own people are locked out by their IP allow list.

use keyhall_storage::open::ClearedIpAllowList;
use serde_json::json;

use super::report::{UNCHANGED, named, report};
use super::with_store;
use crate::arguments::OneAccount;
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Lets every address in again.
pub(super) fn clear(configuration: &Configuration, arguments: &OneAccount) -> Result<(), CommandError> {
    with_store(configuration, async |store| {
        let ClearedIpAllowList { account, networks } = store.clear_ip_allow_list(arguments.account).await?;
        if arguments.json {
            let changed = networks > 0;
            return Ok(
                json!({ "changed": changed, "account": account, "networksRemoved": networks }).to_string()
            );
        }
        let list = match networks {
            0 => UNCHANGED.to_owned(),
            1 => "empty; 1 network removed, and every address is let in".to_owned(),
            networks => format!("empty; {networks} networks removed, and every address is let in"),
        };
        Ok(report(&[("Account", named(&account)), ("Allow list", list)]))
    })
}
