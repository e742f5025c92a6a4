//! `postmaster.pid`, in which PostgreSQL says which process runs a cluster and whether it accepts connections.
//!
//! Its lines are set down in PostgreSQL's `src/include/utils/pidfile.h` and the same in all supported versions.
//! It outlives a crash, so what it says has to be checked.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the file says. The lines are filled in one after the other while PostgreSQL starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pid: u32,
    socket: Option<PathBuf>,
    ready: bool,
}

impl PidFile {
    /// Where it lies.
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Reads it; `None` if it is not there, not readable or not complete up to the process id.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(Self::path(data)).ok()?)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The folder of the socket.
    pub(crate) fn socket(self) -> Option<PathBuf> {
        self.socket
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }

    fn parse(text: &str) -> Option<Self> {
        let line = |number: usize| text.lines().nth(number - 1).map(str::trim);
        Some(Self {
            pid: line(1)?.parse().ok().filter(|&pid| pid > 1)?,
            socket: line(5).filter(|socket| !socket.is_empty()).map(PathBuf::from),
            ready: line(8) == Some("ready"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PidFile;

    const READY: &str = "\
4711
/var/lib/keyhall/postgresql/data
1700000000
5432
/var/lib/keyhall/socket

   851971         3
ready   
";

    #[test]
    fn it_names_the_process_and_the_socket() {
        let file = PidFile::parse(READY).unwrap();
        assert_eq!((file.pid(), file.is_ready()), (4711, true));
        assert_eq!(file.socket(), Some("/var/lib/keyhall/socket".into()));
    }

    #[test]
    fn it_is_not_ready_before_it_says_so() {
        for status in ["starting", "stopping", "standby"] {
            assert!(!PidFile::parse(&READY.replace("ready   ", status)).unwrap().is_ready(), "{status}");
        }
        let started = PidFile::parse("4711\n/data\n1700000000\n").unwrap();
        assert!(!started.is_ready());
        assert_eq!(started.socket(), None);
    }

    #[test]
    fn without_a_process_id_it_says_nothing() {
        // 0, 1 and what is negative would signal others than a postmaster.
        for text in ["", "\n", "0\n", "1\n", "-4711\n", "x\n"] {
            assert_eq!(PidFile::parse(text), None, "{text:?}");
        }
    }
}
