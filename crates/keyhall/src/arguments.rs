//! The command line.

mod operator;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use keyhall_domain::email::Email;
use keyhall_domain::id::AccountId;
use keyhall_domain::name::Name;

pub(crate) use operator::{
    AccountCommand, DeleteAccount, DeleteUser, Elevate, ImportAccount, IpAllowListCommand, ListAccounts,
    OneAccount, OneUser, UserCommand, WhichMember, WhichUser,
};

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
    /// Accounts: list, close and open, delete, import.
    #[command(subcommand)]
    Account(AccountCommand),
    /// People, in all their accounts: shut out, let in, delete.
    #[command(subcommand)]
    User(UserCommand),
    /// From where accounts can be reached.
    #[command(subcommand)]
    IpAllowList(IpAllowListCommand),
    /// Make an active member Super Admin of an account that has none.
    ///
    /// For an imported account, whose first Super Admin nobody in it can make. The member must have accepted their invitation,
    /// and neither they nor their user may be shut out; the account may be suspended. They hold everything in the account from
    /// the next request. Refused where the account has an active Super Admin: those make others
    /// (`PUT /v1/members/{id}/super-admin`). Where they are lost to the account, `--break-glass` does it all the same; nothing is
    /// taken from them, which the new one can do. Written down in the account's audit as the operator's.
    Elevate(Elevate),
    /// Print a link with which somebody who lost their password chooses a new one.
    ///
    /// For anybody who has a password, Super Admins included. The link works once, for 24 hours, and takes the place of the one
    /// before. Until it is followed nothing changes: no session ends, and the password is what it was. It is printed once, on
    /// standard output alone; whoever holds it can become that person in all their accounts, so hand it to them and nobody else.
    /// Written down in the audit of each of their accounts and in the deployment's.
    ResetPassword(OneUser),
    /// Look after the audit.
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify that the audit is as it was written, and say of each chain of events how far it reaches.
    ///
    /// There is a chain for each account and one for the deployment. Every event's hash is made anew from what is stored and
    /// from the hash of the event before it; the head of the chain, and the anchor that dropped events leave, must bear this
    /// deployment's signature. Of a chain that is not as it was written, the first thing that is wrong is told, with its
    /// sequence and its kind: changed, removed, reordered, inserted, head-moved, anchor-forged, checkpoint-contradicted. The
    /// exit code is 0 when all is well, else 1.
    ///
    /// Who can write to PostgreSQL and knows the master key can write another history, and who has an old copy of the database
    /// can put it back. Neither can bring forth the hashes that were printed before: keep the output of `--json` elsewhere, and
    /// hold the audit `--against` it later.
    ///
    /// Reads in batches, changes nothing, and works beside a running server.
    Verify(VerifyAudit),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyAudit {
    /// Only this account's chain.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<AccountId>,
    /// An earlier output of `--json`: each chain must still have the last event that stands there.
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// Print one JSON object for each chain, one on a line.
    #[arg(long)]
    pub(crate) json: bool,
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
