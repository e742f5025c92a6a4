//! Mail on its way out: what is due is claimed, said, and forgotten once it was sent.
//!
//! The secret of a link is made here, at each sending; only its digest is kept, in the place of the one before. So when a mail
//! server took a mail and the connection broke before it said so, the mail is sent again, and the link in the first one is dead:
//! accepted, since the alternative is to keep secrets.

mod claim;
mod message;

use std::sync::atomic::Ordering;

use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::email::Email;
use keyhall_domain::id::MailId;
use keyhall_domain::mail::{Message, next_attempt};
use uuid::Uuid;

use self::claim::{Claim, claim};
use crate::error::StoreError;
use crate::schema::mails;
use crate::store::Store;
use crate::stored;
use crate::transaction::retry;

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

fn attempts(attempt: i32) -> u32 {
    u32::try_from(attempt).unwrap_or(u32::MAX)
}
