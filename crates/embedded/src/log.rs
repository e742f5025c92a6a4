//! The file that PostgreSQL's messages go to, kept small.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use tracing::warn;

use crate::{FileError, home::Home};

/// When the log is this large it becomes the old one, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// How much of its end an error quotes, in lines, and how far back they are looked for, in bytes.
const LAST_LINES: usize = 5;
const LAST_BYTES: u64 = 4096;

/// PostgreSQL's log file.
#[derive(Debug, Clone)]
pub(crate) struct Log(PathBuf);

impl Log {
    pub(crate) fn of(home: &Home) -> Self {
        Self(home.log())
    }

    pub(crate) fn path(&self) -> &PathBuf {
        &self.0
    }

    pub(crate) fn open(&self) -> Result<File, FileError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600).open(&self.0).map_err(FileError::at("open", &self.0))
    }

    /// Moves what a large log holds to `postgresql.log.old`. PostgreSQL keeps its file open and only ever
    /// appends, so the content is copied and cut; a line written in between is lost.
    pub(crate) fn trim(&self) {
        if fs::metadata(&self.0).is_ok_and(|file| file.len() > LARGEST)
            && let Err(error) = self.cut()
        {
            warn!(log = %self.0.display(), %error, "cannot make PostgreSQL's log smaller");
        }
    }

    /// The last lines, for an error to quote; empty if there are none.
    pub(crate) fn last_lines(&self) -> String {
        let text = self.end().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().rev().take(LAST_LINES).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    fn cut(&self) -> io::Result<()> {
        fs::copy(&self.0, self.0.with_extension("log.old"))?;
        OpenOptions::new().write(true).open(&self.0)?.set_len(0)
    }

    fn end(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.0)?;
        let start = file.metadata()?.len().saturating_sub(LAST_BYTES);
        file.seek(SeekFrom::Start(start))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::{LARGEST, Log};

    #[test]
    fn a_log_that_grew_too_large_becomes_the_old_one_while_its_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log(folder.path().join("postgresql.log"));
        let old = folder.path().join("postgresql.log.old");
        let mut writer = log.open().unwrap();
        writer.write_all(&vec![b'x'; LARGEST as usize]).unwrap();
        log.trim();
        assert!(!old.exists());

        writer.write_all(b"y").unwrap();
        log.trim();
        writer.write_all(b"z").unwrap();
        assert_eq!(fs::metadata(&old).unwrap().len(), LARGEST + 1);
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "z");
    }

    #[test]
    fn the_last_lines_are_the_newest_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log(folder.path().join("postgresql.log"));
        assert_eq!(log.last_lines(), "");
        fs::write(log.path(), "1\n2\n3\n4\n5\n6\n").unwrap();
        assert_eq!(log.last_lines(), "2\n3\n4\n5\n6");
    }
}
