//! The store itself: what everything in this crate hangs on.

use std::sync::Arc;

use diesel::r2d2::R2D2Connection;
use keyhall_credential::deployment_key::{DerivedKey, Purpose};
use keyhall_credential::master_key::MasterKey;
use keyhall_credential::password::PasswordParameters;
use keyhall_domain::lifetime::TokenPolicy;
use keyhall_domain::session::SessionLifetimes;
use tokio::sync::Semaphore;

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
    clock: Clock,
    passwords: PasswordWork,
    page_tokens: DerivedKey,
    email_digests: DerivedKey,
    session_lifetimes: SessionLifetimes,
    token_policy: TokenPolicy,
    link_delivery: LinkDelivery,
    /// One question at a time for figures that PostgreSQL has to be asked for.
    figures_turn: Arc<Semaphore>,
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
            clock: options.clock,
            passwords: PasswordWork::new(&options.passwords, options.password_concurrency)?,
            page_tokens: deployment_key.derive(Purpose::PageToken),
            email_digests: deployment_key.derive(Purpose::EmailDigest),
            session_lifetimes: options.session_lifetimes,
            token_policy: TokenPolicy::default(),
            link_delivery: options.link_delivery,
            figures_turn: Arc::new(Semaphore::new(1)),
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

    pub(crate) fn link_delivery(&self) -> LinkDelivery {
        self.0.link_delivery
    }

    pub(crate) fn session_lifetimes(&self) -> SessionLifetimes {
        self.0.session_lifetimes
    }

    /// Runs blocking work with a connection, away from the threads that serve requests.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = self.0.connections.clone();
        run(move || work(&mut connections.get()?)).await
    }

    /// The same for work that may be done twice: once more, when its connection turns out to be broken.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = self.0.connections.clone();
        run(move || {
            let mut connection = connections.get()?;
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

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(StoreError::unexpected)?
}
