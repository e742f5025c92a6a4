//! How the postmaster is started. All that Keyhall decides is on its command line, where no file of the cluster
//! can say otherwise.

use std::{
    ffi::OsString,
    path::PathBuf,
    process::{Command, Stdio},
};

use super::Postmaster;
use crate::{
    FileError, Installation, StartError, endpoint::PORT, home::Home, log::Log, owner::Owner, remains,
    tag::Tag,
};

/// What `settings` may change: the log does not grow with each checkpoint, and time is UTC.
const DEFAULTS: [(&str, &str); 4] = [
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_checkpoints", "off"),
    ("log_error_verbosity", "terse"),
];

/// All that is needed to start the postmaster, and to start it again.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) home: Home,
    pub(crate) installation: Installation,
    pub(crate) owner: Owner,
    pub(crate) tag: Tag,
    pub(crate) socket: PathBuf,
    pub(crate) settings: Vec<(String, String)>,
}

impl Launch {
    /// Starts it, once nothing of an earlier one is left.
    pub(crate) fn start(&self) -> Result<Postmaster, StartError> {
        remains::clear(self)?;
        let mut postgres = self.command()?;
        let child = postgres.spawn().map_err(FileError::at("run", postgres.get_program().as_ref()))?;
        Ok(Postmaster::new(child))
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.data()
    }

    pub(crate) fn log(&self) -> Log {
        Log::of(&self.home)
    }

    fn command(&self) -> Result<Command, FileError> {
        let log = self.log().open()?;
        let other = log.try_clone().map_err(FileError::at("open", self.log().path()))?;
        let mut postgres = self.owner.command(self.installation.program("postgres"));
        postgres.arg("-D").arg(self.data());
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in DEFAULTS.into_iter().chain(settings) {
            postgres.arg("-c").arg(format!("{name}={value}"));
        }
        // The last one counts, so these stand behind what the operator set.
        for (name, value) in self.fixed() {
            let mut setting = OsString::from(format!("{name}="));
            setting.push(value);
            postgres.arg("-c").arg(setting);
        }
        postgres.stdin(Stdio::null()).stdout(log).stderr(other);
        Ok(postgres)
    }

    fn fixed(&self) -> [(&'static str, OsString); 8] {
        [
            ("listen_addresses", "".into()),
            ("port", PORT.to_string().into()),
            ("unix_socket_directories", self.socket.clone().into()),
            ("unix_socket_permissions", "0700".into()),
            ("hba_file", self.home.client_authentication().into()),
            ("ident_file", self.home.user_names().into()),
            ("cluster_name", self.tag.to_string().into()),
            ("logging_collector", "off".into()),
        ]
    }
}
