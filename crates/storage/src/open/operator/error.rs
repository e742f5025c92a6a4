//! What stands in the operator's way, in words that say what to do instead.

use keyhall_domain::account::Account;
use keyhall_domain::id::AccountId;

/// Why something that only the operator does was not done. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// There is no such account.
    #[error("there is no account `{0}`; `keyhall admin account list` lists them")]
    NoAccount(AccountId),
    /// There is no such user.
    #[error("there is no user with this e-mail address or id")]
    NoUser,
    /// There is no such member.
    #[error("the account has no member with this e-mail address or id")]
    NoMember,
    /// The account's name was not repeated.
    #[error("`--confirm` is not the account's name; `keyhall admin account list` shows it")]
    AccountUnconfirmed,
    /// The user's address was not repeated.
    #[error("`--confirm` is not the user's e-mail address")]
    UserUnconfirmed,
    /// The account has a Super Admin, who makes others.
    #[error(
        "the account has {count} active Super Admin(s), and they make others (`PUT /v1/members/{{id}}/super-admin`); \
         where they are lost to the account, repeat the command with `--break-glass`"
    )]
    HasSuperAdmins {
        /// How many.
        count: usize,
    },
    /// Accounts would have no Super Admin left.
    #[error(
        "the user is the last active Super Admin of {}; let them make another one first \
         (`PUT /v1/members/{{id}}/super-admin`), or make one with `keyhall admin elevate --break-glass`",
        list(.0)
    )]
    LastSuperAdmin(Vec<Account>),
    /// There is no password that could be chosen anew.
    #[error("the user has not accepted an invitation yet; its link is how they choose a password")]
    NoPassword,
    /// Whoever is shut out gets no link.
    #[error("the user is disabled; `keyhall admin user enable` lets them in again")]
    UserDisabled,
}

/// The accounts by name and id.
fn list(accounts: &[Account]) -> String {
    let accounts = accounts.iter().map(|account| format!("`{}` ({})", account.name.as_str(), account.id));
    accounts.collect::<Vec<_>>().join(", ")
}
