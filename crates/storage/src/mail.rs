//! Mail that is to be sent, written down by the transaction whose consequence it is.
//!
//! A row holds kind and recipient, never a secret. Who sends it makes the secret then (`crate::open::outbox`).

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MailId, MemberId, UserId};
use keyhall_domain::mail::MailKind;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::mails;
use crate::stored;

/// How links reach those whom they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkDelivery {
    /// By mail, and to nobody else.
    Mail,
    /// No mail is configured: whoever asks for a link gets it, and hands it on.
    #[default]
    Caller,
}

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    /// What it is about.
    pub(crate) kind: MailKind,
    /// Where it goes.
    pub(crate) recipient: Email,
    /// Whose link it is, or whom the recipient is.
    pub(crate) user: UserId,
    /// Of whom it speaks, where it speaks of a member.
    pub(crate) about: Option<About>,
}

/// The member of whom a mail speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// In which account.
    pub(crate) account: AccountId,
    /// As which member, who may be removed before the mail is sent.
    pub(crate) member: MemberId,
    /// Whose membership it is or was.
    pub(crate) user: UserId,
}

/// Writes a mail down, to be sent once the transaction has committed. Does nothing where no mail is configured.
pub(crate) fn enqueue(
    connection: &mut PgConnection,
    delivery: LinkDelivery,
    mail: &NewMail,
    now: Timestamp,
) -> Result<(), StoreError> {
    if delivery == LinkDelivery::Caller {
        return Ok(());
    }
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(Uuid::from(MailId::generate(now))),
            mails::kind.eq(mail.kind.name()),
            mails::recipient.eq(mail.recipient.as_str()),
            mails::user_id.eq(Uuid::from(mail.user)),
            mails::account_id.eq(mail.about.map(|about| Uuid::from(about.account))),
            mails::member_id.eq(mail.about.map(|about| Uuid::from(about.member))),
            mails::subject_id.eq(mail.about.map(|about| Uuid::from(about.user))),
            mails::created_at.eq(stored::time(now)),
            mails::next_attempt_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes down that somebody asked for a link to choose a new password. Whether the address is a user's is looked up when the
/// mail is sent, and then the user's own spelling is written to, so that asking does the same for every address.
pub(crate) fn enqueue_password_reset(
    connection: &mut PgConnection,
    asked_for: &Email,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(Uuid::from(MailId::generate(now))),
            mails::kind.eq(MailKind::PasswordReset.name()),
            mails::recipient.eq(asked_for.as_str()),
            mails::created_at.eq(stored::time(now)),
            mails::next_attempt_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Takes back what was not sent yet of a member's invitation, so that the next one is the last one to arrive.
pub(crate) fn withdraw_invitation(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<(), StoreError> {
    let unsent = mails::table
        .filter(mails::account_id.eq(Uuid::from(account)))
        .filter(mails::member_id.eq(Uuid::from(member)))
        .filter(mails::kind.eq(MailKind::Invitation.name()));
    diesel::delete(unsent).execute(connection)?;
    Ok(())
}

/// Takes back what was not sent yet of a change of address, so that no address but the last that was wanted gets a link.
pub(crate) fn withdraw_email_change(connection: &mut PgConnection, user: Uuid) -> Result<(), StoreError> {
    let unsent =
        mails::table.filter(mails::user_id.eq(user)).filter(mails::kind.eq(MailKind::EmailChange.name()));
    diesel::delete(unsent).execute(connection)?;
    Ok(())
}
