//! Being told to stop: by a signal or by the end of the standard input. What comes during the start is kept until there is a
//! server to stop, so that no half-started PostgreSQL is left behind.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServerHandle;

use crate::error::CommandError;

/// Whether this process was told to stop, and whom to pass it on to.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Mutex<State>>);

#[derive(Default)]
enum State {
    #[default]
    Starting,
    Serving(ServerHandle),
    Told,
}

impl Stop {
    /// From here on SIGINT, SIGTERM and SIGHUP no longer end the process: they tell it to stop in order.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub(crate) fn at_signals() -> Result<Self, CommandError> {
        let stop = Self::default();
        let told = stop.clone();
        ctrlc::set_handler(move || told.tell()).map_err(CommandError::Signals)?;
        Ok(stop)
    }

    /// The end of the standard input tells it too; it ends when whoever holds its other end dies.
    pub(crate) fn at_end_of_input(&self) {
        let told = self.clone();
        std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            let mut buffer = [0; 64];
            while matches!(input.read(&mut buffer), Ok(1..)) {}
            told.tell();
        });
    }

    /// Passes it on to this server: now, if it was told already.
    pub(crate) fn pass_on_to(&self, server: ServerHandle) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Told => stop(&server),
            State::Starting | State::Serving(_) => *state = State::Serving(server),
        }
    }

    fn tell(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Serving(server) = std::mem::replace(&mut *state, State::Told) {
            stop(&server);
        }
    }
}

/// The command is sent by the call; nobody here waits for the future.
fn stop(server: &ServerHandle) {
    drop(server.stop(true));
}
