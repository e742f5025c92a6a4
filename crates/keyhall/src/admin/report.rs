//! How results are written for people: a label, and what it is.

use keyhall_domain::account::Account;

/// One line for each label, as wide as the widest of `bootstrap`.
pub(super) fn report(lines: &[(&str, String)]) -> String {
    let lines = lines.iter().map(|(label, text)| format!("{label:<13}{text}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// An account by name and id.
pub(super) fn named(account: &Account) -> String {
    format!("{} ({})", account.name.as_str(), account.id)
}

/// What to say of something that was as it should be already.
pub(super) const UNCHANGED: &str = "as it was already; nothing was changed";
