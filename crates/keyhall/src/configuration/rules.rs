//! What two values of the configuration must be to each other, and what must not be readable by others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use actix_web::http::Uri;
use config::Source;

use super::show::SECRET_KEYS;
use super::{Configuration, InvalidConfiguration};
use crate::error::CommandError;

/// Holds the configuration against all rules.
pub(super) fn check(configuration: &Configuration, file: &Path) -> Result<(), CommandError> {
    check_address(configuration)?;
    check_tls(configuration)?;
    check_limits(configuration)?;
    configuration.mail.check()?;
    configuration.git.check()?;
    check_secrets(configuration, file)
}

/// Off loopback nobody speaks plain HTTP by accident, and no URL is guessed.
fn check_address(configuration: &Configuration) -> Result<(), CommandError> {
    let server = &configuration.server;
    if let Some(url) = &server.public_url
        && !is_web_address(url)
    {
        return Err(invalid("server.public_url", "it must be like `https://keyhall.example.com`"));
    }
    if server.host.is_loopback() {
        return Ok(());
    }
    if server.public_url.is_none() {
        return Err(invalid("server.public_url", "it is required when `server.host` is not loopback"));
    }
    if server.tls_certificate.is_none() && !server.behind_tls_proxy {
        let reason = "off loopback Keyhall speaks no plain HTTP: set `server.tls_certificate` and `server.tls_key`, or \
                      `server.behind_tls_proxy = true` where a proxy in front speaks TLS";
        return Err(invalid("server.host", reason));
    }
    Ok(())
}

/// Whether it is the beginning of a URL of the web: scheme and host, perhaps a path.
fn is_web_address(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.host().is_empty())
            && uri.query().is_none()
    })
}

fn check_tls(configuration: &Configuration) -> Result<(), CommandError> {
    match (&configuration.server.tls_certificate, &configuration.server.tls_key) {
        (Some(_), None) => Err(invalid("server.tls_key", "it is required with `server.tls_certificate`")),
        (None, Some(_)) => Err(invalid("server.tls_certificate", "it is required with `server.tls_key`")),
        (Some(_), Some(key)) => require_private(key),
        (None, None) => Ok(()),
    }
}

/// Limits under which nothing works, or which protect from nothing. JSON of 128 levels the parser refuses by itself.
fn check_limits(configuration: &Configuration) -> Result<(), CommandError> {
    let limits = &configuration.limits;
    if !(1_024..=16 * 1024 * 1024).contains(&limits.body_bytes) {
        return Err(invalid("limits.body_bytes", "it must be from 1024 to 16777216"));
    }
    if !(4..=100).contains(&limits.json_depth) {
        return Err(invalid("limits.json_depth", "it must be from 4 to 100"));
    }
    if configuration.server.trusted_proxies.iter().any(|network| network.is_everybody()) {
        return Err(invalid("server.trusted_proxies", "a network of length 0 would believe everybody"));
    }
    Ok(())
}

/// A file that holds a secret must be its owner's alone; the configuration file too, once a secret stands in it.
fn check_secrets(configuration: &Configuration, file: &Path) -> Result<(), CommandError> {
    let secrets = &configuration.secrets;
    if secrets.master_key.is_some() && secrets.master_key_file.is_some() {
        return Err(invalid("secrets.master_key_file", "`secrets.master_key` is set too; set one of them"));
    }
    let values = configuration.sources.collect().map_err(InvalidConfiguration::from)?;
    let in_file = SECRET_KEYS.iter().any(|(table, key)| {
        let table = values.get(*table).and_then(|value| value.clone().into_table().ok());
        let origin = table.and_then(|table| Some(table.get(*key)?.origin()?.to_owned()));
        origin.is_some_and(|origin| origin.ends_with(&*file.to_string_lossy()))
    });
    if in_file { require_private(file) } else { Ok(()) }
}

/// Refuses a file that others than its owner can read.
pub(crate) fn require_private(path: &Path) -> Result<(), CommandError> {
    let metadata =
        fs::metadata(path).map_err(|source| CommandError::File { path: path.to_owned(), source })?;
    if metadata.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(CommandError::Exposed(path.to_owned()))
    }
}

pub(super) fn invalid(key: &'static str, reason: &str) -> CommandError {
    CommandError::Value { key, reason: reason.to_owned() }
}
