//! The connections to PostgreSQL: one bounded pool, with time-outs on everything.

mod waits;

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{
    ConnectionManager, CustomizeConnection, Error as PoolError, Pool, PooledConnection, R2D2Connection,
};

use crate::error::StoreError;
use crate::open::ConnectionFigures;
use waits::Waits;

/// A connection that goes back to the pool.
pub(crate) type Connection = PooledConnection<ConnectionManager<PgConnection>>;

/// How the pool is made.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The most connections.
    pub size: u32,
    /// How long a request waits for a free one before it answers 503.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long one statement may wait for a lock.
    pub lock_timeout: Duration,
}

/// The connections to PostgreSQL.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: Pool<ConnectionManager<PgConnection>>,
    waits: Waits,
}

/// Sets the time-outs of a new connection.
#[derive(Debug)]
struct Settings(String);

impl Connections {
    /// A pool that opens its connections when they are needed.
    pub(crate) fn new(database_url: &str, options: &PoolOptions) -> Self {
        let waits = Waits::default();
        let pool = Pool::builder()
            .max_size(options.size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(options.acquire_timeout)
            .event_handler(Box::new(waits.clone()))
            .connection_customizer(Box::new(Settings::new(options)))
            .build_unchecked(ConnectionManager::new(database_url));
        Self { pool, waits }
    }

    /// A connection; waits for a free one as long as the options allow.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        self.pool.get().map_err(StoreError::unavailable)
    }

    /// The same, with less patience.
    pub(crate) fn get_within(&self, patience: Duration) -> Result<Connection, StoreError> {
        self.pool.get_timeout(patience).map_err(StoreError::unavailable)
    }

    /// How busy they are.
    pub(crate) fn figures(&self) -> ConnectionFigures {
        let state = self.pool.state();
        ConnectionFigures {
            most: self.pool.max_size(),
            in_use: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            checkouts: self.waits.checkouts(),
            waited: self.waits.waited(),
            timeouts: self.waits.timeouts(),
        }
    }

    /// A connection that has just answered. Connections are seldom cut one by one: each broken one that is met on the way
    /// goes, so that whoever comes next does not meet it.
    pub(crate) fn get_tested(&self) -> Result<Connection, StoreError> {
        let mut connection = self.get()?;
        for _ in 0..self.pool.max_size() {
            if connection.ping().is_ok() {
                break;
            }
            drop(connection);
            connection = self.get()?;
        }
        Ok(connection)
    }
}

/// Outages are known by PostgreSQL's words (`error::is_outage`). Only a superuser may choose their language; anybody else has to
/// take the server's.
const MESSAGES_IN_ENGLISH: &str = "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
                                   EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";

impl Settings {
    fn new(options: &PoolOptions) -> Self {
        Self(format!(
            "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
             SET TIME ZONE 'UTC'; SET default_transaction_isolation = 'read committed'; {MESSAGES_IN_ENGLISH}",
            options.statement_timeout.as_millis(),
            options.lock_timeout.as_millis(),
            options.statement_timeout.as_millis().saturating_mul(2),
        ))
    }
}

impl CustomizeConnection<PgConnection, PoolError> for Settings {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), PoolError> {
        connection.batch_execute(&self.0).map_err(PoolError::QueryError)
    }
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            size: 16,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
        }
    }
}
