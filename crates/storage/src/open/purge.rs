//! The job that clears away what has ended: one server at a time, a small batch in each transaction.
//!
//! Nobody's right changes by it, since what it removes opened nothing any more, so it writes no event; what it drops of the
//! audit itself leaves an anchor instead ([`crate::audit::retire`]). Whoever has something that ends adds a line to [`SWEEPS`].

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::{SignedDuration, Timestamp};
use keyhall_domain::lock_out::FORGOTTEN_AFTER;
use keyhall_domain::session::SessionLifetimes;
use uuid::Uuid;

use crate::audit::{self, Retired};
use crate::error::StoreError;
use crate::schema::{email_changes, idempotency_records, password_resets, sessions, sign_in_counters};
use crate::store::Store;
use crate::stored;

/// Removes a batch of what has ended, and says how many that were.
type Sweep = fn(&mut PgConnection, &Moment) -> QueryResult<usize>;

/// What is cleared away, in this order.
const SWEEPS: [(&str, Sweep); 5] = [
    ("sessions", sessions),
    ("password resets", password_resets),
    ("e-mail changes", email_changes),
    ("idempotency records", idempotency_records),
    ("sign-in counters", sign_in_counters),
];

/// How many rows one transaction removes.
const BATCH: i64 = 1000;

/// How long a session that has ended is kept, so that its holder still learns why it does.
const SESSION_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// One purge at a time: an advisory lock of this number, held for one batch (the next after the migrations').
const LOCK: i64 = 5_394_256;

/// What was cleared away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// How many rows of each kind, of those of which there were any.
    pub removed: Vec<(&'static str, usize)>,
    /// The chains of audit events from which nothing more is dropped, because their oldest events are not as they were
    /// written; `None` is the deployment's.
    pub tampered: Vec<super::ChainOf>,
}

/// The time, and what depends on it.
struct Moment {
    now: Timestamp,
    lifetimes: SessionLifetimes,
}

/// What a batch came to: nothing, when another server is at it.
type Batch<T> = Option<T>;

impl Store {
    /// Clears away what has ended, until nothing is left, or another server is at it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away; what was cleared away by then is.
    pub async fn purge(&self) -> Result<Purged, StoreError> {
        let mut purged = Purged::default();
        for (what, sweep) in SWEEPS {
            let mut removed = 0;
            loop {
                let moment = Moment { now: self.clock().now(), lifetimes: self.session_lifetimes() };
                let batch = self.alone(move |connection| Ok(sweep(connection, &moment)?)).await?;
                removed += batch.unwrap_or_default();
                if batch.is_none_or(|batch| batch < BATCH.unsigned_abs() as usize) {
                    break;
                }
            }
            purged.count(what, removed);
        }
        self.retire_audit(&mut purged).await?;
        Ok(purged)
    }

    /// Drops the audit events that were kept long enough, chain by chain.
    async fn retire_audit(&self, purged: &mut Purged) -> Result<(), StoreError> {
        let now = self.clock().now();
        let before = self.audit_retention().cutoff(now);
        let (mut removed, mut after) = (0, None);
        while let Some(Some(chain)) =
            self.alone(move |connection| audit::find_chain(connection, after, before)).await?
        {
            after = Some(chain);
            loop {
                let seal = self.audit_seal();
                let retired = self
                    .alone(move |connection| audit::retire(connection, &seal, chain, (before, now), BATCH));
                match retired.await? {
                    Some(Retired::Some(count)) => removed += count,
                    Some(Retired::All(count)) => {
                        removed += count;
                        break;
                    }
                    Some(Retired::Stopped(count)) => {
                        removed += count;
                        purged.tampered.push((!chain.is_nil()).then(|| chain.into()));
                        break;
                    }
                    None => break,
                }
            }
        }
        purged.count("audit events", removed);
        Ok(())
    }

    /// Does a batch in a transaction of its own, unless another server is at one.
    async fn alone<T: Send + 'static>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Batch<T>, StoreError> {
        self.blocking(move |connection| {
            connection.transaction(
                |connection| {
                    if try_lock(connection)? { work(connection).map(Some) } else { Ok(None) }
                },
            )
        })
        .await
    }
}

impl Purged {
    /// How many rows of this kind were removed.
    pub fn count_of(&self, what: &str) -> usize {
        self.removed.iter().filter(|(kind, _)| *kind == what).map(|(_, count)| count).sum()
    }

    fn count(&mut self, what: &'static str, removed: usize) {
        if removed > 0 {
            self.removed.push((what, removed));
        }
    }
}

diesel::define_sql_function! {
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

fn try_lock(connection: &mut PgConnection) -> QueryResult<bool> {
    diesel::select(pg_try_advisory_xact_lock(LOCK)).get_result(connection)
}

fn sessions(connection: &mut PgConnection, moment: &Moment) -> QueryResult<usize> {
    let ended = earlier(moment.now, SESSION_KEPT);
    let unused = earlier(ended, moment.lifetimes.idle);
    let over =
        sessions::expires_at.le(stored::time(ended)).or(sessions::last_seen_at.le(stored::time(unused)));
    let some: Vec<Uuid> = sessions::table.filter(over).select(sessions::id).limit(BATCH).load(connection)?;
    diesel::delete(sessions::table.filter(sessions::id.eq_any(some)).filter(over)).execute(connection)
}

fn password_resets(connection: &mut PgConnection, moment: &Moment) -> QueryResult<usize> {
    let over = password_resets::expires_at.le(stored::time(moment.now));
    let some: Vec<Uuid> =
        password_resets::table.filter(over).select(password_resets::user_id).limit(BATCH).load(connection)?;
    let some = password_resets::table.filter(password_resets::user_id.eq_any(some));
    diesel::delete(some.filter(over)).execute(connection)
}

fn email_changes(connection: &mut PgConnection, moment: &Moment) -> QueryResult<usize> {
    let over = email_changes::expires_at.le(stored::time(moment.now));
    let some: Vec<Uuid> =
        email_changes::table.filter(over).select(email_changes::user_id).limit(BATCH).load(connection)?;
    let some = email_changes::table.filter(email_changes::user_id.eq_any(some));
    diesel::delete(some.filter(over)).execute(connection)
}

fn idempotency_records(connection: &mut PgConnection, moment: &Moment) -> QueryResult<usize> {
    let over = idempotency_records::expires_at.le(stored::time(moment.now));
    let digests: Vec<Vec<u8>> = idempotency_records::table
        .filter(over)
        .select(idempotency_records::key_digest)
        .limit(BATCH)
        .load(connection)?;
    let some = idempotency_records::table.filter(idempotency_records::key_digest.eq_any(digests));
    diesel::delete(some.filter(over)).execute(connection)
}

/// Failures that are forgotten, of those who are not trusted any more.
fn sign_in_counters(connection: &mut PgConnection, moment: &Moment) -> QueryResult<usize> {
    let (now, forgotten) = (stored::time(moment.now), earlier(moment.now, FORGOTTEN_AFTER));
    let trusted = sign_in_counters::trusted_until.gt(now).assume_not_null();
    let no_longer = sign_in_counters::trusted_until.is_null().or(diesel::dsl::not(trusted));
    let over = sign_in_counters::failed_at.le(stored::time(forgotten)).and(no_longer);
    let some: Vec<Vec<u8>> = sign_in_counters::table
        .filter(over)
        .select(sign_in_counters::digest)
        .limit(BATCH)
        .load(connection)?;
    let some = sign_in_counters::table.filter(sign_in_counters::digest.eq_any(some));
    diesel::delete(some.filter(over)).execute(connection)
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}
