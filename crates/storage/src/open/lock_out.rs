//! Slowing down whoever guesses: failures are counted for each e-mail address, for each network address, and for the two
//! together.
//!
//! An attempt counts as failed before the password is looked at, so that many at once gain nothing, and a crash forgives
//! nothing; it is taken back when it succeeds, or when nothing was looked at after all. Spellings of one e-mail address share a
//! counter, unknown ones have one like any other. At rest the counters' keys are keyed digests. Deliberately absent: how long
//! the delays are, which is the domain's ([`keyhall_domain::lock_out`]).

use std::net::IpAddr;
use std::sync::Arc;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use ipnet::Ipv6Net;
use jiff::Timestamp;
use keyhall_credential::deployment_key::DerivedKey;
use keyhall_credential::password::{Password, PasswordHash, Verdict};
use keyhall_domain::email::EmailKey;
use keyhall_domain::lock_out::{Failures, TRUSTED_FOR};

use crate::error::StoreError;
use crate::schema::sign_in_counters;
use crate::store::Store;
use crate::stored;
use crate::transaction::retry;

/// What is attempted; each is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempted {
    /// To show that one knows a password.
    Password,
    /// To have a link to a new password mailed. Every one counts, since none can succeed.
    PasswordReset,
    /// To have a link mailed to an address that one wants. Every one counts, since a stranger may have the address.
    EmailChange,
}

/// An attempt that was let through, and counts as failed until it is settled.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    keys: Keys,
    began_at: Timestamp,
    before: Vec<Counter>,
}

/// The keys of the counters of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Keys {
    /// This e-mail address, tried from wherever.
    email: Vec<u8>,
    /// This network address, trying whomever.
    address: Vec<u8>,
    /// This e-mail address, tried from this network address.
    pair: Vec<u8>,
}

/// The keys of counters that can be forgiven.
#[derive(Debug, Clone)]
pub(crate) struct Forgivable([Vec<u8>; 2]);

/// A counter as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sign_in_counters, check_for_backend(Pg))]
struct Counter {
    digest: Vec<u8>,
    failures: i32,
    failed_at: jiff_diesel::Timestamp,
    trusted_until: Option<jiff_diesel::Timestamp>,
}

impl Store {
    /// Lets an attempt through, or says how long to wait.
    ///
    /// # Errors
    /// [`StoreError::LockedOut`] after too many failures.
    pub(crate) async fn begin_attempt(
        &self,
        attempted: Attempted,
        email: &EmailKey,
        address: IpAddr,
    ) -> Result<Attempt, StoreError> {
        let keys = Keys::of(self.email_digests(), attempted, email, address);
        let clock = self.clock().clone();
        let begun = self.in_short_transaction(move |connection| begin(connection, &keys, clock.now())).await;
        if let Err(StoreError::LockedOut { .. }) = &begun {
            tracing::warn!(%address, attempted = attempted.name(), "too many attempts have failed");
        }
        begun
    }

    /// The attempt succeeded: what failed before is forgiven, and from this address nobody is delayed by others' failures.
    pub(crate) async fn attempt_succeeded(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.in_short_transaction(move |connection| {
            let trusted_until = stored::time(attempt.began_at + TRUSTED_FOR);
            for counter in lock(connection, &attempt.keys)? {
                match &counter.digest {
                    digest if *digest == attempt.keys.address => take_back(connection, &attempt, &counter)?,
                    digest if *digest == attempt.keys.pair => {
                        let set = (
                            sign_in_counters::failures.eq(0),
                            sign_in_counters::trusted_until.eq(trusted_until),
                        );
                        diesel::update(sign_in_counters::table.find(digest)).set(set).execute(connection)?;
                    }
                    digest => {
                        let set = sign_in_counters::failures.eq(0);
                        diesel::update(sign_in_counters::table.find(digest)).set(set).execute(connection)?;
                    }
                }
            }
            Ok(())
        })
        .await
    }

    /// Nothing was looked at: the attempt never was.
    pub(crate) async fn attempt_withdrawn(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.in_short_transaction(move |connection| {
            for counter in lock(connection, &attempt.keys)? {
                take_back(connection, &attempt, &counter)?;
            }
            Ok(())
        })
        .await
    }

    /// What failed for this e-mail address, from wherever and from this network address, and can be forgiven.
    pub(crate) fn forgivable(&self, email: &EmailKey, address: IpAddr) -> Forgivable {
        let Keys { email, pair, .. } = Keys::of(self.email_digests(), Attempted::Password, email, address);
        Forgivable([email, pair])
    }

