//! The connections to PostgreSQL: one bounded pool, with time-outs on everything.

mod admission;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{
    ConnectionManager, CustomizeConnection, Error as PoolError, Pool, PooledConnection, R2D2Connection,
};

use crate::error::StoreError;
use crate::open::ConnectionFigures;
pub(crate) use admission::{Admission, Admitted};
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
    admission: Arc<Admission>,
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
            .build_unchecked(ConnectionManager::new(with_timeouts(database_url, options)));
        let admission = Arc::new(Admission::new(options.size, options.acquire_timeout, waits.clone()));
        Self { pool, admission, waits }
    }

    /// Who may ask for one now.
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// A connection; waits for a free one as long as the options allow.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        self.pool.get().map_err(StoreError::unavailable)
    }

    /// A connection for whoever was let in: no longer than they may wait in all.
    pub(crate) fn get_admitted(&self, admitted: &Admitted) -> Result<Connection, StoreError> {
        self.get_within(admitted.patience.max(SHORTEST_PATIENCE))
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

/// Whoever was let in at the last moment gets the connection that is free, which takes a moment too.
const SHORTEST_PATIENCE: Duration = Duration::from_millis(100);

/// Outages are known by PostgreSQL's words (`error::is_outage`). Only a superuser may choose their language; anybody else has to
/// take the server's.
const MESSAGES_IN_ENGLISH: &str = "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
                                   EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";

/// What libpq has to know itself: when to give up a server that takes connections and says nothing, and when one that is
/// connected and says nothing any more. Without it a wire that went dead keeps a connection for hours, and while a new one is
/// being made, no other is. What the operator has set stands.
fn with_timeouts(database_url: &str, options: &PoolOptions) -> String {
    let seconds = options.acquire_timeout.as_secs().max(2);
    let parameters = [
        ("connect_timeout", seconds.to_string()),
        ("tcp_user_timeout", options.deadline().as_millis().to_string()),
        ("keepalives_idle", "10".to_owned()),
        ("keepalives_interval", "5".to_owned()),
        ("keepalives_count", "3".to_owned()),
    ];
    let is_uri = ["postgres://", "postgresql://"].iter().any(|scheme| database_url.starts_with(scheme));
    let mut url = database_url.to_owned();
    for (name, value) in parameters.iter().filter(|(name, _)| !database_url.contains(name)) {
        let separator = match (is_uri, url.contains('?')) {
            (false, _) => ' ',
            (true, false) => '?',
            (true, true) => '&',
        };
        url.push_str(&format!("{separator}{name}={value}"));
    }
    url
}

impl PoolOptions {
    /// How long a request waits for PostgreSQL in all: for a connection, and then for twice the time of a statement. Time-outs
    /// that PostgreSQL keeps say nothing while PostgreSQL itself does not run.
    pub(crate) fn deadline(&self) -> Duration {
        self.acquire_timeout + self.statement_timeout.saturating_mul(2)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libpqs_own_timeouts_are_added_to_either_kind_of_connection_string() {
        let with = |url: &str| with_timeouts(url, &PoolOptions::default());
        let words = "connect_timeout=3 tcp_user_timeout=23000 keepalives_idle=10 keepalives_interval=5 keepalives_count=3";
        assert_eq!(with("host=/run dbname='a b'"), format!("host=/run dbname='a b' {words}"));
        let parameters = words.replace(' ', "&");
        assert_eq!(with("postgres://db/keyhall"), format!("postgres://db/keyhall?{parameters}"));
        let more = with("postgresql://db/keyhall?sslmode=require");
        assert_eq!(more, format!("postgresql://db/keyhall?sslmode=require&{parameters}"));
    }

    #[test]
    fn what_the_operator_has_set_stands() {
        let url = with_timeouts("host=/run connect_timeout=30", &PoolOptions::default());
        assert_eq!(url.matches("connect_timeout").count(), 1);
    }
}
