//! What the commands say: results on standard output, complaints on standard error.

use std::error::Error;
use std::io::Write;

use keyhall_api::PublicUrl;

use crate::error::CommandError;

/// Prints a result.
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    let written = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
    written.map_err(|source| CommandError::File { path: "standard output".into(), source })
}

/// Prints an error and what caused it.
pub(crate) fn complain(error: &CommandError) {
    let mut stderr = std::io::stderr().lock();
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(stderr, "keyhall: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(stderr, "  because: {cause}");
        source = cause.source();
    }
}

/// The OpenAPI document, for the address that a first start has.
pub(crate) fn openapi() -> Result<String, CommandError> {
    Ok(keyhall_api::document(&PublicUrl::new("http://127.0.0.1:8080")).to_pretty_json()?)
}
