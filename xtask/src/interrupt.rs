//! Ctrl-C and SIGTERM. A task that holds something which must be put away (a cluster, a temporary folder, a server)
//! has to outlive the signal, so the signal goes to what the task runs and the task then ends by itself.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::outcome::{Outcome, While as _};

static WATCHING: Once = Once::new();
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The process group that a signal is passed on to; 0 is none.
static GROUP: AtomicI32 = AtomicI32::new(0);

/// Calls `then` on SIGINT, SIGTERM and SIGHUP instead of ending the process.
pub(crate) fn on_signal(then: impl FnMut() + Send + 'static) -> Outcome {
    ctrlc::set_handler(then).while_doing("the handler for Ctrl-C cannot be set")
}

/// From here on a signal no longer ends xtask: it is passed on to what `spawn` started. Any number of calls.
pub(crate) fn watch() -> Outcome {
    let mut result = Ok(());
    WATCHING.call_once(|| result = on_signal(pass_on));
    result
}

/// Fails if a signal came since `watch`.
pub(crate) fn none_so_far() -> Outcome {
    if INTERRUPTED.load(Ordering::SeqCst) { Err("interrupted".into()) } else { Ok(()) }
}

/// Starts `command` as a process group of its own, which signals are passed on to. One at a time.
pub(crate) fn spawn(command: &mut Command) -> Outcome<Child> {
    none_so_far()?;
    let child = command.process_group(0).spawn().while_doing("cannot be started")?;
    GROUP.store(i32::try_from(child.id())?, Ordering::SeqCst);
    if none_so_far().is_err() {
        pass_on();
    }
    Ok(child)
}

/// The group that `spawn` started is gone.
pub(crate) fn ended() {
    GROUP.store(0, Ordering::SeqCst);
}

/// The first signal asks, each further one ends it.
fn pass_on() {
    let again = INTERRUPTED.swap(true, Ordering::SeqCst);
    let group = GROUP.load(Ordering::SeqCst);
    if group != 0 {
        let signal = if again { Signal::SIGKILL } else { Signal::SIGINT };
        // A group that is gone already needs no signal.
        let _ = killpg(Pid::from_raw(group), signal);
    }
}
