//! A PostgreSQL for one run of one task: in a temporary folder, quick because nothing in it has to survive a crash.

use std::path::Path;

use keyhall_embedded::{Cluster, Installation, Options};
use xshell::{Shell, TempDir};

use crate::outcome::{Outcome, While as _};

/// What durability costs is not needed here, and tests open many connections.
const SETTINGS: [(&str, &str); 5] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "400"),
    ("shared_buffers", "128MB"),
];

/// A running cluster in a folder that goes with it.
pub(crate) struct PrivateCluster {
    // Fields are dropped in order: PostgreSQL is stopped before its folder is removed.
    cluster: Cluster,
    installation: Installation,
    folder: TempDir,
}

impl PrivateCluster {
    /// Starts one.
    pub(crate) fn start(shell: &Shell) -> Outcome<Self> {
        let installation =
            Installation::find(None).while_doing("`cargo xtask up` installs PostgreSQL where it may")?;
        let folder = shell.create_temp_dir()?;
        let mut options = Options::new(folder.path().join("cluster"), installation.clone());
        for (name, value) in SETTINGS {
            options = options.setting(name, value);
        }
        println!("Starting a private PostgreSQL {} …", installation.version());
        let cluster = Cluster::start(&options)?;
        Ok(Self { cluster, installation, folder })
    }

    /// The connection string of the superuser, in libpq's words.
    pub(crate) fn connection_string(&self) -> String {
        self.cluster.endpoint().connection_string()
    }

    /// The programs that it runs from.
    pub(crate) fn installation(&self) -> &Installation {
        &self.installation
    }

    /// A folder that is removed with the cluster.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it and removes its folder. Dropping does the same and says nothing of failures.
    pub(crate) fn stop(self) -> Outcome {
        Ok(self.cluster.stop()?)
    }
}
