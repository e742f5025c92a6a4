//! What only the operator does, on the server: each command is one use case of `keyhall_storage::open`.
//!
//! They work beside a running server. Results go to standard output, secrets and links nowhere else; deliberately absent are
//! questions: what cannot be undone asks for a name on the command line.

mod account;
mod audit;
mod bootstrap;
mod elevate;
mod import;
mod ip_allow_list;
mod report;
mod reset_password;
mod user;

use keyhall_storage::{Store, StoreError};

use crate::arguments::{AccountCommand, AdminCommand, AuditCommand, IpAllowListCommand, UserCommand};
use crate::configuration::Configuration;
use crate::database::Database;
use crate::error::CommandError;
use crate::output;

/// Runs one of the operator's commands.
pub(crate) fn run(configuration: &Configuration, command: &AdminCommand) -> Result<(), CommandError> {
    // Only what makes an account may make the deployment too; anything else would look at an empty one.
    if !matches!(command, AdminCommand::Bootstrap(_) | AdminCommand::Account(AccountCommand::Import(_))) {
        Database::require(configuration)?;
    }
    match command {
        AdminCommand::Bootstrap(arguments) => bootstrap::bootstrap(configuration, arguments),
        AdminCommand::Account(AccountCommand::List(arguments)) => account::list(configuration, arguments),
        AdminCommand::Account(AccountCommand::Suspend(arguments)) => {
            account::suspend(configuration, arguments)
        }
        AdminCommand::Account(AccountCommand::Resume(arguments)) => account::resume(configuration, arguments),
        AdminCommand::Account(AccountCommand::Delete(arguments)) => account::delete(configuration, arguments),
        AdminCommand::Account(AccountCommand::Import(arguments)) => import::import(configuration, arguments),
        AdminCommand::User(UserCommand::Disable(arguments)) => user::disable(configuration, arguments),
        AdminCommand::User(UserCommand::Enable(arguments)) => user::enable(configuration, arguments),
        AdminCommand::User(UserCommand::Delete(arguments)) => user::delete(configuration, arguments),
        AdminCommand::IpAllowList(IpAllowListCommand::Clear(arguments)) => {
            ip_allow_list::clear(configuration, arguments)
        }
        AdminCommand::Audit(AuditCommand::Verify(arguments)) => audit::verify(configuration, arguments),
        AdminCommand::Elevate(arguments) => elevate::elevate(configuration, arguments),
        AdminCommand::ResetPassword(arguments) => reset_password::reset_password(configuration, arguments),
    }
}

/// Runs one use case on the database that the server has, and prints what came of it.
fn with_store(
    configuration: &Configuration,
    use_case: impl AsyncFnOnce(&Store) -> Result<String, StoreError>,
) -> Result<(), CommandError> {
    let database = Database::join_or_start(configuration)?;
    let text = database.prepare(configuration).and_then(|()| {
        let store = database.open(configuration)?;
        Ok(actix_web::rt::System::new().block_on(use_case(&store))?)
    });
    // Said before anything else can go wrong: a secret in it is not to be had again.
    let said = text.and_then(|text| output::print(&text));
    said.and(database.stop())
}
