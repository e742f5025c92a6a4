//! What a mail says, made at the moment of its sending, so that it is true then.
//!
//! INVARIANT: a link goes only to the address that it is about. A person's address may change while a mail waits: what was to
//! go to the old one is dropped, since whoever reads mail there may be somebody else by now.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, UserId};
use keyhall_domain::mail::{MailKind, Message, Person, Subject};
use keyhall_domain::member::MemberState;
use keyhall_domain::name::Name;
use keyhall_domain::principal::UserState;
use uuid::Uuid;

use super::claim::Claimed;
use crate::error::StoreError;
use crate::open::password_reset::{IssuedBy, RESET_LIFETIME};
use crate::open::{email_change, password_reset};
use crate::schema::{accounts, email_changes, invitations, members, users};
use crate::stored;

/// To whom the mail goes, and what it says; `None` when there is nothing to say any more.
pub(super) fn make(
    connection: &mut PgConnection,
    mail: &Claimed,
    now: Timestamp,
) -> Result<Option<(Email, Message<OneTimeSecret>)>, StoreError> {
    match mail.kind {
        MailKind::PasswordReset => password_reset(connection, mail, now),
        _ => {
            let message = to_recipient(connection, mail, now)?;
            Ok(message.map(|message| (mail.recipient.clone(), message)))
        }
    }
}

/// What a mail says that goes to the very address that stands in its row.
fn to_recipient(
    connection: &mut PgConnection,
    mail: &Claimed,
    now: Timestamp,
) -> Result<Option<Message<OneTimeSecret>>, StoreError> {
    let at = mail.created_at;
    match (mail.kind, mail.account) {
        (MailKind::Invitation, _) => invitation(connection, mail, now),
        (MailKind::PasswordReset, _) => Ok(None),
        (MailKind::EmailChange, _) => email_change(connection, mail, now),
        (MailKind::EmailChanged, _) => Ok(Some(Message::EmailChanged { at })),
        (MailKind::PasswordChanged, _) => Ok(Some(Message::PasswordChanged { at })),
        (MailKind::SuperAdminGranted, Some(account)) => {
            let (account, who) = (account_name(connection, account)?, subject(connection, mail)?);
            Ok(Some(Message::SuperAdminGranted { account, who, at }))
        }
        (MailKind::SuperAdminRevoked, Some(account)) => {
            let (account, who) = (account_name(connection, account)?, subject(connection, mail)?);
            Ok(Some(Message::SuperAdminRevoked { account, who, at }))
        }
        (MailKind::SuperAdminGranted | MailKind::SuperAdminRevoked, None) => Ok(None),
    }
}

/// Makes the link of an invitation that is still open. Of the invitation nothing else is changed, so no account is locked: who
/// accepts or takes it back at the same moment waits for this row, or has removed it.
fn invitation(
    connection: &mut PgConnection,
    mail: &Claimed,
    now: Timestamp,
) -> Result<Option<Message<OneTimeSecret>>, StoreError> {
    let (Some(account), Some(member)) = (mail.account, mail.member) else { return Ok(None) };
    let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
    let invited = members::table
        .filter(members::id.eq(Uuid::from(member)))
        .filter(members::state.eq(MemberState::Invited.name()));
    let open = invitations::table
        .filter(invitations::account_id.eq(Uuid::from(account)))
        .filter(invitations::member_id.eq_any(invited.select(members::id)))
        .filter(invitations::email.eq(mail.recipient.as_str()))
        .filter(invitations::expires_at.gt(stored::time(now)));
    let issued: Option<(Option<Uuid>, jiff_diesel::Timestamp)> = diesel::update(open)
        .set(invitations::digest.eq(secret.digest().as_bytes().as_slice()))
        .returning((invitations::invited_by, invitations::expires_at))
        .get_result(connection)
        .optional()?;
    let Some((inviter, until)) = issued else { return Ok(None) };
    let inviter = match inviter {
        Some(inviter) => find_member(connection, account, inviter.into())?,
        None => None,
    };
    Ok(Some(Message::Invitation {
        account: account_name(connection, account)?,
        inviter,
        link: secret,
        until: until.to_jiff(),
    }))
}

/// Makes the link of a reset, unless it waited for longer than the link would have lived, or nobody who has a password has the
/// address that was asked for. The mail goes to the user's own spelling of it: what only compares as equal may be somebody
/// else's mailbox.
fn password_reset(
    connection: &mut PgConnection,
    mail: &Claimed,
    now: Timestamp,
) -> Result<Option<(Email, Message<OneTimeSecret>)>, StoreError> {
    let theirs: Option<(Uuid, String)> = users::table
        .filter(users::email_key.eq(mail.recipient.key().as_str()))
        .filter(users::state.eq(UserState::Active.name()))
        .filter(users::password_hash.is_not_null())
        .select((users::id, users::email))
        .for_key_share()
        .first(connection)
        .optional()?;
    let Some((user, email)) = theirs else { return Ok(None) };
    if now.duration_since(mail.created_at) >= RESET_LIFETIME {
        return Ok(None);
    }
    let link = password_reset::issue(connection, user.into(), IssuedBy::Mail, now)?;
    let message = Message::PasswordReset { link, until: now + RESET_LIFETIME };
    Ok(Some((stored::parse("users.email", &email)?, message)))
}

/// Makes the link of a change of address, unless it has expired, or it is to yet another address by now.
fn email_change(
    connection: &mut PgConnection,
    mail: &Claimed,
    now: Timestamp,
) -> Result<Option<Message<OneTimeSecret>>, StoreError> {
    let Some(user) = mail.user else { return Ok(None) };
    let wanted: Option<(String, jiff_diesel::Timestamp)> = email_changes::table
        .find(Uuid::from(user))
        .select((email_changes::email, email_changes::expires_at))
        .for_update()
        .first(connection)
        .optional()?;
    let Some((wanted, until)) = wanted else { return Ok(None) };
    let wanted: Email = stored::parse("email_changes.email", &wanted)?;
    if wanted != mail.recipient {
        return Ok(None);
    }
    let link = email_change::issue(connection, user, now)?;
    Ok(link.map(|link| Message::EmailChange { link, until: until.to_jiff() }))
}

fn account_name(connection: &mut PgConnection, account: AccountId) -> Result<Name, StoreError> {
    let name: String = accounts::table.find(Uuid::from(account)).select(accounts::name).first(connection)?;
    stored::parse("accounts.name", &name)
}

/// Of whom the mail speaks to its reader.
fn subject(connection: &mut PgConnection, mail: &Claimed) -> Result<Subject, StoreError> {
    let Some(user) = mail.subject else { return Ok(Subject::Gone) };
    if Some(user) == mail.user {
        return Ok(Subject::Reader);
    }
    Ok(find_user(connection, user)?.map_or(Subject::Gone, Subject::Another))
}

fn find_member(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<Option<Person>, StoreError> {
    let user: Option<Uuid> = members::table
        .filter(members::account_id.eq(Uuid::from(account)))
        .filter(members::id.eq(Uuid::from(member)))
        .select(members::user_id)
        .first(connection)
        .optional()?;
    user.map_or(Ok(None), |user| find_user(connection, user.into()))
}

fn find_user(connection: &mut PgConnection, user: UserId) -> Result<Option<Person>, StoreError> {
    let row: Option<(Option<String>, String)> = users::table
        .find(Uuid::from(user))
        .select((users::name, users::email))
        .first(connection)
        .optional()?;
    let Some((name, email)) = row else { return Ok(None) };
    let name = stored::parse_optional("users.name", name.as_deref())?;
    Ok(Some(Person { name, email: stored::parse("users.email", &email)? }))
}
