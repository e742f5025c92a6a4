//! The operator's commands on accounts and users. What stands here is their `--help`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, UserId};
use keyhall_domain::name::Name;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// List all accounts: id, state, how many members and active Super Admins, name. Changes nothing.
    List(ListAccounts),
    /// Close an account for a while.
    ///
    /// Its state becomes `suspended`. At once, on every server: all sessions in it end, its tokens are refused (`the account is
    /// suspended`), and nobody signs in to it or accepts an invitation. Nothing is deleted. Affected are all its members; those
    /// who belong to other accounts go on there. Written down in the account's audit as the operator's.
    Suspend(OneAccount),
    /// Open a suspended account again.
    ///
    /// Its state becomes `active`. Its tokens work again from the next request; sessions ended with the suspension, so people
    /// sign in anew. Affected are all its members. Written down in the account's audit as the operator's.
    Resume(OneAccount),
    /// Delete an account and everything in it, for good.
    ///
    /// Goes: members and invitations, sessions, tokens, projects, grants. It is let through though Super Admins go with it.
    /// Stays: the users, who can sign in to their other accounts and be invited again; the account's audit events; and an event
    /// of the deletion in the deployment's own audit. There is no way back but a backup.
    Delete(DeleteAccount),
    /// Import an account from an older system, and print an invitation link for each member.
    ///
    /// FILE is JSON: `{"name": "Acme", "members": [{"email": "ada@example.com", "name": "Ada", "role": "admin"}]}`. Roles are
    /// `billing_admin`, `admin` and `member`; `name` may be left out; at most 10,000 members, each address once. Everything that
    /// is wrong with it is told at once, and then nothing is imported; else all of it is, in one transaction.
    ///
    /// Members are invited, and come in with their links, each of which works once and for seven days. Somebody who is a user
    /// already is found by address and proves their own password; nothing of theirs is changed. Somebody new chooses a
    /// password, and has the name from here unless they give another. The links are printed once, on standard output alone:
    /// keep them from others. When they are lost, delete the account and import it again.
    ///
    /// The account has no Super Admin. Once a member has come in, `keyhall admin elevate` makes them one.
    Import(ImportAccount),
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Shut a user out of every account.
    ///
    /// At once, on every server: their sessions end everywhere, open links to a new password or address end, their tokens are
    /// refused (`the user is disabled`), and they do not sign in. Nothing is deleted, and `enable` brings it back. Refused where
    /// they are the last active Super Admin of an account; the refusal names those accounts, and nothing is changed anywhere.
    /// Written down in the audit of each of their accounts and in the deployment's.
    Disable(OneUser),
    /// Let a disabled user in again.
    ///
    /// Their tokens work again from the next request, with the roles that they have now; sessions have to be begun anew.
    /// Written down in the audit of each of their accounts and in the deployment's.
    Enable(OneUser),
    /// Delete a user: the person, and every membership with its grants, sessions and tokens, for good.
    ///
    /// What they made in their accounts stays, and so do audit events, which know people by id alone. Refused where they are the
    /// last active Super Admin of an account; the refusal names those accounts, and nothing is changed anywhere. Written down
    /// in the audit of each of their accounts and in the deployment's. There is no way back but a backup.
    Delete(DeleteUser),
}

#[derive(Debug, Subcommand)]
pub(crate) enum IpAllowListCommand {
    /// Empty an account's IP allow list: every address is let in again, from the next request.
    ///
    /// For an account whose own people are locked out by it. Affected are all its members: sessions and tokens that the list
    /// refused work again. Written down in the account's audit as the operator's.
    Clear(OneAccount),
}

#[derive(Debug, Args)]
pub(crate) struct ListAccounts {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OneAccount {
    /// The account's id, as `keyhall admin account list` shows it.
    #[arg(value_name = "ACCOUNT_ID")]
    pub(crate) account: AccountId,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteAccount {
    /// The account's id, as `keyhall admin account list` shows it.
    #[arg(value_name = "ACCOUNT_ID")]
    pub(crate) account: AccountId,
    /// The account's name, to show that it is the one you mean.
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Name,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportAccount {
    /// The file with the account.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Elevate {
    /// The account's id, as `keyhall admin account list` shows it.
    #[arg(long, value_name = "ACCOUNT_ID")]
    pub(crate) account: AccountId,
    #[command(flatten)]
    pub(crate) member: WhichMember,
    /// Do it though the account has active Super Admins, because they are lost to it.
    #[arg(long)]
    pub(crate) break_glass: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhichMember {
    /// The member's id.
    #[arg(long, value_name = "MEMBER_ID")]
    pub(crate) member: Option<MemberId>,
    /// The member's e-mail address.
    #[arg(long, value_name = "E-MAIL")]
    pub(crate) email: Option<Email>,
}

#[derive(Debug, Args)]
pub(crate) struct OneUser {
    #[command(flatten)]
    pub(crate) user: WhichUser,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteUser {
    #[command(flatten)]
    pub(crate) user: WhichUser,
    /// The user's e-mail address, to show that it is the one you mean.
    #[arg(long, value_name = "E-MAIL")]
    pub(crate) confirm: Email,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhichUser {
    /// The user's id.
    #[arg(long, value_name = "USER_ID")]
    pub(crate) user: Option<UserId>,
    /// The user's e-mail address.
    #[arg(long, value_name = "E-MAIL")]
    pub(crate) email: Option<Email>,
}
