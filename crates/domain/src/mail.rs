//! The mails that Keyhall sends: what each is about, and when one that did not go out is tried again. Their words are
//! `keyhall-outbound`'s.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::email::Email;
use crate::id::MailId;
use crate::name::Name;

/// How long after the first failure a mail is tried again; each further failure doubles it.
const FIRST_DELAY: SignedDuration = SignedDuration::from_mins(1);

/// The longest time between two attempts.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(6);

/// How old a mail may become before it is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

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

/// What a mail says. `L` is its link: the secret where it was just made, the whole link where the words are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message<L> {
    /// Somebody was invited.
    Invitation {
        /// Into which account.
        account: Name,
        /// By whom; `None` when they are gone.
        inviter: Option<Person>,
        /// Where to accept.
        link: L,
        /// Until when that works.
        until: Timestamp,
    },
    /// Somebody forgot their password.
    PasswordReset {
        /// Where to choose a new one.
        link: L,
        /// Until when that works.
        until: Timestamp,
    },
    /// Somebody wants this address to be theirs.
    EmailChange {
        /// Where to confirm it.
        link: L,
        /// Until when that works.
        until: Timestamp,
    },
    /// This is somebody's address no more.
    EmailChanged {
        /// When it was changed.
        at: Timestamp,
    },
    /// Somebody's password is another.
    PasswordChanged {
        /// When it was changed.
        at: Timestamp,
    },
    /// An account has one Super Admin more.
    SuperAdminGranted {
        /// Which account.
        account: Name,
        /// Who became one.
        who: Subject,
        /// When.
        at: Timestamp,
    },
    /// An account has one Super Admin less.
    SuperAdminRevoked {
        /// Which account.
        account: Name,
        /// Who was one.
        who: Subject,
        /// When.
        at: Timestamp,
    },
}

/// A person of whom a mail speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name, where they gave one.
    pub name: Option<Name>,
    /// Their address.
    pub email: Email,
}

/// Of whom a notice speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Of who reads it.
    Reader,
    /// Of somebody else.
    Another(Person),
    /// Of somebody whose user is not there any more.
    Gone,
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

impl<L> Message<L> {
    /// What it is about.
    pub fn kind(&self) -> MailKind {
        match self {
            Self::Invitation { .. } => MailKind::Invitation,
            Self::PasswordReset { .. } => MailKind::PasswordReset,
            Self::EmailChange { .. } => MailKind::EmailChange,
            Self::EmailChanged { .. } => MailKind::EmailChanged,
            Self::PasswordChanged { .. } => MailKind::PasswordChanged,
            Self::SuperAdminGranted { .. } => MailKind::SuperAdminGranted,
            Self::SuperAdminRevoked { .. } => MailKind::SuperAdminRevoked,
        }
    }

    /// The same with another kind of link.
    pub fn map_link<M>(&self, link_of: impl FnOnce(&L) -> M) -> Message<M> {
        match self {
            Self::Invitation { account, inviter, link, until } => {
                let (account, inviter) = (account.clone(), inviter.clone());
                Message::Invitation { account, inviter, link: link_of(link), until: *until }
            }
            Self::PasswordReset { link, until } => {
                Message::PasswordReset { link: link_of(link), until: *until }
            }
            Self::EmailChange { link, until } => Message::EmailChange { link: link_of(link), until: *until },
            Self::EmailChanged { at } => Message::EmailChanged { at: *at },
            Self::PasswordChanged { at } => Message::PasswordChanged { at: *at },
            Self::SuperAdminGranted { account, who, at } => {
                Message::SuperAdminGranted { account: account.clone(), who: who.clone(), at: *at }
            }
            Self::SuperAdminRevoked { account, who, at } => {
                Message::SuperAdminRevoked { account: account.clone(), who: who.clone(), at: *at }
            }
        }
    }
}

/// When a mail is tried again that has just failed for the `attempts`th time; `None` when it is given up.
///
/// From one minute to six hours, doubled each time, less up to a quarter, so that what failed together does not come back
/// together. The part that is taken off comes from the end of the mail's id, which is random.
pub fn next_attempt(mail: MailId, attempts: u32, created_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let doubled =
        2_i32.checked_pow(attempts.saturating_sub(1)).and_then(|times| FIRST_DELAY.checked_mul(times));
    let delay = doubled.unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY);
    let [.., random] = Uuid::from(mail).into_bytes();
    let delay = delay - delay / 1024 * i32::from(random);
    let next = now.checked_add(delay).ok()?;
    let last = created_at.checked_add(PATIENCE).ok()?;
    (next <= last).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in MailKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!("Invitation".parse::<MailKind>(), Err(MailKindError));
    }

    #[test]
    fn the_time_between_attempts_doubles_from_a_minute_to_six_hours() {
        for (attempts, minutes) in
            [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (40, 360), (u32::MAX, 360)]
        {
            for _ in 0..100 {
                let next = next_attempt(MailId::generate(start()), attempts, start(), start()).unwrap();
                let (delay, longest) = (next.duration_since(start()), SignedDuration::from_mins(minutes));
                assert!(delay <= longest && delay >= longest * 3 / 4, "{attempts}: {delay}");
            }
        }
    }

    #[test]
    fn a_mail_is_given_up_when_its_next_attempt_would_come_after_three_days() {
        let mail = MailId::generate(start());
        let (mut now, mut attempts) = (start(), 0);
        while let Some(next) = next_attempt(mail, attempts + 1, start(), now) {
            (now, attempts) = (next, attempts + 1);
        }
        assert!(now.duration_since(start()) <= PATIENCE);
        assert!(now.duration_since(start()) > PATIENCE - LONGEST_DELAY);
        assert!((15..=25).contains(&attempts), "{attempts}");
        assert_eq!(next_attempt(mail, 1, start(), Timestamp::MAX), None);
    }
}
