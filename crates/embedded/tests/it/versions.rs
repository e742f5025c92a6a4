//! A cluster and an installation of different major versions.

use std::{fs, path::Path, process::Command};

use keyhall_embedded::{Cluster, Installation, Options, StartError};

use crate::harness::{Site, installation, query};

#[test]
fn a_cluster_of_a_version_that_is_not_installed_is_refused_with_what_to_do() {
    let site = Site::new();
    site.start().stop().unwrap();
    fs::write(site.data().join("PG_VERSION"), "13\n").unwrap();
    let error = Cluster::start(&site.options()).unwrap_err();
    assert!(matches!(error, StartError::VersionMismatch { .. }));
    let installed = installation().version();
    let expected = format!(
        "the cluster in `{}` was made by PostgreSQL 13, and only {installed} was found; install PostgreSQL 13, or \
         bring the cluster to {} with `pg_upgrade`",
        site.data().display(),
        installed.major()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read_to_string(site.data().join("PG_VERSION")).unwrap(), "13\n");
}

#[test]
fn a_cluster_is_run_by_the_installation_that_fits_it_though_another_is_given() {
    let site = Site::new();
    site.start().stop().unwrap();
    let fitting = installation().version().major();
    let other = fake(&site.root().join("bin"), if fitting == 18 { 17 } else { 18 });
    let cluster = Cluster::start(&Options::new(site.data_dir(), other)).unwrap();
    let major = query(cluster.endpoint(), "SELECT current_setting('server_version_num')::int / 10000");
    assert_eq!(major, fitting.to_string());
    cluster.stop().unwrap();
}

/// An installation that only tells its version.
fn fake(programs: &Path, major: u16) -> Installation {
    let script = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {major}.0'\n");
    // Written by a process of its own, for the same reason as the harness copies its example so.
    let write =
        r#"mkdir "$1" && cd "$1" && printf %s "$2" | tee postgres > initdb && chmod 755 postgres initdb"#;
    let written = Command::new("sh").args(["-c", write, "sh"]).arg(programs).arg(script).status().unwrap();
    assert!(written.success());
    let fake = Installation::find(Some(programs)).unwrap();
    assert_eq!(fake.version().major(), major);
    fake
}
