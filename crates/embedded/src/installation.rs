//! Finds an installed PostgreSQL of a supported version.
//!
//! Deliberately absent: downloading or installing one; [`crate::InstallCommand`] says how an operator does that.

mod search_path;
mod version;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use self::search_path::SearchPath;
pub use self::version::Version;
use crate::{InstallCommand, System};

/// The programs of one installed PostgreSQL, of a version that Keyhall supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    programs: PathBuf,
    version: Version,
}

/// No installation can be used.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// No PostgreSQL was found on this system.
    #[error("no PostgreSQL found on this system; {}", advice(*.install))]
    Missing {
        /// The command that installs it, where this system's is known.
        install: Option<InstallCommand>,
    },
    /// A PostgreSQL was found, but none of a supported version.
    #[error("PostgreSQL {found} in `{}` is not supported (14 to 18 are); {}", programs.display(), advice(*.install))]
    Unsupported {
        /// Its version.
        found: Version,
        /// The folder of its programs.
        programs: PathBuf,
        /// The command that installs one, where this system's is known.
        install: Option<InstallCommand>,
    },
    /// The configured folder does not hold PostgreSQL's programs.
    #[error(
        "the configured folder `{}` does not hold the programs `postgres` and `initdb`; name the one that does, \
         such as `/usr/lib/postgresql/17/bin`, or none",
        programs.display()
    )]
    NotAnInstallation {
        /// The configured folder.
        programs: PathBuf,
    },
}

impl Installation {
    /// Finds an installation: in the configured folder if there is one, otherwise on `PATH`, otherwise in the
    /// usual folders of Debian, Red Hat and Homebrew, the newest version first.
    ///
    /// # Errors
    ///
    /// When there is none, none of a supported version, or the configured folder is not one. A configured folder
    /// is never passed over in favour of another.
    pub fn find(configured: Option<&Path>) -> Result<Self, InstallationError> {
        match configured {
            Some(programs) => Self::in_configured(programs, System::detect()),
            None => Self::on(&SearchPath::of_this_system(), System::detect()),
        }
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The path of one of its programs, such as `psql`. Only `postgres` and `initdb` are known to be there.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// This installation if it is of the wanted major version, otherwise one found on this system that is.
    pub(crate) fn of_major(&self, major: u16) -> Option<Self> {
        if self.version.major() == major {
            return Some(self.clone());
        }
        SearchPath::of_this_system()
            .folders()
            .filter_map(Self::in_folder)
            .find(|found| found.version.major() == major && found.version.is_supported())
    }

    fn in_configured(programs: &Path, system: Option<System>) -> Result<Self, InstallationError> {
        Self::in_folder(programs)
            .ok_or_else(|| InstallationError::NotAnInstallation { programs: programs.to_path_buf() })?
            .supported(system)
    }

    fn on(path: &SearchPath, system: Option<System>) -> Result<Self, InstallationError> {
        let mut unsupported = None;
        for found in path.folders().filter_map(Self::in_folder) {
            if found.version.is_supported() {
                return Ok(found);
            }
            unsupported.get_or_insert(found);
        }
        let install = system.map(System::install_command);
        unsupported.ok_or(InstallationError::Missing { install })?.supported(system)
    }

    /// Links are followed, as the folder they lie in may not hold the other programs.
    fn in_folder(folder: &Path) -> Option<Self> {
        let postgres = folder.join("postgres").canonicalize().ok()?;
        let programs = postgres.parent().filter(|programs| programs.join("initdb").is_file())?.to_path_buf();
        let version = Command::new(postgres).arg("--version").output().ok()?;
        let version = Version::from_output(&String::from_utf8_lossy(&version.stdout))?;
        Some(Self { programs, version })
    }

    fn supported(self, system: Option<System>) -> Result<Self, InstallationError> {
        if self.version.is_supported() {
            return Ok(self);
        }
        let install = system.map(System::install_command);
        Err(InstallationError::Unsupported { found: self.version, programs: self.programs, install })
    }
}

fn advice(install: Option<InstallCommand>) -> String {
    install.map_or_else(
        || {
            "install it with the package manager of this system, or configure the folder of its programs"
                .into()
        },
        |command| format!("install it with `{command}`"),
    )
}

#[cfg(test)]
mod tests;
