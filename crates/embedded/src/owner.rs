//! Who PostgreSQL runs as. It refuses to run as root, so root runs it as an unprivileged user.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

use nix::{
    errno::Errno,
    unistd::{Uid, User, geteuid},
};
use tracing::warn;

/// Users that may run PostgreSQL for root, the preferred ones first: packages make `postgres` (`_postgres` on
/// macOS) for exactly this; `nobody` is shared with others, and the last resort.
const UNPRIVILEGED: [&str; 4] = ["postgres", "_postgres", "keyhall", "nobody"];

/// The user that PostgreSQL runs as, beside the one that runs Keyhall.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    user: User,
    keyhall: User,
}

/// No user can run PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    /// The user that runs Keyhall has no name, and PostgreSQL knows users by name.
    #[error("the user id {uid} has no name; PostgreSQL needs one, so add the user to `/etc/passwd`")]
    Nameless {
        /// The user's id.
        uid: u32,
    },
    /// The user that root should run PostgreSQL as does not exist.
    #[error("the user `{name}` does not exist; create it with `useradd --system {name}`, or name another")]
    Unknown {
        /// The user's name.
        name: String,
    },
    /// PostgreSQL refuses to run as root.
    #[error("PostgreSQL does not run as root; name an unprivileged user, or none")]
    Root,
    /// Root found no unprivileged user.
    #[error(
        "PostgreSQL does not run as root, and there is no user for it; create one with `useradd --system postgres`"
    )]
    NoneSuitable,
    /// The system's list of users could not be read.
    #[error("cannot look up the users of this system")]
    Lookup(#[source] io::Error),
}

impl Owner {
    /// The user that runs Keyhall, unless that is root: then the wanted one, otherwise whoever owns the cluster in
    /// this folder already, otherwise the first of [`UNPRIVILEGED`] that exists.
    pub(crate) fn choose(run_as: Option<&str>, cluster: &Path) -> Result<Self, OwnerError> {
        let keyhall = by_id(geteuid())?;
        if !keyhall.uid.is_root() {
            return Ok(Self { user: keyhall.clone(), keyhall });
        }
        let user = match run_as {
            Some(name) => by_name(name)?.ok_or_else(|| OwnerError::Unknown { name: name.into() })?,
            None => match owner_of(cluster)? {
                Some(user) => user,
                None => first_unprivileged()?,
            },
        };
        if user.uid.is_root() { Err(OwnerError::Root) } else { Ok(Self { user, keyhall }) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.user.name
    }

    pub(crate) fn uid(&self) -> u32 {
        self.user.uid.as_raw()
    }

    pub(crate) fn gid(&self) -> u32 {
        self.user.gid.as_raw()
    }

    /// Whether root runs PostgreSQL as somebody else.
    pub(crate) fn is_other(&self) -> bool {
        self.user.uid != self.keyhall.uid
    }

    /// The users who may connect: the one that runs Keyhall and, if it is another, the cluster's.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let other = self.is_other().then_some(self.user.name.as_str());
        std::iter::once(self.keyhall.name.as_str()).chain(other)
    }

    /// A command that runs as this user, with nothing of Keyhall's environment (its secrets, and `PG…` variables
    /// meant for others), and in a process group of its own, so that a terminal's Ctrl-C does not reach it.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").current_dir("/").process_group(0);
        if self.is_other() {
            // As root this also drops the supplementary groups.
            command.uid(self.uid()).gid(self.gid());
        }
        command
    }
}

fn owner_of(cluster: &Path) -> Result<Option<User>, OwnerError> {
    match fs::symlink_metadata(cluster) {
        // Root's is one whose making was interrupted before it was given away.
        Ok(folder) if folder.uid() != 0 => by_id(Uid::from_raw(folder.uid())).map(Some),
        _ => Ok(None),
    }
}

fn first_unprivileged() -> Result<User, OwnerError> {
    for name in UNPRIVILEGED {
        if let Some(user) = by_name(name)? {
            if name == "nobody" {
                warn!(
                    "PostgreSQL runs as `nobody`, which others may use too; `useradd --system postgres` is better"
                );
            }
            return Ok(user);
        }
    }
    Err(OwnerError::NoneSuitable)
}

fn by_id(uid: Uid) -> Result<User, OwnerError> {
    User::from_uid(uid).map_err(lookup)?.ok_or(OwnerError::Nameless { uid: uid.as_raw() })
}

fn by_name(name: &str) -> Result<Option<User>, OwnerError> {
    User::from_name(name).map_err(lookup)
}

fn lookup(error: Errno) -> OwnerError {
    OwnerError::Lookup(error.into())
}
