//! `cargo xtask tidy`: the house rules that no compiler knows. Everything that is wrong is said at once.

mod edges;
mod migrations;
mod nevers;
mod source;
mod words;

use std::fmt;

use cargo_metadata::MetadataCommand;
use xshell::Shell;

use crate::outcome::{Outcome, While as _};
use crate::workspace;

/// Something that breaks a rule, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Where it is: a file, a file and line, or a crate.
    at: String,
    what: String,
    repair: &'static str,
}

impl Finding {
    fn new(at: impl Into<String>, what: impl Into<String>, repair: &'static str) -> Self {
        Self { at: at.into(), what: what.into(), repair }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.at, self.what, self.repair)
    }
}

/// Prints all findings and fails if there are any.
pub(crate) fn run(shell: &Shell) -> Outcome {
    let files = workspace::files(shell)?;
    let metadata = MetadataCommand::new().current_dir(workspace::root()).no_deps().exec()?;
    let lock = shell.read_file("Cargo.lock").while_doing("make it with `cargo generate-lockfile`")?;

    let mut findings = edges::check(&metadata.packages);
    findings.extend(nevers::check(shell, &lock)?);
    findings.extend(migrations::check(&workspace::root().join("migrations"))?);
    findings.extend(source::names(&files));
    for file in &files {
        let Ok(text) = std::fs::read_to_string(workspace::root().join(file)) else { continue };
        findings.extend(source::size(file, &text));
        findings.extend(words::check(file, &text));
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing to say", files.len());
            Ok(())
        }
        1 => Err("tidy found 1 thing to repair".into()),
        many => Err(format!("tidy found {many} things to repair").into()),
    }
}
