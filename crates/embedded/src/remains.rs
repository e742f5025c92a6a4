//! What an earlier life left running: the whole PostgreSQL if Keyhall was killed, some backends if the postmaster
//! was. It is stopped, because a cluster may be run by one postmaster only, and that has to be a child of ours.
//!
//! INVARIANT: whoever calls this holds the [`crate::lock::Lock`], so no living Keyhall runs what is found.

mod process;

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use tracing::{info, warn};

use crate::{
    FileError,
    postmaster::{ESCALATION, Launch, PidFile, send},
};

const PAUSE: Duration = Duration::from_millis(20);

/// What PostgreSQL puts beside its socket.
const SOCKET_LOCK: &str = ".s.PGSQL.5432.lock";

/// What an earlier life left could not be cleared away.
#[derive(Debug, thiserror::Error)]
pub enum RemainsError {
    /// A process of the earlier life does not end.
    #[error(
        "process {pid} of an earlier PostgreSQL still uses the cluster and does not stop; end it, then start again"
    )]
    Running {
        /// Its id.
        pid: u32,
    },
    /// The system refused to signal such a process.
    #[error("cannot stop process {pid} of an earlier PostgreSQL")]
    Refused {
        /// Its id.
        pid: u32,
        /// Why.
        source: io::Error,
    },
    /// The processes of this system could not be listed.
    #[error("cannot list the processes of this system")]
    Processes(#[source] io::Error),
    /// A stale lock file could not be removed.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Stops what is left and returns when nothing is.
pub(crate) fn clear(launch: &Launch) -> Result<(), RemainsError> {
    let find = || process::of_cluster(&launch.tag, &launch.owner).map_err(RemainsError::Processes);
    let left = find()?;
    if !left.is_empty() {
        info!(processes = ?left, "stopping what an earlier PostgreSQL left running");
    }
    for (signal, patience) in ESCALATION {
        signal_all(signal, &launch.data(), &find()?)?;
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if find()?.is_empty() {
                return Ok(forget(launch)?);
            }
            thread::sleep(PAUSE);
        }
    }
    find()?.first().map_or(Ok(()), |&pid| Err(RemainsError::Running { pid }))
}

/// A postmaster stops its own backends; without one, each is told by itself.
fn signal_all(signal: Signal, data: &Path, left: &[u32]) -> Result<(), RemainsError> {
    let postmaster = PidFile::read(data).map(|file| file.pid());
    let postmaster = postmaster.filter(|pid| signal != Signal::SIGKILL && left.contains(pid));
    for &pid in postmaster.as_ref().map_or(left, std::slice::from_ref) {
        send(signal, pid).map_err(|source| RemainsError::Refused { pid, source })?;
    }
    Ok(())
}

/// PostgreSQL replaces its stale lock files by itself, unless the process id in them is in use: again, by another
/// program of the same user, or still, by a dead process that nobody has waited for. Then it would refuse to start,
/// for ever where process ids repeat at each start, as in containers.
fn forget(launch: &Launch) -> Result<(), FileError> {
    // The socket's folder is this cluster's alone.
    remove(&launch.socket.join(SOCKET_LOCK))?;
    let data = launch.data();
    // Only Linux shows all processes of the cluster; elsewhere PostgreSQL's caution has the last word.
    if cfg!(target_os = "linux") && PidFile::read(&data).is_some_and(|file| process::lives(file.pid())) {
        warn!("the pid file of an earlier PostgreSQL is stale, though its process id is in use; removing it");
        remove(&PidFile::path(&data))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(FileError::at("remove", path)),
    }
}
