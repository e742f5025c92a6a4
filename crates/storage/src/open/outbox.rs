//! Mail on its way out: what is due is claimed, said, and forgotten once it was sent.
//!
//! The secret of a link is made here, at each sending; only its digest is kept, in the place of the one before. So when a mail
//! server took a mail and the connection broke before it said so, the mail is sent again, and the link in the first one is dead:
//! accepted, since the alternative is to keep secrets.

mod message;

use std::sync::atomic::Ordering;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MailId, MemberId, UserId};
use keyhall_domain::mail::{MailKind, Message, next_attempt};
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::mails;
use crate::store::Store;
use crate::stored;
use crate::transaction::retry;

/// How long whoever claimed a mail has to send it. Longer than any sending takes; so a mail is claimed by another only where
/// the first has died, and a crash delays it and does not lose it.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// A mail that is the caller's to send now.
#[derive(Debug)]
pub struct DueMail {
    /// Its id: the same at every attempt.
    pub id: MailId,
    /// To whom it goes.
    pub recipient: Email,
    /// What it says, with the secret of its link: the only moment at which that is known.
    pub message: Message<OneTimeSecret>,
    /// When it was claimed.
    pub at: Timestamp,
    attempt: i32,
    created_at: Timestamp,
}

/// A claimed row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = mails, check_for_backend(Pg))]
struct MailRow {
    id: Uuid,
    kind: String,
    recipient: String,
    user_id: Uuid,
    account_id: Option<Uuid>,
    member_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    created_at: jiff_diesel::Timestamp,
    attempts: i32,
}

/// The same, understood.
#[derive(Debug)]
struct Claimed {
    kind: MailKind,
    recipient: Email,
    user: UserId,
    account: Option<AccountId>,
    member: Option<MemberId>,
    subject: Option<UserId>,
    created_at: Timestamp,
}

/// What claiming came to.
enum Claim {
    Nothing,
    Stale(MailId),
    Broken(MailId, StoreError),
    Due(Box<DueMail>),
}

impl Store {
    /// Claims the mail that is due longest, makes its link, and hands it out; `None` when none is due. What has nothing to say
    /// any more is dropped on the way: an invitation that was accepted or taken back, a link that nobody waits for.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn claim_mail(&self) -> Result<Option<DueMail>, StoreError> {
        let clock = self.clock().clone();
        self.blocking(move |connection| {
            loop {
                let now = clock.now();
                match retry(|| connection.transaction(|connection| claim(connection, now)))? {
                    Claim::Nothing => return Ok(None),
                    Claim::Due(mail) => return Ok(Some(*mail)),
                    Claim::Stale(mail) => tracing::info!(%mail, "a mail with nothing to say was dropped"),
                    Claim::Broken(mail, error) => {
                        let error: &dyn std::error::Error = &error;
                        tracing::error!(%mail, error, "a mail cannot be made from what is stored");
                    }
                }
            }
        })
        .await
    }

    /// Forgets a mail that was sent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away; then it is sent again once its claim has ended.
    pub async fn forget_mail(&self, mail: &DueMail) -> Result<(), StoreError> {
        let (id, attempt) = (Uuid::from(mail.id), mail.attempt);
        self.reading(move |connection| {
            diesel::delete(claimed(id, attempt)).execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Forgets a mail that will never be sent, and counts it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away; then it is tried again once its claim has ended.
    pub async fn give_up_mail(&self, mail: &DueMail) -> Result<(), StoreError> {
        self.forget_mail(mail).await?;
        self.mails_given_up().fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Puts a mail off that was not sent; says when it is tried again, or `None` when it was given up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away; then it is tried again once its claim has ended.
    pub async fn put_off_mail(&self, mail: &DueMail) -> Result<Option<Timestamp>, StoreError> {
        let now = self.clock().now();
        let Some(next) = next_attempt(mail.id, attempts(mail.attempt), mail.created_at, now) else {
            self.give_up_mail(mail).await?;
            return Ok(None);
        };
        let (id, attempt) = (Uuid::from(mail.id), mail.attempt);
        self.reading(move |connection| {
            diesel::update(claimed(id, attempt))
                .set(mails::next_attempt_at.eq(stored::time(next)))
                .execute(connection)?;
            Ok(Some(next))
        })
        .await
    }
}

/// The row of a mail, as long as the claim on it is the one of this attempt: who comes back after the claim has ended changes
/// nothing of what another made of it.
#[diesel::dsl::auto_type(no_type_alias)]
fn claimed(id: Uuid, attempt: i32) -> _ {
    mails::table.filter(mails::id.eq(id)).filter(mails::attempts.eq(attempt))
}

/// One that cannot be made does not stand in the way of those behind it: it waits as if it had been sent in vain.
fn claim(connection: &mut PgConnection, now: Timestamp) -> Result<Claim, StoreError> {
    let Some(row) = lock_next(connection, now)? else { return Ok(Claim::Nothing) };
    let (id, created_at, attempt) =
        (MailId::from(row.id), row.created_at.to_jiff(), row.attempts.saturating_add(1));
    let stored = mails::table.find(row.id);
    let (claim, until) = match make(connection, row, now) {
        Ok((recipient, Some(message))) => {
            let due = DueMail { id, recipient, message, at: now, attempt, created_at };
            (Claim::Due(Box::new(due)), Some(now + LEASE))
        }
        Ok((_, None)) => (Claim::Stale(id), None),
        Err(error @ StoreError::Unexpected(_)) => {
            (Claim::Broken(id, error), next_attempt(id, attempts(attempt), created_at, now))
        }
        Err(error) => return Err(error),
    };
    match until {
        Some(until) => {
            let columns = (mails::attempts.eq(attempt), mails::next_attempt_at.eq(stored::time(until)));
            diesel::update(stored).set(columns).execute(connection)?
        }
        None => diesel::delete(stored).execute(connection)?,
    };
    Ok(claim)
}

fn make(
    connection: &mut PgConnection,
    row: MailRow,
    now: Timestamp,
) -> Result<(Email, Option<Message<OneTimeSecret>>), StoreError> {
    let mail = Claimed::try_from(row)?;
    let message = message::make(connection, &mail, now)?;
    Ok((mail.recipient, message))
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

fn attempts(attempt: i32) -> u32 {
    u32::try_from(attempt).unwrap_or(u32::MAX)
}

impl TryFrom<MailRow> for Claimed {
    type Error = StoreError;

    fn try_from(row: MailRow) -> Result<Self, StoreError> {
        Ok(Self {
            kind: stored::parse("mails.kind", &row.kind)?,
            recipient: stored::parse("mails.recipient", &row.recipient)?,
            user: row.user_id.into(),
            account: row.account_id.map(AccountId::from),
            member: row.member_id.map(MemberId::from),
            subject: row.subject_id.map(UserId::from),
            created_at: row.created_at.to_jiff(),
        })
    }
}
