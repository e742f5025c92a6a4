//! The configuration: defaults, then `keyhall.toml`, then the environment; read once, unknown keys refused.

mod git;
mod invalid;
mod network;
pub(crate) use git::GitConfiguration;
pub(crate) use invalid::InvalidConfiguration;
pub(crate) use network::Network;
mod mail;
pub(crate) use mail::MailConfiguration;
mod rules;
pub(crate) use rules::require_private;
mod show;

use std::net::IpAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat};
use serde::Deserialize;

use crate::error::CommandError;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "keyhall.toml";

/// The keys with several values, which stand between commas in the environment.
const LISTS: &[&str] = &["server.trusted_proxies"];

/// The defaults, in the words of the file.
const DEFAULTS: &str = include_str!("configuration/defaults.toml");

/// Everything that can be configured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    pub(crate) server: ServerConfiguration,
    pub(crate) admin: AdminConfiguration,
    pub(crate) database: DatabaseConfiguration,
    pub(crate) embedded: EmbeddedConfiguration,
    pub(crate) secrets: SecretsConfiguration,
    pub(crate) sessions: SessionsConfiguration,
    pub(crate) passwords: PasswordsConfiguration,
    pub(crate) limits: LimitsConfiguration,
    pub(crate) audit: AuditConfiguration,
    pub(crate) mail: MailConfiguration,
    pub(crate) git: GitConfiguration,
    pub(crate) log: LogConfiguration,
    /// The values with where they came from, for `config show`.
    #[serde(skip)]
    sources: Config,
}

/// Where the API is served.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerConfiguration {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) public_url: Option<String>,
    pub(crate) behind_tls_proxy: bool,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) forwarded_header: ForwardedHeaderName,
    pub(crate) tls_certificate: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) workers: Option<NonZero<usize>>,
    pub(crate) shutdown_seconds: u64,
}

/// In which header proxies write for whom they speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum ForwardedHeaderName {
    XForwardedFor,
    Forwarded,
}

impl TryFrom<String> for ForwardedHeaderName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err("expected `x-forwarded-for` or `forwarded`"),
        }
    }
}

/// Where the operator's listener is; without a port there is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdminConfiguration {
    pub(crate) host: IpAddr,
    pub(crate) port: Option<u16>,
}

/// Which PostgreSQL, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseConfiguration {
    pub(crate) url: Option<SecretValue>,
    pub(crate) migrate: bool,
    pub(crate) pool_size: NonZero<u32>,
    pub(crate) acquire_seconds: NonZero<u64>,
    pub(crate) statement_seconds: NonZero<u64>,
    pub(crate) lock_seconds: NonZero<u64>,
}

/// The private PostgreSQL, where `database.url` is not set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmbeddedConfiguration {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) postgresql_bin: Option<PathBuf>,
}

/// The master key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretsConfiguration {
    pub(crate) master_key: Option<SecretValue>,
    pub(crate) master_key_file: Option<PathBuf>,
}

/// How long sessions last.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionsConfiguration {
    pub(crate) hours: NonZero<u16>,
    pub(crate) idle_minutes: NonZero<u16>,
}

/// What a password hash costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordsConfiguration {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
    pub(crate) concurrency: Option<NonZero<usize>>,
}

/// How much one request and one caller may take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsConfiguration {
    pub(crate) requests_per_minute: u32,
    pub(crate) body_bytes: u32,
    pub(crate) json_depth: u8,
}

/// The audit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditConfiguration {
    pub(crate) retention_days: NonZero<u16>,
}

/// The log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfiguration {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum LogFormat {
    Pretty,
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err("expected `pretty` or `json`"),
        }
    }
}

/// A value that is not shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretValue(String);

impl SecretValue {
    /// The value.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Configuration {
    /// Reads it: defaults, the file, the environment (`KEYHALL__SERVER__PORT`).
    ///
    /// # Errors
    /// With the key that is unknown or of the wrong type, and where it stands; with the rule that two values break together.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, CommandError> {
        let named = file.is_some();
        let file = file.unwrap_or(Path::new(DEFAULT_FILE));
        let environment = Environment::with_prefix("KEYHALL").prefix_separator("__").separator("__");
        let environment = LISTS
            .iter()
            .fold(environment.try_parsing(true).list_separator(","), |all, key| all.with_list_parse_key(key));
        let sources = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(File::from(file).format(FileFormat::Toml).required(named))
            .add_source(environment)
            .build()
            .map_err(InvalidConfiguration::from)?;
        let configuration: Self = deserialize(&sources).map_err(InvalidConfiguration::from)?;
        let configuration = Self { sources, ..configuration };
        rules::check(&configuration, file)?;
        Ok(configuration)
    }
}

fn deserialize(sources: &Config) -> Result<Configuration, ConfigError> {
    sources.clone().try_deserialize()
}
