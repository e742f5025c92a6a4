//! `cargo xtask up`: from a fresh clone to a running Keyhall that a person can call.

mod address;
mod banner;
mod postgresql;
mod server;

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use xshell::{Shell, cmd};

use crate::outcome::{Outcome, While as _};
use crate::up::address::Address;
use crate::up::banner::Credentials;
use crate::up::server::Server;
use crate::workspace;

const EMAIL: &str = "admin@example.com";

/// Builds, starts, shows how to call it, and stays until the server ends. The server's exit code is the task's.
pub(crate) fn run(shell: &Shell) -> Outcome<ExitCode> {
    postgresql::ensure(shell)?;
    let keyhall = workspace::build_keyhall(shell)?;
    let shown = cmd!(shell, "{keyhall} config show").quiet().read();
    let address = Address::shown(&shown.while_doing("the configuration is not valid")?)?;
    address.must_be_free()?;
    println!("Starting Keyhall …");
    let mut server = Server::start(&keyhall)?;
    if server.wait_until_ready(&address)? {
        let credentials = bootstrap(shell, &keyhall)?;
        println!("{}", banner::text(&address, &credentials));
    }
    server.wait()
}

/// Makes the first account if there is none.
fn bootstrap(shell: &Shell, keyhall: &Path) -> Outcome<Credentials> {
    let printed =
        cmd!(shell, "{keyhall} admin bootstrap --if-empty --account Example --email {EMAIL} --json")
            .quiet()
            .read()
            .while_doing("the first account cannot be made")?;
    let answer: Value =
        serde_json::from_str(&printed).while_doing("`keyhall admin bootstrap` printed no JSON")?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let created = answer.get("created").is_some_and(|created| created == true);
    match (created, text("email"), text("password")) {
        (true, Some(email), Some(password)) => Ok(Credentials::New { email, password }),
        (false, ..) => Ok(Credentials::Unknown),
        _ => Err("`keyhall admin bootstrap` made an account and did not say its e-mail and password".into()),
    }
}
