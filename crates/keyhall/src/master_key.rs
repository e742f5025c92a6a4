//! The master key: from the environment, from a file, or (embedded) made in the data folder.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use keyhall_credential::master_key::MasterKey;

use crate::configuration::{SecretsConfiguration, require_private};
use crate::error::CommandError;

/// Its file's name in the data folder.
const FILE_NAME: &str = "master.key";

/// The configured master key, or the one of the data folder; made there at the first start, before anything is sealed.
pub(crate) fn load(
    secrets: &SecretsConfiguration,
    data_dir: Option<&Path>,
    is_sealed: bool,
) -> Result<MasterKey, CommandError> {
    match (&secrets.master_key, &secrets.master_key_file, data_dir) {
        (Some(text), _, _) => MasterKey::parse(text.reveal()).map_err(CommandError::MasterKey),
        (None, Some(path), _) => read(path),
        (None, None, Some(data_dir)) => read_or_make(&data_dir.join(FILE_NAME), is_sealed),
        (None, None, None) => Err(CommandError::NoMasterKey),
    }
}

fn read(path: &Path) -> Result<MasterKey, CommandError> {
    require_private(path)?;
    let text =
        fs::read_to_string(path).map_err(|source| CommandError::File { path: path.to_owned(), source })?;
    MasterKey::parse(text.trim()).map_err(CommandError::MasterKey)
}

fn read_or_make(path: &Path, is_sealed: bool) -> Result<MasterKey, CommandError> {
    let file_error = |source| CommandError::File { path: path.to_owned(), source };
    if path.exists() {
        return read(path);
    }
    if is_sealed {
        return Err(CommandError::KeyLost(path.to_owned()));
    }
    // Written beside it and linked into place: of two who start at once one wins, and no crash leaves half a key.
    let key = MasterKey::generate()?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(file_error)?;
    writeln!(file, "{}", key.reveal()).and_then(|()| file.sync_all()).map_err(file_error)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(file_error)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(file_error(error)),
    }
}
