//! Data folders that are long, oddly named, closed or laid as a trap.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use keyhall_embedded::{Cluster, HomeError, Options, StartError};

use crate::harness::{Site, installation, is_root, query};

#[test]
fn a_folder_with_a_long_or_odd_name_has_its_socket_elsewhere() {
    let site = Site::new();
    for name in ["long".repeat(25).as_str(), "it's, \"odd\" \\ ä"] {
        let data_dir = site.root().join(name);
        let cluster = Cluster::start(&Options::new(&data_dir, installation())).unwrap();
        let socket = cluster.endpoint().socket_folder().to_path_buf();
        assert_eq!(socket.parent(), Some(Path::new("/tmp")));
        assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(query(cluster.endpoint(), "SELECT 1"), "1");
        assert_eq!(Cluster::join(&data_dir).unwrap().as_ref(), Some(cluster.endpoint()));
        cluster.stop().unwrap();
        fs::remove_dir(socket).unwrap();
    }
}

#[test]
fn a_link_in_the_place_of_a_private_folder_is_not_followed() {
    let site = Site::new();
    let elsewhere = site.root().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o700)).unwrap();
    for folder in ["socket", "postgresql"] {
        let site = Site::new();
        fs::create_dir_all(site.data_dir()).unwrap();
        let link = site.data_dir().join(folder);
        symlink(&elsewhere, &link).unwrap();
        let error = Cluster::start(&site.options()).unwrap_err();
        let StartError::Home(HomeError::NotPrivate { folder: named, .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!(named, link);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }
}

#[test]
fn a_private_folder_that_others_may_enter_is_refused() {
    let site = Site::new();
    let socket = site.data_dir().join("socket");
    fs::create_dir_all(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o710)).unwrap();
    let error = Cluster::start(&site.options()).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("`{}` must be a folder of mode 0700", socket.display())),
        "{error}"
    );
}

#[test]
fn a_folder_that_the_unprivileged_user_cannot_enter_is_named() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    fs::set_permissions(site.root(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = Cluster::start(&site.options()).unwrap_err();
    let expected = format!(
        "the user `postgres`, who runs PostgreSQL, cannot enter `{0}`; choose another data folder, or allow it with \
         `chmod o+x {0}`",
        site.root().display()
    );
    assert_eq!(error.to_string(), expected);

    fs::set_permissions(site.root(), fs::Permissions::from_mode(0o711)).unwrap();
    site.start().stop().unwrap();
}
