//! Why a command did not come about, in words that say what to do.

use std::path::PathBuf;

use keyhall_api::BindError;
use keyhall_credential::master_key::MasterKeyError;
use keyhall_credential::random::RandomError;
use keyhall_domain::id::AccountId;
use keyhall_domain::violation::Violation;
use keyhall_embedded::{FileError, InstallationError, StartError, StopError};
use keyhall_storage::StoreError;
use keyhall_storage::open::{OpenError, SchemaError};

use crate::configuration::InvalidConfiguration;

/// Why a command did not come about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration is not valid.
    #[error("the configuration is not valid")]
    Configuration(#[from] InvalidConfiguration),
    /// A value of the configuration is not valid.
    #[error("`{key}` is not valid: {reason}")]
    Value {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A file with a secret in it can be read by others.
    #[error("`{}` holds a secret and can be read by others; run `chmod 600 {}`", .0.display(), .0.display())]
    Exposed(PathBuf),
    /// A file cannot be read or written.
    #[error("`{}` cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No master key was given, and none may be made.
    #[error(
        "there is no master key: with `database.url` set, give one by `KEYHALL__SECRETS__MASTER_KEY` or \
         `secrets.master_key_file` (32 bytes in base64, as `openssl rand -base64 32` prints them)"
    )]
    NoMasterKey,
    /// The data folder's master key is gone.
    #[error(
        "`{}` is missing, and the database in the same folder was sealed with it; put back the one from your backup",
        .0.display()
    )]
    KeyLost(PathBuf),
    /// There is nothing to look after.
    #[error(
        "there is no Keyhall in `{}`; name its data folder (`embedded.data_dir`) or its database (`database.url`), or begin with \
         `keyhall admin bootstrap`",
        .0.display()
    )]
    NoDeployment(PathBuf),
    /// The master key is not one.
    #[error("the master key is not valid")]
    MasterKey(#[source] MasterKeyError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// No PostgreSQL was found.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// The embedded PostgreSQL did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The embedded PostgreSQL did not stop.
    #[error(transparent)]
    Stop(#[from] StopError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// The schema does not fit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no chain of events of this account.
    #[error("there is neither an account `{0}` nor an audit of one")]
    NoChain(AccountId),
    /// The audit is not as it was written.
    #[error("the audit is not as it was written, in {0} of its chains")]
    Tampered(usize),
    /// What the audit is to be held against is not what an earlier verification printed.
    #[error("line {line} of `{}` is not what `keyhall admin audit verify --json` prints", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The address cannot be listened on, or the certificate cannot be used.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Signals cannot be handled.
    #[error("signals cannot be handled")]
    Signals(#[source] ctrlc::Error),
    /// The server ended with an error.
    #[error("the server ended with an error")]
    Serve(#[source] std::io::Error),
    /// Nobody was named.
    #[error("say who: by e-mail address or by id")]
    Nobody,
    /// A file that was to be imported is not JSON.
    #[error("`{}` {what}, at line {line}, column {column}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A file that was to be imported is not as it has to be.
    #[error("`{}` cannot be imported, and nothing was:{}", path.display(), list(violations))]
    Import {
        /// The file.
        path: PathBuf,
        /// All that is wrong with it.
        violations: Vec<Violation>,
    },
    /// Something could not be written as JSON.
    #[error("could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// How many violations are told; whoever got a whole file wrong sees as much from fifty.
const MOST_TOLD: usize = 50;

/// Each violation on a line of its own. The name of a field is the file's, so what a terminal would obey is written out.
fn list(violations: &[Violation]) -> String {
    let lines = violations.iter().take(MOST_TOLD);
    let told: String = lines
        .map(|violation| format!("\n  {}: {}", violation.field.escape_debug(), violation.message))
        .collect();
    match violations.len().saturating_sub(MOST_TOLD) {
        0 => told,
        more => format!("{told}\n  and {more} more"),
    }
}
