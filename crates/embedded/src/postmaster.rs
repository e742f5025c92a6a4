//! The postmaster: PostgreSQL's first process, a child of this one. How it is started, awaited and stopped.
//!
//! Deliberately absent: what happens when it dies by itself ([`crate::supervisor`]) or was left behind by an
//! earlier process ([`crate::remains`]).

mod launch;
mod pid_file;

use std::{
    io,
    process::{Child, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tracing::warn;

pub(crate) use self::{launch::Launch, pid_file::PidFile};
use crate::StartError;

/// How PostgreSQL is stopped: the signal, and how long it may take to obey. SIGINT rolls back what is under way
/// and writes a checkpoint; SIGQUIT leaves the next start to recover; SIGKILL is for what obeys neither.
pub(crate) const ESCALATION: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// A start that recovers from a crash replays what was written since the last checkpoint, which takes a while.
const READY_PATIENCE: Duration = Duration::from_secs(300);

const PAUSE: Duration = Duration::from_millis(10);

/// PostgreSQL could not be stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// No signal ended it.
    #[error("PostgreSQL (process {pid}) does not stop, not even when killed; its disk may be stuck")]
    Unresponsive {
        /// The postmaster's process id.
        pid: u32,
    },
    /// The system refused to signal it or to tell how it ended.
    #[error("cannot stop PostgreSQL (process {pid})")]
    Refused {
        /// The postmaster's process id.
        pid: u32,
        /// Why.
        source: io::Error,
    },
}

/// A postmaster that is a child of this process.
#[derive(Debug)]
pub(crate) struct Postmaster {
    child: Child,
    started: Instant,
}

impl Postmaster {
    pub(crate) fn new(child: Child) -> Self {
        Self { child, started: Instant::now() }
    }

    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// How it ended, if it did. Its process id may be another's from then on.
    pub(crate) fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it accepts connections; one that does not is stopped.
    pub(crate) fn ready(mut self, launch: &Launch) -> Result<Self, StartError> {
        while self.age() < READY_PATIENCE {
            if let Some(status) = self.exit_status() {
                return Err(StartError::Exited { status, messages: launch.log().last_lines() });
            }
            if PidFile::read(&launch.data())
                .is_some_and(|file| file.is_ready() && file.pid() == self.child.id())
            {
                return Ok(self);
            }
            thread::sleep(PAUSE);
        }
        if let Err(error) = self.stop() {
            warn!(%error, "a PostgreSQL that did not get ready runs on");
        }
        Err(StartError::NotReady { seconds: READY_PATIENCE.as_secs(), log: launch.log().path().clone() })
    }

    /// Stops it, gently at first.
    pub(crate) fn stop(mut self) -> Result<(), StopError> {
        let pid = self.child.id();
        for (signal, patience) in ESCALATION {
            // INVARIANT: it has not been waited for, so its process id is still its own.
            send(signal, pid).map_err(|source| StopError::Refused { pid, source })?;
            let deadline = Instant::now() + patience;
            while Instant::now() < deadline {
                match self.child.try_wait() {
                    Ok(None) => thread::sleep(PAUSE),
                    Ok(Some(_)) => return Ok(()),
                    Err(source) => return Err(StopError::Refused { pid, source }),
                }
            }
            warn!(pid, %signal, "PostgreSQL does not stop");
        }
        Err(StopError::Unresponsive { pid })
    }
}

/// Signals a process. That it is gone already is no error.
pub(crate) fn send(signal: Signal, pid: u32) -> io::Result<()> {
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    match kill(Pid::from_raw(pid), signal) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
