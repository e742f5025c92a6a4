//! A PostgreSQL of one test's own, to be stopped, started, killed and frozen.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use diesel::prelude::*;
use keyhall_embedded::Installation;
use keyhall_storage::open;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use tempfile::TempDir;
use uuid::Uuid;

use crate::database::Database;
use crate::process::wait_until;

/// How PostgreSQL is told to stop.
#[derive(Debug, Clone, Copy)]
pub enum Shutdown {
    /// What is under way is rolled back.
    Fast,
    /// At once, as in a crash; the next start recovers.
    Immediate,
}

/// A PostgreSQL on a port of its own. What it has committed survives it.
#[derive(Debug)]
pub struct PostgreSql {
    folder: TempDir,
    installation: Installation,
    port: u16,
    postmaster: Option<Child>,
}

impl PostgreSql {
    /// Makes and starts one.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("it is ours");
        if let Some(owner) = unprivileged() {
            chown(&data, Some(owner.uid.as_raw()), Some(owner.gid.as_raw())).expect("it is ours");
        }
        let installation = Installation::find(None).expect("the tests have a PostgreSQL");
        let port = free_port();
        let mut postgresql = Self { folder, installation, port, postmaster: None };
        let mut initdb = postgresql.program("initdb");
        initdb.args([
            "--username=keyhall",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ]);
        let made = initdb.arg(postgresql.data()).output().expect("it runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgresql.start_again();
        postgresql
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its database, migrated.
    pub fn database(&self) -> Database {
        let database =
            Database::at(&format!("host=127.0.0.1 port={} user=keyhall dbname='postgres'", self.port));
        open::migrate(database.url()).expect("the migrations run");
        database
    }

    /// Starts it after a stop, and waits until it answers.
    pub fn start_again(&mut self) {
        let settings =
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=60"];
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(self.data()).arg("-c").arg(format!("port={}", self.port));
        postgres.args(settings.iter().flat_map(|setting| ["-c", setting]));
        self.postmaster =
            Some(postgres.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs"));
        let url = format!("host=127.0.0.1 port={} user=keyhall dbname='postgres'", self.port);
        wait_until("PostgreSQL answers", || PgConnection::establish(&url).is_ok());
    }

    /// Stops it, and waits for its end.
    pub fn stop(&mut self, shutdown: Shutdown) {
        let signal = match shutdown {
            Shutdown::Fast => Signal::SIGINT,
            Shutdown::Immediate => Signal::SIGQUIT,
        };
        let mut postmaster = self.postmaster.take().expect("it runs");
        send(pid(&postmaster), signal);
        postmaster.wait().expect("it ends");
    }

    /// Lets none of its processes go on. Whoever waits for an answer gets neither one nor an error.
    pub fn freeze(&self) {
        for pid in self.processes() {
            send(pid, Signal::SIGSTOP);
        }
    }

    /// Lets them all go on.
    pub fn thaw(&self) {
        for pid in self.processes() {
            send(pid, Signal::SIGCONT);
        }
    }

    /// The postmaster, which starts no more once it is told, and then its children.
    fn processes(&self) -> Vec<Pid> {
        let postmaster = pid(self.postmaster.as_ref().expect("it runs"));
        let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"));
        let children = children.expect("the system tells of children");
        let children = children.split_whitespace().map(|pid| Pid::from_raw(pid.parse().expect("a number")));
        std::iter::once(postmaster).chain(children).collect()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of its programs, as a user that it lets run it.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.installation.program(name));
        command.current_dir(Path::new("/")).env("LC_ALL", "C").stdin(Stdio::null());
        if let Some(owner) = unprivileged() {
            command.uid(owner.uid.as_raw()).gid(owner.gid.as_raw());
        }
        command
    }
}

impl Drop for PostgreSql {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            self.postmaster = Some(postmaster);
            self.thaw();
            postmaster = self.postmaster.take().expect("it was put back");
            send(pid(&postmaster), Signal::SIGQUIT);
            // Nothing more can be done about a failure here.
            let _ = postmaster.wait();
        }
    }
}

/// Whom PostgreSQL runs as where the tests run as root, which it refuses.
fn unprivileged() -> Option<User> {
    let find = |name| User::from_name(name).expect("the system knows its users");
    geteuid().is_root().then(|| find("postgres").or_else(|| find("nobody")).expect("an unprivileged user"))
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("an id of a process"))
}

/// Signals a process that may have ended in this moment.
fn send(pid: Pid, signal: Signal) {
    let _ = kill(pid, signal);
}

/// A port that nobody has, below those that the operating system hands out by itself: it must still be free when PostgreSQL
/// comes back to it.
fn free_port() -> u16 {
    let first = 10_000 + u16::try_from(Uuid::new_v4().as_u128() % 20_000).expect("small enough");
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..32_000).find(free).expect("a free port")
}
