//! A link to a new password.

use keyhall_storage::open::IssuedReset;
use serde_json::json;

use super::report::report;
use super::user::{accounts, for_machines, for_people, selector};
use super::with_store;
use crate::arguments::OneUser;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::serve::public_url;

/// Prints a user's link to a new password.
pub(super) fn reset_password(configuration: &Configuration, arguments: &OneUser) -> Result<(), CommandError> {
    let user = selector(&arguments.user)?;
    let public_url = public_url(&configuration.server);
    with_store(configuration, async |store| {
        let IssuedReset { user, memberships, secret, expires_at } = store.issue_password_reset(user).await?;
        let link = format!("{}/reset#{}", public_url.as_str(), secret.reveal());
        if arguments.json {
            let accounts = accounts(&memberships);
            let answer = json!({
                "user": for_machines(&user),
                "accounts": accounts,
                "resetLink": link,
                "expiresAt": expires_at,
            });
            return Ok(answer.to_string());
        }
        Ok(report(&[
            ("User", for_people(&user)),
            ("Link", link),
            ("Works", format!("once, until {expires_at} (shown once)")),
        ]))
    })
}
