//! A database for each test, cloned from a template that is migrated once.

use std::sync::OnceLock;

use diesel::prelude::*;
use keyhall_storage::open;
use uuid::Uuid;

/// Where `cargo xtask test` says that its PostgreSQL is.
const VARIABLE: &str = "KEYHALL_TEST_DATABASE_URL";

/// The template's name.
const TEMPLATE: &str = "keyhall_template";

/// Whoever makes the template holds this advisory lock; test processes may run side by side.
const LOCK: i64 = 7_304_711;

static TEMPLATE_IS_MADE: OnceLock<()> = OnceLock::new();

/// A database of one test's own.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
}

impl Database {
    /// A migrated database with nothing in it.
    pub fn migrated() -> Self {
        TEMPLATE_IS_MADE.get_or_init(make_template);
        let name = format!("test_{}", Uuid::now_v7().simple());
        execute(&mut connect(&server()), &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
        Self { url: url_of(&name) }
    }

    /// A database without any table.
    pub fn empty() -> Self {
        let name = format!("empty_{}", Uuid::now_v7().simple());
        execute(&mut connect(&server()), &format!("CREATE DATABASE {name}"));
        Self { url: url_of(&name) }
    }

    /// A database that is there already.
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// The same database, for somebody who has no more rights in it than this role.
    pub fn as_role(&self, role: &str) -> Self {
        Self { url: format!("{} options='-c role={role}'", self.url) }
    }

    /// Where it is, in libpq's key words.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a statement past the application, as somebody with access to the database could.
    pub fn execute(&self, sql: &str) -> usize {
        execute(&mut connect(&self.url), sql)
    }

    /// Runs a statement, and hands out the database's refusal.
    pub fn try_execute(&self, sql: &str) -> Result<usize, diesel::result::Error> {
        diesel::sql_query(sql).execute(&mut connect(&self.url))
    }

    /// How many rows a table has, of those that a condition holds for.
    pub fn count(&self, table: &str, condition: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let sql = format!("SELECT count(*) AS count FROM {table} WHERE {condition}");
        let counted: Count =
            diesel::sql_query(sql).get_result(&mut connect(&self.url)).expect("the rows are counted");
        counted.count
    }
}

impl Database {
    /// Locks a table against everything else; dropping the connection lets it go.
    pub fn lock(&self, table: &str) -> PgConnection {
        let mut connection = connect(&self.url);
        execute(&mut connection, "BEGIN");
        execute(&mut connection, &format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"));
        connection
    }

    /// How many others are connected that this holds for.
    pub fn connections(&self, condition: &str) -> i64 {
        let others = "datname = current_database() AND pid <> pg_backend_pid()";
        self.count("pg_stat_activity", &format!("{others} AND {condition}"))
    }

    /// Cuts all connections, as a restart or a failover does.
    pub fn cut(&self) {
        self.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }

    /// Lets nobody connect any more, and cuts who is.
    pub fn close(&self) {
        let name = self.name();
        execute(&mut connect(&server()), &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        execute(
            &mut connect(&server()),
            &format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        );
    }

    /// Lets everybody connect again.
    pub fn reopen(&self) {
        execute(&mut connect(&server()), &format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name()));
    }

    fn name(&self) -> &str {
        let named = self.url.rsplit_once("dbname='").and_then(|(_, name)| name.strip_suffix('\''));
        named.expect("it was named here")
    }
}

/// A connection.
pub fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("PostgreSQL is there")
}

fn make_template() {
    let mut connection = connect(&server());
    execute(&mut connection, &format!("SELECT pg_advisory_lock({LOCK})"));
    let exists = diesel::sql_query(format!("SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"));
    if exists.execute(&mut connection).expect("PostgreSQL answers") == 0 {
        let draft = format!("{TEMPLATE}_draft");
        execute(&mut connection, &format!("CREATE DATABASE {draft}"));
        open::migrate(&url_of(&draft)).expect("the migrations run");
        execute(&mut connection, &format!("ALTER DATABASE {draft} RENAME TO {TEMPLATE}"));
    }
    execute(&mut connection, &format!("SELECT pg_advisory_unlock({LOCK})"));
}

fn execute(connection: &mut PgConnection, sql: &str) -> usize {
    diesel::sql_query(sql).execute(connection).expect("the statement runs")
}

fn server() -> String {
    std::env::var(VARIABLE).expect("tests run by `cargo xtask test`, which starts their PostgreSQL")
}

/// The server's connection string with another database: the last of two settings counts.
fn url_of(database: &str) -> String {
    format!("{} dbname='{database}'", server())
}
