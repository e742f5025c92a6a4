//! What the first start makes, and that nothing half-made is ever taken for a cluster.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::harness::{Site, hold, query, wait_until};

#[test]
fn the_first_start_makes_a_cluster_with_the_database_keyhall() {
    let site = Site::new();
    let cluster = site.start();
    assert!(cluster.is_running());
    let facts = query(
        cluster.endpoint(),
        "SELECT current_user, current_database(), pg_encoding_to_char(encoding), datcollate,
                current_setting('data_checksums'), current_setting('fsync'), current_setting('TimeZone')
         FROM pg_database WHERE datname = current_database()",
    );
    assert_eq!(facts, "keyhall|keyhall|UTF8|C|on|on|UTC");
    cluster.stop().unwrap();
}

#[test]
fn it_listens_on_a_socket_that_others_cannot_reach_and_on_nothing_else() {
    let site = Site::new();
    let cluster = site.start();
    let facts = query(
        cluster.endpoint(),
        "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories'),
                current_setting('unix_socket_permissions'), (SELECT count(*) FROM pg_hba_file_rules)",
    );
    let socket = cluster.endpoint().socket_folder().to_path_buf();
    assert_eq!(facts, format!("|{}|0700|1", socket.display()));
    assert_eq!(socket, site.data_dir().join("socket"));
    assert_eq!(mode(&socket), 0o700);
    assert_eq!(mode(&site.data_dir().join("postgresql")), 0o700);
    cluster.stop().unwrap();
}

#[test]
fn a_first_start_killed_at_any_moment_leaves_nothing_in_the_way_of_the_next() {
    let site = Site::new();
    let unfinished = || {
        let entries = fs::read_dir(site.data_dir().join("postgresql")).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.file_name() != Some("data".as_ref()))
            .collect::<Vec<_>>()
    };
    let moments: [(&str, &dyn Fn() -> bool); 3] = [
        ("the folder is there", &|| !unfinished().is_empty()),
        ("its version is written", &|| unfinished().iter().any(|new| new.join("PG_VERSION").exists())),
        ("its last template is copied", &|| unfinished().iter().any(|new| new.join("base/5").exists())),
    ];
    for (moment, has_come) in moments {
        let mut first = hold(&site).spawn().unwrap();
        wait_until(moment, has_come);
        first.kill().unwrap();
        first.wait().unwrap();
        assert!(!site.data().exists(), "killed too late to be in the middle: {moment}");
    }

    let cluster = site.start();
    assert_eq!(query(cluster.endpoint(), "SELECT current_database()"), "keyhall");
    cluster.stop().unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
