//! The data folder: what lies where in it, and who may enter which part.
//!
//! ```text
//! keyhall/             Keyhall's own; mode 0700, as root 0711 so that PostgreSQL's user gets through
//!   lock               held for the life of the process that runs the cluster
//!   pg_hba.conf        who may connect; Keyhall's, so that PostgreSQL cannot change them
//!   pg_ident.conf
//!   postgresql.log
//!   socket/            PostgreSQL's; mode 0700
//!   postgresql/        PostgreSQL's; mode 0700
//!     data/            the cluster
//! ```
//!
//! INVARIANT: as root, nothing is written below a folder that belongs to PostgreSQL's user, who could otherwise
//! make root write elsewhere through a link.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown},
    path::{Path, PathBuf, absolute},
};

use crate::{FileError, owner::Owner};

/// A data folder.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

/// The data folder cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The user that runs PostgreSQL cannot get to the data folder.
    #[error(
        "the user `{user}`, who runs PostgreSQL, cannot enter `{folder}`; choose another data folder, or allow it \
         with `chmod o+x {folder}`",
        folder = folder.display()
    )]
    Unreachable {
        /// The folder on the way that is closed.
        folder: PathBuf,
        /// The user's name.
        user: String,
    },
    /// A folder that must be private to PostgreSQL's user is not.
    #[error("`{}` must be a folder of mode 0700 that belongs to `{user}`; correct or remove it", folder.display())]
    NotPrivate {
        /// The folder.
        folder: PathBuf,
        /// The name of the user it must belong to.
        user: String,
    },
    /// A folder could not be made or read.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Home {
    pub(crate) fn at(data_dir: &Path) -> Result<Self, FileError> {
        absolute(data_dir).map(Self).map_err(FileError::at("find", data_dir))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub(crate) fn client_authentication(&self) -> PathBuf {
        self.0.join("pg_hba.conf")
    }

    pub(crate) fn user_names(&self) -> PathBuf {
        self.0.join("pg_ident.conf")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("postgresql.log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    pub(crate) fn postgresql(&self) -> PathBuf {
        self.0.join("postgresql")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.postgresql().join("data")
    }

    /// Makes the data folder itself, if it is missing.
    pub(crate) fn make(&self, owner: &Owner) -> Result<(), HomeError> {
        let mode = if owner.is_other() { 0o711 } else { 0o700 };
        if !self.0.exists() {
            DirBuilder::new()
                .recursive(true)
                .mode(mode)
                .create(&self.0)
                .map_err(FileError::at("make", &self.0))?;
            // A narrow umask may have taken from it.
            let permissions = Permissions::from_mode(mode);
            fs::set_permissions(&self.0, permissions).map_err(FileError::at("open up", &self.0))?;
        }
        self.check_way(owner)
    }

    fn check_way(&self, owner: &Owner) -> Result<(), HomeError> {
        let real = self.0.canonicalize().map_err(FileError::at("find", &self.0))?;
        for folder in real.ancestors().filter(|_| owner.is_other()) {
            let metadata = folder.metadata().map_err(FileError::at("read", folder))?;
            let search = match () {
                () if metadata.uid() == owner.uid() => 0o100,
                () if metadata.gid() == owner.gid() => 0o010,
                () => 0o001,
            };
            if metadata.mode() & search == 0 {
                return Err(HomeError::Unreachable { folder: folder.into(), user: owner.name().into() });
            }
        }
        Ok(())
    }
}

/// Makes a folder that PostgreSQL's user alone may enter, or makes sure that an existing one is that. Its parent
/// must be Keyhall's own or, like `/tmp`, let nobody move another's folder.
pub(crate) fn make_private(folder: &Path, owner: &Owner) -> Result<(), HomeError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(FileError::at("make", folder)(error).into());
        }
        Ok(()) | Err(_) => {}
    }
    // Links are not followed: in `/tmp` one may have been laid by anybody.
    let metadata = folder.symlink_metadata().map_err(FileError::at("read", folder))?;
    let ours = metadata.is_dir() && metadata.mode() & 0o077 == 0;
    match metadata.uid() {
        uid if ours && uid == owner.uid() => Ok(()),
        0 if ours && owner.is_other() => {
            lchown(folder, Some(owner.uid()), Some(owner.gid()))
                .map_err(FileError::at("give away", folder))?;
            Ok(())
        }
        _ => Err(HomeError::NotPrivate { folder: folder.into(), user: owner.name().into() }),
    }
}
