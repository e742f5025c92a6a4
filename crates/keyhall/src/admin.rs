//! What only the operator does, on the server.

use serde_json::json;

use keyhall_storage::open::{Bootstrapped, NewAccount};

use crate::arguments::Bootstrap;
use crate::configuration::Configuration;
use crate::database::Database;
use crate::error::CommandError;
use crate::output;

/// Makes an account with its first Super Admin.
pub(crate) fn bootstrap(configuration: &Configuration, arguments: &Bootstrap) -> Result<(), CommandError> {
    let database = Database::join_or_start(configuration)?;
    let made = bootstrap_on(configuration, &database, arguments);
    // Said before anything else can go wrong: the password is not to be had again.
    let said = made.and_then(|made| output::print(&describe(made.as_ref(), arguments)));
    said.and(database.stop())
}

fn bootstrap_on(
    configuration: &Configuration,
    database: &Database,
    arguments: &Bootstrap,
) -> Result<Option<Bootstrapped>, CommandError> {
    database.prepare(configuration)?;
    let store = database.open(configuration)?;
    let new = NewAccount {
        name: arguments.account.clone(),
        email: arguments.email.clone(),
        only_first: arguments.if_empty,
    };
    Ok(block_on(store.bootstrap(new))?)
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

/// Runs one use case to its end.
fn block_on<T>(use_case: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(use_case)
}
