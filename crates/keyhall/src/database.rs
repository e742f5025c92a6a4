//! Which PostgreSQL a command works with: the configured one, or the deployment's own.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use keyhall_credential::master_key::MasterKey;
use keyhall_credential::password::PasswordParameters;
use keyhall_domain::audit::Retention;
use keyhall_domain::session::SessionLifetimes;
use keyhall_embedded::{Cluster, Installation, Options};
use keyhall_storage::{Clock, PoolOptions, Store, StoreOptions, open};

use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::master_key;
use crate::output;

/// A PostgreSQL that can be connected to, for as long as this lives.
pub(crate) struct Database {
    url: String,
    data_dir: Option<PathBuf>,
    cluster: Option<Cluster>,
}

impl Database {
    /// The configured PostgreSQL, or one's own, started with this process.
    pub(crate) fn start(configuration: &Configuration) -> Result<Self, CommandError> {
        if let Some(url) = &configuration.database.url {
            return Ok(Self { url: url.reveal().to_owned(), data_dir: None, cluster: None });
        }
        let data_dir = data_dir(configuration)?;
        let installation = Installation::find(configuration.embedded.postgresql_bin.as_deref())?;
        let cluster = Cluster::start(&Options::new(&data_dir, installation))?;
        let url = cluster.endpoint().connection_string();
        Ok(Self { url, data_dir: Some(data_dir), cluster: Some(cluster) })
    }

    /// The same, but one's own PostgreSQL is joined where a server runs it already.
    pub(crate) fn join_or_start(configuration: &Configuration) -> Result<Self, CommandError> {
        if configuration.database.url.is_none() {
            let data_dir = data_dir(configuration)?;
            if let Some(endpoint) = Cluster::join(&data_dir)? {
                let url = endpoint.connection_string();
                return Ok(Self { url, data_dir: Some(data_dir), cluster: None });
            }
        }
        Self::start(configuration)
    }

    /// Makes sure that there is a deployment to look after: that a database is configured, or that the data folder has one.
    ///
    /// # Errors
    /// [`CommandError::NoDeployment`], with the folder.
    pub(crate) fn require(configuration: &Configuration) -> Result<(), CommandError> {
        let data_dir = data_dir(configuration)?;
        if configuration.database.url.is_some() || data_dir.join("postgresql").is_dir() {
            return Ok(());
        }
        Err(CommandError::NoDeployment(data_dir))
    }

    /// Brings the schema up to date where that is this process's to do, else makes sure that it is.
    pub(crate) fn prepare(&self, configuration: &Configuration) -> Result<(), CommandError> {
        if self.cluster.is_some() || configuration.database.migrate {
            for migration in open::migrate(&self.url)? {
                tracing::info!(migration, "migrated");
            }
        }
        Ok(open::check_schema(&self.url)?)
    }

    /// The store on it.
    pub(crate) fn open(&self, configuration: &Configuration) -> Result<Store, CommandError> {
        let master_key =
            master_key::load(&configuration.secrets, self.data_dir.as_deref(), open::is_sealed(&self.url)?)?;
        self.open_with(configuration, &master_key)
    }

    fn open_with(
        &self,
        configuration: &Configuration,
        master_key: &MasterKey,
    ) -> Result<Store, CommandError> {
        let (database, passwords) = (&configuration.database, &configuration.passwords);
        let parameters = PasswordParameters::new(passwords.memory_kib, passwords.passes, passwords.lanes)
            .map_err(|error| CommandError::Value { key: "passwords", reason: error.to_string() })?;
        let options = StoreOptions {
            database_url: self.url.clone(),
            pool: PoolOptions {
                size: database.pool_size.get(),
                acquire_timeout: Duration::from_secs(database.acquire_seconds.get()),
                statement_timeout: Duration::from_secs(database.statement_seconds.get()),
                lock_timeout: Duration::from_secs(database.lock_seconds.get()),
            },
            clock: Clock::system(),
            passwords: parameters,
            password_concurrency: passwords.concurrency.map_or_else(cores, NonZero::get),
            session_lifetimes: SessionLifetimes {
                absolute: SignedDuration::from_hours(configuration.sessions.hours.get().into()),
                idle: SignedDuration::from_mins(configuration.sessions.idle_minutes.get().into()),
            },
            audit_retention: Retention::days(configuration.audit.retention_days),
            link_delivery: configuration.mail.link_delivery(),
        };
        Ok(Store::open(options, master_key)?)
    }

    /// Stops one's own PostgreSQL, if this process started it.
    pub(crate) fn stop(self) -> Result<(), CommandError> {
        self.cluster.map_or(Ok(()), |cluster| Ok(cluster.stop()?))
    }
}

/// Brings the schema up to date, at the operator's word.
pub(crate) fn migrate(configuration: &Configuration) -> Result<(), CommandError> {
    let database = Database::join_or_start(configuration)?;
    let said = open::migrate(&database.url).map_err(CommandError::from).and_then(|applied| {
        let lines: Vec<String> = applied.iter().map(|migration| format!("migrated {migration}")).collect();
        output::print(
            if lines.is_empty() { "the schema is up to date".to_owned() } else { lines.join("\n") }.as_str(),
        )
    });
    said.and(database.stop())
}

/// How many cores this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Where one's own PostgreSQL lives: configured, or `/var/lib/keyhall` as root, or the user's data folder.
fn data_dir(configuration: &Configuration) -> Result<PathBuf, CommandError> {
    if let Some(data_dir) = &configuration.embedded.data_dir {
        return Ok(data_dir.clone());
    }
    if keyhall_embedded::is_root() {
        return Ok(PathBuf::from("/var/lib/keyhall"));
    }
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share"));
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = base.or_else(home).ok_or(CommandError::Value {
        key: "embedded.data_dir",
        reason: "neither `XDG_DATA_HOME` nor `HOME` is set, so it has to be".to_owned(),
    })?;
    Ok(base.join("keyhall"))
}
