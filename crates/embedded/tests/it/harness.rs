//! A place for one cluster, queries to it, and another process that runs it.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use keyhall_embedded::{Cluster, Endpoint, Installation, Options};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, User, geteuid},
};
use tempfile::TempDir;

/// A folder of its own for one cluster; what runs there at the end is killed.
pub(crate) struct Site {
    root: TempDir,
}

impl Site {
    /// Any user may pass through it, as through `/var/lib`.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.root().join("home/keyhall")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.data_dir().join("postgresql/data")
    }

    pub(crate) fn options(&self) -> Options {
        Options::new(self.data_dir(), installation())
    }

    pub(crate) fn start(&self) -> Cluster {
        Cluster::start(&self.options()).unwrap()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.data_dir().join("postgresql.log")).unwrap()
    }

    /// The postmaster that the pid file names.
    pub(crate) fn postmaster(&self) -> Option<i32> {
        fs::read_to_string(self.data().join("postmaster.pid")).ok()?.lines().next()?.parse().ok()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster().filter(|_| thread::panicking()) {
            send(Signal::SIGQUIT, pid);
        }
    }
}

pub(crate) fn installation() -> Installation {
    Installation::find(None).unwrap()
}

/// What a query answers, columns apart by `|`.
pub(crate) fn query(endpoint: &Endpoint, sql: &str) -> String {
    let output = psql(&endpoint.connection_string(), sql).output().unwrap();
    assert!(output.status.success(), "{}", messages(&output));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

pub(crate) fn psql(connection: &str, sql: &str) -> Command {
    let mut psql = Command::new(installation().program("psql"));
    psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, connection]).current_dir("/");
    psql
}

pub(crate) fn messages(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Tells another process of this program which data folder to run the cluster of.
const HELD: &str = "KEYHALL_TEST_HELD";

/// Another process that runs the cluster of a site.
pub(crate) struct Holder {
    child: Child,
    // Kept open, since the test program has a summary to write to it.
    _output: BufReader<ChildStdout>,
    pub(crate) connection: String,
}

impl Holder {
    pub(crate) fn start(site: &Site) -> Self {
        Self::spawn(&mut hold(site))
    }

    pub(crate) fn start_as(site: &Site, user: &User) -> Self {
        let home = site.root().join("home");
        fs::create_dir(&home).unwrap();
        chown(&home, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
        Self::spawn(hold(site).uid(user.uid.as_raw()).gid(user.gid.as_raw()))
    }

    /// Returns when it has said where the cluster is reached.
    pub(crate) fn spawn(hold: &mut Command) -> Self {
        let mut child = hold.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let connection = output.by_ref().lines().map(Result::unwrap).find(|line| line.starts_with("host="));
        Self { child, _output: output, connection: connection.unwrap() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process, not its PostgreSQL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it stop the cluster and end.
    pub(crate) fn finish(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// The command that runs [`the_cluster_until_the_input_ends`] in another process, in a copy of this program that any
/// user may run. Copied by a process of its own: a file that this one has open for writing, even in a child that
/// another test has just forked, cannot be run.
pub(crate) fn hold(site: &Site) -> Command {
    let copy = site.root().join("hold");
    if !copy.exists() {
        assert!(Command::new("cp").arg(env::current_exe().unwrap()).arg(&copy).status().unwrap().success());
    }
    let mut hold = Command::new(copy);
    hold.args(["--exact", "harness::the_cluster_until_the_input_ends", "--nocapture"]);
    hold.env(HELD, site.data_dir()).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
    hold
}

/// What other tests run in another process; without their variable there is nothing to do.
#[test]
fn the_cluster_until_the_input_ends() {
    let Some(data_dir) = env::var_os(HELD) else { return };
    let cluster = Cluster::start(&Options::new(data_dir, installation())).unwrap();
    println!("\n{}", cluster.endpoint().connection_string());
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    cluster.stop().unwrap();
}

/// Runs a test's root part only where the test itself runs as root.
pub(crate) fn is_root() -> bool {
    geteuid().is_root()
}

/// The user that PostgreSQL runs as in these tests.
pub(crate) fn server_user() -> User {
    if is_root() { user("postgres") } else { User::from_uid(geteuid()).unwrap().unwrap() }
}

pub(crate) fn user(name: &str) -> User {
    User::from_name(name).unwrap().unwrap_or_else(|| panic!("the tests of root need the user `{name}`"))
}

pub(crate) fn send(signal: Signal, pid: i32) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// Whether a process runs; one that ended and was not waited for yet has no command line any more.
pub(crate) fn lives(pid: i32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
