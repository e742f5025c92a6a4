//! The schema: brought up to date by the operator, or by the embedded default; never by surprise.

use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, select, sql};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::UnreachableError;
use crate::schema::deployment;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// One migration at a time: an advisory lock of this number ("KEYHALL" on a telephone's keys).
const LOCK: i64 = 5_394_255;

/// The oldest major version of PostgreSQL that Keyhall is made for.
const OLDEST: i32 = 14;

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
    /// PostgreSQL is too old.
    #[error("the server is PostgreSQL {version}; Keyhall needs {OLDEST} or newer")]
    TooOld {
        /// The server's version, as it says it.
        version: String,
    },
    /// The database is somebody else's.
    #[error(
        "the database has tables that are not Keyhall's; give Keyhall a database of its own in `database.url`"
    )]
    Foreign,
    /// A migration failed; it was rolled back.
    #[error("the migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Brings the schema up to date, and says which migrations that took.
///
/// # Errors
/// [`SchemaError::Newer`], [`SchemaError::Foreign`] and [`SchemaError::TooOld`] before anything is changed;
/// [`SchemaError::Failed`] with the failed one rolled back.
pub fn migrate(database_url: &str) -> Result<Vec<String>, SchemaError> {
    let mut connection = connect(database_url)?;
    connection
        .batch_execute(&format!("SET client_min_messages = warning; SELECT pg_advisory_lock({LOCK})"))
        .map_err(|error| SchemaError::Failed(error.into()))?;
    if has_migrations(&mut connection)? {
        refuse_newer(&mut connection)?;
    }
    let applied = connection.run_pending_migrations(MIGRATIONS).map_err(SchemaError::Failed)?;
    // The lock goes with the connection.
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Whether the schema is the one that this program knows. Writes nothing.
///
/// # Errors
/// [`SchemaError::Older`], [`SchemaError::Newer`], [`SchemaError::Foreign`] or [`SchemaError::TooOld`].
pub fn check_schema(database_url: &str) -> Result<(), SchemaError> {
    let mut connection = connect(database_url)?;
    if !has_migrations(&mut connection)? {
        return Err(SchemaError::Older { missing: known()?.len() });
    }
    refuse_newer(&mut connection)?;
    let applied = applied(&mut connection)?;
    match known()?.iter().filter(|version| !applied.contains(version)).count() {
        0 => Ok(()),
        missing => Err(SchemaError::Older { missing }),
    }
}

fn connect(database_url: &str) -> Result<PgConnection, SchemaError> {
    let mut connection =
        PgConnection::establish(database_url).map_err(|error| SchemaError::Unreachable(error.into()))?;
    let setting = |name: &str| select(sql::<Text>(&format!("current_setting('{name}')")));
    let number: String = setting("server_version_num").get_result(&mut connection).map_err(failed)?;
    if number.parse::<i32>().map_err(failed)? / 10_000 < OLDEST {
        let version = setting("server_version").get_result(&mut connection).map_err(failed)?;
        return Err(SchemaError::TooOld { version });
    }
    Ok(connection)
}

/// Whether the database holds a deployment's key already, sealed under some master key.
///
/// # Errors
/// [`SchemaError::Unreachable`], or [`SchemaError::Failed`] when the schema was not checked before.
pub fn is_sealed(database_url: &str) -> Result<bool, SchemaError> {
    let key = deployment::table.select(deployment::id);
    select(exists(key)).get_result(&mut connect(database_url)?).map_err(failed)
}

/// Whether anything was migrated here before. A database with other tables, and none of Diesel's, is not for us.
fn has_migrations(connection: &mut PgConnection) -> Result<bool, SchemaError> {
    let exists = "to_regclass('__diesel_schema_migrations') IS NOT NULL";
    if select(sql::<Bool>(exists)).get_result(connection).map_err(failed)? {
        return Ok(true);
    }
    let others = "EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = current_schema())";
    if select(sql::<Bool>(others)).get_result(connection).map_err(failed)? {
        return Err(SchemaError::Foreign);
    }
    Ok(false)
}

fn refuse_newer(connection: &mut PgConnection) -> Result<(), SchemaError> {
    let (known, applied) = (known()?, applied(connection)?);
    let unknown = applied.iter().find(|version| !known.contains(version)).cloned();
    match unknown {
        None => Ok(()),
        // Diesel's table is there, but not one migration in it is ours.
        Some(_) if !applied.iter().any(|version| known.contains(version)) => Err(SchemaError::Foreign),
        Some(version) => Err(SchemaError::Newer { version }),
    }
}

/// The versions of the migrations that the database has. Diesel's own way to ask makes its table first, which takes a right
/// that a server need not have.
fn applied(connection: &mut PgConnection) -> Result<Vec<String>, SchemaError> {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
    use __diesel_schema_migrations::dsl;
    dsl::__diesel_schema_migrations.select(dsl::version).order(dsl::version).load(connection).map_err(failed)
}

/// The versions of the migrations that this program brings.
fn known() -> Result<Vec<String>, SchemaError> {
    let known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(SchemaError::Failed)?;
    Ok(known.iter().map(|known| known.name().version().to_string()).collect())
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SchemaError {
    SchemaError::Failed(error.into())
}
