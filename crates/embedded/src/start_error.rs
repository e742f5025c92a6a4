//! Why a cluster could not be started. Each message says what to do about it.

use std::{path::PathBuf, process::ExitStatus};

use crate::{FileError, HomeError, InitialiseError, OwnerError, RemainsError, Version};

/// A cluster could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process runs the cluster in this folder.
    #[error(
        "the data folder `{}` is in use by {}; stop that process, or use another folder",
        data_dir.display(),
        pid.map_or("another process".into(), |pid| format!("process {pid}"))
    )]
    AlreadyRunning {
        /// The data folder.
        data_dir: PathBuf,
        /// The id of the process, unless it took the folder just now.
        pid: Option<u32>,
    },
    /// The cluster was made by another major version, of which no installation was found.
    #[error(
        "the cluster in `{}` was made by PostgreSQL {cluster}, and only {installation} was found; install PostgreSQL \
         {cluster}, or bring the cluster to {} with `pg_upgrade`",
        data.display(),
        installation.major()
    )]
    VersionMismatch {
        /// The cluster's folder.
        data: PathBuf,
        /// The major version that made the cluster.
        cluster: String,
        /// The version found.
        installation: Version,
    },
    /// PostgreSQL ended while it started.
    #[error("PostgreSQL did not start ({status}); the end of its log is:\n{messages}")]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its log.
        messages: String,
    },
    /// PostgreSQL started and did not get ready.
    #[error("PostgreSQL was not ready after {seconds} seconds and was stopped; its log `{}` says why", log.display())]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// No user can run PostgreSQL.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// The data folder cannot be used as it is.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A new cluster could not be made.
    #[error(transparent)]
    Initialise(#[from] InitialiseError),
    /// What an earlier life left could not be cleared away.
    #[error(transparent)]
    Remains(#[from] RemainsError),
    /// A file could not be used.
    #[error(transparent)]
    File(#[from] FileError),
}
