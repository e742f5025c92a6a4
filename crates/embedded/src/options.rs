//! What a cluster is started with.

use std::path::PathBuf;

use crate::Installation;

/// What a [`crate::Cluster`] is started with.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) data_dir: PathBuf,
    pub(crate) installation: Installation,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) run_as: Option<String>,
}

impl Options {
    /// A cluster in this folder, which is made if it is missing, with PostgreSQL's own settings.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, installation: Installation) -> Self {
        Self { data_dir: data_dir.into(), installation, settings: Vec::new(), run_as: None }
    }

    /// Adds a setting of `postgresql.conf`, such as `("shared_buffers", "512MB")`. Where the cluster listens and
    /// who may connect cannot be changed.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Names the user that PostgreSQL runs as when Keyhall runs as root. Without it that is the owner of an
    /// existing cluster, otherwise `postgres` or another unprivileged user. An ordinary user always runs it as
    /// themselves.
    #[must_use]
    pub fn run_as(mut self, user: impl Into<String>) -> Self {
        self.run_as = Some(user.into());
        self
    }
}
