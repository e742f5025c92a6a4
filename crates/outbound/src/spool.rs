//! A folder for mail: one file for each, whole or not at all, for its owner's eyes alone.

use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use keyhall_domain::id::MailId;

/// A folder into which mail is put, each as `MAIL_ID.eml` (RFC 5322). One that is put there twice replaces itself.
#[derive(Debug, Clone)]
pub struct Spool(PathBuf);

impl Spool {
    /// A folder, made for its owner alone when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }

    /// Puts a mail there. It is under its name once it is whole and on the disk.
    pub(crate) async fn keep(&self, id: MailId, mail: Vec<u8>) -> io::Result<()> {
        let folder = self.0.clone();
        tokio::task::spawn_blocking(move || write(&folder, id, &mail)).await.map_err(io::Error::other)?
    }
}

/// The draft is made with mode 0600, under a name that nobody else uses.
fn write(folder: &Path, id: MailId, mail: &[u8]) -> io::Result<()> {
    let mut draft = tempfile::Builder::new().prefix(".draft-").tempfile_in(folder)?;
    draft.write_all(mail)?;
    draft.as_file().sync_all()?;
    draft.persist(folder.join(format!("{id}.eml")))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn id() -> MailId {
        MailId::generate("2026-11-24T12:00:00Z".parse().unwrap())
    }

    #[tokio::test]
    async fn a_mail_is_its_owners_alone_and_replaces_itself() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("var/mail");
        let spool = Spool::open(folder.clone()).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let (one, other) = (id(), id());
        spool.keep(one, b"first".to_vec()).await.unwrap();
        spool.keep(one, b"second".to_vec()).await.unwrap();
        spool.keep(other, b"third".to_vec()).await.unwrap();
        assert_eq!(fs::read(folder.join(format!("{one}.eml"))).unwrap(), b"second");
        assert_eq!(mode(&folder.join(format!("{one}.eml"))), 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "a draft was left");
    }

    #[tokio::test]
    async fn what_cannot_be_written_leaves_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let spool = Spool::open(parent.path().to_owned()).unwrap();
        let mail = id();
        fs::create_dir(parent.path().join(format!("{mail}.eml"))).unwrap();
        fs::set_permissions(parent.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(spool.keep(mail, b"mail".to_vec()).await.is_err());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
        assert_eq!(mode(parent.path()), 0o755, "a folder that is there stays as it is");
    }
}
