//! The schema: brought up to date by the operator, or by the embedded default; never by surprise.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::UnreachableError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// One migration at a time: an advisory lock of this number ("KEYHALL" on a telephone's keys).
const LOCK: i64 = 5_394_255;

/// Why the schema is not the one that this program knows.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// PostgreSQL is away.
    #[error("PostgreSQL cannot be reached")]
    Unreachable(#[source] UnreachableError),
    /// The database is behind the program.
    #[error("the database lacks {missing} of this program's migrations; run `keyhall migrate`")]
    Older {
        /// How many migrations are missing.
        missing: usize,
    },
    /// The database is ahead of the program.
    #[error(
        "the database has the migration `{version}`, which this program does not know; run a newer Keyhall"
    )]
    Newer {
        /// The first migration that is not known.
        version: String,
    },
    /// A migration failed; it was rolled back.
    #[error("the migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Brings the schema up to date, and says which migrations that took.
///
/// # Errors
/// [`SchemaError::Newer`] before anything is changed; [`SchemaError::Failed`] with the failed one rolled back.
pub fn migrate(database_url: &str) -> Result<Vec<String>, SchemaError> {
    let mut connection = connect(database_url)?;
    connection
        .batch_execute(&format!("SET client_min_messages = warning; SELECT pg_advisory_lock({LOCK})"))
        .map_err(|error| SchemaError::Failed(error.into()))?;
    refuse_newer(&mut connection)?;
    let applied = connection.run_pending_migrations(MIGRATIONS).map_err(SchemaError::Failed)?;
    // The lock goes with the connection.
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Whether the schema is the one that this program knows.
///
/// # Errors
/// [`SchemaError::Older`] or [`SchemaError::Newer`].
pub fn check_schema(database_url: &str) -> Result<(), SchemaError> {
    let mut connection = connect(database_url)?;
    refuse_newer(&mut connection)?;
    match connection.pending_migrations(MIGRATIONS).map_err(SchemaError::Failed)?.len() {
        0 => Ok(()),
        missing => Err(SchemaError::Older { missing }),
    }
}

fn connect(database_url: &str) -> Result<PgConnection, SchemaError> {
    PgConnection::establish(database_url).map_err(|error| SchemaError::Unreachable(error.into()))
}

fn refuse_newer(connection: &mut PgConnection) -> Result<(), SchemaError> {
    let known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(SchemaError::Failed)?;
    let known: Vec<String> = known.iter().map(|known| known.name().version().to_string()).collect();
    let applied = connection.applied_migrations().map_err(SchemaError::Failed)?;
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    unknown.map_or(Ok(()), |version| Err(SchemaError::Newer { version }))
}
