//! Tools that are not dependencies, each pinned: used from `PATH` where it has that version, otherwise installed into
//! the target folder, so that nobody's own tools are replaced.

use std::env;
use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::outcome::{Outcome, While as _};
use crate::workspace;

/// A tool that cargo can install.
pub(crate) struct Tool {
    package: &'static str,
    binary: &'static str,
    version: &'static str,
    flags: &'static [&'static str],
}

/// Licences, sources and banned crates.
pub(crate) const DENY: Tool =
    Tool { package: "cargo-deny", binary: "cargo-deny", version: "0.20.2", flags: &[] };

/// Dependencies that nothing uses.
pub(crate) const MACHETE: Tool =
    Tool { package: "cargo-machete", binary: "cargo-machete", version: "0.9.2", flags: &[] };

/// Migrations and `schema.rs`. Needs libpq's headers to install (Debian: `libpq-dev`).
pub(crate) const DIESEL: Tool = Tool {
    package: "diesel_cli",
    binary: "diesel",
    version: "2.3.14",
    flags: &["--no-default-features", "--features", "postgres"],
};

impl Tool {
    /// Where the tool is; installs it first if the pinned version is nowhere.
    pub(crate) fn find(&self, shell: &Shell) -> Outcome<PathBuf> {
        let own = workspace::target()?.join("tools");
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).chain([own.join("bin")]);
        let found = folders.map(|folder| folder.join(self.binary)).find(|file| self.is_at(shell, file));
        match found {
            Some(file) => Ok(file),
            None => self.install(shell, &own),
        }
    }

    fn is_at(&self, shell: &Shell, file: &Path) -> bool {
        file.is_file()
            && cmd!(shell, "{file} --version")
                .quiet()
                .ignore_stderr()
                .read()
                .is_ok_and(|printed| printed.split_whitespace().any(|word| word == self.version))
    }

    fn install(&self, shell: &Shell, own: &Path) -> Outcome<PathBuf> {
        let Self { package, binary, version, flags } = *self;
        println!("Installing {package} {version} (once) …");
        cmd!(shell, "cargo install --locked --root {own} {package} --version {version} {flags...}")
            .quiet()
            .run()
            .while_doing(&format!("{package} {version} cannot be installed"))?;
        Ok(own.join("bin").join(binary))
    }
}
