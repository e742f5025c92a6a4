//! The one error for files and folders: what was tried, and where. An [`io::Error`] alone names neither.

use std::{
    io,
    path::{Path, PathBuf},
};

/// A file or folder could not be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`", path.display())]
pub struct FileError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// For `map_err`: `File::open(path).map_err(FileError::at("open", path))`.
    pub(crate) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { action, path: path.to_path_buf(), source }
    }
}
