//! The server as a child process, held by a pipe: it stops when the pipe closes, so it never outlives this process,
//! not even one that is killed.

use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::interrupt;
use crate::outcome::{Outcome, While as _};
use crate::up::address::Address;
use crate::workspace;

const PAUSE: Duration = Duration::from_millis(100);

/// The pipe's end; taking it out stops the server.
type Pipe = Arc<Mutex<Option<ChildStdin>>>;

/// A running server.
pub(super) struct Server {
    child: Child,
    pipe: Pipe,
}

impl Server {
    /// Starts it. From here on Ctrl-C and SIGTERM stop the server in good order and do not end this process.
    pub(super) fn start(keyhall: &Path) -> Outcome<Self> {
        let mut child = Command::new(keyhall)
            .args(["serve", "--stop-with-parent"])
            .current_dir(workspace::root())
            .stdin(Stdio::piped())
            .spawn()
            .while_doing("Keyhall cannot be started")?;
        // A signal before the handler is set ends this process, and so closes the pipe too.
        let pipe = Pipe::new(Mutex::new(child.stdin.take()));
        let held = Arc::clone(&pipe);
        let server = Self { child, pipe };
        interrupt::on_signal(move || close(&held))?;
        Ok(server)
    }

    /// Waits until it answers; `false` if it ended instead.
    pub(super) fn wait_until_ready(&mut self, address: &Address) -> Outcome<bool> {
        while self.child.try_wait()?.is_none() {
            if address.is_ready() {
                return Ok(true);
            }
            thread::sleep(PAUSE);
        }
        Ok(false)
    }

    /// Waits until it ends, and passes its exit code on.
    pub(super) fn wait(mut self) -> Outcome<ExitCode> {
        let status = self.child.wait()?;
        if !status.success() {
            eprintln!("Keyhall ended with {status}; what it wrote above says why");
        }
        Ok(exit_code(status))
    }
}

impl Drop for Server {
    /// On the way out through an error the server is stopped and waited for.
    fn drop(&mut self) {
        close(&self.pipe);
        if let Err(error) = self.child.wait() {
            eprintln!("Keyhall was not waited for: {error}");
        }
    }
}

fn close(pipe: &Pipe) {
    drop(pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, ExitCode};

    use super::exit_code;

    #[test]
    fn the_exit_code_is_the_servers() {
        let status = Command::new("sh").args(["-c", "exit 3"]).status().unwrap();
        assert_eq!(format!("{:?}", exit_code(status)), format!("{:?}", ExitCode::from(3)));
        let killed = Command::new("sh").args(["-c", "kill -9 $$"]).status().unwrap();
        assert_eq!(format!("{:?}", exit_code(killed)), format!("{:?}", ExitCode::FAILURE));
    }
}
