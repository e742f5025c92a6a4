//! Who PostgreSQL runs as, and who may connect. Run as root, these tests try both root and an ordinary user.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    process::Command,
};

use keyhall_embedded::{Cluster, OwnerError, StartError};
use nix::unistd::User;

use crate::harness::{Holder, Site, is_root, messages, psql, query, user};

fn psql_as(user: &User, connection: &str) -> Command {
    let mut psql = psql(connection, "SELECT current_user");
    psql.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    psql
}

fn process_owner(pid: i32) -> u32 {
    fs::metadata(format!("/proc/{pid}")).unwrap().uid()
}

#[test]
fn root_runs_it_as_an_unprivileged_user_and_both_may_connect() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let postgres = user("postgres");
    let cluster = site.start();
    assert_eq!(process_owner(site.postmaster().unwrap()), postgres.uid.as_raw());
    assert_eq!(query(cluster.endpoint(), "SELECT current_user"), "keyhall");

    let connection = cluster.endpoint().connection_string();
    let output = psql_as(&postgres, &connection).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "keyhall\n");
    let output = psql_as(&user("nobody"), &connection).output().unwrap();
    assert!(!output.status.success());
    assert!(messages(&output).contains("Permission denied"), "{}", messages(&output));
    cluster.stop().unwrap();
}

#[test]
fn what_root_writes_is_out_of_reach_of_the_unprivileged_user() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    site.start().stop().unwrap();
    let facts = |name: &str| {
        let metadata = fs::metadata(site.data_dir().join(name)).unwrap();
        (metadata.uid(), metadata.mode() & 0o777)
    };
    let postgres = user("postgres").uid.as_raw();
    let expected = [
        ("", (0, 0o711)),
        ("lock", (0, 0o600)),
        ("postgresql.log", (0, 0o600)),
        ("pg_hba.conf", (0, 0o644)),
        ("pg_ident.conf", (0, 0o644)),
        ("postgresql", (postgres, 0o700)),
        ("socket", (postgres, 0o700)),
    ];
    for (name, expected) in expected {
        assert_eq!(facts(name), expected, "`{name}`");
    }
}

#[test]
fn root_keeps_to_the_user_that_owns_the_cluster() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let nobody = user("nobody").uid.as_raw();
    Cluster::start(&site.options().run_as("nobody")).unwrap().stop().unwrap();
    let cluster = site.start();
    assert_eq!(process_owner(site.postmaster().unwrap()), nobody);
    assert_eq!(query(cluster.endpoint(), "SELECT 1"), "1");
    cluster.stop().unwrap();
}

#[test]
fn root_is_told_when_the_user_it_named_will_not_do() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let error = |name: &str| Cluster::start(&site.options().run_as(name)).unwrap_err();
    assert!(matches!(error("root"), StartError::Owner(OwnerError::Root)));
    assert_eq!(
        error("no-such-user").to_string(),
        "the user `no-such-user` does not exist; create it with `useradd --system no-such-user`, or name another"
    );
    assert!(!site.data_dir().exists());
}

#[test]
fn an_ordinary_user_runs_it_as_themselves_and_nobody_else_may_connect() {
    if !is_root() {
        let site = Site::new();
        let cluster = site.start();
        assert_eq!(process_owner(site.postmaster().unwrap()), nix::unistd::geteuid().as_raw());
        return cluster.stop().unwrap();
    }
    let site = Site::new();
    let nobody = user("nobody");
    let holder = Holder::start_as(&site, &nobody);
    let postmaster = site.postmaster().unwrap();
    assert_eq!(process_owner(postmaster), nobody.uid.as_raw());
    assert_eq!(fs::metadata(site.data_dir()).unwrap().mode() & 0o777, 0o700);

    let output = psql_as(&nobody, &holder.connection).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "keyhall\n");
    // No mode keeps root out; PostgreSQL does.
    let output = psql(&holder.connection, "SELECT 1").output().unwrap();
    assert!(messages(&output).contains("Peer authentication failed"), "{}", messages(&output));
    holder.finish();
    assert_eq!(site.postmaster(), None);
}
