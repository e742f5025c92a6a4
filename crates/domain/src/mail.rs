//! The mails that Keyhall sends: what each is about. Their words are `keyhall-outbound`'s.

use std::str::FromStr;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// To somebody invited: the link to accept.
    Invitation,
    /// To a user who forgot their password: the link to choose a new one.
    PasswordReset,
    /// To the address that a user wants to change to: the link to confirm it.
    EmailChange,
    /// To the address that a user had until now: it was changed.
    EmailChanged,
    /// To a user: their password was changed.
    PasswordChanged,
    /// To the Super Admins of an account, the new one among them: there is a new one.
    SuperAdminGranted,
    /// To the Super Admins of an account and to who was one: there is one less.
    SuperAdminRevoked,
}

/// Why a text is no kind of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no kind of mail")]
pub struct MailKindError;

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Invitation,
        Self::PasswordReset,
        Self::EmailChange,
        Self::EmailChanged,
        Self::PasswordChanged,
        Self::SuperAdminGranted,
        Self::SuperAdminRevoked,
    ];

    /// The name in the database, the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::EmailChange => "email_change",
            Self::EmailChanged => "email_changed",
            Self::PasswordChanged => "password_changed",
            Self::SuperAdminGranted => "super_admin_granted",
            Self::SuperAdminRevoked => "super_admin_revoked",
        }
    }
}

impl FromStr for MailKind {
    type Err = MailKindError;

    fn from_str(name: &str) -> Result<Self, MailKindError> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(MailKindError)
    }
}
