//! Where things are: the workspace's root, its target folder, the built binary, the files under version control.

use std::env;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;
use xshell::{Shell, cmd};

use crate::outcome::{Outcome, While as _};

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}

/// The folder that cargo builds into.
pub(crate) fn target() -> Outcome<PathBuf> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// Builds the binary `keyhall` and says where it is.
pub(crate) fn build_keyhall(shell: &Shell) -> Outcome<PathBuf> {
    println!("Building Keyhall (the first build takes a few minutes) …");
    cmd!(shell, "cargo build --package keyhall").quiet().run().while_doing("Keyhall does not build")?;
    Ok(target()?.join("debug").join("keyhall"))
}

/// Every file that is under version control or could come under it (so: not ignored), relative to the root.
pub(crate) fn files(shell: &Shell) -> Outcome<Vec<PathBuf>> {
    let listed = cmd!(shell, "git ls-files -z --cached --others --exclude-standard")
        .quiet()
        .read()
        .while_doing("the list of files comes from git, so this task needs a clone")?;
    let mut files: Vec<PathBuf> =
        listed.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}