    /// Whether somebody who is known by other means knows their password; counts like a sign-in.
    ///
    /// # Errors
    /// [`StoreError::LockedOut`] after too many failures, [`StoreError::Busy`].
    pub(crate) async fn prove_password(
        &self,
        email: &EmailKey,
        address: IpAddr,
        password: Option<Password>,
        hash: PasswordHash,
    ) -> Result<bool, StoreError> {
        let attempt = self.begin_attempt(Attempted::Password, email, address).await?;
        match self.passwords().verify(password.map(Arc::new), Some(hash)).await {
            Ok(Verdict::Match { .. }) => self.attempt_succeeded(attempt).await.map(|()| true),
            Ok(Verdict::Mismatch) => Ok(false),
            Err(StoreError::Busy) => {
                self.attempt_withdrawn(attempt).await?;
                Err(StoreError::Busy)
            }
            Err(error) => Err(error),
        }
    }

    /// Done once more when its connection turns out to be broken: at worst a failure is counted, or taken back, once more.
    async fn in_short_transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.reading(move |connection| retry(|| connection.transaction(|connection| work(connection)))).await
    }
}

impl Forgivable {
    /// Forgives: whoever set a new password with a link is who they say.
    pub(crate) fn forgive(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        let mut keys = self.0.clone();
        keys.sort();
        for key in keys {
            let counter = sign_in_counters::table.find(key);
            diesel::update(counter).set(sign_in_counters::failures.eq(0)).execute(connection)?;
        }
        Ok(())
    }
}

impl Keys {
    fn of(key: &DerivedKey, attempted: Attempted, email: &EmailKey, address: IpAddr) -> Self {
        let address = network_of(address);
        Self {
            email: digest(key, &[attempted.name(), "email", email.as_str()]),
            address: digest(key, &[attempted.name(), "address", &address]),
            pair: digest(key, &[attempted.name(), "pair", email.as_str(), &address]),
        }
    }

    /// In the order in which they are locked.
    fn sorted(&self) -> Vec<&Vec<u8>> {
        let mut all = vec![&self.email, &self.address, &self.pair];
        all.sort();
        all
    }
}

impl Attempted {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordReset => "password reset",
            Self::EmailChange => "e-mail change",
        }
    }
}

impl Counter {
    fn failures(&self) -> Failures {
        Failures { count: self.failures.unsigned_abs(), last_at: self.failed_at.to_jiff() }
    }

    fn is_trusted(&self, now: Timestamp) -> bool {
        self.trusted_until.is_some_and(|until| until.to_jiff() > now)
    }
}

/// The digest of what a counter counts; no part has a line break in it.
fn digest(key: &DerivedKey, parts: &[&str]) -> Vec<u8> {
    key.sign(parts.join("\n").as_bytes()).to_vec()
}

/// What counts as one address: a network of 64 bits in IPv6, which anybody may have for themself.
fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().to_string(),
    }
}

fn begin(connection: &mut PgConnection, keys: &Keys, now: Timestamp) -> Result<Attempt, StoreError> {
    let new: Vec<_> = keys
        .sorted()
        .into_iter()
        .map(|digest| {
            let now = sign_in_counters::failed_at.eq(stored::time(now));
            (sign_in_counters::digest.eq(digest), sign_in_counters::failures.eq(0), now)
        })
        .collect();
    diesel::insert_into(sign_in_counters::table).values(new).on_conflict_do_nothing().execute(connection)?;
    let before = lock(connection, keys)?;
    let is_trusted = before.iter().any(|counter| counter.digest == keys.pair && counter.is_trusted(now));
    let counts = |counter: &&Counter| (counter.digest == keys.pair) == is_trusted;
    let delay = before.iter().filter(counts).filter_map(|counter| counter.failures().delay(now)).max();
    if let Some(retry_after) = delay {
        return Err(StoreError::LockedOut { retry_after });
    }
    for counter in &before {
        let failures = counter.failures().count_at(now).saturating_add(1);
        diesel::update(sign_in_counters::table.find(&counter.digest))
            .set((
                sign_in_counters::failures.eq(i32::try_from(failures).unwrap_or(i32::MAX)),
                sign_in_counters::failed_at.eq(stored::time(now)),
            ))
            .execute(connection)?;
    }
    Ok(Attempt { keys: keys.clone(), began_at: now, before })
}

fn lock(connection: &mut PgConnection, keys: &Keys) -> Result<Vec<Counter>, StoreError> {
    Ok(sign_in_counters::table
        .filter(sign_in_counters::digest.eq_any(keys.sorted()))
        .order(sign_in_counters::digest)
        .select(Counter::as_select())
        .for_update()
        .load(connection)?)
}

/// Takes one failure back; where none came since, the time of the last one too.
fn take_back(connection: &mut PgConnection, attempt: &Attempt, counter: &Counter) -> Result<(), StoreError> {
    let before = attempt.before.iter().find(|before| before.digest == counter.digest);
    let was_last = counter.failed_at.to_jiff() == attempt.began_at;
    let failed_at = before.filter(|_| was_last).unwrap_or(counter).failed_at;
    diesel::update(sign_in_counters::table.find(&counter.digest))
        .set((
            sign_in_counters::failures.eq(counter.failures.saturating_sub(1).max(0)),
            sign_in_counters::failed_at.eq(failed_at),
        ))
        .execute(connection)?;
    Ok(())
}
