//! The store itself: what everything in this crate hangs on.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use diesel::r2d2::R2D2Connection;
use keyhall_credential::deployment_key::{DerivedKey, Purpose};
use keyhall_credential::master_key::MasterKey;
use keyhall_credential::password::PasswordParameters;
use keyhall_domain::audit::Retention;
use keyhall_domain::id::AccountId;
use keyhall_domain::lifetime::TokenPolicy;
use keyhall_domain::session::SessionLifetimes;
use tokio::sync::Semaphore;

use crate::audit::Seal;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::mail::LinkDelivery;
use crate::open::{self, OpenError};
use crate::password_work::PasswordWork;
use crate::pool::{Connection, Connections, PoolOptions};

/// Keyhall's state, and the only mint of proofs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections: Connections,
    deadline: Duration,
    clock: Clock,
    passwords: PasswordWork,
    page_tokens: DerivedKey,
    email_digests: DerivedKey,
    audit_seal: Arc<Seal>,
    audit_retention: Retention,
    session_lifetimes: SessionLifetimes,
    token_policy: TokenPolicy,
    link_delivery: LinkDelivery,
    /// One question at a time for figures that PostgreSQL has to be asked for.
    figures_turn: Arc<Semaphore>,
    mails_given_up: AtomicU64,
}

/// What a store is made from.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where PostgreSQL is: a URI or libpq's key words and values.
    pub database_url: String,
    /// The pool.
    pub pool: PoolOptions,
    /// The clock.
    pub clock: Clock,
    /// What a password hash costs.
    pub passwords: PasswordParameters,
    /// How many passwords are hashed at the same time.
    pub password_concurrency: usize,
    /// How long sessions last.
    pub session_lifetimes: SessionLifetimes,
    /// How links reach those whom they are for.
    pub link_delivery: LinkDelivery,
    /// How long audit events are kept.
    pub audit_retention: Retention,
}

impl Store {
    /// Opens a migrated database, and makes or unseals the deployment's key.
    ///
    /// # Errors
    /// When PostgreSQL is away, or the master key is not the one that sealed the deployment's key.
    pub fn open(options: StoreOptions, master_key: &MasterKey) -> Result<Self, OpenError> {
        let connections = Connections::new(&options.database_url, &options.pool);
        let deployment_key = open::deployment_key(&mut *connections.get()?, master_key, options.clock.now())?;
        Ok(Self(Arc::new(Inner {
            connections,
            deadline: options.pool.deadline(),
            clock: options.clock,
            passwords: PasswordWork::new(&options.passwords, options.password_concurrency)?,
            page_tokens: deployment_key.derive(Purpose::PageToken),
            email_digests: deployment_key.derive(Purpose::EmailDigest),
            audit_seal: Arc::new(Seal::new(deployment_key.derive(Purpose::AuditAnchor))),
            audit_retention: options.audit_retention,
            session_lifetimes: options.session_lifetimes,
            token_policy: TokenPolicy::default(),
            link_delivery: options.link_delivery,
            figures_turn: Arc::new(Semaphore::new(1)),
            mails_given_up: AtomicU64::new(0),
        })))
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What an account allows its tokens.
    pub(crate) fn token_policy(&self) -> &TokenPolicy {
        &self.0.token_policy
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    pub(crate) fn figures_turn(&self) -> Arc<Semaphore> {
        self.0.figures_turn.clone()
    }

    pub(crate) fn passwords(&self) -> &PasswordWork {
        &self.0.passwords
    }

    pub(crate) fn page_tokens(&self) -> &DerivedKey {
        &self.0.page_tokens
    }

    pub(crate) fn email_digests(&self) -> &DerivedKey {
        &self.0.email_digests
    }

    pub(crate) fn audit_seal(&self) -> Arc<Seal> {
        self.0.audit_seal.clone()
    }

    pub(crate) fn audit_retention(&self) -> Retention {
        self.0.audit_retention
    }

    pub(crate) fn link_delivery(&self) -> LinkDelivery {
        self.0.link_delivery
    }

    pub(crate) fn mails_given_up(&self) -> &AtomicU64 {
        &self.0.mails_given_up
    }

    pub(crate) fn session_lifetimes(&self) -> SessionLifetimes {
        self.0.session_lifetimes
    }

    /// Runs blocking work with a connection, away from the threads that serve requests. Whoever waits is told of an outage when
    /// PostgreSQL says nothing for too long; the work, if it was begun, goes on by itself once PostgreSQL does.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking_within((None, Some(self.0.deadline)), work).await
    }

    /// The same for work that may take long, which nobody waits for but the operator.
    pub(crate) async fn blocking_at_length<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking_within((None, None), work).await
    }

    /// The same for work that changes an account, of which only some are done at a time.
    pub(crate) async fn changing<T: Send + 'static>(
        &self,
        account: AccountId,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking_within((Some(account), Some(self.0.deadline)), work).await
    }

    async fn blocking_within<T: Send + 'static>(
        &self,
        (account, deadline): (Option<AccountId>, Option<Duration>),
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = self.0.connections.clone();
        let admitted = connections.admission().enter(account).await?;
        run(deadline, move || work(&mut connections.get_admitted(&admitted)?)).await
    }

    /// The same for work that may be done twice: once more, when its connection turns out to be broken.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.reading_within(Some(self.0.deadline), work).await
    }

    /// The same for work that may take long, which nobody waits for but the operator.
    pub(crate) async fn reading_at_length<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.reading_within(None, work).await
    }

    async fn reading_within<T: Send + 'static>(
        &self,
        deadline: Option<Duration>,
        work: impl Fn(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = self.0.connections.clone();
        let admitted = connections.admission().enter(None).await?;
        run(deadline, move || {
            let mut connection = connections.get_admitted(&admitted)?;
            match work(&mut connection) {
                // After PostgreSQL's farewell libpq takes the connection for whole until it is used once more.
                Err(StoreError::Unavailable(_)) if connection.ping().is_err() => drop(connection),
                result => return result,
            }
            work(&mut connections.get_tested()?)
        })
        .await
    }
}

/// PostgreSQL did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL did not answer within {} seconds", .0.as_secs())]
struct OverdueError(Duration);

async fn run<T: Send + 'static>(
    deadline: Option<Duration>,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let working = tokio::task::spawn_blocking(work);
    let Some(deadline) = deadline else { return working.await.map_err(StoreError::unexpected)? };
    let unless_begun = working.abort_handle();
    match tokio::time::timeout(deadline, working).await {
        Ok(worked) => worked.map_err(StoreError::unexpected)?,
        Err(_) => {
            unless_begun.abort();
            Err(StoreError::unavailable(OverdueError(deadline)))
        }
    }
}
