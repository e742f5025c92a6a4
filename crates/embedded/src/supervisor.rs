//! Keeps PostgreSQL running: a thread that owns the postmaster and starts it again when it dies.
//!
//! Stopping cannot race with a restart, because both happen in that thread.

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use tracing::{error, warn};

use crate::{
    StopError,
    postmaster::{Launch, Postmaster},
};

/// How often the thread looks after the postmaster.
const PAUSE: Duration = Duration::from_millis(100);

/// What the channel carries: nothing. To drop its sender is to stop the thread.
enum Never {}

/// The thread's owner; dropping it stops PostgreSQL.
#[derive(Debug)]
pub(crate) struct Supervisor(Option<Watch>);

#[derive(Debug)]
struct Watch {
    stop: Sender<Never>,
    thread: JoinHandle<Result<(), StopError>>,
}

impl Supervisor {
    pub(crate) fn new(postmaster: Postmaster, launch: Launch) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let watch = move || watch(postmaster, &launch, &stopped);
        let thread = thread::Builder::new().name("postgresql".into()).spawn(watch)?;
        Ok(Self(Some(Watch { stop, thread })))
    }

    /// Stops PostgreSQL.
    pub(crate) fn stop(mut self) -> Result<(), StopError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StopError> {
        let Some(Watch { stop, thread }) = self.0.take() else { return Ok(()) };
        drop(stop);
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            error!(%error, "PostgreSQL was left running");
        }
    }
}

fn watch(mut postmaster: Postmaster, launch: &Launch, stop: &Receiver<Never>) -> Result<(), StopError> {
    let mut backoff = Backoff::default();
    while !is_asked(stop, PAUSE) {
        launch.log().trim();
        let Some(status) = postmaster.exit_status() else { continue };
        warn!(%status, log = %launch.log().path().display(), "PostgreSQL died; starting it again");
        match restart(launch, stop, &mut backoff, postmaster.age()) {
            Some(new) => postmaster = new,
            None => return Ok(()),
        }
    }
    postmaster.stop()
}

/// Tries until it succeeds, or until it is asked to stop: `None`.
fn restart(
    launch: &Launch,
    stop: &Receiver<Never>,
    backoff: &mut Backoff,
    mut lived: Duration,
) -> Option<Postmaster> {
    while !is_asked(stop, backoff.after(lived)) {
        match launch.start() {
            Ok(postmaster) => return Some(postmaster),
            Err(error) => error!(error = &error as &dyn std::error::Error, "cannot start PostgreSQL again"),
        }
        lived = Duration::ZERO;
    }
    None
}

fn is_asked(stop: &Receiver<Never>, patience: Duration) -> bool {
    matches!(stop.recv_timeout(patience), Err(RecvTimeoutError::Disconnected))
}

/// How long to wait before the next attempt: twice as long each time, until PostgreSQL stays up for a while.
#[derive(Debug, Default)]
struct Backoff(Duration);

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(30);
    const STABLE: Duration = Duration::from_secs(60);

    fn after(&mut self, lived: Duration) -> Duration {
        let next = if lived >= Self::STABLE { Self::SHORTEST } else { self.0 * 2 };
        self.0 = next.clamp(Self::SHORTEST, Self::LONGEST);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn the_wait_doubles_up_to_its_bound_and_starts_anew_after_a_long_life() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..11).map(|_| backoff.after(Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
        assert_eq!(backoff.after(Duration::from_secs(59)).as_millis(), 30000);
        assert_eq!(backoff.after(Duration::from_secs(60)).as_millis(), 100);
    }
}
