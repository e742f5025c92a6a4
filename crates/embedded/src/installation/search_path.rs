//! Where PostgreSQL's programs are looked for, in order.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::version::SUPPORTED;

/// Folders that may hold PostgreSQL's programs, the preferred ones first.
#[derive(Debug)]
pub(super) struct SearchPath(Vec<PathBuf>);

impl SearchPath {
    /// `PATH`, then the usual folders of this kind of system.
    pub(super) fn of_this_system() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        // An empty entry of PATH means the current folder, from where no server should be started.
        let path = env::split_paths(&path).filter(|folder| folder.is_absolute());
        Self(path.chain(usual_folders()).collect())
    }

    #[cfg(test)]
    pub(super) fn of<const COUNT: usize>(folders: [PathBuf; COUNT]) -> Self {
        Self(folders.into())
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path)
    }
}

fn usual_folders() -> impl Iterator<Item = PathBuf> {
    let versioned = SUPPORTED.rev().flat_map(|major| {
        [
            format!("/usr/lib/postgresql/{major}/bin"),
            format!("/usr/pgsql-{major}/bin"),
            format!("/opt/homebrew/opt/postgresql@{major}/bin"),
            format!("/usr/local/opt/postgresql@{major}/bin"),
            // Alpine's.
            format!("/usr/libexec/postgresql{major}"),
        ]
    });
    let plain = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(String::from);
    versioned.chain(plain).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::usual_folders;

    #[test]
    fn the_newest_supported_version_comes_first() {
        let debian = |major: u16| {
            let folder = format!("/usr/lib/postgresql/{major}/bin");
            usual_folders().position(|usual| usual == Path::new(&folder))
        };
        let order: Vec<_> = (13..=19).rev().map(debian).collect();
        assert_eq!(order[0], None, "19 is not supported");
        assert!(order[1..6].is_sorted() && order[1..6].iter().all(Option::is_some), "{order:?}");
        assert_eq!(order[6], None, "13 is not supported");
    }
}
