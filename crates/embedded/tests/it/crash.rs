//! After a crash of PostgreSQL, of the process that runs it, or of both.

use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use keyhall_embedded::Cluster;
use nix::sys::signal::Signal;

use crate::harness::{Holder, Site, lives, psql, query, send, server_user, wait_until};

#[test]
fn a_killed_postgresql_is_started_again_with_all_that_was_committed() {
    let site = Site::new();
    let cluster = site.start();
    query(cluster.endpoint(), "CREATE TABLE kept AS SELECT 42 AS number");
    for _ in 0..2 {
        let killed = site.postmaster().unwrap();
        send(Signal::SIGKILL, killed);
        wait_until("another postmaster is ready", || {
            site.postmaster().is_some_and(|pid| pid != killed) && cluster.is_running()
        });
        assert_eq!(query(cluster.endpoint(), "SELECT number FROM kept"), "42");
    }
    cluster.stop().unwrap();
    assert_eq!(site.postmaster(), None);
}

#[test]
fn to_stop_right_after_a_kill_leaves_no_postgresql() {
    let site = Site::new();
    for _ in 0..3 {
        let cluster = site.start();
        let killed = site.postmaster().unwrap();
        send(Signal::SIGKILL, killed);
        cluster.stop().unwrap();
        let left = site.postmaster().filter(|&pid| pid != killed && lives(pid));
        assert_eq!(left, None);
        assert_eq!(Cluster::join(&site.data_dir()).unwrap(), None);
    }
}

#[test]
fn the_postgresql_of_a_killed_process_is_stopped_in_order_before_the_next_start() {
    let site = Site::new();
    let holder = Holder::start(&site);
    let orphan = site.postmaster().unwrap();
    holder.kill();
    assert!(lives(orphan));

    let cluster = site.start();
    assert!(!lives(orphan));
    assert_ne!(site.postmaster(), Some(orphan));
    assert_eq!(query(cluster.endpoint(), "SELECT 1"), "1");
    assert!(!site.log().contains("not properly shut down"), "{}", site.log());
    cluster.stop().unwrap();
}

#[test]
fn it_recovers_after_both_were_killed() {
    let site = Site::new();
    let holder = Holder::start(&site);
    assert!(
        psql(&holder.connection, "CREATE TABLE kept AS SELECT 42 AS number")
            .output()
            .unwrap()
            .status
            .success()
    );
    let postmaster = site.postmaster().unwrap();
    holder.kill();
    send(Signal::SIGKILL, postmaster);
    wait_until("the postmaster is dead", || !lives(postmaster));
    assert_eq!(site.postmaster(), Some(postmaster), "its pid file is stale");

    let cluster = site.start();
    assert_eq!(query(cluster.endpoint(), "SELECT number FROM kept"), "42");
    assert!(site.log().contains("not properly shut down"), "{}", site.log());
    cluster.stop().unwrap();
}

#[test]
fn a_backend_that_outlived_its_postmaster_is_ended() {
    let site = Site::new();
    let holder = Holder::start(&site);
    let busy = "SET application_name = 'busy'; DO 'BEGIN LOOP END LOOP; END'";
    let mut client =
        psql(&holder.connection, busy).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let backend = || {
        let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'busy' AND state = 'active'";
        let output = psql(&holder.connection, sql).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse::<i32>().ok()
    };
    wait_until("the backend is busy", || backend().is_some());
    let backend = backend().unwrap();
    let postmaster = site.postmaster().unwrap();
    holder.kill();
    send(Signal::SIGKILL, postmaster);
    wait_until("the postmaster is dead", || !lives(postmaster));
    assert!(lives(backend), "a loop does not notice that the postmaster died");

    let cluster = site.start();
    assert!(!lives(backend));
    assert!(!client.wait().unwrap().success());
    cluster.stop().unwrap();
}

#[test]
fn stale_lock_files_that_name_another_living_program_are_in_nobodys_way() {
    let site = Site::new();
    site.start().stop().unwrap();
    let user = server_user();
    // PostgreSQL itself refuses to start if the process is of its own user.
    let mut stranger =
        Command::new("sleep").arg("60").uid(user.uid.as_raw()).gid(user.gid.as_raw()).spawn().unwrap();
    let stale = format!("{}\n{}\n1700000000\n5432\n\n\n\nready\n", stranger.id(), site.data().display());
    fs::write(site.data().join("postmaster.pid"), &stale).unwrap();
    fs::write(site.data_dir().join("socket/.s.PGSQL.5432.lock"), stale).unwrap();

    let cluster = site.start();
    assert_eq!(query(cluster.endpoint(), "SELECT 1"), "1");
    assert_eq!(stranger.try_wait().unwrap(), None, "the stranger was left alone");
    cluster.stop().unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}
