//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use keyhall_domain::email::Email;
use keyhall_domain::name::Name;

/// The access platform: accounts, roles, projects, tokens, and the answer to "may this bearer do that there?"
#[derive(Debug, Parser)]
#[command(name = "keyhall", version)]
pub(crate) struct Arguments {
    /// The configuration file; without it `keyhall.toml` in this folder, where there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API; without `database.url` with a private PostgreSQL of its own.
    Serve {
        /// Stop in order when the standard input ends: for whoever starts Keyhall and may die.
        #[arg(long)]
        stop_with_parent: bool,
    },
    /// Bring the database's schema up to date.
    Migrate,
    /// Print the OpenAPI document.
    Openapi,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// What only the operator does, on the server. Works beside a running server.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print what is in force, and where each value came from. Secrets are not shown.
    Show,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make an account with an active Super Admin, and print the generated password, once.
    ///
    /// There is no default administrator: this is how the first one comes into being. It may be repeated for further
    /// accounts; somebody who has a password already keeps it.
    Bootstrap(Bootstrap),
}

#[derive(Debug, Args)]
pub(crate) struct Bootstrap {
    /// The account's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Name,
    /// The Super Admin's e-mail address.
    #[arg(long, value_name = "E-MAIL")]
    pub(crate) email: Email,
    /// Do nothing when there is an account already.
    #[arg(long)]
    pub(crate) if_empty: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
