//! The folder of the Unix socket. Its path must be short: a socket's whole path is limited by the kernel.

use std::path::{Path, PathBuf};

use crate::{
    home::{Home, HomeError, make_private},
    owner::Owner,
    tag::Tag,
};

/// What macOS allows for the path of a socket, in bytes; Linux allows 107.
const LONGEST: usize = 103;

/// What PostgreSQL adds to the folder.
const FILE: &str = "/.s.PGSQL.5432";

/// Makes the folder, which PostgreSQL's user alone may enter (and root, whom no mode keeps out): in the data
/// folder, or in `/tmp` if that path is too long or cannot be written in a list.
pub(crate) fn make_folder(home: &Home, tag: &Tag, owner: &Owner) -> Result<PathBuf, HomeError> {
    let near = home.socket();
    let folder =
        if is_usable(&near) { near } else { Path::new("/tmp").join(format!("{tag}-{}", owner.uid())) };
    make_private(&folder, owner)?;
    Ok(folder)
}

/// `unix_socket_directories` is a list with quotes and commas; only what means nothing in it is let through.
fn is_usable(folder: &Path) -> bool {
    folder.to_str().is_some_and(|path| {
        path.len() + FILE.len() <= LONGEST
            && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::is_usable;

    #[test]
    fn a_path_is_usable_up_to_the_last_byte_that_leaves_room_for_the_socket() {
        let path = |length: usize| PathBuf::from(format!("/{}", "a".repeat(length - 1)));
        assert!(is_usable(&path(89)));
        assert!(!is_usable(&path(90)));
    }

    #[test]
    fn a_path_with_a_meaning_in_lists_is_not_usable() {
        for path in ["/a b", "/a,b", "/a\"b", "/a'b", "/ä"] {
            assert!(!is_usable(path.as_ref()), "{path}");
        }
    }
}
