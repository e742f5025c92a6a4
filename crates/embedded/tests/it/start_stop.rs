//! Starting again, stopping, and the operator's settings.

use std::{fs, process::Stdio};

use keyhall_embedded::{Cluster, StartError};
use nix::unistd::{Pid, getpgid};

use crate::harness::{Holder, Site, hold, lives, psql, query, wait_until};

#[test]
fn what_was_written_is_there_after_a_clean_stop_and_a_new_start() {
    let site = Site::new();
    let cluster = site.start();
    query(cluster.endpoint(), "CREATE TABLE kept AS SELECT 42 AS number");
    let first = site.postmaster().unwrap();
    cluster.stop().unwrap();
    assert!(!lives(first));
    assert_eq!(site.postmaster(), None);

    let cluster = site.start();
    assert_eq!(query(cluster.endpoint(), "SELECT number FROM kept"), "42");
    cluster.stop().unwrap();
    assert!(!site.log().contains("not properly shut down"), "{}", site.log());
}

#[test]
fn it_stops_when_it_is_dropped() {
    let site = Site::new();
    let cluster = site.start();
    let postmaster = site.postmaster().unwrap();
    drop(cluster);
    assert!(!lives(postmaster));
    assert_eq!(site.postmaster(), None, "stopped in order, not killed");
}

#[test]
fn it_stops_though_a_client_is_connected_and_at_work() {
    let site = Site::new();
    let cluster = site.start();
    let mut client = psql(&cluster.endpoint().connection_string(), "SELECT pg_sleep(60)");
    let mut client = client.stderr(Stdio::null()).spawn().unwrap();
    wait_until("the client is at work", || {
        query(cluster.endpoint(), "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
    });
    cluster.stop().unwrap();
    assert!(!client.wait().unwrap().success());
    assert_eq!(site.postmaster(), None);
}

#[test]
fn settings_reach_postgresql_but_cannot_open_it_to_others() {
    let site = Site::new();
    let options = site
        .options()
        .setting("work_mem", "7MB")
        .setting("timezone", "Europe/Vienna")
        .setting("listen_addresses", "*")
        .setting("hba_file", "/dev/null");
    let cluster = Cluster::start(&options).unwrap();
    let facts = query(
        cluster.endpoint(),
        "SELECT current_setting('work_mem'), current_setting('TimeZone'), current_setting('listen_addresses'),
                current_setting('hba_file')",
    );
    let access = site.data_dir().join("pg_hba.conf");
    assert_eq!(facts, format!("7MB|Europe/Vienna||{}", access.display()));
    cluster.stop().unwrap();
}

#[test]
fn a_setting_that_postgresql_refuses_is_named_in_the_error() {
    let site = Site::new();
    let error = Cluster::start(&site.options().setting("work_memory", "7MB")).unwrap_err();
    assert!(matches!(error, StartError::Exited { .. }), "{error:?}");
    assert!(error.to_string().contains("\"work_memory\""), "{error}");
    // The folder is free again, and the cluster is good.
    site.start().stop().unwrap();
}

#[test]
fn neither_a_terminals_signals_nor_keyhalls_environment_reach_postgresql() {
    let site = Site::new();
    let holder = Holder::spawn(hold(&site).env("KEYHALL__MASTER_KEY", "secret").env("PGPORT", "1"));
    let postmaster = site.postmaster().unwrap();
    let group = getpgid(Some(Pid::from_raw(postmaster))).unwrap();
    assert_eq!(group.as_raw(), postmaster, "Ctrl-C goes to the group of the terminal's foreground");
    let environment = fs::read_to_string(format!("/proc/{postmaster}/environ")).unwrap();
    assert!(environment.contains("LC_ALL=C"), "{environment}");
    assert!(!environment.contains("secret") && !environment.contains("PGPORT"), "{environment}");
    holder.finish();
}
