//! Races: two who start at the same moment, over and over. What each round changes, SQL puts back.

pub(crate) mod credentials;
mod grants;
mod idempotency;
mod names;
mod operator;
mod passwords;
mod super_admins;

use std::future::Future;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use keyhall_tests::{Database, connect};
use tokio::sync::Barrier;

/// How often each race is run.
const ROUNDS: usize = 200;

/// Runs both, started at the same moment, and hands out what they came to.
async fn race<T: Send + 'static>(
    one: impl Future<Output = T> + Send + 'static,
    other: impl Future<Output = T> + Send + 'static,
) -> [T; 2] {
    let barrier = Arc::new(Barrier::new(2));
    let run = |work: std::pin::Pin<Box<dyn Future<Output = T> + Send>>| {
        let barrier = barrier.clone();
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    };
    let (one, other) = (run(Box::pin(one)), run(Box::pin(other)));
    [one.await.expect("it runs"), other.await.expect("it runs")]
}

/// How a database was, to be put back after each round on one connection.
struct Restore {
    connection: diesel::PgConnection,
    statements: String,
}

impl Restore {
    /// Keeps copies of these tables; `statements` puts rows back from `kept_…`.
    fn keep(database: &Database, tables: &[&str], statements: &str) -> Self {
        let mut connection = connect(database.url());
        for table in tables {
            let copy = format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}");
            connection.batch_execute(&copy).expect("the table is kept");
        }
        Self { connection, statements: statements.to_owned() }
    }

    fn run(&mut self) {
        self.connection.batch_execute(&self.statements).expect("the rows are put back");
    }
}
