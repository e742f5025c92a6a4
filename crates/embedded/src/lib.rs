//! A private PostgreSQL that starts and stops with its deployment.
//!
//! This crate finds an installed PostgreSQL ([`Installation`]), keeps one cluster of it in a data folder, and
//! runs it for as long as the [`Cluster`] lives: reachable through a Unix socket alone, started again when it
//! dies, and never shared with a second process.
//!
//! Deliberately absent: a client (what is ready is read from PostgreSQL's own pid file, so libpq is not needed),
//! downloads (an operator installs PostgreSQL as they install everything else), backups, upgrades between major
//! versions, and Windows.

mod access;
mod cluster;
mod endpoint;
mod file_error;
mod home;
mod initialise;
mod installation;
mod lock;
mod log;
mod options;
mod owner;
mod postmaster;
mod remains;
mod socket;
mod start_error;
mod supervisor;
mod system;
mod tag;

pub use cluster::Cluster;
pub use endpoint::Endpoint;
pub use file_error::FileError;
pub use home::HomeError;
pub use initialise::InitialiseError;
pub use installation::{Installation, InstallationError, Version};
pub use options::Options;
pub use owner::OwnerError;
pub use postmaster::StopError;
pub use remains::RemainsError;
pub use start_error::StartError;
pub use system::{InstallCommand, System};

/// Whether this process runs as root, in which case PostgreSQL runs as somebody else.
#[must_use]
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}
