//! The name by which the processes of one cluster are known.

use std::{fmt, fs, os::unix::fs::MetadataExt, path::Path};

use crate::FileError;

/// A name of one cluster on this machine, which PostgreSQL shows in the titles of all its processes
/// (`cluster_name`).
///
/// It is made of the device and the inode of the cluster's folder, so that it outlives a move of the folder, and
/// a copy has another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    pub(crate) fn of(data: &Path) -> Result<Self, FileError> {
        let folder = fs::metadata(data).map_err(FileError::at("read", data))?;
        Ok(Self(format!("keyhall-{:x}-{:x}", folder.dev(), folder.ino())))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
