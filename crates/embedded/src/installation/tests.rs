//! Searches among made-up installations, whose `postgres` only tells its version.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Installation, InstallationError, search_path::SearchPath};
use crate::System;

/// Writes the programs in a process of its own: a file that this one has open for writing, even in a child that
/// another test has just forked, cannot be run.
fn install(root: &Path, version: &str) -> PathBuf {
    let programs = root.join(version);
    let script = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
    let write =
        r#"mkdir "$1" && cd "$1" && printf %s "$2" | tee postgres > initdb && chmod 755 postgres initdb"#;
    let written = Command::new("sh").args(["-c", write, "sh"]).arg(&programs).arg(script).status().unwrap();
    assert!(written.success());
    programs
}

#[test]
fn the_first_supported_installation_on_the_path_is_taken() {
    let root = tempfile::tempdir().unwrap();
    let path = SearchPath::of([
        root.path().join("nothing here"),
        install(root.path(), "13.9"),
        install(root.path(), "14.2"),
        install(root.path(), "18.1"),
    ]);
    let found = Installation::on(&path, None).unwrap();
    assert_eq!(found.version().to_string(), "14.2");
    assert_eq!(found.program("postgres"), root.path().join("14.2/postgres"));
}

#[test]
fn a_link_to_postgres_leads_to_the_folder_of_all_programs() {
    let root = tempfile::tempdir().unwrap();
    let programs = install(root.path(), "17.4");
    let links = root.path().join("links");
    fs::create_dir(&links).unwrap();
    symlink(programs.join("postgres"), links.join("postgres")).unwrap();
    assert_eq!(Installation::find(Some(&links)).unwrap().program("psql"), programs.join("psql"));
}

#[test]
fn where_there_is_none_the_error_names_the_command_for_this_system() {
    let error = Installation::on(&SearchPath::of([]), Some(System::Debian)).unwrap_err();
    assert!(matches!(error, InstallationError::Missing { install: Some(_) }));
    assert_eq!(
        error.to_string(),
        "no PostgreSQL found on this system; install it with `apt-get install --yes postgresql`"
    );
    let error = Installation::on(&SearchPath::of([]), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no PostgreSQL found on this system; install it with the package manager of this system, or configure \
         the folder of its programs"
    );
}

#[test]
fn a_version_too_old_or_too_new_is_named() {
    let root = tempfile::tempdir().unwrap();
    for version in ["13.9", "19.0"] {
        let programs = install(root.path(), version);
        let expected = format!(
            "PostgreSQL {version} in `{}` is not supported (14 to 18 are); install it with `apk add postgresql`",
            programs.display()
        );
        let configured = Installation::in_configured(&programs, Some(System::Alpine)).unwrap_err();
        assert_eq!(configured.to_string(), expected);
        let searched = Installation::on(&SearchPath::of([programs]), Some(System::Alpine)).unwrap_err();
        assert_eq!(searched.to_string(), expected);
    }
}

#[test]
fn a_configured_folder_is_taken_or_refused_but_never_passed_over() {
    let root = tempfile::tempdir().unwrap();
    let programs = install(root.path(), "16.3");
    assert_eq!(Installation::find(Some(&programs)).unwrap().version().major(), 16);

    fs::remove_file(programs.join("initdb")).unwrap();
    let error = Installation::find(Some(&programs)).unwrap_err();
    assert!(matches!(&error, InstallationError::NotAnInstallation { programs: named } if *named == programs));
    let error = Installation::find(Some(root.path())).unwrap_err();
    assert!(error.to_string().contains(&format!("`{}`", root.path().display())), "{error}");
}
