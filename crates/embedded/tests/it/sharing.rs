//! A second process beside the one that runs the cluster: refused as another runner, welcome as a client.

use keyhall_embedded::{Cluster, StartError};

use crate::harness::{Holder, Site, query};

#[test]
fn a_second_process_is_refused_and_told_which_one_is_first() {
    let site = Site::new();
    let holder = Holder::start(&site);
    let error = Cluster::start(&site.options()).unwrap_err();
    let StartError::AlreadyRunning { data_dir, pid } = &error else { panic!("{error:?}") };
    assert_eq!((data_dir, *pid), (&site.data_dir(), Some(holder.id())));
    let expected = format!(
        "the data folder `{}` is in use by process {}; stop that process, or use another folder",
        site.data_dir().display(),
        holder.id()
    );
    assert_eq!(error.to_string(), expected);

    let endpoint = Cluster::join(&site.data_dir()).unwrap().expect("the first one goes on undisturbed");
    assert_eq!(query(&endpoint, "SELECT 1"), "1");
    holder.finish();
    site.start().stop().unwrap();
}

#[test]
fn the_same_process_cannot_start_it_twice_either() {
    let site = Site::new();
    let cluster = site.start();
    let error = Cluster::start(&site.options()).unwrap_err();
    assert!(matches!(error, StartError::AlreadyRunning { pid: Some(pid), .. } if pid == std::process::id()));
    assert_eq!(query(cluster.endpoint(), "SELECT 1"), "1");
    cluster.stop().unwrap();
}

#[test]
fn one_can_join_only_while_the_process_that_runs_it_lives() {
    let site = Site::new();
    let join = || Cluster::join(&site.data_dir()).unwrap();
    assert_eq!(join(), None, "before the first start");

    let holder = Holder::start(&site);
    let endpoint = join().unwrap();
    assert_eq!(endpoint.connection_string(), holder.connection);
    assert_eq!(query(&endpoint, "SELECT current_database()"), "keyhall");
    holder.kill();
    assert!(site.postmaster().is_some());
    assert_eq!(join(), None, "what a killed process left behind is about to be stopped");

    let cluster = site.start();
    assert_eq!(join().as_ref(), Some(cluster.endpoint()));
    cluster.stop().unwrap();
    assert_eq!(join(), None, "after the stop");
}

#[test]
fn two_clusters_in_two_folders_do_not_meet() {
    let (one, other) = (Site::new(), Site::new());
    let (first, second) = (one.start(), other.start());
    query(first.endpoint(), "CREATE TABLE only_here ()");
    assert_eq!(query(second.endpoint(), "SELECT to_regclass('only_here') IS NULL"), "t");
    first.stop().unwrap();
    assert!(second.is_running());
    second.stop().unwrap();
}
