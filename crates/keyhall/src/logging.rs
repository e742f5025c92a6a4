//! The log: to standard error, for people or as JSON.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::configuration::{LogConfiguration, LogFormat};
use crate::error::CommandError;

/// Begins to log.
///
/// # Errors
/// When the filter is none.
pub(crate) fn begin(log: &LogConfiguration) -> Result<(), CommandError> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| CommandError::Value { key: "log.filter", reason: error.to_string() })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second subscriber in one process is refused, and the first one stands.
    let _ = match log.format {
        LogFormat::Pretty => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}
