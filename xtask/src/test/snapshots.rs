//! Snapshots that no test refers to. insta itself writes down each snapshot file that it compares with (this is how
//! `cargo insta test --unreferenced` knows them), so no tool is needed and no test name has to be guessed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xshell::Shell;

use crate::outcome::Outcome;
use crate::workspace;

/// The variable by which insta is told where to write.
pub(super) const REFERENCES_FILE: &str = "INSTA_SNAPSHOT_REFERENCES_FILE";

/// The list that a run of the tests leaves behind.
pub(super) struct References {
    file: PathBuf,
}

impl References {
    /// A list in `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { file: folder.join("referenced-snapshots") }
    }

    /// The list's file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The snapshots of the workspace that are not in the list.
    pub(super) fn orphans(&self, shell: &Shell) -> Outcome<Vec<PathBuf>> {
        let root = workspace::root();
        let mut orphans = workspace::files(shell)?;
        orphans.retain(|file| file.extension().is_some_and(|extension| extension == "snap"));
        let written = fs::read_to_string(&self.file).unwrap_or_default();
        let referenced: BTreeSet<PathBuf> =
            written.lines().filter_map(|line| root.join(line).canonicalize().ok()).collect();
        orphans.retain(|file| !root.join(file).canonicalize().is_ok_and(|path| referenced.contains(&path)));
        Ok(orphans)
    }
}
