//! An account with its first Super Admin.

use keyhall_storage::open::{Bootstrapped, NewAccount};
use serde_json::json;

use super::with_store;
use crate::arguments::Bootstrap;
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Makes an account with its first Super Admin.
pub(super) fn bootstrap(configuration: &Configuration, arguments: &Bootstrap) -> Result<(), CommandError> {
    let new = NewAccount {
        name: arguments.account.clone(),
        email: arguments.email.clone(),
        only_first: arguments.if_empty,
    };
    with_store(configuration, async |store| Ok(describe(store.bootstrap(new).await?.as_ref(), arguments)))
}

fn describe(made: Option<&Bootstrapped>, arguments: &Bootstrap) -> String {
    let email = arguments.email.as_str();
    match (made, arguments.json) {
        (None, true) => json!({ "created": false }).to_string(),
        (None, false) => "There is an account already; nothing was changed.".to_owned(),
        (Some(Bootstrapped { account, password }), true) => json!({
            "created": true,
            "account": { "id": account.id, "name": account.name },
            "email": email,
            "existingUser": password.is_none(),
            "password": password.as_ref().map(|password| password.password().reveal()),
        })
        .to_string(),
        (Some(Bootstrapped { account, password }), false) => {
            let password = match password {
                Some(password) => format!("{}   (shown once)", password.password().reveal()),
                None => "the one they have; make sure that this person is who you mean".to_owned(),
            };
            let (name, id) = (account.name.as_str(), account.id);
            format!("Account      {name} ({id})\nSuper Admin  {email}\nPassword     {password}")
        }
    }
}
