//! Claiming a mail: of all servers that look, one gets it.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MailId, MemberId, UserId};
use keyhall_domain::mail::{MailKind, Message, next_attempt};
use uuid::Uuid;

use super::{DueMail, attempts, message};
use crate::error::StoreError;
use crate::schema::mails;
use crate::stored;

/// How long whoever claimed a mail has to send it. Longer than any sending takes; so a mail is claimed by another only where
/// the first has died, and a crash delays it and does not lose it.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// What claiming came to.
pub(super) enum Claim {
    Nothing,
    Stale(MailId),
    Broken(MailId, StoreError),
    Due(Box<DueMail>),
}

/// A mail as it stands in the table, understood.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) kind: MailKind,
    pub(super) recipient: Email,
    /// Whose link it is, or whom the recipient is; nobody who is known of who asked for a new password.
    pub(super) user: Option<UserId>,
    pub(super) account: Option<AccountId>,
    pub(super) member: Option<MemberId>,
    pub(super) subject: Option<UserId>,
    pub(super) created_at: Timestamp,
}

/// The same as a row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = mails, check_for_backend(Pg))]
struct MailRow {
    id: Uuid,
    kind: String,
    recipient: String,
    user_id: Option<Uuid>,
    account_id: Option<Uuid>,
    member_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    created_at: jiff_diesel::Timestamp,
    attempts: i32,
}

/// Claims the mail that is due longest. One that cannot be made does not stand in the way of those behind it: it waits as if it
/// had been sent in vain.
pub(super) fn claim(connection: &mut PgConnection, now: Timestamp) -> Result<Claim, StoreError> {
    let Some(row) = lock_next(connection, now)? else { return Ok(Claim::Nothing) };
    let (id, created_at, attempt) =
        (MailId::from(row.id), row.created_at.to_jiff(), row.attempts.saturating_add(1));
    let mail = mails::table.find(row.id);
    // In a transaction of its own inside this one, so that after a failure the row can still be put off.
    let (claim, until) = match connection.transaction(|connection| make(connection, row, now)) {
        Ok(Some((recipient, message))) => {
            let due = DueMail { id, recipient, message, at: now, attempt, created_at };
            (Claim::Due(Box::new(due)), Some(now + LEASE))
        }
        Ok(None) => (Claim::Stale(id), None),
        Err(error @ (StoreError::Unexpected(_) | StoreError::NotFound)) => {
            (Claim::Broken(id, error), next_attempt(id, attempts(attempt), created_at, now))
        }
        Err(error) => return Err(error),
    };
    match until {
        Some(until) => {
            let columns = (mails::attempts.eq(attempt), mails::next_attempt_at.eq(stored::time(until)));
            diesel::update(mail).set(columns).execute(connection)?
        }
        None => diesel::delete(mail).execute(connection)?,
    };
    Ok(claim)
}

fn make(
    connection: &mut PgConnection,
    row: MailRow,
    now: Timestamp,
) -> Result<Option<(Email, Message<OneTimeSecret>)>, StoreError> {
    message::make(connection, &Claimed::try_from(row)?, now)
}

/// The mail that is due longest, of those that nobody else is claiming in this moment.
fn lock_next(connection: &mut PgConnection, now: Timestamp) -> Result<Option<MailRow>, StoreError> {
    let due = mails::table
        .filter(mails::next_attempt_at.le(stored::time(now)))
        .order((mails::next_attempt_at, mails::id))
        .select(MailRow::as_select())
        .for_update()
        .skip_locked();
    Ok(due.first(connection).optional()?)
}

impl TryFrom<MailRow> for Claimed {
    type Error = StoreError;

    fn try_from(row: MailRow) -> Result<Self, StoreError> {
        Ok(Self {
            kind: stored::parse("mails.kind", &row.kind)?,
            recipient: stored::parse("mails.recipient", &row.recipient)?,
            user: row.user_id.map(UserId::from),
            account: row.account_id.map(AccountId::from),
            member: row.member_id.map(MemberId::from),
            subject: row.subject_id.map(UserId::from),
            created_at: row.created_at.to_jiff(),
        })
    }
}
